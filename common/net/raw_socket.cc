#include "common/net/raw_socket.h"

#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/base/check.h"

namespace mesh::net {

RawSocket::RawSocket(const std::string& address, int receive_buffer_bytes)
    : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  CHECK(socket_ >= 0);
  const std::pair<std::string, std::string> parts = absl::StrSplit(address, ':');
  uint32_t port = 0;
  CHECK(absl::SimpleAtoi(parts.second, &port));
  sockaddr_in peer = {};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(static_cast<uint16_t>(port));
  CHECK(inet_pton(AF_INET, parts.first.c_str(), &peer.sin_addr) == 1);
  if (receive_buffer_bytes > 0) {
    CHECK(setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                     sizeof(receive_buffer_bytes)) == 0);
  }
  CHECK(connect(socket_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)) == 0);
  SetOptions();
}

RawSocket::RawSocket(Accepted accepted) : socket_(accepted.socket) { SetOptions(); }

void RawSocket::SetOptions() {
  const timeval patience = {.tv_sec = 10, .tv_usec = 0};
  CHECK(setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
  const int on = 1;
  CHECK(setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
}

RawSocket::~RawSocket() { Close(); }

RawSocket::RawSocket(RawSocket&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), read_(std::move(other.read_)) {}

bool RawSocket::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string RawSocket::ReadUntil(absl::string_view marker) {
  size_t found = read_.npos;
  while ((found = read_.find(std::string(marker))) == read_.npos) {
    if (!ReadMore()) return std::exchange(read_, {});
  }
  std::string result = read_.substr(0, found + marker.size());
  read_.erase(0, result.size());
  return result;
}

std::string RawSocket::ReadResponse() {
  std::string response = ReadUntil("\r\n\r\n");
  for (absl::string_view line : absl::StrSplit(response, "\r\n")) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    size_t length = 0;
    if (!absl::EqualsIgnoreCase(field.first, "content-length")) continue;
    CHECK(absl::SimpleAtoi(absl::StripAsciiWhitespace(field.second), &length));
    while (read_.size() < length && ReadMore()) {
    }
    std::string body = read_.substr(0, length);
    read_.erase(0, body.size());
    return response + body;
  }
  return response;
}

std::string RawSocket::ReadToEnd() {
  while (ReadMore()) {
  }
  return std::exchange(read_, {});
}

bool RawSocket::IsReadableWithin(absl::Duration patience) {
  if (!read_.empty()) return true;
  pollfd wait = {.fd = socket_, .events = POLLIN, .revents = 0};
  return poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(patience))) > 0;
}

void RawSocket::CloseSend() { CHECK(shutdown(socket_, SHUT_WR) == 0); }

void RawSocket::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

void RawSocket::Reset() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  CHECK(setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
  Close();
}

bool RawSocket::ReadMore() {
  std::vector<char> buffer(64 << 10);
  const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
  CHECK(count >= 0 || errno == ECONNRESET);  // Otherwise the other side keeps the test waiting.
  if (count <= 0) return false;
  read_.append(buffer.data(), static_cast<size_t>(count));
  return true;
}

RawListener::RawListener(int backlog) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in any_port = {};
  any_port.sin_family = AF_INET;
  any_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(socket_, reinterpret_cast<const sockaddr*>(&any_port), sizeof(any_port)) == 0);
  CHECK(listen(socket_, backlog) == 0);
  const timeval patience = {.tv_sec = 10, .tv_usec = 0};
  CHECK(setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
}

RawListener::~RawListener() { close(socket_); }

std::string RawListener::address() const {
  sockaddr_in bound = {};
  socklen_t size = sizeof(bound);
  CHECK(getsockname(socket_, reinterpret_cast<sockaddr*>(&bound), &size) == 0);
  return absl::StrCat("127.0.0.1:", ntohs(bound.sin_port));
}

RawSocket RawListener::Accept() {
  const int socket = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
  CHECK(socket >= 0);
  return RawSocket(RawSocket::Accepted{socket});
}

}  // namespace mesh::net
