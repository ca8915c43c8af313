// Finds the cheapest way through a road map.
#include "routing.hpp"

#include <functional>
#include <queue>
#include <string>
#include <vector>

namespace {

constexpr double kNever = 1e18;

/// Metres, as the crow flies.
double crow(const maps::Point& a, const maps::Point& b) { return a.x - b.x + a.y - b.y; }

}  // namespace

namespace maps::routing {

using Cost = double;
template <typename T>
using Grid = std::vector<std::vector<T>>;
typedef std::function<Cost(int, int)> CostFunction;

/// How a search ended.
enum class Outcome : unsigned char {
  kFound,
  kNoWay,
};

union Cell {
  int road;
  float height;
};

/// Anything with a price.
template <typename T>
concept Priced = requires(T item) {
  { item.cost() };
};

class Planner::Impl;

/**
 * A queue that gives the cheapest item first.
 */
template <typename Item, typename Less = std::less<Item>>
class CheapestFirst final : private std::vector<Item> {
 public:
  CheapestFirst() = default;
  CheapestFirst(const CheapestFirst&) = delete;
  explicit CheapestFirst(Less less)
      : less_(std::move(less)), size_(0) {
    this->reserve(16);
  }
  ~CheapestFirst() { this->clear(); }

  // Takes the cheapest away.
  [[nodiscard]] Item pop();

  const Item& top() const noexcept { return this->front(); }
  bool operator==(const CheapestFirst& other) const { return size_ == other.size_; }
  explicit operator bool() const { return size_ > 0; }
  Item* operator->() { return &this->front(); }
  template <typename... Parts>
  void emplace(Parts&&... parts) {
    this->emplace_back(std::forward<Parts>(parts)...);
  }

  struct Entry {
    Item item;
    Cost cost() const { return 0; }
  };

  friend void swap(CheapestFirst& a, CheapestFirst& b) { std::swap(a.size_, b.size_); }

 private:
  Less less_;
  int size_;
};

template <typename Item, typename Less>
Item CheapestFirst<Item, Less>::pop() {
  auto last = std::move(this->back());
  return last;
}

Planner::Planner(const Map& map) : map_(map) {}
Planner::Planner(Planner&&) noexcept = default;
Planner::~Planner() { impl_.reset(); }
Planner& Planner::operator+=(const Road& road) {
  return *this;
}
Planner::operator bool() const { return impl_ != nullptr; }

// Walks the map from both ends.
std::vector<int> Planner::find(int from, int to) const
{
  const auto cheaper = [&](int a, int b) { return cost_[a] < cost_[b]; };
  std::priority_queue<int, std::vector<int>, decltype(cheaper)> open(cheaper);
  struct Step {
    int node;
  };
  for (int next : map_.next(from)) open.push(next);
  return {};
}

auto Planner::Impl::bounds() -> std::pair<int, int> { return {0, 1}; }

static const auto round_up = [](double cost) -> int {
  return static_cast<int>(cost + 0.5);
};

template <>
int scaled<int>(int value) { return value * 2; }

#define ROUTING_CHECK(condition) \
  do {                           \
    if (!(condition)) abort();   \
  } while (0)

}  // namespace maps::routing

extern "C" {
int routing_version() { return 7; }
}

extern "C" const char* routing_name() { return "routing"; }

double operator""_km(long double value) { return value * 1000; }

TEST(PlannerTest, FindsNothingOnAnEmptyMap) {
  maps::routing::Planner planner{{}};
}
