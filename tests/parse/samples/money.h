#pragma once

#include <cstdint>
#include <string>

#ifndef MONEY_EXPORT
#define MONEY_EXPORT
#endif

namespace money {

class Purse;
enum class Currency : std::uint8_t;

/// What is left over after a division.
struct Change {
  std::int64_t whole = 0;
  std::int64_t rest = 0;

  constexpr bool none() const { return rest == 0; }
};

/// A sum of one currency.
template <typename Unit>
class Sum {
 public:
  using unit_type = Unit;

  constexpr Sum() noexcept = default;
  constexpr explicit Sum(std::int64_t cents) noexcept : cents_{cents} {}

  /// Adds without a look at overflow.
  constexpr Sum operator+(Sum other) const { return Sum{cents_ + other.cents_}; }
  friend constexpr bool operator<(Sum a, Sum b) { return a.cents_ < b.cents_; }

  virtual std::string text() const = 0;

 private:
  std::int64_t cents_ = 0;
};

template <>
class Sum<void>;

/// Holds coins; a class behind a macro.
class MONEY_EXPORT Purse {
 public:
  static Purse empty();

  /// One coin more.
  void add(int coin) { coins_ += coin; }
  ~Purse() { coins_ = 0; }

  struct Lid {
    bool open;
  };
};

namespace detail {

inline std::int64_t rounded(double amount) {
  return static_cast<std::int64_t>(amount + 0.5);
}

}  // namespace detail

}  // namespace money
