// What all transports share: the eras, and what is under way.
#pragma once

#include <optional>

#include "absl/time/time.h"

#include "common/base/delay_queue.h"
#include "common/base/seal.h"
#include "services/mcp_frontend/mcp/cancellations.h"
#include "services/mcp_frontend/mcp/http_sessions.h"
#include "services/mcp_frontend/mcp/keep_alive.h"
#include "services/mcp_frontend/mcp/legacy.h"
#include "services/mcp_frontend/mcp/listeners.h"
#include "services/mcp_frontend/mcp/modern.h"
#include "services/mcp_frontend/mcp/pending_replies.h"
#include "services/mcp_frontend/mcp/revision.h"

namespace mesh::mcp {

struct ProtocolOptions {
  Modern::Options modern = {};

  // For what travels through clients and back. Replicas of one server need the same key; without
  // one a random key is made.
  std::optional<Sealer> sealer = {};

  // Between two comments on an idle stream.
  absl::Duration keep_alive = absl::Seconds(15);

  // How often it is asked whether an open stream may go on.
  absl::Duration recheck = absl::Seconds(1);
};

// Thread-safe.
class Protocol {
 public:
  Protocol(const ServerInfo& info, ProtocolOptions options);
  ~Protocol() { Close(); }

  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;

  const Sealer& sealer() const { return sealer_; }
  const Legacy& legacy() const { return legacy_; }
  const Modern& modern() const { return modern_; }
  DelayQueue& timer() { return timer_; }
  KeepAlive& keep_alive() { return keep_alive_; }
  Listeners& listeners() { return listeners_; }
  PendingReplies& replies() { return replies_; }
  Cancellations& cancellations() { return cancellations_; }
  HttpSessions& sessions() { return sessions_; }

  // Ends every open stream in order, once what is under way on it is answered. Later ones end at
  // once.
  void EndStreams() { listeners_.Close(); }

  // The same, and nobody waits for a client, nor does anything run by itself, from here on.
  void Close();

 private:
  const Sealer sealer_;
  DelayQueue timer_;
  KeepAlive keep_alive_;
  Listeners listeners_;
  // Before whatever may hold an answer, which takes itself out of it.
  Cancellations cancellations_;
  PendingReplies replies_;
  HttpSessions sessions_;
  const Legacy legacy_;
  const Modern modern_;
};

}  // namespace mesh::mcp
