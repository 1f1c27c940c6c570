// A client of TLS that says exactly what a test wants said.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

struct ssl_st;
struct ssl_ctx_st;

namespace mesh::net {

struct TlsClientOptions {
  // PEM. The server must show a certificate that it has signed, for 127.0.0.1.
  std::string authority = {};
  // Offered by ALPN, in this order; empty for no offer.
  std::vector<std::string> protocols = {};
  // The highest version: 10, 11, 12 or 13, for TLS 1.x.
  int version = 13;
};

// A connection. Blocks; what does not come within ten seconds ends the test. Not thread-safe.
class TlsClient {
 public:
  // Connects to `address`, IPv4, and shakes hands.
  TlsClient(const std::string& address, const TlsClientOptions& options);
  ~TlsClient();

  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Whether the handshake was a success. Nothing else may be called where it was not.
  bool connected() const { return connected_; }

  // For example `TLSv1.3`; what was chosen by ALPN; the common name in the server's certificate.
  std::string version() const;
  std::string protocol() const;
  std::string server_name() const;

  bool Send(absl::string_view bytes);
  std::string ReadUntil(absl::string_view marker);

  // Everything until the server closes. `in_order` tells whether it has said so before.
  std::string ReadToEnd(bool& in_order);

 private:
  bool ReadMore();

  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  int socket_ = -1;
  bool connected_ = false;
  std::string read_;
};

}  // namespace mesh::net
