// Authenticated encryption of small values: Zoho's tokens at rest, cursors in clients' hands.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/secret.h"

namespace mesh {

// XChaCha20-Poly1305 with a random nonce. Thread-safe, immutable.
class Sealer {
 public:
  // `key` is 32 bytes. Fails with INVALID_ARGUMENT (`SEAL_KEY_INVALID`) otherwise.
  static absl::StatusOr<Sealer> Create(Secret key);

  // Reads 32 bytes in base64 from a file. Fails like Create(), and like ReadSecretFile().
  static absl::StatusOr<Sealer> FromFile(const std::string& path);

  // Bytes that only Open() with the same key and `associated_data` turns back. `associated_data`
  // says where the value belongs, for example a row and column: moved elsewhere it does not open.
  std::string Seal(absl::string_view plaintext, absl::string_view associated_data) const;

  // Fails with INVALID_ARGUMENT (`SEAL_BROKEN`) where `sealed` was not made by Seal() with this key
  // and `associated_data`.
  absl::StatusOr<Secret> Open(absl::string_view sealed, absl::string_view associated_data) const;

 private:
  explicit Sealer(Secret key, std::string key_id);

  Secret key_;
  // The first bytes of the key's hash, in front of what was sealed: which key opens it.
  std::string key_id_;
};

}  // namespace mesh
