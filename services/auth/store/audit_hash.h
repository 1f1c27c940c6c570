// The chain of the audit log: each event's hash covers the one before. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

#include "mesh/auth/v1/audit.pb.h"

namespace mesh::auth {

// Of `event`, whose sequence is set, behind an event of hash `before`; empty for the first. In
// hexadecimal.
std::string AuditHash(absl::string_view before, const v1::AuditEvent& event);

}  // namespace mesh::auth
