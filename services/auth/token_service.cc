#include "services/auth/token_service.h"

#include <memory>
#include <string>
#include <utility>

#include "common/base/errors.h"
#include "common/rpc/handle.h"
#include "common/rpc/proto_time.h"

namespace mesh::auth {
namespace {

absl::StatusOr<LeaseRequest> LeaseRequestOf(const v1::GetAccessTokenRequest& request,
                                            absl::Duration min_ttl) {
  if (request.account().empty()) return FieldInvalid("account", "is required");
  if (request.has_min_ttl()) min_ttl = rpc::DurationOf(request.min_ttl());
  if (min_ttl < absl::ZeroDuration() || min_ttl > absl::Hours(1)) {
    return FieldInvalid("min_ttl", "must lie between 0 and 1 hour", "300s");
  }
  if (request.refused_generation() < 0) {
    return FieldInvalid("refused_generation", "must not be negative");
  }
  return LeaseRequest{.account = request.account(),
                      .min_ttl = min_ttl,
                      .refused_generation = request.refused_generation()};
}

v1::AccessToken AccessTokenOf(const Lease& lease) {
  v1::AccessToken token;
  token.set_access_token(std::string(lease.access_token.Reveal()));
  *token.mutable_expire_time() = rpc::TimestampOf(lease.expire_time);
  token.set_generation(lease.generation);
  token.set_organization_id(lease.organization_id);
  token.set_user_id(lease.user_id);
  token.set_region(lease.region);
  token.set_meeting_url(lease.meeting_url);
  return token;
}

}  // namespace

grpc::ServerUnaryReactor* TokenService::GetAccessToken(grpc::CallbackServerContext* call,
                                                       const v1::GetAccessTokenRequest* request,
                                                       v1::AccessToken* response) {
  return rpc::HandleLater(metrics_, call, request, response,
                          [this](const v1::GetAccessTokenRequest& r,
                                 std::shared_ptr<rpc::Reply<v1::AccessToken>> reply) {
                            absl::StatusOr<LeaseRequest> wanted = LeaseRequestOf(r, min_ttl_);
                            if (!wanted.ok()) return reply->Finish(wanted.status());
                            wanted->request_id = reply->context().request_id;
                            broker_.Get(*std::move(wanted),
                                        [reply = std::move(reply)](absl::StatusOr<Lease> lease) {
                                          if (!lease.ok()) return reply->Finish(lease.status());
                                          reply->Finish(AccessTokenOf(*lease));
                                        });
                          });
}

}  // namespace mesh::auth
