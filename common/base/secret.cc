#include "common/base/secret.h"

#include <utility>

#include <sodium.h>

namespace mesh {

// Copies: a moved short string would leave its bytes in `other`.
// NOLINTNEXTLINE(performance-move-constructor-init)
Secret::Secret(Secret&& other) noexcept : value_(other.value_) { other.Wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  Wipe();
  value_ = other.value_;
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  *this = std::as_const(other);
  other.Wipe();
  return *this;
}

bool operator==(const Secret& a, const Secret& b) {
  return a.value_.size() == b.value_.size() &&
         sodium_memcmp(a.value_.data(), b.value_.data(), a.value_.size()) == 0;
}

void Secret::Wipe() {
  sodium_memzero(value_.data(), value_.size());
  value_.clear();
}

}  // namespace mesh
