// A socket that says exactly what a test wants said. For tests of HTTP servers.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh::net {

// Blocks; what does not come within ten seconds ends the test. Not thread-safe.
class RawClient {
 public:
  // `address` as HttpServer::address() gives it, IPv4. `receive_buffer_bytes` makes a slow reader
  // of it: the kernel takes no more for it (twice that, as the kernel counts).
  explicit RawClient(const std::string& address, int receive_buffer_bytes = 0);
  ~RawClient();

  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;

  // Returns false where the server has closed the connection.
  bool Send(absl::string_view bytes);

  // Everything up to the end of the first `marker`; what follows is kept for the next read. Shorter
  // where the connection ends before.
  std::string ReadUntil(absl::string_view marker);

  // Head and body of an answer that has a Content-Length.
  std::string ReadResponse();

  // Everything until the server closes.
  std::string ReadToEnd();

  // Whether anything, the end included, can be read before `patience` is over.
  bool IsReadableWithin(absl::Duration patience);

  // Ends this side only: the server reads an end, and may still write.
  void CloseSend();

  void Close();

  // Closes by a reset.
  void Reset();

 private:
  bool ReadMore();

  int socket_ = -1;
  std::string read_;
};

}  // namespace mesh::net
