// Authenticated encryption of small values: Zoho's tokens at rest, cursors in clients' hands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/secret.h"

namespace mesh {

// XChaCha20-Poly1305 with a random nonce. Seals with one key and opens with any of a ring: what was
// sealed begins with the id of its key, which is part of the key's hash. Thread-safe, immutable.
class Sealer {
 public:
  // `key` is 32 bytes. Fails with INVALID_ARGUMENT (`SEAL_KEY_INVALID`) otherwise.
  static absl::StatusOr<Sealer> Create(Secret key);

  // With a new key, which nobody else has and which ends with the process.
  static Sealer WithNewKey();

  // Reads 32 bytes in base64 from a file. Fails like Create(), and like ReadSecretFile().
  static absl::StatusOr<Sealer> FromFile(const std::string& path);

  // Seals with the key in `path`, and opens what was sealed with it or with a key in `others`.
  // Fails like FromFile().
  static absl::StatusOr<Sealer> FromFiles(const std::string& path,
                                          const std::vector<std::string>& others);

  // Bytes that only Open() with the same key and `associated_data` turns back. `associated_data`
  // says where the value belongs, for example a row and column: moved elsewhere it does not open.
  std::string Seal(absl::string_view plaintext, absl::string_view associated_data) const;

  // Fails with INVALID_ARGUMENT (`SEAL_BROKEN`) where `sealed` was not made by Seal() with a key of
  // the ring and `associated_data`.
  absl::StatusOr<Secret> Open(absl::string_view sealed, absl::string_view associated_data) const;

  // Whether `sealed` names the key that Seal() uses.
  bool IsCurrent(absl::string_view sealed) const;

 private:
  struct Key {
    // In front of what was sealed.
    std::string id = {};
    Secret key = {};
  };

  explicit Sealer(Key key) : keys_({std::move(key)}) {}

  // The first one seals.
  std::vector<Key> keys_;
};

}  // namespace mesh
