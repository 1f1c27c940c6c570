// Who wants to hear of changes: open streams, each kept until its client leaves or may not be
// served any more.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/delay_queue.h"
#include "services/mcp_frontend/mcp/notifications.h"

namespace mesh::mcp {

// Why a stream may be open, to be asked again and again. Thread-safe.
class Lease {
 public:
  enum class Standing {
    kSame,
    // Still served, but not as before: its lists may be different ones.
    kChanged,
    kEnded,
  };
  using Checked = absl::AnyInvocable<void(Standing) &&>;

  virtual ~Lease() = default;

  // `checked` is called once, on any thread. Must not block.
  virtual void Check(Checked checked) = 0;
};

// One stream. Thread-safe.
class Listener {
 public:
  virtual ~Listener() = default;

  // Tells of those changes that the client wants to hear of.
  virtual void Tell(const Change& change) = 0;

  // Ends the stream in order: the client is not served any more.
  virtual void End() = 0;

  // The server stops: ends the stream in order, once what is under way on it has been answered.
  virtual void Finish() { End(); }
};

// Thread-safe.
class Listeners {
 public:
  // Asks each lease once in `recheck`, without being told to. `timer` must be stopped before this
  // goes.
  Listeners(DelayQueue& timer, absl::Duration recheck);

  // `tenant` as Tenant::id(); `lease` may be nullptr. Finishes the listener at once after Close().
  void Add(std::shared_ptr<Listener> listener, std::string tenant, std::shared_ptr<Lease> lease);
  void Remove(const Listener* listener);

  // Tells those of `tenant`, or all where it is empty.
  void Tell(absl::string_view tenant, const Change& change);

  // Asks each lease now, on the timer's thread: something has changed.
  void Recheck();

  // Finishes all, now and to come.
  void Close();

  size_t size() const;

 private:
  struct Entry {
    std::shared_ptr<Listener> listener = {};
    std::string tenant = {};
    std::shared_ptr<Lease> lease = {};
  };
  // What the answers of leases hold on to.
  struct State {
    std::mutex mu;
    bool closed = false;
    std::vector<Entry> entries;
  };

  static void Remove(State& state, const Listener* listener);
  void RecheckAgainAndAgain();
  void CheckLeases();

  DelayQueue& timer_;
  const absl::Duration recheck_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace mesh::mcp
