// What a server says without being asked, and whether a client wants to hear it.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {

// Where the client wants progress: how far the request is. `progress` must grow from call to call;
// `total` is 0 where it is not known.
void ReportProgress(Answer& answer, const ClientWishes& client, double progress, double total,
                    absl::string_view message);

// Where the client wants log messages of this level: `data_json` is one JSON value.
void SendLog(Answer& answer, const ClientWishes& client, absl::string_view level,
             absl::string_view data_json);

// Whether `level` is one of the protocol's eight.
bool IsLogLevel(absl::string_view level);

// What has changed at a server.
struct Change {
  bool tools = false;
  bool prompts = false;
  bool resources = false;
  // What resources say, whichever.
  bool contents = false;

  static Change Everything() { return {true, true, true, true}; }
};

// Resources that one stream may follow.
inline constexpr size_t kMaxSubscriptions = 100;

// What to say of `change` to a client that follows the resources `uris`: methods and the members of
// their parameters.
std::vector<std::pair<const char*, std::string>> Notices(const Change& change,
                                                         const std::set<std::string>& uris);

}  // namespace mesh::mcp
