#include "services/zoho_proxy/server.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "services/zoho_proxy/zoho_services.h"

namespace mesh::zoho_proxy {
namespace {

// The URL of a server with the default of each variable.
absl::StatusOr<std::string> UrlOf(const Node& server) {
  ASSIGN_OR_RETURN(std::string url, server.String("url"));
  ASSIGN_OR_RETURN(const Node variables, server.Get("variables"));
  ASSIGN_OR_RETURN(const auto children, variables.Children());
  for (const auto& [name, variable] : children) {
    ASSIGN_OR_RETURN(const Node fallback, variable.Get("default"));
    std::string value;
    if (fallback.present() && fallback.value() != "") {
      ASSIGN_OR_RETURN(value, variable.String("default"));
    }
    url = absl::StrReplaceAll(url, {{absl::StrCat("{", name, "}"), value}});
  }
  return url;
}

Server ServerAt(absl::string_view text, bool own) {
  Server server;
  std::string path(text);
  if (absl::StrContains(text, "://")) {
    server.host = Server::Host::kElsewhere;
    server.name = std::string(text);
    const absl::StatusOr<net::Url> url = net::ParseUrl(text);
    if (!url.ok()) return server;
    server.name = url->host;
    path = url->path;
    const std::optional<ZohoService> service = ZohoServiceOf(url->host);
    // A file is fetched by its link alone, which only a document that is written for the mesh
    // names.
    const bool is_served = service.has_value() && (own || *service != ZohoService::kFiles);
    if (is_served && url->scheme == "https" && url->port == 443) {
      server.host = *service == ZohoService::kMeeting   ? Server::Host::kMeeting
                    : *service == ZohoService::kWebinar ? Server::Host::kWebinar
                                                        : Server::Host::kFiles;
    }
  } else if (!own) {
    server.host = Server::Host::kElsewhere;
  }
  server.base_path = std::string(absl::StripSuffix(path, "/"));
  return server;
}

}  // namespace

absl::StatusOr<Server> ReadServer(const Node& document, const Node& path_item,
                                  const Node& operation, bool own) {
  for (const Node* owner : {&operation, &path_item, &document}) {
    ASSIGN_OR_RETURN(const Node servers, owner->Get("servers"));
    ASSIGN_OR_RETURN(const auto children, servers.Children());
    std::optional<Server> first;
    for (const auto& [unused, node] : children) {
      ASSIGN_OR_RETURN(const std::string url, UrlOf(node));
      Server server = ServerAt(url, own);
      if (server.host != Server::Host::kElsewhere) return server;
      if (!first.has_value()) first = std::move(server);
    }
    if (first.has_value()) return *std::move(first);
  }
  return ServerAt("", own);
}

absl::Status CheckServed(const Tool& tool) {
  if (tool.server.host != Server::Host::kElsewhere) return absl::OkStatus();
  return ServerNotAllowed(tool.listed.name(), tool.server.name);
}

}  // namespace mesh::zoho_proxy
