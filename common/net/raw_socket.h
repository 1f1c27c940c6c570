// Sockets that say exactly what a test wants said, for tests of HTTP servers and clients.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh::net {

// A connection. Blocks; what does not come within ten seconds ends the test. Not thread-safe.
class RawSocket {
 public:
  // Connects to `address`, IPv4, as HttpServer::address() gives it. `receive_buffer_bytes` makes a
  // slow reader of it: the kernel takes no more for it (twice that, as the kernel counts).
  explicit RawSocket(const std::string& address, int receive_buffer_bytes = 0);
  ~RawSocket();

  RawSocket(RawSocket&& other) noexcept;
  RawSocket(const RawSocket&) = delete;

  // Returns false where the other side has closed the connection.
  bool Send(absl::string_view bytes);

  // Everything up to the end of the first `marker`; what follows is kept for the next read. Shorter
  // where the connection ends before.
  std::string ReadUntil(absl::string_view marker);

  // Head and body of an answer that has a Content-Length.
  std::string ReadResponse();

  // Everything until the other side closes.
  std::string ReadToEnd();

  // Whether anything, the end included, can be read before `patience` is over.
  bool IsReadableWithin(absl::Duration patience);

  // Ends this side only: the other one reads an end, and may still write.
  void CloseSend();

  void Close();

  // Closes by a reset.
  void Reset();

 private:
  friend class RawListener;

  struct Accepted {
    int socket;
  };

  explicit RawSocket(Accepted accepted);

  void SetOptions();
  bool ReadMore();

  int socket_ = -1;
  std::string read_;
};

// Takes connections on a free port of 127.0.0.1. Not thread-safe.
class RawListener {
 public:
  // Connections beyond `backlog` that nobody has accepted do not come about.
  explicit RawListener(int backlog = 16);
  ~RawListener();

  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  // `host:port`.
  std::string address() const;

  RawSocket Accept();

 private:
  int socket_ = -1;
};

}  // namespace mesh::net
