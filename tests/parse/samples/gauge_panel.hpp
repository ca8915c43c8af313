// What the panel with the gauges shows.
#pragma once

namespace panel {

/// A needle behind glass.
class PANEL_EXPORT Gauge {
 public:
  Gauge() : angle_(0) {}
  explicit Gauge(double angle) : angle_(angle) {}
  virtual ~Gauge() NOEXCEPT { stop(); }

  /// Turns the needle.
  void turn(double by) REQUIRES(lock_) { angle_ += by; }

 private:
  double angle_;
};

/// A gauge that remembers.
class PANEL_EXPORT DEPRECATED("use Gauge") Recorder final : public Gauge {
  Q_OBJECT

 public:
  void turn(double by) override { marks_.push_back(by); }
};

}  // namespace panel
