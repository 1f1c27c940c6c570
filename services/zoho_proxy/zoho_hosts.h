// Which hosts may see the access token of an account. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/net/url.h"
#include "services/zoho_proxy/lease.h"

namespace mesh::zoho_proxy {

// Immutable: thread-safe. A token leaves for hosts of Zoho's in the account's own data centre only,
// over https; http is for loopback addresses.
class ZohoHosts {
 public:
  // `extra` as ZohoProxyConfig.extra_hosts: `host` or `host:port`.
  explicit ZohoHosts(std::vector<std::string> extra = {}) : extra_(std::move(extra)) {}

  // Base URL, without a path, of the API host that a raw call goes to: the account's Meeting host
  // where `host` is empty. Fails with PERMISSION_DENIED (`HOST_NOT_ALLOWED`).
  absl::StatusOr<std::string> ApiBase(absl::string_view host, const Lease& lease) const;

  // Fails with PERMISSION_DENIED (`HOST_NOT_ALLOWED`) where `url` is no link to a file of the
  // account's, with INVALID_ARGUMENT (`FIELD_INVALID`, `url`) where it is no URL.
  absl::Status CheckDownload(absl::string_view url, const Lease& lease) const;

 private:
  bool IsExtra(absl::string_view host) const;

  const std::vector<std::string> extra_;
};

// `host`, or `host:port` where the port is not the scheme's own.
std::string HostAndPort(const net::Url& url);

}  // namespace mesh::zoho_proxy
