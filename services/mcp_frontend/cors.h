// Which browser pages may call the MCP endpoint, and what they are told. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/net/http.h"
#include "edge/request.h"

namespace mesh::frontend {

class Cors {
 public:
  // `origins` as `https://app.example.com`; `*` for any. Pages of `hosts` are always served.
  // `hosts` must outlive this.
  Cors(std::vector<std::string> origins, const edge::AllowedHosts& hosts)
      : origins_(std::move(origins)), hosts_(hosts) {}

  // Whether a request with these headers is served. One without an Origin always is.
  bool Allows(const net::HttpHeaders& request) const;

  // For the answer to a request that Allows(); none where it has no Origin.
  net::HttpHeaders AnswerHeaders(const net::HttpHeaders& request) const;

  // Further ones for the answer to a preflight, but for the methods that are allowed.
  net::HttpHeaders PreflightHeaders(const net::HttpHeaders& request) const;

 private:
  const std::vector<std::string> origins_;
  const edge::AllowedHosts& hosts_;
};

}  // namespace mesh::frontend
