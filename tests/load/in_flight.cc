// Many tool calls at once over gRPC, all in flight before the first is answered; prints as JSON how
// they ended and how long they took.
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include <grpcpp/grpcpp.h>
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/rpc/status.h"
#include "mesh/tools/v1/tools.grpc.pb.h"

ABSL_FLAG(std::string, address, "", "host:port of zoho-proxy-service.");
ABSL_FLAG(std::vector<std::string>, accounts, {}, "Integrated accounts, which take turns.");
ABSL_FLAG(int, calls, 10'000, "Calls at once.");
ABSL_FLAG(int, channels, 8, "Connections that they share.");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(60), "Of each call.");
ABSL_FLAG(std::string, tool, "list_all_zoho_meeting_departments", "Tool to call.");
ABSL_FLAG(std::string, arguments, R"({"limit": 1})", "Its arguments.");

namespace {

using mesh::tools::v1::CallToolRequest;
using mesh::tools::v1::CallToolResponse;
using mesh::tools::v1::ToolService;

struct Call {
  grpc::ClientContext context;
  CallToolRequest request;
  CallToolResponse response;
};

// How the calls ended. Thread-safe.
class Tally {
 public:
  void Add(const grpc::Status& status, absl::Duration took) {
    std::string outcome = "OK";
    if (!status.ok()) {
      outcome = mesh::ErrorReason(mesh::rpc::FromGrpc(status, "zoho-proxy-service"));
    }
    const std::lock_guard lock(mu_);
    ++outcomes_[outcome];
    took_.push_back(absl::ToDoubleSeconds(took));
    changed_.notify_one();
  }

  void WaitFor(size_t calls) {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [&] { return took_.size() >= calls; });
  }

  nlohmann::ordered_json Report(absl::Duration took) {
    const std::lock_guard lock(mu_);
    std::sort(took_.begin(), took_.end());
    const auto quantile = [this](double share) {
      return took_[static_cast<size_t>(share * static_cast<double>(took_.size() - 1))];
    };
    return {{"calls", took_.size()},
            {"outcomes", outcomes_},
            {"seconds", absl::ToDoubleSeconds(took)},
            {"p50_seconds", quantile(0.5)},
            {"p99_seconds", quantile(0.99)},
            {"max_seconds", quantile(1)}};
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::map<std::string, int> outcomes_;
  std::vector<double> took_;
};

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Holds many tool calls in flight at once.");
  absl::ParseCommandLine(argc, argv);
  const std::vector<std::string> accounts = absl::GetFlag(FLAGS_accounts);
  const auto calls = static_cast<size_t>(std::max(1, absl::GetFlag(FLAGS_calls)));
  if (absl::GetFlag(FLAGS_address).empty() || accounts.empty()) {
    std::fputs("in_flight: --address and --accounts are required\n", stderr);
    return 2;
  }

  std::vector<std::unique_ptr<ToolService::Stub>> stubs;
  for (int i = 0; i < std::max(1, absl::GetFlag(FLAGS_channels)); ++i) {
    // Channels of the same arguments would share one connection.
    grpc::ChannelArguments arguments;
    arguments.SetInt("mesh.load.channel", i);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    stubs.push_back(ToolService::NewStub(grpc::CreateCustomChannel(
        absl::GetFlag(FLAGS_address), grpc::InsecureChannelCredentials(), arguments)));
  }

  Tally tally;
  std::vector<Call> pending(calls);
  const absl::Time begun = absl::Now();
  for (size_t i = 0; i < calls; ++i) {
    Call& call = pending[i];
    call.context.set_deadline(absl::ToChronoTime(begun + absl::GetFlag(FLAGS_timeout)));
    call.request.set_account(accounts[i % accounts.size()]);
    call.request.set_tool(absl::GetFlag(FLAGS_tool));
    call.request.set_arguments_json(absl::GetFlag(FLAGS_arguments));
    const absl::Time sent = absl::Now();
    stubs[i % stubs.size()]->async()->CallTool(
        &call.context, &call.request, &call.response,
        [&tally, sent](const grpc::Status& status) { tally.Add(status, absl::Now() - sent); });
  }
  tally.WaitFor(calls);
  std::printf("%s\n", tally.Report(absl::Now() - begun).dump().c_str());
  return 0;
}
