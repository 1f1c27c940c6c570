#include "services/mcp_frontend/mcp/listeners.h"

#include <algorithm>
#include <utility>

namespace mesh::mcp {

Listeners::Listeners(DelayQueue& timer, absl::Duration recheck) : timer_(timer), recheck_(recheck) {
  timer_.Post(recheck_, [this] { RecheckAgainAndAgain(); });
}

void Listeners::Add(std::shared_ptr<Listener> listener, std::string tenant,
                    std::shared_ptr<Lease> lease) {
  {
    const std::lock_guard lock(state_->mu);
    if (!state_->closed) {
      state_->entries.push_back({std::move(listener), std::move(tenant), std::move(lease)});
      return;
    }
  }
  listener->Finish();
}

void Listeners::Remove(const Listener* listener) { Remove(*state_, listener); }

void Listeners::Remove(State& state, const Listener* listener) {
  Entry dropped;  // Goes after the lock: a stream's last reference closes it.
  const std::lock_guard lock(state.mu);
  const auto found =
      std::find_if(state.entries.begin(), state.entries.end(),
                   [listener](const Entry& entry) { return entry.listener.get() == listener; });
  if (found == state.entries.end()) return;
  dropped = std::move(*found);
  state.entries.erase(found);
}

void Listeners::Tell(absl::string_view tenant, const Change& change) {
  std::vector<std::shared_ptr<Listener>> told;
  {
    const std::lock_guard lock(state_->mu);
    for (const Entry& entry : state_->entries) {
      if (tenant.empty() || entry.tenant == tenant) told.push_back(entry.listener);
    }
  }
  for (const auto& listener : told) listener->Tell(change);
}

void Listeners::Close() {
  std::vector<Entry> ended;
  {
    const std::lock_guard lock(state_->mu);
    state_->closed = true;
    ended.swap(state_->entries);
  }
  for (const Entry& entry : ended) entry.listener->Finish();
}

size_t Listeners::size() const {
  const std::lock_guard lock(state_->mu);
  return state_->entries.size();
}

void Listeners::Recheck() {
  timer_.Post(absl::ZeroDuration(), [this] { CheckLeases(); });
}

void Listeners::RecheckAgainAndAgain() {
  CheckLeases();
  timer_.Post(recheck_, [this] { RecheckAgainAndAgain(); });
}

void Listeners::CheckLeases() {
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(state_->mu);
    entries = state_->entries;
  }
  for (Entry& entry : entries) {
    if (entry.lease == nullptr) continue;
    entry.lease->Check(
        [state = state_, listener = std::move(entry.listener)](Lease::Standing standing) {
          if (standing == Lease::Standing::kSame) return;
          if (standing == Lease::Standing::kChanged) return listener->Tell(Change::Everything());
          Remove(*state, listener.get());
          listener->End();
        });
  }
}

}  // namespace mesh::mcp
