// Who uses MCP servers: what clients say of themselves, remembered for those that say it once, and
// brought to auth-service with the list of tools that each was shown.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/clock.h"
#include "common/base/delay_queue.h"
#include "common/net/http_server.h"
#include "common/rpc/call_group.h"
#include "mesh/auth/v1/clients.grpc.pb.h"
#include "mesh/auth/v1/clients.pb.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::frontend {

// Where a request comes from, as far as that tells clients apart.
struct Sender {
  // The same for requests that look alike: address, forwarded address and User-Agent.
  std::string key = {};
  std::string user_agent = {};
};

Sender SenderOf(const net::ServerRequest& request);

// Thread-safe. Nothing here waits for auth-service, and what does not get there is a loss that the
// client's next request mends.
class Clients {
 public:
  struct Options {
    // Clients that introduced themselves to this replica. Beyond, the one that did so first is
    // forgotten.
    size_t max_remembered = 10'000;

    // Clients that auth-service is to hear of. Beyond, news is dropped.
    size_t max_waiting = 1'000;

    // How long news is collected, and how long it waits where auth-service did not take it.
    absl::Duration collect = absl::Seconds(1);
    absl::Duration retry = absl::Seconds(5);

    // What has not changed is told again after that: of clients that introduced themselves here,
    // and of others, of which several may look alike.
    absl::Duration repeat = absl::Minutes(5);
    absl::Duration repeat_unnamed = absl::Seconds(10);

    absl::Duration call_timeout = absl::Seconds(10);
  };

  // All must outlive it; `timer` and `calls` must be stopped before it goes.
  Clients(auth::v1::ClientService::StubInterface& auth, const Clock& clock, rpc::CallGroup& calls,
          DelayQueue& timer, const Options& options)
      : auth_(auth), clock_(clock), calls_(calls), timer_(timer), options_(options) {}
  Clients(auth::v1::ClientService::StubInterface& auth, const Clock& clock, rpc::CallGroup& calls,
          DelayQueue& timer)
      : Clients(auth, clock, calls, timer, Options()) {}

  // Remembers what `client` says once, and tells auth-service that it came.
  void Remember(absl::string_view mcp_server, const Sender& sender, const char* era,
                const mcp::Introduction& client);

  // What is not said in `client` and was said before by who looks the same. Another replica may
  // know more.
  mcp::Introduction Complete(absl::string_view mcp_server, const Sender& sender,
                             mcp::Introduction client) const;

  // Tells auth-service that a client was shown the list of that digest. `client` is what Complete()
  // makes of it.
  void GotList(absl::string_view mcp_server, const Sender& sender, const char* era,
               const mcp::Introduction& client, absl::string_view digest);

  // Brings what waits to auth-service, until `deadline`.
  void Flush(absl::Time deadline);

 private:
  // MCP server, era, name, version, and User-Agent where there is no name.
  using Key = std::tuple<std::string, std::string, std::string, std::string>;

  // What auth-service was told last.
  struct Told {
    std::string digest = {};
    std::string revision = {};
    absl::Time time = absl::InfinitePast();
  };

  static Key KeyOf(const auth::v1::Client& client);
  void Tell(auth::v1::Client client);
  bool IsNews(const auth::v1::Client& client, const Told& told) const;
  // Both under the lock.
  void Await(auth::v1::Client client);
  auth::v1::RecordClientsRequest TakeWaiting();

  void Schedule(absl::Duration after);
  void Send();

  auth::v1::ClientService::StubInterface& auth_;
  const Clock& clock_;
  rpc::CallGroup& calls_;
  DelayQueue& timer_;
  const Options options_;

  mutable std::mutex mu_;
  // By MCP server and sender, and in the order of their coming.
  absl::flat_hash_map<std::string, mcp::Introduction> remembered_;
  std::deque<std::string> order_;
  std::map<Key, Told> told_;
  std::map<Key, auth::v1::Client> waiting_;
  // Whether a Send() is to come, or under way.
  bool sending_ = false;
  bool failing_ = false;
};

}  // namespace mesh::frontend
