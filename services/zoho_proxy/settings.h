// ZohoProxyConfig with its defaults, checked.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "common/net/curl_http_client.h"
#include "mesh/config/v1/config.pb.h"
#include "services/zoho_proxy/tool_call_options.h"
#include "services/zoho_proxy/upstream.h"

namespace mesh::zoho_proxy {

struct Settings {
  std::vector<std::string> catalogs = {};
  ToolCallOptions call = {};
  net::CurlHttpClientOptions http = {};
  UpstreamOptions upstream = {};
  std::vector<std::string> extra_hosts = {};
};

// Also sets the log's level. Fails with INVALID_ARGUMENT (`FIELD_INVALID`), naming the field, and
// like ReadFile() where a file that it names cannot be read.
absl::StatusOr<Settings> ReadSettings(const config::v1::ZohoProxyConfig& config);

}  // namespace mesh::zoho_proxy
