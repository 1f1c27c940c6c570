// The tools there are, as zoho-proxy-service told last.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/rpc/call_group.h"
#include "mesh/tools/v1/tools.grpc.pb.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::edge {

// One state of the catalogue. Never changes.
class Catalogue {
 public:
  explicit Catalogue(tools::v1::ListToolsResponse answer);

  // The same digest means the same tools.
  const std::string& digest() const { return answer_.digest(); }

  // By name, ascending.
  const google::protobuf::RepeatedPtrField<tools::v1::Tool>& tools() const {
    return answer_.tools();
  }

  // nullptr where there is no tool of that name.
  const tools::v1::Tool* Find(absl::string_view name) const;

 private:
  const tools::v1::ListToolsResponse answer_;
  absl::flat_hash_map<absl::string_view, const tools::v1::Tool*> by_name_;
};

// Keeps the newest catalogue by asking for it again and again. Thread-safe.
class CatalogueWatch {
 public:
  struct Options {
    // Between two questions while there is a catalogue, and while there is none.
    absl::Duration interval = absl::Seconds(3);
    absl::Duration first_interval = absl::Milliseconds(200);
  };

  // `on_change` is called after each catalogue but the first, on a thread of this one's; must not
  // block.
  CatalogueWatch(tools::v1::ToolService::StubInterface& tools, const Options& options,
                 std::function<void()> on_change = nullptr);
  explicit CatalogueWatch(tools::v1::ToolService::StubInterface& tools)
      : CatalogueWatch(tools, Options()) {}
  ~CatalogueWatch();

  // nullptr until the first answer. What was there stays while zoho-proxy-service is away.
  std::shared_ptr<const Catalogue> Current() const;

  // Waits for a catalogue with a digest other than `known`; Current() when `patience` ends first.
  std::shared_ptr<const Catalogue> AwaitOther(absl::string_view known, absl::Duration patience);

 private:
  void Run();
  void Ask(const std::string& known);
  void Take(absl::StatusOr<tools::v1::ListToolsResponse> answer);

  tools::v1::ToolService::StubInterface& tools_;
  const Options options_;
  const std::function<void()> on_change_;
  mutable std::mutex mu_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool asking_ = false;
  // So that an outage is logged when it begins and when it ends.
  bool failing_ = false;
  std::shared_ptr<const Catalogue> current_;
  rpc::CallGroup calls_;
  std::thread thread_;
};

}  // namespace mesh::edge
