// Meetings, webinars and who took part: SessionEndpoints() of endpoint.h.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/list_parameters.h"
#include "tests/fake_zoho/meeting_call.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/session_input.h"
#include "tests/fake_zoho/session_json.h"

namespace fake_zoho {
namespace {

// Whether `session` belongs to a list of this type; nullopt where there is no such type.
std::optional<bool> IsListed(const MeetingCall& call, const std::string& listtype,
                             const Session& session) {
  const absl::TimeZone zone = ZoneOrUtc(call.org.timezone);
  if (listtype == "all") return true;
  if (listtype == "past") return session.end() <= call.now;
  if (listtype == "upcoming") return session.end() > call.now;
  if (listtype == "today") {
    return absl::ToCivilDay(session.start, zone) == absl::ToCivilDay(call.now, zone);
  }
  // Seen in a client, not documented.
  if (listtype == "week" || listtype == "month") {
    const absl::Time until = call.now + absl::Hours(listtype == "week" ? 24 * 7 : 24 * 30);
    return session.end() > call.now && session.start < until;
  }
  return std::nullopt;
}

Answer List(MeetingCall& call, SessionKind kind) {
  std::string listtype = call.query.GetOr("listtype");
  if (listtype.empty()) {
    if (call.settings.require_list_parameters) return ParameterMissing("listtype");
    listtype = "all";
  }
  if (!IsListed(call, listtype, Session{}).has_value()) return ParameterMalformed("listtype");

  std::vector<const Session*> listed;
  for (const auto& [key, session] : call.org.sessions) {
    if (session.kind == kind && *IsListed(call, listtype, session) && MaySee(call, session)) {
      listed.push_back(&session);
    }
  }
  const bool newest_first = listtype == "past";
  std::sort(listed.begin(), listed.end(), [&](const Session* a, const Session* b) {
    if (a->start != b->start) return newest_first ? a->start > b->start : a->start < b->start;
    return a->key < b->key;
  });

  std::optional<Answer> error;
  const Window window =
      PageOfCall(call, PagingFamily::kSession, /*required=*/true, listed.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) {
    rows.push_back(kind == SessionKind::kMeeting ? MeetingRow(call, *listed[i])
                                                 : WebinarRow(call, *listed[i]));
  }
  const char* available = call.settings.typo_is_metting_session_available
                              ? "isMettingSessionAvailable"
                              : "isMeetingSessionAvailable";
  return Reply(
      call, 200,
      {{"session", std::move(rows)}, {"count", listed.size()}, {available, !listed.empty()}});
}

Answer Get(MeetingCall& call, SessionKind kind) {
  const Session* session = call.org.FindSession(kind, call.value(0));
  if (session == nullptr) return MeetingKeyInvalid();
  if (!MaySee(call, *session)) return NoPermission();
  return Reply(call, 200,
               {{"session", kind == SessionKind::kMeeting ? MeetingDetails(call, *session)
                                                          : WebinarDetails(call, *session)}});
}

Answer Create(MeetingCall& call, SessionKind kind) {
  Session session = NewSession(call, kind);
  if (std::optional<Answer> error = ReadSession(call, /*creating=*/true, session);
      error.has_value()) {
    return *std::move(error);
  }
  const Session& kept = call.org.sessions[session.key] = std::move(session);
  return Reply(call, 201,
               {{"session", kind == SessionKind::kMeeting ? MeetingCreated(call, kept)
                                                          : WebinarDetails(call, kept)}});
}

Answer Update(MeetingCall& call, SessionKind kind) {
  Session* session = call.org.FindSession(kind, call.value(0));
  if (session == nullptr) return MeetingKeyInvalid();
  if (!MayChange(call, *session)) return NoPermission();
  Session changed = *session;
  if (std::optional<Answer> error = ReadSession(call, /*creating=*/false, changed);
      error.has_value()) {
    return *std::move(error);
  }
  *session = std::move(changed);
  return Reply(call, 200,
               {{"session", kind == SessionKind::kMeeting ? MeetingUpdated(call, *session)
                                                          : WebinarDetails(call, *session)}});
}

Answer Delete(MeetingCall& call, SessionKind kind) {
  const Session* session = call.org.FindSession(kind, call.value(0));
  if (session == nullptr) return MeetingKeyInvalid();
  if (!MayChange(call, *session)) return NoPermission();
  call.org.sessions.erase(session->key);
  return Deleted(call);
}

// Who took part in a meeting that is over, made up from its key: nothing of it is stored.
Json ParticipantsOf(const MeetingCall& call, const Session& session) {
  Json rows = Json::array();
  if (session.end() > call.now) return rows;
  RandomSource random(static_cast<uint64_t>(session.key));
  const absl::TimeZone zone = ZoneOrUtc(session.timezone);
  const size_t total = 3 + random.Below(60);
  for (size_t i = 0; i < total; ++i) {
    const User& user = i == 0 ? *call.org.FindUser(session.presenter) : random.Pick(call.org.users);
    const absl::Time join = session.start + absl::Seconds(random.Below(300));
    const absl::Time leave = session.end() - absl::Seconds(random.Below(300));
    rows.push_back(
        {{"memberId", random.Digits(18)},
         {"email", user.email},
         {"role", i == 0 ? "presenter" : "attendee"},
         {"joinTime", absl::ToUnixMillis(join)},
         {"leaveTime", absl::ToUnixMillis(leave)},
         {"duration", absl::ToInt64Milliseconds(leave - join)},
         {"inAndOutTime", absl::StrCat(absl::FormatTime("%I:%M %p", join, zone), " - ",
                                       absl::FormatTime("%I:%M %p", leave, zone))},
         {"source", random.Chance(80) ? "web" : "mobile"},
         {"participantAvatar", absl::StrCat("https://contacts.zoho.", DomainOf(call.org.region),
                                            "/file?ID=", user.zuid, "&fs=thumb")}});
  }
  return rows;
}

Answer ListParticipants(MeetingCall& call) {
  const Session* session = call.org.FindSession(SessionKind::kMeeting, call.value(0));
  if (session == nullptr) return MeetingKeyInvalid();
  if (!MaySee(call, *session)) return NoPermission();
  const Json all = ParticipantsOf(call, *session);
  std::optional<Answer> error;
  const Window window =
      PageOfCall(call, PagingFamily::kParticipant, /*required=*/true, all.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) rows.push_back(all[i]);
  return Reply(call, 200, {{"participants", std::move(rows)}, {"participantsCount", all.size()}});
}

template <SessionKind kind, Answer (*handler)(MeetingCall&, SessionKind)>
Answer Of(MeetingCall& call) {
  return handler(call, kind);
}

template <SessionKind kind>
void AddEndpoints(const char* all, const char* one, const std::array<const char*, 4>& scopes,
                  std::vector<Endpoint>& endpoints) {
  constexpr ErrorFamily kFamily = ErrorFamily::kSession;
  endpoints.push_back({"GET", all, scopes[0], kFamily, Of<kind, List>});
  endpoints.push_back({"GET", one, scopes[0], kFamily, Of<kind, Get>});
  endpoints.push_back({"POST", all, scopes[1], kFamily, Of<kind, Create>});
  endpoints.push_back({"PUT", one, scopes[2], kFamily, Of<kind, Update>});
  endpoints.push_back({"DELETE", one, scopes[3], kFamily, Of<kind, Delete>});
}

}  // namespace

std::vector<Endpoint> SessionEndpoints() {
  std::vector<Endpoint> endpoints;
  AddEndpoints<SessionKind::kMeeting>("{zsoid}/sessions.json", "{zsoid}/sessions/{key}.json",
                                      {"ZohoMeeting.meeting.READ", "ZohoMeeting.meeting.CREATE",
                                       "ZohoMeeting.meeting.UPDATE", "ZohoMeeting.meeting.DELETE"},
                                      endpoints);
  AddEndpoints<SessionKind::kWebinar>("{zsoid}/webinar.json", "{zsoid}/webinar/{key}.json",
                                      {"ZohoMeeting.webinar.READ|ZohoWebinar.webinar.READ",
                                       "ZohoMeeting.webinar.CREATE|ZohoWebinar.webinar.CREATE",
                                       "ZohoMeeting.webinar.UPDATE|ZohoWebinar.webinar.UPDATE",
                                       "ZohoMeeting.webinar.DELETE|ZohoWebinar.webinar.DELETE"},
                                      endpoints);
  endpoints.push_back({"GET", "{zsoid}/participant/{key}.json", "ZohoMeeting.meeting.READ",
                       ErrorFamily::kSession, ListParticipants});
  return endpoints;
}

}  // namespace fake_zoho
