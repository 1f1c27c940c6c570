#include "edge/catalogue.h"

#include <utility>

#include "absl/time/clock.h"

#include "common/base/call_context.h"
#include "common/base/log.h"

namespace mesh::edge {
namespace {

using tools::v1::ListToolsRequest;
using tools::v1::ListToolsResponse;
using tools::v1::ToolService;

constexpr absl::Duration kPatience = absl::Seconds(5);

}  // namespace

Catalogue::Catalogue(ListToolsResponse answer) : answer_(std::move(answer)) {
  by_name_.reserve(answer_.tools_size());
  for (const tools::v1::Tool& tool : answer_.tools()) by_name_.emplace(tool.name(), &tool);
}

const tools::v1::Tool* Catalogue::Find(absl::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

CatalogueWatch::CatalogueWatch(ToolService::StubInterface& tools, const Options& options,
                               std::function<void()> on_change)
    : tools_(tools),
      options_(options),
      on_change_(std::move(on_change)),
      thread_([this] { Run(); }) {}

CatalogueWatch::~CatalogueWatch() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::shared_ptr<const Catalogue> CatalogueWatch::Current() const {
  const std::lock_guard lock(mu_);
  return current_;
}

std::shared_ptr<const Catalogue> CatalogueWatch::AwaitOther(absl::string_view known,
                                                            absl::Duration patience) {
  std::unique_lock lock(mu_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(patience),
                    [&] { return current_ != nullptr && current_->digest() != known; });
  return current_;
}

void CatalogueWatch::Run() {
  std::unique_lock lock(mu_);
  while (!stopping_) {
    if (!asking_) {
      asking_ = true;
      const std::string known = current_ == nullptr ? std::string() : current_->digest();
      lock.unlock();
      Ask(known);
      lock.lock();
    }
    const absl::Duration pause =
        current_ == nullptr || failing_ ? options_.first_interval : options_.interval;
    changed_.wait_for(lock, absl::ToChronoNanoseconds(pause), [this] { return stopping_; });
  }
}

void CatalogueWatch::Ask(const std::string& known) {
  ListToolsRequest request;
  request.set_known_digest(known);
  calls_.Call(CallContext{.deadline = absl::Now() + kPatience}, "zoho-proxy-service",
              *tools_.async(), &ToolService::StubInterface::async_interface::ListTools,
              std::move(request),
              [this](absl::StatusOr<ListToolsResponse> answer) { Take(std::move(answer)); });
}

void CatalogueWatch::Take(absl::StatusOr<ListToolsResponse> answer) {
  bool changed = false;
  {
    const std::lock_guard lock(mu_);
    asking_ = false;
    if (!answer.ok()) {
      if (!failing_) LogWarning("catalogue not available", {{"error", answer.status()}});
      failing_ = true;
      return;
    }
    failing_ = false;
    if (current_ != nullptr && current_->digest() == answer->digest()) return;
    // What comes first is no change to anybody.
    changed = current_ != nullptr;
    current_ = std::make_shared<const Catalogue>(*std::move(answer));
    LogInfo("catalogue loaded",
            {{"digest", current_->digest()}, {"tools", current_->tools().size()}});
    changed_.notify_all();
  }
  if (changed && on_change_) on_change_();
}

}  // namespace mesh::edge
