// Sessions of the audio and video SDK: SdkEndpoints() of endpoint.h.
#include <string>
#include <utility>

#include "nlohmann/json.hpp"

#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/json_fields.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/session_input.h"
#include "tests/fake_zoho/session_json.h"

namespace fake_zoho {
namespace {

Answer Keep(MeetingCall& call, Session session) {
  const Session& kept = call.org.sessions[session.key] = std::move(session);
  return Reply(call, 201, {{"session", SdkCreated(call, kept)}});
}

Answer ListSdkSessions(MeetingCall& call) {
  Json rows = Json::array();
  for (const auto& [key, session] : call.org.sessions) {
    if (session.kind == SessionKind::kSdk && MaySee(call, session)) {
      rows.push_back(SdkCreated(call, session));
    }
  }
  const size_t count = rows.size();
  return Reply(call, 200, {{"session", std::move(rows)}, {"count", count}});
}

Answer CreateSdkSession(MeetingCall& call) {
  Session session = NewSession(call, SessionKind::kSdk);
  if (std::optional<Answer> error = ReadSession(call, /*creating=*/true, session);
      error.has_value()) {
    return *std::move(error);
  }
  return Keep(call, std::move(session));
}

Answer CreateInstantSession(MeetingCall& call) {
  const Json body = JsonBodyOf(call.request);
  if (!body.is_object()) return JsonParseError();
  const auto input = body.find("session");
  if (input == body.end()) return ParameterMissing("session");
  if (!input->is_object()) return JsonParseError();
  if (!input->contains("conferenceType")) return ParameterMissing("conferenceType");
  const std::string* type = StringOf(*input, "conferenceType");
  if (type == nullptr || (*type != "audio" && *type != "video")) {
    return ParameterMalformed("conferenceType");
  }
  Session session = NewSession(call, SessionKind::kSdk);
  session.topic = "Instant session";
  session.conference_type = *type;
  return Keep(call, std::move(session));
}

}  // namespace

std::vector<Endpoint> SdkEndpoints() {
  constexpr ErrorFamily kFamily = ErrorFamily::kSession;
  return {
      {"GET", "{zsoid}/sdk/sessions", "ZohoMeeting.sdk.READ", kFamily, ListSdkSessions},
      {"POST", "{zsoid}/sdk/session", "ZohoMeeting.sdk.CREATE", kFamily, CreateSdkSession},
      {"POST", "{zsoid}/sdk/session/meet", "ZohoMeeting.sdk.CREATE", kFamily, CreateInstantSession},
  };
}

}  // namespace fake_zoho
