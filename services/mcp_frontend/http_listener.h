// An HTTP server as one of a process's listeners.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/net/http_server.h"
#include "common/rpc/process.h"
#include "edge/readiness.h"

namespace mesh::frontend {

class HttpListener final : public rpc::Listener {
 public:
  // `readiness` must outlive it.
  HttpListener(std::string name, std::unique_ptr<net::HttpServer> server,
               edge::Readiness& readiness)
      : name_(std::move(name)), server_(std::move(server)), readiness_(readiness) {}

  std::string name() const override { return name_; }
  std::string address() const override { return server_->address(); }
  void StopBeingReady() override { readiness_.StopBeingReady(); }
  void Shutdown(absl::Time deadline) override { server_->Shutdown(deadline); }

 private:
  const std::string name_;
  const std::unique_ptr<net::HttpServer> server_;
  edge::Readiness& readiness_;
};

}  // namespace mesh::frontend
