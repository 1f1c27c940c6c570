#include "common/rpc/status.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

#include "common/base/errors.h"
#include "mesh/error/v1/error.pb.h"

namespace mesh::rpc {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const bool ours_alone =
      status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown;
  const std::string message = ours_alone
                                  ? "Something went wrong in the service; its log tells more."
                                  : std::string(status.message());

  error::v1::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(message);
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any& detail = *wire.add_details();
    detail.set_type_url(std::string(type_url));
    detail.set_value(std::string(payload));
  });
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message,
                      wire.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status, absl::string_view service) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  error::v1::Status wire;
  if (wire.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : wire.details()) {
      result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
    }
  }
  if (GetErrorDetail(result).has_value()) return result;
  switch (result.code()) {
    case absl::StatusCode::kUnavailable:
      return ServiceUnavailable(service, status.error_message());
    case absl::StatusCode::kDeadlineExceeded:
      return TimedOut(absl::StrCat("waiting for ", service));
    case absl::StatusCode::kCancelled:
      return CallerGone();
    case absl::StatusCode::kPermissionDenied:
      // gRPC drops the details of whoever refuses a call before its method sees it.
      return MakeError(result.code(), status.error_message(), {.reason = "PEER_NOT_ALLOWED"});
    default:
      return result;
  }
}

}  // namespace mesh::rpc
