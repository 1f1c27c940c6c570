// Routes of the audit log and of usage.
#pragma once

#include <vector>

#include "gateway/routes.h"

namespace mesh::gateway {

// GET `/audit?since=&until=&actor=&action=&account=&mcp_server=&tool=&outcome=&request_id=&limit=
// &next_cursor=&format=json|jsonl`; GET `/audit/verify?start=`; GET
// `/usage?since=&until=&account=&mcp_server=&tool=`.
std::vector<ApiRoute> AuditRoutes();

}  // namespace mesh::gateway
