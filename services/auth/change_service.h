// The gRPC service that streams changes.
#pragma once

#include "mesh/auth/v1/changes.grpc.pb.h"
#include "services/auth/change_feed.h"

namespace mesh::auth {

// Thread-safe. The streams end, with UNAVAILABLE, when the feed closes: they would hold up the
// server's end otherwise.
class ChangeService final : public v1::ChangeService::CallbackService {
 public:
  explicit ChangeService(ChangeFeed& feed) : feed_(feed) {}

  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(grpc::CallbackServerContext* call,
                                                     const v1::WatchRequest* request) override;

 private:
  ChangeFeed& feed_;
};

}  // namespace mesh::auth
