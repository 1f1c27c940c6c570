// A tool, its arguments and a lease into the request that Zoho understands. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "common/net/http_client.h"
#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/lease.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// Which part of a list to ask for.
struct PageQuery {
  int64_t index = 0;
  int64_t count = 0;
};

// `arguments` have passed ArgumentRules::Read(). Values are percent-encoded into the URL. Fails
// with INVALID_ARGUMENT (`ARGUMENT_INVALID`), naming the argument, where a path value could leave
// its segment, a value of path, query or header holds control characters, or a date is none.
absl::StatusOr<net::HttpRequest> BuildRequest(const Tool& tool, const Arguments& arguments,
                                              const Lease& lease,
                                              const std::optional<PageQuery>& page);

// Of the file at `link`, to which Zoho has led. A link that is signed needs no token, and gets
// none. Fails with UNAVAILABLE (`ZOHO_ERROR`) where it leads away from Zoho.
absl::StatusOr<net::HttpRequest> BuildFileRequest(const Tool& tool, const std::string& link,
                                                  const Lease& lease);

}  // namespace mesh::zoho_proxy
