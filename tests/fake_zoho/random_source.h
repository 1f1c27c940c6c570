// Numbers that look random and are the same for the same seed. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace fake_zoho {

// SplitMix64: small, and alike on every machine, which the standard library's distributions are
// not. Not thread-safe.
class RandomSource {
 public:
  explicit RandomSource(uint64_t seed) : state_(seed) {}

  // A source whose numbers depend on `seed` and `name` alone, so that adding a thing to the world
  // does not change the others.
  RandomSource(uint64_t seed, absl::string_view name);

  uint64_t Next();

  // In [0, bound); `bound` is positive.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

  // True in `percent` of 100 cases.
  bool Chance(uint64_t percent) { return Below(100) < percent; }

  // `count` decimal digits, the first not 0.
  std::string Digits(size_t count);

  // `count` lower-case hexadecimal digits.
  std::string Hex(size_t count);

  // One element of an array or a vector.
  template <typename Container>
  const auto& Pick(const Container& items) {
    return items[Below(std::size(items))];
  }

 private:
  uint64_t state_;
};

}  // namespace fake_zoho
