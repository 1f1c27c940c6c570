// The signed-in user, users, the licence and departments: DirectoryEndpoints() of endpoint.h.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/list_parameters.h"
#include "tests/fake_zoho/meeting_call.h"
#include "tests/fake_zoho/meeting_errors.h"

namespace fake_zoho {
namespace {

Json LicenseJson(const License& license) {
  return {{"enabled", license.enabled}, {"edition", license.edition}};
}

// As department people have it.
std::string LicenseName(const License& license) {
  if (!license.enabled) return "FREE";
  return license.edition == "Professional" ? "PRO" : "STANDARD";
}

std::string RedirectionServer(const MeetingCall& call) {
  if (!call.settings.redirection_server.empty()) return call.settings.redirection_server;
  if (call.settings.host_names == "zoho") {
    return absl::StrCat("meeting.zoho.", DomainOf(call.org.region));
  }
  // Without the scheme.
  const std::string& url = call.addresses.UrlOf(call.listener());
  return url.substr(std::min(url.find("://") + 3, url.size()));
}

Answer GetMe(MeetingCall& call) {
  const User& user = call.caller;
  return Reply(call, 200,
               {{"userDetails",
                 {{"zsoid", call.org.zsoid},
                  {"zuid", user.zuid},
                  {"primaryEmail", user.email},
                  {"displayName", user.FullName()},
                  {"isAdmin", user.IsOrgAdmin()},
                  {"portalName", call.org.name},
                  {"redirectionServer", RedirectionServer(call)},
                  {"isPrivileged", false},
                  {"isTrial", false},
                  {"isPaid", true},
                  {"edition", user.meeting.edition},
                  {"participantLimit", 250},
                  {"isMeetingEnabled", user.meeting.enabled},
                  {"isWebinarEnabled", user.webinar.enabled},
                  {"isRecordingEnabled", user.meeting.enabled}}}});
}

Json UserJson(const Organization& org, const User& user) {
  return {{"userId", user.user_id},
          {"zuid", absl::StrCat(user.zuid)},
          {"role", user.role},
          {"organization",
           {{"orgId", absl::StrCat(org.zsoid)},
            {"orgName", org.name},
            {"link", absl::StrCat("/api/v2/org/", org.zsoid)},
            {"isDefault", true}}},
          {"firstName", user.first_name},
          {"lastName", user.last_name},
          {"fullName", user.FullName()},
          {"emailId", user.email},
          {"meetingLicense", LicenseJson(user.meeting)},
          {"webinarLicense", LicenseJson(user.webinar)}};
}

Answer ListUsers(MeetingCall& call) {
  std::optional<Answer> error;
  const Window window =
      PageOfCall(call, PagingFamily::kUser, /*required=*/false, call.org.users.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) {
    rows.push_back(UserJson(call.org, call.org.users[i]));
  }
  Json body = {{"representation", std::move(rows)}, {"totalCount", call.org.users.size()}};
  AddResourceType(call, body);
  return Reply(call, 200, std::move(body));
}

Answer GetUser(MeetingCall& call) {
  const auto found = call.org.user_by_id.find(call.value(0));
  if (found == call.org.user_by_id.end()) return UserUnknown(call);
  Json body = {{"representation", UserJson(call.org, call.org.users[found->second])}};
  AddResourceType(call, body);
  return Reply(call, 200, std::move(body));
}

Answer GetLicence(MeetingCall& call) {
  const size_t seats = call.org.users.size() + 50;
  const auto enabled = [&](License User::*license) {
    return static_cast<size_t>(
        std::count_if(call.org.users.begin(), call.org.users.end(),
                      [&](const User& user) { return (user.*license).enabled; }));
  };
  const auto addon = [&](License User::*license, const char* people, int limit) {
    return Json{{"edition", "Professional"},
                {"licenseType", "PAID"},
                {"noOfUsers", absl::StrCat(seats)},
                {"noOfLicenseEnabled", absl::StrCat(enabled(license))},
                {"noOfLicenseLeft", absl::StrCat(seats - enabled(license))},
                {people, absl::StrCat(limit)}};
  };
  Json licence = {{"licenseType", "PAID"},
                  {"isBundleUser", false},
                  {"addonEligibility", true},
                  {"trialExpiryTime", "-1"},
                  {"webinarTrialExpiryTime", "-1"},
                  {"meetingAddon", addon(&User::meeting, "participantCount", 250)},
                  {"webinarAddon", addon(&User::webinar, "attendeeCount", 1000)},
                  {"recordingAddon", {{"enabled", true}}},
                  {"tollFreeAddon", {{"enabled", true}, {"countryCount", 12}}}};
  if (call.settings.licence_wrapped) licence = {{"representation", std::move(licence)}};
  AddResourceType(call, licence);
  return Reply(call, 200, std::move(licence));
}

Json DepartmentJson(const Department& department, bool with_status) {
  Json json = {
      {"departmentId", department.id}, {"departmentName", department.name}, {"source", "MEETING"}};
  if (with_status) json["status"] = 1;
  json["createdTime"] = MillisString(department.created);
  json["modifiedTime"] = MillisString(department.modified);
  return json;
}

Answer ListDepartments(MeetingCall& call) {
  std::optional<Answer> error;
  const Window window = PageOfCall(call, PagingFamily::kDepartment, /*required=*/false,
                                   call.org.departments.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) {
    rows.push_back(DepartmentJson(call.org.departments[i], /*with_status=*/true));
  }
  Json body = {{"representation", std::move(rows)}};
  AddResourceType(call, body);
  return Reply(call, 200, std::move(body));
}

const Department* FindDepartment(const MeetingCall& call) {
  const auto found = call.org.department_by_id.find(call.value(0));
  return found == call.org.department_by_id.end() ? nullptr : &call.org.departments[found->second];
}

Answer GetDepartment(MeetingCall& call) {
  const Department* department = FindDepartment(call);
  if (department == nullptr) return DepartmentUnknown(call);
  const auto ids = [&](const std::vector<size_t>& people) {
    Json list = Json::array();
    for (const size_t index : people) list.push_back(call.org.users[index].user_id);
    return list;
  };
  Json json = DepartmentJson(*department, /*with_status=*/false);
  json["adminUserIds"] = ids(department->admins);
  json["memberUserIds"] = ids(department->members);
  Json body = {{"representation", std::move(json)}};
  AddResourceType(call, body);
  return Reply(call, 200, std::move(body));
}

// A department's own administrators may ask too.
Answer GetDepartmentByName(MeetingCall& call) {
  const std::optional<std::string> name = call.query.Get("departmentName");
  if (!name.has_value()) return ParameterMissing("departmentName");
  const auto found = call.org.department_by_name.find(*name);
  if (found == call.org.department_by_name.end()) return DepartmentUnknown(call);
  const Department& department = call.org.departments[found->second];
  if (!call.caller.IsOrgAdmin() && !call.org.IsDepartmentAdmin(department, call.caller)) {
    return NotDepartmentAdmin(call);
  }
  Json body = {{"representation", DepartmentJson(department, /*with_status=*/true)}};
  AddResourceType(call, body);
  return Reply(call, 200, std::move(body));
}

Json DepartmentUserJson(const Organization& org, const User& user) {
  return {{"userId", user.user_id},
          {"zuid", absl::StrCat(user.zuid)},
          {"status", user.active ? "ACTIVE" : "INACTIVE"},
          {"isConfirmed", user.confirmed},
          {"emailId", user.email},
          {"firstName", user.first_name},
          {"lastName", user.last_name},
          {"creatorUserId", org.users[0].user_id},
          {"createdTime", MillisString(user.created)},
          {"modifiedTime", MillisString(user.modified)},
          {"modifiedUserId", org.users[0].user_id},
          {"meetingLicense", LicenseName(user.meeting)},
          {"webinarLicense", LicenseName(user.webinar)}};
}

Answer ListPeople(MeetingCall& call, bool admins, bool members) {
  const Department* department = FindDepartment(call);
  if (department == nullptr) return DepartmentUnknown(call);
  std::vector<size_t> people;
  if (admins) people = department->admins;
  if (members) {
    people.insert(people.end(), department->members.begin(), department->members.end());
  }
  std::optional<Answer> error;
  const Window window =
      PageOfCall(call, PagingFamily::kDepartmentUser, /*required=*/false, people.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) {
    rows.push_back(DepartmentUserJson(call.org, call.org.users[people[i]]));
  }
  Json body = {{"representation", std::move(rows)}};
  AddResourceType(call, body);
  return Reply(call, 200, std::move(body));
}

Answer ListDepartmentUsers(MeetingCall& call) { return ListPeople(call, true, true); }
Answer ListDepartmentAdmins(MeetingCall& call) { return ListPeople(call, true, false); }
Answer ListDepartmentMembers(MeetingCall& call) { return ListPeople(call, false, true); }

}  // namespace

std::vector<Endpoint> DirectoryEndpoints() {
  // Static: endpoints keep the pointers.
  static constexpr char kUser[] = "ZohoMeeting.user.READ|ZohoWebinar.user.READ";
  static constexpr char kDepartment[] = "ZohoMeeting.department.READ";
  constexpr ErrorFamily kFamily = ErrorFamily::kDirectory;
  return {
      {"GET", "user.json", "ZohoMeeting.manageOrg.READ|ZohoWebinar.manageOrg.READ", kFamily, GetMe},
      {"GET", "{zsoid}/user", kUser, kFamily, ListUsers, true},
      {"GET", "{zsoid}/user/{id}", kUser, kFamily, GetUser, true},
      {"GET", "{zsoid}/license", "ZohoMeeting.license.READ", kFamily, GetLicence},
      {"GET", "{zsoid}/department", kDepartment, kFamily, ListDepartments, true},
      // Before the one by id: `name` is no id.
      {"GET", "{zsoid}/department/name", kDepartment, kFamily, GetDepartmentByName},
      {"GET", "{zsoid}/department/{id}", kDepartment, kFamily, GetDepartment, true},
      {"GET", "{zsoid}/department/{id}/user", kDepartment, kFamily, ListDepartmentUsers, true},
      {"GET", "{zsoid}/department/{id}/user/admin", kDepartment, kFamily, ListDepartmentAdmins,
       true},
      {"GET", "{zsoid}/department/{id}/user/member", kDepartment, kFamily, ListDepartmentMembers,
       true},
  };
}

}  // namespace fake_zoho
