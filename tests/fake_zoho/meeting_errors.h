// The errors of the Meeting hosts, each by name, with the body that Zoho gives it.
#pragma once

#include "absl/strings/string_view.h"

#include "tests/fake_zoho/meeting_call.h"
#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/settings.h"

namespace fake_zoho {

// Of the token.
Answer InvalidOauthToken(const Settings& settings);
// `user.json` answers 400, everything else 401.
Answer InvalidOauthScope(int status);

// Of Zoho's security filter, before any endpoint: `error.message` only.
Answer FilterError(int status, absl::string_view message, absl::string_view parameter = {});
Answer JsonParseError();
Answer ParameterMissing(absl::string_view name);
Answer ParameterMalformed(absl::string_view name);
Answer ArrayTooLong(absl::string_view name);
Answer RedirectUriInvalid();
Answer UrlNotConfigured();
Answer MethodInvalid();

// Of the directory: `error.code`, `resourceType`.
Answer OrgMismatch(absl::string_view resource_type);          // 403, 1025
Answer NotOrgAdmin(const MeetingCall& call);                  // 403, 1009
Answer NotDepartmentAdmin(const MeetingCall& call);           // 403, 1033
Answer DepartmentUnknown(const MeetingCall& call);            // 403, 1032
Answer CountTooLarge(const MeetingCall& call, int64_t most);  // 400, 1028
Answer UserUnknown(const MeetingCall& call);                  // 403, 1026

// Of sessions: `error.errorCode`, `error.key`.
Answer NoPermission();       // 401, 3001: another organisation, or another's session
Answer MeetingKeyInvalid();  // 400, 4000
Answer PresenterInvalid();   // 400, 4001
Answer RecordingUnknown();   // 400, 4002
Answer PollUnknown();        // 400, 4003

}  // namespace fake_zoho
