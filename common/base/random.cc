#include "common/base/random.h"

#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <sodium.h>

#include "common/base/check.h"

namespace mesh {
namespace {

constexpr char kBase32[] = "abcdefghijklmnopqrstuvwxyz234567";

}  // namespace

std::string RandomBytes(size_t count) {
  CHECK(sodium_init() >= 0);  // Fails only where the system has no source of randomness.
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

Secret RandomToken() { return Secret(absl::WebSafeBase64Escape(RandomBytes(32))); }

std::string RandomId(absl::string_view prefix) {
  std::string id(prefix);
  uint32_t held = 0;
  int held_bits = 0;
  for (const char byte : RandomBytes(16)) {
    held = held << 8 | static_cast<uint8_t>(byte);
    held_bits += 8;
    for (; held_bits >= 5; held_bits -= 5) id += kBase32[held >> (held_bits - 5) & 31];
  }
  id += kBase32[held << (5 - held_bits) & 31];
  return id;
}

}  // namespace mesh
