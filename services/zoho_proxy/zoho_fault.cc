#include "services/zoho_proxy/zoho_fault.h"

#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kWrongOrganization[] =
    "The account belongs to another Zoho organisation than the one it was connected for; an "
    "operator of this mesh must reconnect it.";
// Sessions say the same of what is somebody else's.
constexpr char kNotSeen[] =
    "The account's user may not see it, or belongs to another Zoho organisation than the one it "
    "was connected for.";
constexpr char kNotAdmin[] =
    "Only an administrator of the Zoho organisation may: connect the account of one.";
constexpr char kNotDepartmentAdmin[] =
    "Only an administrator of the department or of the Zoho organisation may: connect the account "
    "of one.";

// Whether one of the texts of a fault, whatever its case, holds one of `words`.
bool Says(const ZohoFault& fault, std::initializer_list<absl::string_view> words) {
  for (const std::string* text : {&fault.code, &fault.key, &fault.message}) {
    const std::string lower = absl::AsciiStrToLower(*text);
    for (const absl::string_view word : words) {
      if (absl::StrContains(lower, word)) return true;
    }
  }
  return false;
}

bool IsScopeMissing(const ZohoFault& fault) {
  return Says(fault, {"oauthscope", "oauth scope", "invalid scope"});
}

bool IsNotSeen(const ZohoFault& fault) {
  return fault.code == "3001" || fault.key == "UNAUTHORIZED_USER";
}

bool IsWrongOrganization(const ZohoFault& fault) { return fault.code == "1025"; }

// `INVALID_MEETING_KEY` and its like. 1026 is a user, 1032 a department, 4000 a session.
bool IsUnknownObject(const ZohoFault& fault) {
  if (fault.status == 404 || fault.code == "1026" || fault.code == "1032" || fault.code == "4000") {
    return true;
  }
  absl::string_view what = fault.key;
  if (!absl::ConsumePrefix(&what, "INVALID_")) return false;
  if (absl::EndsWith(what, "_KEY") || absl::EndsWith(what, "_ID")) return true;
  for (const absl::string_view object :
       {"DEPARTMENT", "USER", "MEETING", "WEBINAR", "POLL", "RECORDING"}) {
    if (what == object) return true;
  }
  return false;
}

std::string ForbiddenHint(const ZohoFault& fault, const Tool& tool) {
  if (IsWrongOrganization(fault)) return kWrongOrganization;
  if (IsNotSeen(fault)) return kNotSeen;
  if (fault.code == "1009") return kNotAdmin;
  if (fault.code == "1033") return kNotDepartmentAdmin;
  return tool.forbidden_hint;
}

}  // namespace

bool IsTokenRefused(const ZohoFault& fault) {
  if (fault.code == "2000" || Says(fault, {"invalid_oauthtoken"})) return true;
  if (fault.status != 401 || IsScopeMissing(fault)) return false;
  // A 401 that says something else would be said of the next token too, and each costs a refresh.
  const bool silent = fault.code.empty() && fault.key.empty() && fault.message.empty();
  return silent || Says(fault, {"oauthtoken", "oauth token", "access token", "invalid_token",
                                "invalid_oauth", "authentication"});
}

absl::Status FaultToStatus(const ZohoFault& fault, const Tool& tool) {
  if (fault.status >= 500) {
    return ZohoBroken(absl::StrCat("HTTP ", fault.status), fault.status);
  }
  if (IsScopeMissing(fault)) return ScopeMissing(absl::StrJoin(tool.listed.scopes(), ","));
  if (fault.code == "4001" || fault.key == "INVALID_PRESENTER") {
    return ArgumentInvalid("presenter",
                           "must be the zuid of a user who may present: "
                           "list_all_zoho_meeting_users shows who there is",
                           "\"70001122\"");
  }
  ZohoError error{
      .status = fault.status,
      .code = fault.code.empty() ? fault.key : fault.code,
      .message = fault.message.empty() ? absl::StrCat("HTTP ", fault.status) : fault.message};
  if (!fault.parameter.empty()) absl::StrAppend(&error.message, " (", fault.parameter, ")");
  if (IsUnknownObject(fault)) return ZohoObjectNotFound(error, tool.not_found_hint);
  if (fault.status == 403 || fault.status == 401 || IsWrongOrganization(fault) ||
      IsNotSeen(fault) || fault.code == "1009" || fault.code == "1033") {
    return ZohoPermissionDenied(error, ForbiddenHint(fault, tool));
  }
  return ZohoRefused(error);
}

}  // namespace mesh::zoho_proxy
