#include "tests/fake_zoho/meeting_errors.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace fake_zoho {
namespace {

Answer DirectoryError(int status, int code, absl::string_view message,
                      absl::string_view resource_type) {
  return JsonAnswer(status, {{"error", {{"code", code}, {"message", std::string(message)}}},
                             {"resourceType", std::string(resource_type)}});
}

Answer SessionError(int status, int code, const char* message, const char* key) {
  return JsonAnswer(status, {{"error", {{"errorCode", code}, {"message", message}, {"key", key}}}});
}

}  // namespace

Answer InvalidOauthToken(const Settings& settings) {
  return JsonAnswer(settings.invalid_token_status,
                    {{"error", {{"code", 2000}, {"message", "INVALID_OAUTHTOKEN"}}}});
}

Answer InvalidOauthScope(int status) { return FilterError(status, "INVALID_OAUTHSCOPE"); }

Answer FilterError(int status, absl::string_view message, absl::string_view parameter) {
  Json error = {{"message", std::string(message)}};
  if (!parameter.empty()) error["param"] = std::string(parameter);
  return JsonAnswer(status, {{"error", std::move(error)}});
}

Answer JsonParseError() { return FilterError(400, "JSON_PARSE_ERROR"); }

Answer ParameterMissing(absl::string_view name) {
  return FilterError(400, "LESS_THAN_MIN_OCCURANCE", name);
}

Answer ParameterMalformed(absl::string_view name) {
  return FilterError(400, "PATTERN_NOT_MATCHED", name);
}

Answer ArrayTooLong(absl::string_view name) {
  return FilterError(400, "ARRAY_SIZE_OUT_OF_RANGE", name);
}

Answer RedirectUriInvalid() { return FilterError(400, "INVALID_REDIRECT_URI"); }

Answer UrlNotConfigured() { return FilterError(404, "URL_RULE_NOT_CONFIGURED"); }

Answer MethodInvalid() { return FilterError(405, "INVALID_METHOD"); }

Answer OrgMismatch(absl::string_view resource_type) {
  return DirectoryError(403, 1025, "Org doesn't matches with request uri", resource_type);
}

Answer NotOrgAdmin(const MeetingCall& call) {
  return DirectoryError(403, 1009, "Invalid org admin", call.resource_type);
}

Answer NotDepartmentAdmin(const MeetingCall& call) {
  return DirectoryError(403, 1033, "Neither a department admin nor an org admin",
                        call.resource_type);
}

Answer DepartmentUnknown(const MeetingCall& call) {
  return DirectoryError(403, 1032, "Invalid department", call.resource_type);
}

Answer CountTooLarge(const MeetingCall& call, int64_t most) {
  return DirectoryError(400, 1028, absl::StrCat("Count shouldn't exceed ", most),
                        call.resource_type);
}

Answer UserUnknown(const MeetingCall& call) {
  return DirectoryError(403, 1026, "Invalid user", call.resource_type);
}

Answer NoPermission() {
  return SessionError(401, 3001, "You do not have permission to access this organization account.",
                      "UNAUTHORIZED_USER");
}

Answer MeetingKeyInvalid() {
  return SessionError(400, 4000, "The meeting key is invalid.", "INVALID_MEETING_KEY");
}

Answer PresenterInvalid() {
  return SessionError(400, 4001, "The presenter is invalid.", "INVALID_PRESENTER");
}

Answer RecordingUnknown() {
  return SessionError(400, 4002, "The recording is invalid.", "INVALID_RECORDING");
}

Answer PollUnknown() { return SessionError(400, 4003, "The poll is invalid.", "INVALID_POLL"); }

}  // namespace fake_zoho
