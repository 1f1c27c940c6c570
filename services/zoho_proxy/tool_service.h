// ToolService over gRPC: lists the catalogue, calls its tools.
#pragma once

#include <memory>

#include "common/base/clock.h"
#include "common/base/seal.h"
#include "common/rpc/handle.h"
#include "common/rpc/metrics.h"
#include "mesh/tools/v1/tools.grpc.pb.h"
#include "services/zoho_proxy/catalog.h"
#include "services/zoho_proxy/proxy_metrics.h"
#include "services/zoho_proxy/tool_call.h"
#include "services/zoho_proxy/upstream.h"
#include "services/zoho_proxy/user_directory.h"

namespace mesh::zoho_proxy {

// Thread-safe; no thread waits for Zoho or for auth-service.
class ToolServiceImpl final : public tools::v1::ToolService::CallbackService {
 public:
  // All must outlive it.
  ToolServiceImpl(const CatalogHolder& catalog, Upstream& upstream, const Sealer& sealer,
                  const Clock& clock, const ToolCallOptions& options, ProxyMetrics& metrics,
                  rpc::ServerMetrics& server_metrics);

  grpc::ServerUnaryReactor* ListTools(grpc::CallbackServerContext* call,
                                      const tools::v1::ListToolsRequest* request,
                                      tools::v1::ListToolsResponse* response) override;

  grpc::ServerUnaryReactor* CallTool(grpc::CallbackServerContext* call,
                                     const tools::v1::CallToolRequest* request,
                                     tools::v1::CallToolResponse* response) override;

  grpc::ServerUnaryReactor* ListAccountLimits(
      grpc::CallbackServerContext* call, const tools::v1::ListAccountLimitsRequest* request,
      tools::v1::ListAccountLimitsResponse* response) override;

 private:
  using CallReply = rpc::Reply<tools::v1::CallToolResponse>;

  // Runs a ToolCall or a CompositeCall.
  template <typename AnyCall>
  void Run(const tools::v1::CallToolRequest& asked, const std::shared_ptr<CallReply>& reply,
           std::shared_ptr<const Catalog> catalog, const Tool& tool);

  // Lists users as anybody would, by the tool for that.
  void ListUsers(const CallContext& context, const std::string& account, const std::string& cursor,
                 UserDirectory::PartDone done);

  const CatalogHolder& catalog_;
  UserDirectory users_;
  const ToolCallParts parts_;
  ProxyMetrics& metrics_;
  rpc::MethodMetrics& list_metrics_;
  rpc::MethodMetrics& call_metrics_;
  rpc::MethodMetrics& limits_metrics_;
};

}  // namespace mesh::zoho_proxy
