#include "common/base/seal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <sodium.h>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"

namespace mesh {
namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kKeyIdBytes = 4;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

absl::StatusOr<Sealer> Sealer::Create(Secret key) {
  if (key.Reveal().size() != kKeyBytes) {
    return SealKeyInvalid(absl::StrCat("it has ", key.Reveal().size(), " bytes, not ", kKeyBytes));
  }
  std::string key_id = Sha256(absl::StrCat("key id of ", key.Reveal())).substr(0, kKeyIdBytes);
  return Sealer({.id = std::move(key_id), .key = std::move(key)});
}

Sealer Sealer::WithNewKey() { return *Create(Secret(RandomBytes(kKeyBytes))); }

absl::StatusOr<Sealer> Sealer::FromFile(const std::string& path) {
  ASSIGN_OR_RETURN(const Secret text, ReadSecretFile(path));
  std::string key;
  if (!absl::Base64Unescape(absl::StripAsciiWhitespace(text.Reveal()), &key)) {
    return SealKeyInvalid(absl::StrCat(path, " does not hold base64"));
  }
  return Create(Secret(key));
}

absl::StatusOr<Sealer> Sealer::FromFiles(const std::string& path,
                                         const std::vector<std::string>& others) {
  ASSIGN_OR_RETURN(Sealer ring, FromFile(path));
  for (const std::string& other : others) {
    ASSIGN_OR_RETURN(Sealer sealer, FromFile(other));
    ring.keys_.push_back(std::move(sealer.keys_.front()));
  }
  return ring;
}

std::string Sealer::Seal(absl::string_view plaintext, absl::string_view associated_data) const {
  const Key& current = keys_.front();
  const std::string nonce = RandomBytes(kNonceBytes);
  std::string sealed = absl::StrCat(current.id, nonce);
  const size_t head = sealed.size();
  sealed.resize(head + plaintext.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(reinterpret_cast<unsigned char*>(sealed.data()) + head,
                                             nullptr, Bytes(plaintext), plaintext.size(),
                                             Bytes(associated_data), associated_data.size(),
                                             nullptr, Bytes(nonce), Bytes(current.key.Reveal()));
  return sealed;
}

absl::StatusOr<Secret> Sealer::Open(absl::string_view sealed,
                                    absl::string_view associated_data) const {
  if (sealed.size() < kKeyIdBytes + kNonceBytes + kTagBytes) return SealBroken();
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const Key& candidate) {
    return absl::StartsWith(sealed, candidate.id);
  });
  if (key == keys_.end()) return SealBroken();
  const absl::string_view nonce = sealed.substr(kKeyIdBytes, kNonceBytes);
  const absl::string_view box = sealed.substr(kKeyIdBytes + kNonceBytes);
  std::string plaintext(box.size() - kTagBytes, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(plaintext.data()), nullptr, nullptr, Bytes(box), box.size(),
      Bytes(associated_data), associated_data.size(), Bytes(nonce), Bytes(key->key.Reveal()));
  if (opened != 0) return SealBroken();
  Secret secret(plaintext);
  sodium_memzero(plaintext.data(), plaintext.size());
  return secret;
}

bool Sealer::IsCurrent(absl::string_view sealed) const {
  return absl::StartsWith(sealed, keys_.front().id);
}

}  // namespace mesh
