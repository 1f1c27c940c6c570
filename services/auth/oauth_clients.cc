#include "services/auth/oauth_clients.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/status_macros.h"

namespace mesh::auth {

absl::StatusOr<OauthClients> OauthClients::Create(
    const google::protobuf::RepeatedPtrField<config::v1::OauthClient>& config,
    const Regions& regions) {
  OauthClients clients;
  const auto add = [&](const std::string& region, const OauthClient& client) -> absl::Status {
    if (clients.clients_.emplace(region, client).second) return absl::OkStatus();
    return FieldInvalid("oauth_clients.regions", region.empty()
                                                     ? "may be empty in one client only"
                                                     : absl::StrCat("names `", region, "` twice"));
  };
  for (const config::v1::OauthClient& entry : config) {
    if (entry.client_id().empty()) return FieldInvalid("oauth_clients.client_id", "is required");
    if (entry.client_secret_file().empty()) {
      return FieldInvalid("oauth_clients.client_secret_file", "is required");
    }
    OauthClient client{.id = entry.client_id(), .pkce = !entry.without_pkce()};
    ASSIGN_OR_RETURN(client.secret, ReadSecretFile(entry.client_secret_file()));
    if (client.secret.empty()) {
      return FieldInvalid("oauth_clients.client_secret_file",
                          absl::StrCat("names an empty file: ", entry.client_secret_file()));
    }
    if (entry.regions().empty()) RETURN_IF_ERROR(add("", client));
    for (const std::string& region : entry.regions()) {
      RETURN_IF_ERROR(regions.Find(region).status());
      RETURN_IF_ERROR(add(region, client));
    }
  }
  return clients;
}

absl::StatusOr<const OauthClient*> OauthClients::Find(absl::string_view region) const {
  auto found = clients_.find(region);
  if (found == clients_.end()) found = clients_.find("");
  if (found == clients_.end()) return OauthClientMissing(region);
  return &found->second;
}

}  // namespace mesh::auth
