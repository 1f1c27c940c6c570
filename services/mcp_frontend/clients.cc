#include "services/mcp_frontend/clients.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <grpcpp/grpcpp.h>

#include "common/base/log.h"
#include "common/base/utf8.h"
#include "common/rpc/proto_time.h"

namespace mesh::frontend {
namespace {

using auth::v1::Client;
using auth::v1::ClientService;
using auth::v1::RecordClientsRequest;

// What auth-service takes.
constexpr size_t kLongestName = 200;
constexpr size_t kLongestWord = 100;

// A client can claim what it likes: more is not worth keeping.
constexpr size_t kLongestCapabilities = 4096;

// As much of `text` as `most` bytes hold, by whole characters; nothing of what is no UTF-8.
std::string Cut(absl::string_view text, size_t most) {
  absl::string_view rest = text;
  size_t fits = 0;
  while (!rest.empty()) {
    if (!TakeCharacter(rest).has_value()) return {};
    const size_t taken = text.size() - rest.size();
    if (taken > most) break;
    fits = taken;
  }
  return std::string(text.substr(0, fits));
}

std::string RememberedKey(absl::string_view mcp_server, const Sender& sender) {
  return absl::StrCat(mcp_server, "\n", sender.key);
}

}  // namespace

Sender SenderOf(const net::ServerRequest& request) {
  const absl::string_view agent = request.headers.Get("user-agent").value_or("");
  Sender sender{
      .key = absl::StrCat(request.peer_address, "\n",
                          request.headers.Get("x-forwarded-for").value_or(""), "\n", agent),
      .user_agent = std::string(agent.substr(0, kLongestName))};
  // A header is bytes.
  std::replace_if(
      sender.user_agent.begin(), sender.user_agent.end(),
      [](char c) { return !absl::ascii_isprint(c); }, '?');
  return sender;
}

void Clients::Remember(absl::string_view mcp_server, const Sender& sender, const char* era,
                       const mcp::Introduction& client) {
  mcp::Introduction kept = client;
  if (kept.capabilities_json.size() > kLongestCapabilities) kept.capabilities_json.clear();
  kept.name = Cut(kept.name, kLongestName);
  kept.version = Cut(kept.version, kLongestWord);
  {
    const std::lock_guard lock(mu_);
    std::string key = RememberedKey(mcp_server, sender);
    const auto [entry, added] = remembered_.insert_or_assign(key, std::move(kept));
    if (added) order_.push_back(std::move(key));
    if (order_.size() > options_.max_remembered) {
      remembered_.erase(order_.front());
      order_.pop_front();
    }
  }
  GotList(mcp_server, sender, era, client, "");
}

mcp::Introduction Clients::Complete(absl::string_view mcp_server, const Sender& sender,
                                    mcp::Introduction client) const {
  const std::lock_guard lock(mu_);
  const auto found = remembered_.find(RememberedKey(mcp_server, sender));
  if (found == remembered_.end()) return client;
  const mcp::Introduction& known = found->second;
  if (client.name.empty()) {
    client.name = known.name;
    client.version = known.version;
  }
  if (client.revision.empty()) client.revision = known.revision;
  if (client.capabilities_json.empty()) client.capabilities_json = known.capabilities_json;
  return client;
}

void Clients::GotList(absl::string_view mcp_server, const Sender& sender, const char* era,
                      const mcp::Introduction& introduction, absl::string_view digest) {
  const google::protobuf::Timestamp now = rpc::TimestampOf(clock_.Now());
  Client client;
  client.set_mcp_server(std::string(mcp_server));
  client.set_era(era);
  client.set_name(Cut(introduction.name, kLongestName));
  client.set_introduced(!client.name().empty());
  if (client.introduced()) {
    client.set_version(Cut(introduction.version, kLongestWord));
  } else {
    client.set_name(sender.user_agent);
  }
  client.set_revision(Cut(introduction.revision, kLongestWord));
  client.set_user_agent(sender.user_agent);
  if (!digest.empty()) {
    client.set_list_digest(std::string(digest));
    *client.mutable_list_time() = now;
  }
  *client.mutable_last_seen_time() = now;
  Tell(std::move(client));
}

Clients::Key Clients::KeyOf(const Client& client) {
  return {client.mcp_server(), absl::StrCat(client.era(), client.introduced() ? "" : "?"),
          client.name(), client.version()};
}

bool Clients::IsNews(const Client& client, const Told& told) const {
  const absl::Duration repeat = client.introduced() ? options_.repeat : options_.repeat_unnamed;
  return (client.has_list_time() && client.list_digest() != told.digest) ||
         (!client.revision().empty() && client.revision() != told.revision) ||
         rpc::TimeOf(client.last_seen_time()) - told.time >= repeat;
}

void Clients::Tell(Client client) {
  {
    const std::lock_guard lock(mu_);
    if (told_.size() >= options_.max_remembered) told_.clear();
    Told& told = told_[KeyOf(client)];
    if (!IsNews(client, told)) return;
    if (client.has_list_time()) told.digest = client.list_digest();
    if (!client.revision().empty()) told.revision = client.revision();
    told.time = rpc::TimeOf(client.last_seen_time());
    Await(std::move(client));
    if (std::exchange(sending_, true)) return;
  }
  Schedule(options_.collect);
}

void Clients::Await(Client client) {
  const Key key = KeyOf(client);
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) {
    if (waiting_.size() < options_.max_waiting) waiting_.emplace(key, std::move(client));
    return;
  }
  // Of what was seen before, the list still counts.
  if (!client.has_list_time() && found->second.has_list_time()) {
    client.set_list_digest(found->second.list_digest());
    *client.mutable_list_time() = found->second.list_time();
  }
  found->second = std::move(client);
}

