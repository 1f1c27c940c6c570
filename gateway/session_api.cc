#include "gateway/session_api.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "gateway/credentials.h"
#include "gateway/fields.h"
#include "gateway/resources.h"

namespace mesh::gateway {
namespace {

using edge::ApiKeys;
using Json = nlohmann::ordered_json;

absl::StatusOr<Secret> ReadApiKey(absl::string_view body) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseObject(body));
  Fields fields(json);
  Secret key(fields.RequiredString("api_key"));
  RETURN_IF_ERROR(fields.Finish());
  return key;
}

Json SessionJson(const auth::v1::ApiKey& key, std::optional<absl::Time> ends) {
  const Json all = ToJson(key);
  return {{"id", all["id"]},
          {"name", all["name"]},
          {"role", all["role"]},
          {"expires_at", ends.has_value() ? Json(TimeText(rpc::TimestampOf(*ends))) : Json()}};
}

void LogIn(const Sessions& sessions, LoginLimit& logins, ApiKeys& api_keys, const Backends& to,
           std::unique_ptr<ApiCall> call) {
  if (!HasSessionHeader(call->request())) return call->Answer(SessionHeaderMissing());
  absl::StatusOr<Secret> key = ReadApiKey(call->request().body);
  if (!key.ok()) return call->Answer(key.status());
  const std::string peer = call->request().peer_address;
  if (const absl::Duration wait = logins.Begin(peer); wait > absl::ZeroDuration()) {
    LogWarning("login held off", {{"peer", peer}, {"wait", wait}});
    return call->Answer(LoginsLimited(wait));
  }
  Session session = sessions.Begin(*std::move(key));
  const std::string presented(session.api_key.Reveal());
  api_keys.Resolve(
      presented, [&sessions, &logins, &to, peer, session = std::move(session),
                  call = std::move(call)](const absl::StatusOr<ApiKeys::Record>& resolved) mutable {
        // An auth-service that does not answer is no wrong key.
        if (!absl::IsUnauthenticated(resolved.status())) logins.Forget(peer);
        if (!resolved.ok()) {
          LogWarning("login refused", {{"peer", peer}, {"reason", ErrorReason(resolved.status())}});
          return call->Answer(resolved.status());
        }
        call->SetKey((*resolved)->id());
        auth::v1::AuditEvent event;
        event.set_actor((*resolved)->id());
        event.set_action("session.create");
        event.set_outcome("ok");
        event.set_request_id(call->context().request_id);
        (*event.mutable_details())["peer"] = peer;
        to.recorder.Record(std::move(event));
        call->Answer(net::ServerResponse{
            .headers = {{"Content-Type", "application/json"},
                        {"Set-Cookie", sessions.SetCookie(session)}},
            .body = absl::Cord(SessionJson(**resolved, session.expires).dump())});
      });
}

void Show(const Sessions& sessions, ApiKeys& api_keys, std::unique_ptr<ApiCall> call) {
  const absl::StatusOr<Credentials> credentials = CredentialsOf(call->request(), sessions);
  if (!credentials.ok()) return call->Answer(credentials.status());
  api_keys.Resolve(credentials->api_key.Reveal(),
                   [call = std::move(call), ends = credentials->session_ends](
                       const absl::StatusOr<ApiKeys::Record>& resolved) {
                     if (!resolved.ok()) return call->Answer(resolved.status());
                     call->SetKey((*resolved)->id());
                     call->Answer(200, SessionJson(**resolved, ends));
                   });
}

void LogOut(const Sessions& sessions, ApiCall& call) {
  if (!HasSessionHeader(call.request())) return call.Answer(SessionHeaderMissing());
  call.Answer(
      net::ServerResponse{.status = 204, .headers = {{"Set-Cookie", sessions.ClearCookie()}}});
}

}  // namespace

std::vector<ApiRoute> SessionRoutes(const Sessions& sessions, LoginLimit& logins,
                                    ApiKeys& api_keys) {
  return {
      {"POST", "/session", kNoKey,
       [&sessions, &logins, &api_keys](const Backends& to, std::unique_ptr<ApiCall> call) {
         LogIn(sessions, logins, api_keys, to, std::move(call));
       }},
      {"GET", "/session", kNoKey,
       [&sessions, &api_keys](const Backends&, std::unique_ptr<ApiCall> call) {
         Show(sessions, api_keys, std::move(call));
       }},
      {"DELETE", "/session", kNoKey,
       [&sessions](const Backends&, const std::unique_ptr<ApiCall>& call) {
         LogOut(sessions, *call);
       }},
  };
}

}  // namespace mesh::gateway
