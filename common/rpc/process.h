// A service's life: be ready, say where, wait for the signal, drain, end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include <prometheus/registry.h>

#include "common/rpc/stop_signal.h"
#include "mesh/config/v1/config.pb.h"

namespace mesh::rpc {

// Something that listens, already doing so.
class Listener {
 public:
  virtual ~Listener() = default;

  // For the address file, for example `grpc`.
  virtual std::string name() const = 0;

  // `host:port` as bound.
  virtual std::string address() const = 0;

  // Tells balancers to look elsewhere; calls are still answered.
  virtual void StopBeingReady() = 0;

  // Refuses new calls, lets those in flight end until `deadline`, breaks off the rest.
  virtual void Shutdown(absl::Time deadline) = 0;
};

// Shows the metrics, writes the address file, logs that it is ready, and waits for `stop`. Then it
// drains the listeners in their order: not ready, `drain_delay`, shut down within `drain_limit`.
// Returns the process's exit status: 2 where it could not become ready, with the reason on stderr.
int RunUntilStopped(const config::v1::ServiceConfig& config, absl::string_view service,
                    std::shared_ptr<prometheus::Registry> registry,
                    const std::vector<Listener*>& listeners, StopSignal& stop);

}  // namespace mesh::rpc
