#include "services/mcp_frontend/server_info.h"

namespace mesh::frontend {

mcp::ServerInfo MeshServerInfo() {
  return {
      .name = "zoho-mcp-mesh",
      .title = "Zoho Meeting",
      .version = "0.1.0",
      .instructions =
          "Tools for one Zoho Meeting organisation. Users and meetings belong to departments: "
          "where "
          "a tool asks for a department_id, list the departments first and take the id from there. "
          "Ids are strings. A list that goes on carries next_cursor: pass it back unchanged, with "
          "the same arguments, for the next page. When a result says that a rate limit is reached, "
          "wait the seconds it names before the next call.",
  };
}

}  // namespace mesh::frontend
