// Who registers for a webinar: RegistrationEndpoints() of endpoint.h.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/json_fields.h"
#include "tests/fake_zoho/list_parameters.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/session_input.h"
#include "tests/fake_zoho/session_json.h"

namespace fake_zoho {
namespace {

std::string JoinLink(const MeetingCall& call, const Session& webinar,
                     const Registrant& registrant) {
  return absl::StrCat(PublicHost(call), "/meeting/register/join?registerKey=", registrant.key,
                      "&sessionId=", webinar.key, "&uname=", registrant.first_name);
}

bool IsRegistered(const Session& webinar, const std::string& email) {
  return std::any_of(
      webinar.registrants.begin(), webinar.registrants.end(),
      [&](const Registrant& one) { return absl::EqualsIgnoreCase(one.email, email); });
}

// One element of `registrant`.
std::optional<Answer> ReadRegistrant(const MeetingCall& call, const Json& input,
                                     Registrant& registrant) {
  if (!input.is_object()) return JsonParseError();
  for (const char* name : {"email", "firstName", "lastName"}) {
    if (IsOtherType(input, name)) return ParameterMalformed(name);
  }
  const std::string* email = StringOf(input, "email");
  const std::string* first_name = StringOf(input, "firstName");
  if (email == nullptr) return ParameterMissing("email");
  if (first_name == nullptr) return ParameterMissing("firstName");
  if (!absl::StrContains(*email, "@")) return ParameterMalformed("email");
  registrant.id = call.org.random.Digits(18);
  registrant.key = call.org.random.Hex(32);
  registrant.email = *email;
  registrant.first_name = *first_name;
  if (const std::string* last_name = StringOf(input, "lastName"); last_name != nullptr) {
    registrant.last_name = *last_name;
  }
  registrant.country = "United States";
  registrant.registered = call.now;
  return std::nullopt;
}

// Those who are registered already fail; the others are taken.
Answer Register(MeetingCall& call) {
  std::optional<Answer> error;
  Session* webinar = WebinarOfKey(call, call.value(0), error);
  if (webinar == nullptr) return *std::move(error);
  const Json body = JsonBodyOf(call.request);
  if (!body.is_object()) return JsonParseError();
  const auto list = body.find("registrant");
  if (list == body.end() || list->empty()) return ParameterMissing("registrant");
  if (!list->is_array()) return ParameterMalformed("registrant");
  if (list->size() > kMaxParticipants) return ArrayTooLong("registrant");

  std::vector<Registrant> taken;
  for (const Json& input : *list) {
    Registrant registrant;
    if (error = ReadRegistrant(call, input, registrant); error.has_value()) {
      return *std::move(error);
    }
    if (!IsRegistered(*webinar, registrant.email)) taken.push_back(std::move(registrant));
  }
  Json rows = Json::array();
  for (const Registrant& registrant : taken) {
    rows.push_back(
        {{"email", registrant.email}, {"joinLink", JoinLink(call, *webinar, registrant)}});
  }
  const size_t success = taken.size();
  std::move(taken.begin(), taken.end(), std::back_inserter(webinar->registrants));
  return Reply(call, 200,
               {{"registrant", std::move(rows)},
                {"successCount", success},
                {"failedCount", list->size() - success},
                {"totalCount", list->size()},
                {"registeredCount", webinar->registrants.size()},
                {"sessionDetails", {{"pendingCount", 0}, {"totalSessionCount", 1}}}});
}

const char* NameOf(Approval approval) {
  switch (approval) {
    case Approval::kPending:
      return "PENDING";
    case Approval::kApproved:
      return "APPROVED";
    case Approval::kDenied:
      return "DENIED";
    case Approval::kCancelled:
      return "CANCELLED";
  }
  return "";
}

Json RegistrantJson(const MeetingCall& call, const Session& webinar, const Registrant& registrant) {
  return {{"registerId", registrant.id},
          {"registerKey", registrant.key},
          {"email", registrant.email},
          {"userName", absl::StrCat(registrant.first_name, " ", registrant.last_name)},
          {"joinLink", JoinLink(call, webinar, registrant)},
          {"status", static_cast<int>(registrant.approval)},
          {"approvalStatus", NameOf(registrant.approval)},
          {"countryName", registrant.country},
          {"regionName", ""},
          {"registeredTime", ZohoTimeWithZone(registrant.registered, ZoneOrUtc(webinar.timezone))},
          {"registeredTimeInMilliSec", absl::ToUnixMillis(registrant.registered)},
          {"registeredTimezone", webinar.timezone}};
}

Answer ListRegistrants(MeetingCall& call) {
  std::optional<Answer> error;
  const Session* webinar = WebinarOfKey(call, call.value(0), error);
  if (webinar == nullptr) return *std::move(error);
  const std::optional<int64_t> status = IntegerParameter(call.query, "status", error);
  if (error.has_value()) return *std::move(error);
  if (!status.has_value()) return ParameterMissing("status");
  if (*status < 0 || *status > 3) return ParameterMalformed("status");

  std::vector<const Registrant*> listed;
  int by_status[4] = {};
  for (const Registrant& registrant : webinar->registrants) {
    ++by_status[static_cast<int>(registrant.approval)];
    if (static_cast<int>(registrant.approval) == *status) listed.push_back(&registrant);
  }
  const Window window =
      PageOfCall(call, PagingFamily::kRegistration, /*required=*/false, listed.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) {
    rows.push_back(RegistrantJson(call, *webinar, *listed[i]));
  }
  return Reply(call, 200,
               {{"registrants", std::move(rows)},
                {"meta",
                 {{"totalCount", listed.size()},
                  {"approvedCount", by_status[1]},
                  {"pendingCount", by_status[0]},
                  {"deniedCount", by_status[2]},
                  {"isAutoApprovalEnabled", true}}}});
}

}  // namespace

std::vector<Endpoint> RegistrationEndpoints() {
  static constexpr char kCreate[] = "ZohoMeeting.webinar.CREATE|ZohoWebinar.webinar.CREATE";
  static constexpr char kRead[] = "ZohoMeeting.webinar.READ|ZohoWebinar.registration.READ";
  constexpr ErrorFamily kFamily = ErrorFamily::kSession;
  return {
      {"POST", "{zsoid}/register/{key}.json", kCreate, kFamily, Register},
      // With the suffix in one client, without it in another.
      {"GET", "{zsoid}/registration/{key}.json", kRead, kFamily, ListRegistrants},
      {"GET", "{zsoid}/registration/{key}", kRead, kFamily, ListRegistrants},
  };
}

}  // namespace fake_zoho
