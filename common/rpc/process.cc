#include "common/rpc/process.h"

#include <utility>

#include "absl/time/clock.h"
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "common/base/file.h"
#include "common/base/file_limit.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/config.h"
#include "common/rpc/metrics.h"

namespace mesh::rpc {
namespace {

absl::Status WriteAddresses(const std::string& path, const google::protobuf::Struct& addresses) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(addresses, &json).ok()) {
    return absl::InternalError("addresses are no JSON");
  }
  return WriteFileAtomically(path, json + "\n");
}

}  // namespace

int RunUntilStopped(const config::v1::ServiceConfig& config, absl::string_view service,
                    std::shared_ptr<prometheus::Registry> registry,
                    const std::vector<Listener*>& listeners, StopSignal& stop) {
  RaiseFileLimit();
  google::protobuf::Struct addresses;
  for (const Listener* listener : listeners) {
    (*addresses.mutable_fields())[listener->name()].set_string_value(listener->address());
  }

  std::unique_ptr<MetricsEndpoint> metrics;
  if (config.metrics_listen() != "off") {
    metrics = ValueOrExit(MetricsEndpoint::Start(
        config.metrics_listen().empty() ? "127.0.0.1:0" : config.metrics_listen(),
        std::move(registry)));
    (*addresses.mutable_fields())["metrics"].set_string_value(metrics->address());
  }
  if (!config.address_file().empty()) {
    if (absl::Status written = WriteAddresses(config.address_file(), addresses); !written.ok()) {
      ExitWith(written);
    }
  }
  for (const auto& [name, address] : addresses.fields()) {
    LogInfo("listening",
            {{"service", service}, {"listener", name}, {"address", address.string_value()}});
  }
  LogInfo("ready", {{"service", service}});

  stop.Wait();

  LogInfo("draining", {{"service", service}});
  for (Listener* listener : listeners) listener->StopBeingReady();
  absl::SleepFor(DurationOr(config.has_drain_delay(), config.drain_delay(), absl::ZeroDuration()));
  const absl::Time deadline =
      absl::Now() + DurationOr(config.has_drain_limit(), config.drain_limit(), absl::Seconds(30));
  for (Listener* listener : listeners) listener->Shutdown(deadline);
  LogInfo("stopped", {{"service", service}});
  return 0;
}

}  // namespace mesh::rpc
