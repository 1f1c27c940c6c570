#include "tests/fake_zoho/random_source.h"

namespace fake_zoho {
namespace {

// FNV-1a.
uint64_t HashOf(absl::string_view text) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

}  // namespace

RandomSource::RandomSource(uint64_t seed, absl::string_view name) : state_(seed ^ HashOf(name)) {}

uint64_t RandomSource::Next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::string RandomSource::Digits(size_t count) {
  std::string digits;
  for (size_t i = 0; i < count; ++i) {
    digits += static_cast<char>(i == 0 ? '1' + Below(9) : '0' + Below(10));
  }
  return digits;
}

std::string RandomSource::Hex(size_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (size_t i = 0; i < count; ++i) hex += kDigits[Below(16)];
  return hex;
}

}  // namespace fake_zoho
