// A value that must not be seen: a token, a client secret, a key.
#pragma once

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace mesh {

// Prints as `[redacted]`, converts to nothing by itself, and is wiped when it goes. Every read of
// one is found by searching for Reveal(). As thread-safe as a std::string.
class Secret {
 public:
  Secret() = default;
  explicit Secret(absl::string_view value) : value_(value) {}
  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { Wipe(); }

  // The value itself, valid while this Secret is and does not change.
  absl::string_view Reveal() const { return value_; }

  bool empty() const { return value_.empty(); }

  // In a time that does not depend on where they differ.
  friend bool operator==(const Secret& a, const Secret& b);

  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << kRedacted; }

  static constexpr char kRedacted[] = "[redacted]";

 private:
  void Wipe();

  std::string value_;
};

}  // namespace mesh
