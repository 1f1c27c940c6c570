#include "tests/fake_zoho/session_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"

namespace fake_zoho {
namespace {

// What most of the shapes are made of.
struct Facts {
  const User* presenter = nullptr;
  std::string presenter_email = {};
  std::string presenter_name = {};
  const Department* department = nullptr;
  absl::TimeZone zone = absl::UTCTimeZone();
  std::string key = {};
  std::string host = {};

  std::string join_link = {};
  std::string start_link = {};
  std::string embed_url = {};
  std::string short_url = {};
  std::string register_link = {};
  std::string encrypted_password = {};
};

Facts FactsOf(const MeetingCall& call, const Session& session) {
  Facts facts;
  facts.presenter = call.org.FindUser(session.presenter);
  if (facts.presenter != nullptr) {
    facts.presenter_email = facts.presenter->email;
    facts.presenter_name = facts.presenter->FullName();
  }
  facts.department = &call.org.departments[session.department];
  facts.zone = ZoneOrUtc(session.timezone);
  facts.key = absl::StrCat(session.key);
  facts.host = PublicHost(call);
  facts.join_link = absl::StrCat(facts.host, "/join?key=", facts.key);
  facts.start_link = absl::StrCat(facts.host, "/meeting-start?key=", facts.key,
                                  "&t=", session.password, session.sys_id);
  facts.embed_url = absl::StrCat(facts.host, "/login/embedmeeting.jsp?meetingKey=", facts.key,
                                 "&newWindow=true&t=", session.password);
  facts.short_url = absl::StrCat("https://meet.zoho.", DomainOf(call.org.region), "/",
                                 session.password.substr(0, 4), "-", facts.key.substr(0, 4));
  facts.register_link = absl::StrCat(facts.host, "/meeting/register?sessionId=", facts.key);
  facts.encrypted_password = absl::StrCat("e", session.password, "x", session.key % 9973);
  return facts;
}

bool IsPast(const MeetingCall& call, const Session& session) { return session.end() <= call.now; }

Json ParticipantsJson(const Session& session) {
  Json list = Json::array();
  for (const Participant& participant : session.participants) {
    list.push_back({{"id", participant.id}, {"email", participant.email}});
  }
  return list;
}

std::string AccessCode(const Session& session) {
  return absl::StrCat(10000 + session.key % 90000, " ", 10000 + session.key / 7 % 90000, " #");
}

std::string DialinUrl(const Facts& facts) {
  return absl::StrCat(facts.host, "/dialin?key=", facts.key);
}

// Zoho writes arrays as strings in some places: `[a@b, c@d]`.
std::string StringifiedEmails(const Session& session) {
  return absl::StrCat("[",
                      absl::StrJoin(session.participants, ", ",
                                    [](std::string* out, const Participant& participant) {
                                      out->append(participant.email);
                                    }),
                      "]");
}

}  // namespace

std::string PublicHost(const MeetingCall& call) {
  return absl::StrCat("https://meeting.zoho.", DomainOf(call.org.region));
}

Json MeetingRow(const MeetingCall& call, const Session& session) {
  const Facts facts = FactsOf(call, session);
  return {{"meetingKey", session.key},
          {"topic", session.topic},
          {"presenterEmail", facts.presenter_email},
          {"presenterZuid", session.presenter},
          {"startTime", ZohoTimeWithZone(session.start, facts.zone)},
          {"endTime", ZohoTimeWithZone(session.end(), facts.zone)},
          {"duration", absl::ToInt64Milliseconds(session.duration)},
          {"timezone", session.timezone},
          {"creatorZuid", session.creator},
          {"joinLink", facts.join_link},
          {"meetingEmbedUrl", facts.embed_url},
          {"pwd", session.password},
          {"encryptPwd", facts.encrypted_password},
          {"sysId", session.sys_id}};
}

Json MeetingDetails(const MeetingCall& call, const Session& session) {
  const Facts facts = FactsOf(call, session);
  const absl::Time reminder = session.start - absl::Minutes(15);
  return {{"meetingKey", facts.key},
          {"topic", session.topic},
          {"agenda", session.agenda},
          {"presenterEmail", facts.presenter_email},
          {"presenter", session.presenter},
          {"presenterName", facts.presenter_name},
          {"startTime", ZohoTimeWithZone(session.start, facts.zone)},
          {"endTime", ZohoTimeWithZone(session.end(), facts.zone)},
          {"duration", absl::ToInt64Milliseconds(session.duration)},
          {"timezone", session.timezone},
          {"joinLink", facts.join_link},
          {"startLink", facts.start_link},
          {"pwd", session.password},
          {"encryptPwd", facts.encrypted_password},
          {"meetingEmbedUrl", facts.embed_url},
          {"audioConference", {{"type", "voip"}}},
          {"departmentId", facts.department->id},
          {"departmentName", facts.department->name},
          {"durationInHours", absl::StrCat(session.duration / absl::Minutes(1), " mins")},
          {"eTime", absl::FormatTime("%I:%M %p", session.end(), facts.zone)},
          {"sDate", absl::FormatTime("%a, %d %b", session.start, facts.zone)},
          {"sTime", absl::FormatTime("%I:%M %p", session.start, facts.zone)},
          {"timePeriod", absl::FormatTime("%p", session.start, facts.zone)},
          {"timeFormat", "MMM dd, yyyy hh:mm a"},
          {"timeZoneOriginal", session.timezone},
          {"eventId", ""},
          {"isCreatorUser", session.creator == call.caller.zuid},
          {"isDepartmentAdmin", call.org.IsDepartmentAdmin(*facts.department, call.caller)},
          {"isE2E", session.e2e},
          {"isJoinBeforeHostAllowed", session.join_before_host},
          {"isOtherOrg", false},
          {"isPastSession", IsPast(call, session)},
          {"isStaticMeeting", false},
          {"isVideoMeeting", session.conference_type == "video"},
          {"reminderDetails",
           Json::array({{{"reminderDateTime", ZohoTimeWithZone(reminder, facts.zone)},
                         {"reminderTime", 15},
                         {"timeFormat", "minutes"}}})},
          {"shortenJoinUrl", facts.short_url},
          {"startTimeMillisec", absl::ToUnixMillis(session.start)},
          {"status", IsPast(call, session) ? 2 : 1},
          {"transcriptionLanguageCode", "en"},
          {"type", 1}};
}

Json MeetingCreated(const MeetingCall& call, const Session& session) {
  const Facts facts = FactsOf(call, session);
  return {{"meetingKey", session.key},
          {"topic", session.topic},
          {"agenda", session.agenda},
          {"presenter", session.presenter},
          {"presenterEmail", facts.presenter_email},
          {"startTime", ZohoTimeWithZone(session.start, facts.zone)},
          {"endTime", ZohoTimeWithZone(session.end(), facts.zone)},
          {"duration", absl::ToInt64Milliseconds(session.duration)},
          {"timezone", session.timezone},
          {"offset", absl::ToInt64Milliseconds(OffsetAt(session.start, facts.zone))},
          {"pwd", session.password},
          {"encryptPwd", facts.encrypted_password},
          {"creatorZuid", session.creator},
          {"creator", call.caller.FullName()},
          {"joinLink", facts.join_link},
          {"startLink", facts.start_link},
          {"registrationLink", facts.register_link},
          {"participants", ParticipantsJson(session)},
          {"accessCode", AccessCode(session)},
          {"dialinUrl", DialinUrl(facts)},
          {"departmentId", facts.department->id},
          {"departmentName", facts.department->name},
          {"isRecurring", false},
          {"meeting", {{"zsoid", call.org.zsoid}}},
          {"sys_id", absl::StrCat(session.sys_id)}};
}

Json MeetingUpdated(const MeetingCall& call, const Session& session) {
  const Facts facts = FactsOf(call, session);
  return {{"meetingKey", facts.key},
          {"topic", session.topic},
          {"agenda", session.agenda},
          {"presenterEmail", facts.presenter_email},
          {"presenter", session.presenter},
          {"presenterName", facts.presenter_name},
          // This one comes without the zone.
          {"startTime", ZohoTime(session.start, facts.zone)},
          {"duration", absl::ToInt64Milliseconds(session.duration)},
          {"timezone", session.timezone},
          {"joinLink", facts.join_link},
          {"startLink", facts.start_link},
          {"pwd", session.password},
          {"encryptPwd", facts.encrypted_password},
          {"encryptPassword", facts.encrypted_password},
          {"meetingEmbedUrl", facts.embed_url},
          {"startTimeMillisec", absl::ToUnixMillis(session.start)},
          {"endTimeMillisec", absl::ToUnixMillis(session.end())},
          {"recurringType", 0},
          {"shortenJoinUrl", facts.short_url},
          {"source", "API"},
          {"sys_id", session.sys_id},
          {"type", 1}};
}

Json WebinarRow(const MeetingCall& call, const Session& session) {
  const Facts facts = FactsOf(call, session);
  return {{"meetingKey", facts.key},
          {"topic", session.topic},
          {"presenter", absl::StrCat(session.presenter)},
          {"displayName", facts.presenter_name},
          {"creatorZuid", absl::StrCat(session.creator)},
          {"departmentName", facts.department->name},
          {"startTime", ZohoTimeWithZone(session.start, facts.zone)},
          {"endTime", ZohoTimeWithZone(session.end(), facts.zone)},
          {"timezone", session.timezone},
          {"instanceId", absl::StrCat(session.sys_id)},
          {"sysId", absl::StrCat(session.sys_id)},
          {"uId", absl::StrCat(session.key, "-", session.creator)},
          {"startTimeMillis", MillisString(session.start)},
          {"startTimeMillisec", absl::ToUnixMillis(session.start)},
          {"registrationLink", facts.register_link},
          {"registrationCount", session.registrants.size()},
          {"attendeesCount", IsPast(call, session) ? session.registrants.size() * 6 / 10 : 0},
          {"isSessionStarted", session.start <= call.now}};
}

Json WebinarDetails(const MeetingCall& call, const Session& session) {
  const Facts facts = FactsOf(call, session);
  Json json = WebinarRow(call, session);
  json["agenda"] = session.agenda;
  json["contactEmail"] = facts.presenter_email;
  json["departmentId"] = facts.department->id;
  json["digest"] = session.password;
  json["duration"] = absl::ToInt64Milliseconds(session.duration);
  json["endtimeFormat"] = absl::FormatTime("%I:%M %p", session.end(), facts.zone);
  json["endTimeMillisec"] = absl::ToUnixMillis(session.end());
  json["isDepartmentAdmin"] = call.org.IsDepartmentAdmin(*facts.department, call.caller);
  json["isPastSession"] = IsPast(call, session);
  json["offset"] = absl::StrCat(absl::ToInt64Milliseconds(OffsetAt(session.start, facts.zone)));
  json["presenterEmail"] = facts.presenter_email;
  json["regEmbedURL"] = absl::StrCat(facts.register_link, "&embed=true");
  json["registrationRequired"] = session.registration_required;
  json["service"] = 1;
  json["startLink"] = facts.start_link;
  json["timeFormat"] = "MMM dd, yyyy hh:mm a";
  json["webinarType"] = 1;
  return json;
}

Json SdkCreated(const MeetingCall& call, const Session& session) {
  const Facts facts = FactsOf(call, session);
  Json json = MeetingCreated(call, session);
  json["addedParticipants"] = StringifiedEmails(session);
  json["removedParticipants"] = "[]";
  json["webServer"] = absl::StrCat("meeting.zoho.", DomainOf(call.org.region));
  json["creatorZuid"] = absl::StrCat(session.creator);
  json["source"] = "Meeting Create page";
  json["startTimeMillisec"] = absl::ToUnixMillis(session.start);
  json["endTimeMillisec"] = absl::ToUnixMillis(session.end());
  json["UID"] = session.key / 3;
  json["sessionType"] = "meeting";
  json["meeting"] = {{"zsoid", absl::StrCat(call.org.zsoid)}};
  json["offset"] = absl::StrCat(absl::ToInt64Milliseconds(OffsetAt(session.start, facts.zone)));
  json["startDate"] = absl::FormatTime("%b %d, %Y", session.start, facts.zone);
  json["startLink"] =
      absl::StrCat(facts.host, "/meeting/statelessStart?signature=", session.password,
                   session.sys_id, "&key=", facts.key, "&frameOrigin=", facts.host);
  return json;
}

}  // namespace fake_zoho
