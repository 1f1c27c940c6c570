#include "services/auth/bootstrap_key.h"

#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/base/secret.h"
#include "common/base/status_macros.h"
#include "services/auth/field_rules.h"

namespace mesh::auth {
namespace {

constexpr char kField[] = "bootstrap_api_key_file";
constexpr char kHowToMakeOne[] =
    "(umask 077 && head -c 32 /dev/urandom | base64 | tr -d =+/ > api-key)";
constexpr size_t kShortest = 32;

}  // namespace

absl::Status SetBootstrapKey(const std::string& path, absl::Time now, ApiKeyStore& store) {
  if (path.empty()) return FieldInvalid(kField, "is required", kHowToMakeOne);
  ASSIGN_OR_RETURN(const Secret secret, ReadSecretFile(path));
  if (secret.Reveal().size() < kShortest || !CheckCredential(kField, secret.Reveal()).ok()) {
    return FieldInvalid(kField,
                        absl::StrCat("must name a file with at least ", kShortest,
                                     " visible characters, and ", path, " is not one"),
                        kHowToMakeOne);
  }
  v1::ApiKey key;
  key.set_id(RandomId("key_"));
  key.set_name("bootstrap");
  key.set_role(v1::ApiKey::ADMIN);
  return store.SetBootstrap(key, Sha256(secret.Reveal()), now);
}

}  // namespace mesh::auth
