// TLS as a function of bytes: what one end makes of what it gets, and what it has to send. No
// sockets.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct ssl_st;
struct ssl_ctx_st;

namespace mesh::net {

// The server's end of one connection. Not thread-safe.
class TlsSession {
 public:
  enum class State {
    kGoesOn,
    // The client has said that it sends nothing more.
    kEnded,
    // An alert may be left to be sent.
    kBroken,
  };

  // Of TlsContext.
  explicit TlsSession(ssl_st* ssl) : ssl_(ssl) {}
  ~TlsSession();

  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Takes bytes of the client, and appends what they say to `plain`.
  State Receive(absl::string_view bytes, std::string& plain);

  // Whether the handshake is over, so that Send() may be called.
  bool is_open() const;

  void Send(absl::string_view plain);

  // Says that nothing more is sent.
  void Close();

  // What is to be sent to the client since the last call.
  std::string TakeOutput();

 private:
  ssl_st* const ssl_;
};

// A certificate with its key, and what is spoken with it: TLS 1.2 with forward secrecy, or later;
// HTTP/1.1 where the client asks what (ALPN). Immutable, thread-safe.
class TlsContext {
 public:
  // `chain` and `key` in PEM, as CheckCertificate() has found them good. Fails with
  // INVALID_ARGUMENT (`CERTIFICATE_INVALID`), naming `file`, where OpenSSL refuses them
  // nonetheless.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Create(absl::string_view file,
                                                                  absl::string_view chain,
                                                                  absl::string_view key);

  ~TlsContext();

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  std::unique_ptr<TlsSession> NewSession() const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}

  ssl_ctx_st* const context_;
};

}  // namespace mesh::net
