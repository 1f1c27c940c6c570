// What the fields of requests may hold. Pure; each fails with INVALID_ARGUMENT (`FIELD_INVALID`).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "mesh/auth/v1/mcp_servers.pb.h"

namespace mesh::auth {

// A name for people: 1 to 120 characters, none of them a control character, not all of them spaces.
absl::Status CheckName(absl::string_view field, absl::string_view name);

// A credential that somebody typed or pasted: 1 to 1,000 visible ASCII characters.
absl::Status CheckCredential(absl::string_view field, absl::string_view credential);

// A SHA-256.
absl::Status CheckDigest(absl::string_view field, absl::string_view digest);

// `config` with each method and tag once, in the order of their first mention.
absl::StatusOr<v1::McpServerConfig> CheckConfig(const v1::McpServerConfig& config);

// The time, to the microsecond, where it lies after `now`.
absl::StatusOr<absl::Time> CheckExpireTime(const google::protobuf::Timestamp& expire_time,
                                           absl::Time now);

}  // namespace mesh::auth
