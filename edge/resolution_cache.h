// Records of another service, so that a warm request makes no call. They are held for a second, and
// for as long as the service confirms that nothing has changed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/base/clock.h"

namespace mesh::edge {

struct ResolutionCacheOptions {
  // A record that was neither fetched nor confirmed for longer is fetched again before it is used.
  absl::Duration fresh_for = absl::Seconds(1);

  // How long after that a record may be used while the service does not answer. Beyond, the error
  // is the answer: it fails closed.
  absl::Duration stale_for = absl::Seconds(30);

  // A record is fetched again after that time, however often it was confirmed.
  absl::Duration hold_for = absl::Minutes(5);

  // Records, and refusals, held at most; the one used least recently goes.
  size_t max_records = 16'384;
  size_t max_refusals = 4'096;
};

// Thread-safe. Any number of callers for one key cause one fetch. Every fetch under way must end
// before this is destroyed.
template <typename Value>
class ResolutionCache {
 public:
  using Record = std::shared_ptr<const Value>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Record>) &&>;
  using Fetched = absl::AnyInvocable<void(absl::StatusOr<Value>) &&>;

  // Begins to ask the service for `key`. UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED and
  // RESOURCE_EXHAUSTED mean that it did not answer; any other error is its answer.
  using Fetch = std::function<void(const std::string& key, Fetched fetched)>;

  ResolutionCache(const Clock& clock, const ResolutionCacheOptions& options, Fetch fetch)
      : clock_(clock), options_(options), fetch_(std::move(fetch)) {}

  ResolutionCache(const ResolutionCache&) = delete;
  ResolutionCache& operator=(const ResolutionCache&) = delete;

  // `done` is called once: before this returns where the record is at hand, else when the fetch
  // ends, on its thread.
  void Get(const std::string& key, Done done) {
    const absl::Time now = clock_.Now();
    absl::StatusOr<Record> at_hand = Record();
    bool found = false;
    uint64_t drops = 0;
    {
      const std::lock_guard lock(mu_);
      drops = drops_;
      found = AtHand(key, now, at_hand);
      if (!found) {
        std::vector<Done>& waiting = waiting_[key];
        waiting.push_back(std::move(done));
        if (waiting.size() > 1) return;
      }
    }
    if (found) return std::move(done)(std::move(at_hand));
    fetch_(key,
           [this, key, drops](absl::StatusOr<Value> value) { Take(key, std::move(value), drops); });
  }

  // Drops the records that `changed` holds true of. What is being fetched meanwhile may be from
  // before the change: it is handed to those who wait for it, and not kept.
  void Drop(absl::FunctionRef<bool(const Value&)> changed) {
    const std::lock_guard lock(mu_);
    ++drops_;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      const auto here = entry++;
      if (here->second.record == nullptr || !changed(*here->second.record)) continue;
      used_records_.erase(here->second.used);
      entries_.erase(here);
    }
  }

  // Nothing has changed that Drop() was not told of: what is held is as good as fetched now. Says
  // nothing of refusals.
  void Confirm() {
    const absl::Time now = clock_.Now();
    const std::lock_guard lock(mu_);
    confirmed_ = now;
  }

 private:
  struct Entry {
    // nullptr for a refusal, whose error is `refused`.
    Record record = {};
    absl::Status refused = {};
    // When the service said so, and when it last failed to answer.
    absl::Time confirmed = absl::InfinitePast();
    absl::Time unanswered = absl::InfinitePast();
    // In `used_records_` or `used_refusals_`.
    std::list<std::string>::iterator used = {};
  };

  static bool NoAnswer(const absl::Status& status) {
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
           absl::IsCancelled(status) || absl::IsResourceExhausted(status);
  }

  std::list<std::string>& UsedOf(const Entry& entry) {
    return entry.record == nullptr ? used_refusals_ : used_records_;
  }

  absl::Duration Age(const Entry& entry, absl::Time now) const {
    return now -
           (entry.record == nullptr ? entry.confirmed : std::max(entry.confirmed, confirmed_));
  }

  bool Fresh(const Entry& entry, absl::Time now) const {
    return Age(entry, now) < options_.fresh_for && now - entry.confirmed < options_.hold_for;
  }

  bool UsableWithoutAnswer(const Entry& entry, absl::Time now) const {
    return entry.record != nullptr && Age(entry, now) <= options_.stale_for;
  }

  bool AtHand(const std::string& key, absl::Time now, absl::StatusOr<Record>& at_hand) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return false;
    Entry& entry = found->second;
    UsedOf(entry).splice(UsedOf(entry).begin(), UsedOf(entry), entry.used);
    // While the service is away nobody waits for it more than once in `fresh_for`.
    const bool away = now - entry.unanswered < options_.fresh_for;
    if (!Fresh(entry, now) && !(away && UsableWithoutAnswer(entry, now))) return false;
    if (entry.record == nullptr) {
      at_hand = entry.refused;
    } else {
      at_hand = entry.record;
    }
    return true;
  }

  // `drops` is how many there had been when the fetch began.
  void Take(const std::string& key, absl::StatusOr<Value> value, uint64_t drops) {
    const absl::Time now = clock_.Now();
    std::vector<Done> waiting;
    absl::StatusOr<Record> result = Record();
    {
      const std::lock_guard lock(mu_);
      waiting = std::move(waiting_[key]);
      waiting_.erase(key);
      if (value.ok()) {
        result = std::make_shared<const Value>(*std::move(value));
        if (drops == drops_) Put(key, Entry{.record = *result, .confirmed = now});
      } else if (NoAnswer(value.status())) {
        result = value.status();
        const auto found = entries_.find(key);
        if (found != entries_.end() && UsableWithoutAnswer(found->second, now)) {
          found->second.unanswered = now;
          result = found->second.record;
        }
      } else {
        result = value.status();
        Put(key, Entry{.refused = value.status(), .confirmed = now});
      }
    }
    for (Done& done : waiting) std::move(done)(result);
  }

  void Put(const std::string& key, Entry entry) {
    if (const auto old = entries_.find(key); old != entries_.end()) {
      UsedOf(old->second).erase(old->second.used);
      entries_.erase(old);
    }
    std::list<std::string>& used = UsedOf(entry);
    used.push_front(key);
    entry.used = used.begin();
    const size_t most = entry.record == nullptr ? options_.max_refusals : options_.max_records;
    entries_.emplace(key, std::move(entry));
    if (used.size() > most) {
      entries_.erase(used.back());
      used.pop_back();
    }
  }

  const Clock& clock_;
  const ResolutionCacheOptions options_;
  const Fetch fetch_;
  std::mutex mu_;
  absl::flat_hash_map<std::string, Entry> entries_;
  // Keys, the one used last in front.
  std::list<std::string> used_records_;
  std::list<std::string> used_refusals_;
  absl::flat_hash_map<std::string, std::vector<Done>> waiting_;
  // When Confirm() was last called, and how often Drop() was.
  absl::Time confirmed_ = absl::InfinitePast();
  uint64_t drops_ = 0;
};

}  // namespace mesh::edge
