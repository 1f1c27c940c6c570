// The bytes of a streamed answer between the threads that write and the I/O thread that sends.
#pragma once

#include <cstddef>
#include <mutex>

#include "absl/strings/cord.h"

namespace mesh::net {

// Thread-safe.
class StreamOutbox {
 public:
  // Bytes that are neither sent nor dropped count against `limit_bytes`. `chunked` frames each
  // Write() as a chunk; otherwise bytes pass as they are.
  StreamOutbox(size_t limit_bytes, bool chunked) : limit_(limit_bytes), chunked_(chunked) {}

  enum class Result {
    kQueued,   // Somebody is on the way to Take() already.
    kFlush,    // The caller must see to it that Take() is called.
    kTooFull,  // Over the limit: the outbox is now shut, and the reader is to be cut off.
    kShut,     // Dropped.
  };

  Result Write(absl::Cord bytes);

  // Ends the body after what is queued. Later writes are dropped.
  Result Close();

  // Drops what is queued and what will be written.
  void Shut();

  // Drops what will be written, and leaves the body without an end.
  void BreakOff();

  struct Taken {
    absl::Cord bytes;
    bool last = false;
  };

  // What was queued since the last call. `unsent` bytes of earlier calls are still to be sent.
  Taken Take(size_t unsent);

  // Says again how much of what was taken is still to be sent.
  void SetUnsent(size_t unsent);

 private:
  Result AskForFlush();

  const size_t limit_;
  const bool chunked_;
  std::mutex mu_;
  absl::Cord queued_;
  size_t unsent_ = 0;
  bool flush_asked_ = false;
  bool closed_ = false;
  bool broken_off_ = false;
  bool shut_ = false;
};

}  // namespace mesh::net