RecordClientsRequest Clients::TakeWaiting() {
  RecordClientsRequest request;
  for (auto& [key, client] : waiting_) *request.add_clients() = std::move(client);
  waiting_.clear();
  // A client that introduced itself comes before the lists of those that did not.
  std::stable_sort(request.mutable_clients()->begin(), request.mutable_clients()->end(),
                   [](const Client& a, const Client& b) {
                     return rpc::TimeOf(a.last_seen_time()) < rpc::TimeOf(b.last_seen_time());
                   });
  return request;
}

void Clients::Schedule(absl::Duration after) {
  timer_.Post(after, [this] { Send(); });
}

void Clients::Send() {
  RecordClientsRequest request;
  {
    const std::lock_guard lock(mu_);
    request = TakeWaiting();
    if (request.clients_size() == 0) {
      sending_ = false;
      return;
    }
  }
  const CallContext context{.deadline = absl::Now() + options_.call_timeout};
  calls_.Call(context, "auth-service", *auth_.async(),
              &ClientService::StubInterface::async_interface::RecordClients, request,
              [this, request](const absl::StatusOr<google::protobuf::Empty>& done) {
                absl::Duration after = options_.collect;
                {
                  const std::lock_guard lock(mu_);
                  const bool refused = absl::IsInvalidArgument(done.status());
                  const bool failed = !done.ok() && !refused;
                  if (!done.ok() && !failing_) {
                    LogWarning("clients cannot be recorded", {{"error", done.status()}});
                  }
                  failing_ = !done.ok();
                  if (failed) {
                    // What came meanwhile is newer.
                    std::map<Key, Client> newer;
                    newer.swap(waiting_);
                    for (const Client& client : request.clients()) Await(client);
                    for (auto& [key, client] : newer) Await(std::move(client));
                    after = options_.retry;
                  }
                  if (waiting_.empty()) {
                    sending_ = false;
                    return;
                  }
                }
                Schedule(after);
              });
}

void Clients::Flush(absl::Time deadline) {
  RecordClientsRequest request;
  {
    const std::lock_guard lock(mu_);
    request = TakeWaiting();
  }
  if (request.clients_size() == 0) return;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  google::protobuf::Empty response;
  const grpc::Status done = auth_.RecordClients(&context, request, &response);
  if (!done.ok()) LogWarning("clients were not recorded at the end", {});
}

}  // namespace mesh::frontend
