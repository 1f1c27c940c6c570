// Routes of the audit log.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// GET `/audit?since=&until=&actor=&action=&account=&mcp_server=&tool=&outcome=&request_id=&limit=
// &next_cursor=&format=json|jsonl`; GET `/audit/verify?start=`.
std::vector<ApiRoute> AuditRoutes();

}  // namespace mesh::gateway
