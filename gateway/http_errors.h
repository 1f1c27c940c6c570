// The border between absl::Status and the management API's HTTP answers. Pure.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "common/net/http_server.h"

namespace mesh::gateway {

// The HTTP status of an error.
int HttpStatusOf(const absl::Status& status);

// `{"error": {"code", "message", "reason", "details"}}` with `retry-after` and `ratelimit-*` where
// known. `code` is gRPC's name of the code. Never shows the message of an error that is a bug.
net::ServerResponse ToHttp(const absl::Status& status);

// The same form for what the HTTP server and the router refuse. `code` is for example `NOT_FOUND`.
net::ServerResponse HttpRefusal(int http_status, absl::string_view code, absl::string_view message);

// For HttpServerOptions.
net::ServerResponse ServerErrorResponse(int http_status, absl::string_view message);

}  // namespace mesh::gateway
