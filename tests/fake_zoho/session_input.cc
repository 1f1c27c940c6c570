#include "tests/fake_zoho/session_input.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/json_fields.h"
#include "tests/fake_zoho/meeting_errors.h"

namespace fake_zoho {
namespace {

// Longest topic, in bytes.
constexpr size_t kMaxTopic = 250;

std::optional<Answer> ReadTexts(const Json& input, bool creating, Session& session) {
  for (const char* name : {"topic", "agenda", "startTime", "timezone", "conferenceType"}) {
    if (IsOtherType(input, name)) return ParameterMalformed(name);
  }
  if (const std::string* topic = StringOf(input, "topic"); topic != nullptr) {
    if (topic->empty() || topic->size() > kMaxTopic) return ParameterMalformed("topic");
    session.topic = *topic;
  } else if (creating) {
    return ParameterMissing("topic");
  }
  if (const std::string* agenda = StringOf(input, "agenda"); agenda != nullptr) {
    session.agenda = *agenda;
  }
  const std::string* redirect = StringOf(input, "redirectUri");
  if (redirect != nullptr && !absl::StartsWith(*redirect, "https://")) return RedirectUriInvalid();
  return std::nullopt;
}

std::optional<Answer> ReadTimes(const Json& input, bool creating, Session& session) {
  if (const std::string* timezone = StringOf(input, "timezone"); timezone != nullptr) {
    if (!FindZone(*timezone).has_value()) return ParameterMalformed("timezone");
    session.timezone = *timezone;
  }
  if (const std::string* start = StringOf(input, "startTime"); start != nullptr) {
    const std::optional<absl::Time> time = ParseZohoTime(*start, ZoneOrUtc(session.timezone));
    if (!time.has_value()) return ParameterMalformed("startTime");
    session.start = *time;
  } else if (creating) {
    return ParameterMissing("startTime");
  }
  if (const auto duration = input.find("duration"); duration != input.end()) {
    const std::optional<int64_t> millis = IntegerOf(*duration);
    if (!millis.has_value() || *millis <= 0 || absl::Milliseconds(*millis) > absl::Hours(24)) {
      return ParameterMalformed("duration");
    }
    session.duration = absl::Milliseconds(*millis);
  }
  return std::nullopt;
}

std::optional<Answer> ReadPeople(const MeetingCall& call, const Json& input, Session& session) {
  if (const auto presenter = input.find("presenter"); presenter != input.end()) {
    const std::optional<int64_t> zuid = IntegerOf(*presenter);
    if (!zuid.has_value()) return ParameterMalformed("presenter");
    if (call.org.FindUser(*zuid) == nullptr) return PresenterInvalid();
    session.presenter = *zuid;
  }
  const auto participants = input.find("participants");
  if (participants == input.end()) return std::nullopt;
  if (!participants->is_array()) return ParameterMalformed("participants");
  if (participants->size() > kMaxParticipants) return ArrayTooLong("participants");
  session.participants.clear();
  for (const Json& participant : *participants) {
    const std::string* email = participant.is_object() ? StringOf(participant, "email") : nullptr;
    if (email == nullptr || !absl::StrContains(*email, "@")) return ParameterMalformed("email");
    session.participants.push_back({.id = call.org.random.Digits(18), .email = *email});
  }
  return std::nullopt;
}

}  // namespace

std::optional<Answer> ReadSession(const MeetingCall& call, bool creating, Session& session) {
  const Json body = JsonBodyOf(call.request);
  if (!body.is_object()) return JsonParseError();
  const auto input = body.find("session");
  if (input == body.end()) return ParameterMissing("session");
  if (!input->is_object()) return JsonParseError();
  std::optional<Answer> error = ReadTexts(*input, creating, session);
  if (!error.has_value()) error = ReadTimes(*input, creating, session);
  if (!error.has_value()) error = ReadPeople(call, *input, session);
  return error;
}

Session NewSession(MeetingCall& call, SessionKind kind) {
  Session session;
  session.kind = kind;
  session.key = call.org.NewSessionKey();
  session.presenter = session.creator = call.caller.zuid;
  session.timezone = call.org.timezone;
  session.password = call.org.random.Hex(8);
  (void)absl::SimpleAtoi(call.org.random.Digits(18), &session.sys_id);
  session.start = call.now;
  return session;
}

bool MaySee(const MeetingCall& call, const Session& session) {
  if (MayChange(call, session)) return true;
  return std::any_of(
      session.participants.begin(), session.participants.end(),
      [&](const Participant& one) { return absl::EqualsIgnoreCase(one.email, call.caller.email); });
}

bool MayChange(const MeetingCall& call, const Session& session) {
  return call.caller.IsOrgAdmin() || session.presenter == call.caller.zuid ||
         session.creator == call.caller.zuid;
}

Session* WebinarOfQuery(const MeetingCall& call, std::optional<Answer>& error) {
  const std::optional<std::string> key = call.query.Get("webinarKey");
  if (!key.has_value()) {
    error = ParameterMissing("webinarKey");
    return nullptr;
  }
  return WebinarOfKey(call, *key, error);
}

Session* WebinarOfKey(const MeetingCall& call, absl::string_view key,
                      std::optional<Answer>& error) {
  Session* webinar = call.org.FindSession(SessionKind::kWebinar, key);
  if (webinar == nullptr) {
    error = MeetingKeyInvalid();
  } else if (!MaySee(call, *webinar)) {
    error = NoPermission();
  } else if (const auto instance = call.query.Get("instanceId");
             instance.has_value() && *instance != absl::StrCat(webinar->sys_id)) {
    error = ParameterMalformed("instanceId");
  }
  return error.has_value() ? nullptr : webinar;
}

}  // namespace fake_zoho
