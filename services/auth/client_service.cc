#include "services/auth/client_service.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/handle.h"

namespace mesh::auth {
namespace {

// More than people use, and little enough to look at.
constexpr int kKept = 50;

constexpr int kMostClients = 1000;
constexpr size_t kLongestName = 200;
constexpr size_t kLongestWord = 100;

absl::Status Check(const v1::Client& client) {
  if (client.mcp_server().empty() || !client.has_last_seen_time()) {
    return FieldInvalid("clients", "must each name an MCP server and when it was seen");
  }
  if (client.era() != "modern" && client.era() != "legacy") {
    return FieldInvalid("clients.era", "must be modern or legacy");
  }
  if (client.name().size() > kLongestName || client.user_agent().size() > kLongestName ||
      client.version().size() > kLongestWord || client.revision().size() > kLongestWord ||
      client.list_digest().size() > kLongestWord) {
    return FieldInvalid("clients", "must hold no text that is longer than its field");
  }
  if (client.list_digest().empty() == client.has_list_time()) {
    return FieldInvalid("clients.list_time", "must stand beside a digest, and only there");
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* ClientService::RecordClients(grpc::CallbackServerContext* call,
                                                       const v1::RecordClientsRequest* request,
                                                       google::protobuf::Empty* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("RecordClients"), call, request, response,
      [this](const CallContext&, const v1::RecordClientsRequest& r) { return Record(r); });
}

grpc::ServerUnaryReactor* ClientService::ListClients(grpc::CallbackServerContext* call,
                                                     const v1::ListClientsRequest* request,
                                                     v1::ListClientsResponse* response) {
  return rpc::HandleOnPool(
      pool_, metrics_.Of("ListClients"), call, request, response,
      [this](const CallContext&, const v1::ListClientsRequest& r) { return List(r); });
}

absl::StatusOr<google::protobuf::Empty> ClientService::Record(
    const v1::RecordClientsRequest& request) {
  if (request.clients_size() > kMostClients) {
    return FieldInvalid("clients", absl::StrCat("must be at most ", kMostClients));
  }
  for (const v1::Client& client : request.clients()) RETURN_IF_ERROR(Check(client));
  RETURN_IF_ERROR(store_.Record({request.clients().begin(), request.clients().end()}, kKept));
  return google::protobuf::Empty();
}

absl::StatusOr<v1::ListClientsResponse> ClientService::List(const v1::ListClientsRequest& request) {
  ASSIGN_OR_RETURN(std::vector<v1::Client> clients, store_.List(request.mcp_server()));
  v1::ListClientsResponse response;
  for (v1::Client& client : clients) *response.add_clients() = std::move(client);
  return response;
}

}  // namespace mesh::auth
