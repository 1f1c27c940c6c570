// What both surfaces read out of a request's headers. Pure but for the making of new ids.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/net/http.h"

namespace mesh::edge {

// The caller's `x-request-id` where it is 1 to 64 characters of `[A-Za-z0-9._-]`, else a new one.
std::string RequestId(const net::HttpHeaders& headers);

// The token of `Authorization: Bearer`; empty where there is none.
absl::string_view BearerToken(const net::HttpHeaders& headers);

// Which values of the Host header are served. A name allows every port, `name:port` that port, `*`
// every host.
class AllowedHosts {
 public:
  explicit AllowedHosts(std::vector<std::string> hosts);

  // False for an absent Host as well, unless every host is allowed.
  bool Allows(const net::HttpHeaders& headers) const;

  // Whether a page of this origin may call: its host is one of the names. `*` does not widen this:
  // a page of a foreign host is allowed by its origin alone.
  bool AllowsOrigin(absl::string_view origin) const;

 private:
  bool Matches(absl::string_view host) const;

  bool any_ = false;
  std::vector<std::string> hosts_;
};

}  // namespace mesh::edge
