#include "services/mcp_frontend/mcp/http_sessions.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/base/random.h"
#include "services/mcp_frontend/mcp/post.h"

namespace mesh::mcp {
namespace {

constexpr size_t kMaxSessions = 100;
constexpr size_t kMaxStreams = 16;
constexpr int kRetryMilliseconds = 500;

}  // namespace

absl::Cord ResumableEvents::EventOf(size_t index) const {
  absl::Cord event(absl::StrCat("id: ", number_, "-", index + 1, "\n"));
  event.Append(MessageEvent(messages_[index]));
  return event;
}

std::shared_ptr<net::HttpStream> ResumableEvents::Attach(net::HttpExchange& exchange,
                                                         uint64_t after) {
  const std::lock_guard lock(mu_);
  // With empty data: a client that knows nothing of it takes it for nothing.
  absl::Cord first(
      absl::StrCat("id: ", number_, "-", after, "\nretry: ", kRetryMilliseconds, "\ndata: \n\n"));
  for (size_t i = after; i < messages_.size(); ++i) first.Append(EventOf(i));
  stream_ = exchange.Stream(EventResponse(std::move(first), {}));
  if (finished_) stream_->Close();
  return stream_;
}

void ResumableEvents::Write(absl::Cord message) {
  const std::lock_guard lock(mu_);
  messages_.push_back(std::move(message));
  if (stream_ != nullptr) stream_->Write(EventOf(messages_.size() - 1));
}

void ResumableEvents::Detach() {
  const std::lock_guard lock(mu_);
  if (stream_ != nullptr) stream_->Close();
  stream_ = nullptr;
}

void ResumableEvents::Finish() {
  const std::lock_guard lock(mu_);
  finished_ = true;
  if (stream_ != nullptr) stream_->Close();
  stream_ = nullptr;
}

std::string HttpSessions::Begin(absl::string_view tenant) {
  std::string id = RandomId("session_");
  const std::lock_guard lock(mu_);
  if (oldest_first_.size() >= kMaxSessions) {
    sessions_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  sessions_.emplace(id, Session{.tenant = std::string(tenant)});
  oldest_first_.push_back(id);
  return id;
}

HttpSessions::Session* HttpSessions::Find(absl::string_view id, absl::string_view tenant) const {
  const auto found = sessions_.find(std::string(id));
  if (found == sessions_.end() || found->second.tenant != tenant) return nullptr;
  return &found->second;
}

bool HttpSessions::Has(absl::string_view id, absl::string_view tenant) const {
  const std::lock_guard lock(mu_);
  return Find(id, tenant) != nullptr;
}

bool HttpSessions::End(absl::string_view id, absl::string_view tenant) {
  const std::lock_guard lock(mu_);
  if (Find(id, tenant) == nullptr) return false;
  sessions_.erase(std::string(id));
  oldest_first_.remove(std::string(id));
  return true;
}

std::shared_ptr<ResumableEvents> HttpSessions::NewEvents(absl::string_view id,
                                                         absl::string_view tenant) {
  const std::lock_guard lock(mu_);
  Session* session = Find(id, tenant);
  if (session == nullptr) return nullptr;
  const uint64_t number = session->next_number++;
  auto events = std::make_shared<ResumableEvents>(number);
  session->events.emplace_back(number, events);
  if (session->events.size() > kMaxStreams) session->events.pop_front();
  return events;
}

std::pair<std::shared_ptr<ResumableEvents>, uint64_t> HttpSessions::FindEvents(
    absl::string_view id, absl::string_view tenant, absl::string_view last_event_id) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(last_event_id, absl::MaxSplits('-', 1));
  uint64_t number = 0;
  uint64_t after = 0;
  if (!absl::SimpleAtoi(parts.first, &number) || !absl::SimpleAtoi(parts.second, &after)) return {};
  const std::lock_guard lock(mu_);
  Session* session = Find(id, tenant);
  if (session == nullptr) return {};
  for (const auto& [of, events] : session->events) {
    if (of == number) return {events, after};
  }
  return {};
}

}  // namespace mesh::mcp
