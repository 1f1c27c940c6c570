// How Zoho says that something is wrong, and what the mesh makes of it. Pure.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace mesh::zoho_proxy {

struct Tool;

// What an answer's body says is wrong, whichever of Zoho's envelopes it uses.
struct ZohoFault {
  int status = 0;

  // For example `1009`.
  std::string code = {};

  // For example `INVALID_MEETING_KEY`; the message where there is no key.
  std::string key = {};

  std::string message = {};

  // The parameter that is wrong, as Zoho calls it.
  std::string parameter = {};

  // Zoho's accounts server: `{"status": "failure"}`.
  bool oauth_failure = false;
};

// Whether Zoho finds the access token expired, revoked, or of another data centre.
bool IsTokenRefused(const ZohoFault& fault);

// The error for the caller of `tool`; anything but a rate limit or a refused token, which their own
// readers know.
absl::Status FaultToStatus(const ZohoFault& fault, const Tool& tool);

}  // namespace mesh::zoho_proxy
