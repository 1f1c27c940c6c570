#include "common/net/stream_outbox.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace mesh::net {

StreamOutbox::Result StreamOutbox::Write(absl::Cord bytes) {
  absl::Cord dropped;  // Freed after the lock.
  const std::lock_guard lock(mu_);
  if (closed_ || broken_off_ || shut_) return Result::kShut;
  // An empty chunk would end the body.
  if (bytes.empty()) return Result::kQueued;
  if (queued_.size() + unsent_ + bytes.size() > limit_) {
    shut_ = true;
    queued_.swap(dropped);
    return Result::kTooFull;
  }
  if (chunked_) queued_.Append(absl::StrCat(absl::Hex(bytes.size()), "\r\n"));
  queued_.Append(std::move(bytes));
  if (chunked_) queued_.Append("\r\n");
  return AskForFlush();
}

StreamOutbox::Result StreamOutbox::Close() {
  const std::lock_guard lock(mu_);
  if (closed_ || broken_off_ || shut_) return Result::kShut;
  closed_ = true;
  if (chunked_) queued_.Append("0\r\n\r\n");
  return AskForFlush();
}

void StreamOutbox::Shut() {
  absl::Cord dropped;
  const std::lock_guard lock(mu_);
  shut_ = true;
  queued_.swap(dropped);
}

void StreamOutbox::BreakOff() {
  const std::lock_guard lock(mu_);
  broken_off_ = true;
}

StreamOutbox::Taken StreamOutbox::Take(size_t unsent) {
  const std::lock_guard lock(mu_);
  flush_asked_ = false;
  unsent_ = unsent + queued_.size();
  return {.bytes = std::exchange(queued_, {}), .last = closed_};
}

void StreamOutbox::SetUnsent(size_t unsent) {
  const std::lock_guard lock(mu_);
  unsent_ = unsent;
}

StreamOutbox::Result StreamOutbox::AskForFlush() {
  return std::exchange(flush_asked_, true) ? Result::kQueued : Result::kFlush;
}

}  // namespace mesh::net
