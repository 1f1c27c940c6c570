#include "services/zoho_proxy/zoho_fault.h"

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
constexpr char kNotAdmin[] =
    "Only an administrator of the Zoho organisation may: connect the account of one.";
constexpr char kNotDepartmentAdmin[] =
    "Only an administrator of the department or of the Zoho organisation may: connect the account "
    "of one.";

bool IsScopeMissing(const ZohoFault& fault) {
  return absl::StrContains(fault.key, "INVALID_OAUTHSCOPE") ||
         absl::StrContains(fault.message, "INVALID_OAUTHSCOPE");
}

bool IsWrongOrganization(const ZohoFault& fault) {
  return fault.code == "1025" || fault.code == "3001" || fault.key == "UNAUTHORIZED_USER";
}

// `INVALID_MEETING_KEY` and its like.
bool IsUnknownObject(const ZohoFault& fault) {
  if (fault.status == 404 || fault.code == "1032" || fault.code == "4000") return true;
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
  if (fault.code == "1009") return kNotAdmin;
  if (fault.code == "1033") return kNotDepartmentAdmin;
  return tool.forbidden_hint;
}

}  // namespace

bool IsTokenRefused(const ZohoFault& fault) {
  if (fault.code == "2000" || absl::StrContains(fault.key, "INVALID_OAUTHTOKEN") ||
      absl::StrContains(fault.message, "INVALID_OAUTHTOKEN")) {
    return true;
  }
  return fault.status == 401 && !IsScopeMissing(fault) && !IsWrongOrganization(fault);
}

absl::Status FaultToStatus(const ZohoFault& fault, const Tool& tool) {
  if (fault.status >= 500) {
    return ZohoBroken(absl::StrCat("HTTP ", fault.status), fault.status);
  }
  if (IsScopeMissing(fault)) return ScopeMissing(absl::StrJoin(tool.listed.scopes(), ","));
  const ZohoError error{
      .status = fault.status,
      .code = fault.code.empty() ? fault.key : fault.code,
      .message = fault.message.empty() ? absl::StrCat("HTTP ", fault.status) : fault.message};
  if (IsUnknownObject(fault)) return ZohoObjectNotFound(error, tool.not_found_hint);
  if (fault.status == 403 || fault.status == 401 || IsWrongOrganization(fault) ||
      fault.code == "1009" || fault.code == "1033") {
    return ZohoPermissionDenied(error, ForbiddenHint(fault, tool));
  }
  return ZohoRefused(error);
}

}  // namespace mesh::zoho_proxy
