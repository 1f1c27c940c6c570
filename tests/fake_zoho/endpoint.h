// The endpoints of the Meeting hosts, group by group.
#pragma once

#include <vector>

#include "tests/fake_zoho/meeting_call.h"
#include "tests/fake_zoho/message.h"

namespace fake_zoho {

// Zoho has two forms of error, by family of endpoints.
enum class ErrorFamily { kDirectory, kSession };

struct Endpoint {
  const char* method = "GET";
  // Under `/api/v2/` and `/meeting/api/v2/`.
  const char* path = "";
  // As Allows() reads it.
  const char* scope = "";
  ErrorFamily family = ErrorFamily::kSession;
  Answer (*handler)(MeetingCall&) = nullptr;
  // Whether an organisation's administrator must call.
  bool org_admin = false;
};

// All of the groups below. The first whose path fits a request answers it.
std::vector<Endpoint> AllEndpoints();

std::vector<Endpoint> DirectoryEndpoints();
std::vector<Endpoint> SessionEndpoints();
std::vector<Endpoint> RegistrationEndpoints();
std::vector<Endpoint> ReportEndpoints();
std::vector<Endpoint> PollEndpoints();
std::vector<Endpoint> RecordingEndpoints();
std::vector<Endpoint> SdkEndpoints();
std::vector<Endpoint> ReferenceEndpoints();

}  // namespace fake_zoho
