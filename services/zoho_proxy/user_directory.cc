#include "services/zoho_proxy/user_directory.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"

namespace mesh::zoho_proxy {
namespace {

using nlohmann::json;

// A part serves everybody who waits for it, so that it keeps no single one's deadline.
constexpr absl::Duration kPartTimeout = absl::Seconds(20);

std::string TextAt(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

}  // namespace

absl::StatusOr<UserListPart> ReadUserListPart(absl::string_view list_json) {
  const json list = json::parse(list_json.begin(), list_json.end(), nullptr,
                                /*allow_exceptions=*/false);
  const auto results = list.is_object() ? list.find("results") : list.end();
  if (!list.is_object() || results == list.end() || !results->is_array()) {
    return ZohoBroken("its list of users cannot be read", 200);
  }
  UserListPart part{.next_cursor = TextAt(list, "next_cursor")};
  for (const json& user : *results) {
    if (!user.is_object()) continue;
    part.users.push_back({.email = TextAt(user, "emailId"), .zuid = TextAt(user, "zuid")});
  }
  return part;
}

void UserDirectory::Find(const CallContext& context, const std::string& account,
                         absl::string_view email, Done done) {
  Served served;
  std::string cursor;
  bool read = false;
  {
    const std::lock_guard lock(mu_);
    if (!entries_.contains(account)) MakeRoom();
    Entry& entry = entries_[account];
    if (!entry.reading && IsOld(entry)) entry = Entry{.begun = clock_.Now()};
    entry.waiting.push_back({.email = absl::AsciiStrToLower(email), .done = std::move(done)});
    if (Serve(entry, served) && !entry.reading) {
      read = entry.reading = true;
      cursor = entry.next_cursor;
    }
  }
  for (auto& [waiter, answer] : served) std::move(waiter.done)(std::move(answer));
  if (read) Read(context, account, cursor);
}

bool UserDirectory::Serve(Entry& entry, Served& served) {
  const bool over = entry.whole || entry.parts >= options_.max_parts;
  std::vector<Waiter> waiting = std::exchange(entry.waiting, {});
  for (Waiter& waiter : waiting) {
    const auto found = entry.zuids.find(waiter.email);
    if (found == entry.zuids.end() && !over) {
      entry.waiting.push_back(std::move(waiter));
    } else {
      FoundUser user{.read_all = entry.whole};
      if (found != entry.zuids.end()) user.zuid = found->second;
      served.emplace_back(std::move(waiter), std::move(user));
    }
  }
  return !entry.waiting.empty();
}

void UserDirectory::Read(const CallContext& context, const std::string& account,
                         const std::string& cursor) {
  CallContext own = context;
  own.deadline = clock_.Now() + kPartTimeout;
  list_(own, account, cursor, [this, context, account](absl::StatusOr<UserListPart> part) {
    GotPart(context, account, std::move(part));
  });
}

void UserDirectory::GotPart(const CallContext& context, const std::string& account,
                            absl::StatusOr<UserListPart> part) {
  Served served;
  std::string cursor;
  bool read = false;
  {
    const std::lock_guard lock(mu_);
    Entry& entry = entries_[account];
    if (!part.ok()) {
      for (Waiter& waiter : std::exchange(entry.waiting, {})) {
        served.emplace_back(std::move(waiter), part.status());
      }
      entry.reading = false;
    } else {
      for (UserListPart::User& user : part->users) {
        if (user.email.empty() || user.zuid.empty()) continue;
        entry.zuids.emplace(absl::AsciiStrToLower(user.email), std::move(user.zuid));
      }
      ++entry.parts;
      entry.next_cursor = part->next_cursor;
      entry.whole = part->next_cursor.empty();
      read = entry.reading = Serve(entry, served);
      if (read) cursor = entry.next_cursor;
    }
  }
  for (auto& [waiter, answer] : served) std::move(waiter.done)(std::move(answer));
  if (read) Read(context, account, cursor);
}

void UserDirectory::MakeRoom() {
  if (entries_.size() < options_.max_accounts) return;
  const auto oldest =
      std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
        // One that is being read is needed.
        return std::pair(a.second.reading, a.second.begun) <
               std::pair(b.second.reading, b.second.begun);
      });
  if (!oldest->second.reading) entries_.erase(oldest);
}

}  // namespace mesh::zoho_proxy
