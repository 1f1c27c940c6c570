// An HTTP server as one of a process's listeners.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/net/http_server.h"
#include "common/rpc/process.h"
#include "edge/readiness.h"

namespace mesh::frontend {

class HttpListener final : public rpc::Listener {
 public:
  // `readiness` must outlive it. `before_shutdown` is called while clients can still be told.
  HttpListener(std::string name, std::unique_ptr<net::HttpServer> server,
               edge::Readiness& readiness, std::function<void()> before_shutdown)
      : name_(std::move(name)),
        server_(std::move(server)),
        readiness_(readiness),
        before_shutdown_(std::move(before_shutdown)) {}

  std::string name() const override { return name_; }
  std::string address() const override { return server_->address(); }
  void StopBeingReady() override {
    readiness_.StopBeingReady();
    server_->StopKeepingAlive();
  }
  void Shutdown(absl::Time deadline) override {
    if (before_shutdown_) before_shutdown_();
    server_->Shutdown(deadline);
  }

 private:
  const std::string name_;
  const std::unique_ptr<net::HttpServer> server_;
  edge::Readiness& readiness_;
  const std::function<void()> before_shutdown_;
};

}  // namespace mesh::frontend
