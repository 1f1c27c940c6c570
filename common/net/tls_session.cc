#include "common/net/tls_session.h"

#include <array>

#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/tls/openssl_ptr.h"

namespace mesh::net {
namespace {

constexpr size_t kPlainBytes = 16 << 10;

// Those of TLS 1.2; those of 1.3 are all as good.
constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// With the length in front of each name.
constexpr unsigned char kProtocols[] = "\x08http/1.1";

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  const int result =
      SSL_select_next_proto(const_cast<unsigned char**>(chosen), chosen_size, kProtocols,
                            sizeof(kProtocols) - 1, offered, offered_size);
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

BioPtr Read(absl::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

absl::Status Refused(absl::string_view file) {
  const char* why = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return CertificateInvalid(
      file, absl::StrCat("cannot be used for TLS: ", why == nullptr ? "unknown reason" : why));
}

}  // namespace

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsSession::State TlsSession::Receive(absl::string_view bytes, std::string& plain) {
  ERR_clear_error();
  CHECK(BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size())) ==
        static_cast<int>(bytes.size()));  // Memory takes everything.
  std::array<char, kPlainBytes> buffer;
  while (true) {
    size_t size = 0;
    // Reading does what is left of the handshake as well.
    if (SSL_read_ex(ssl_, buffer.data(), buffer.size(), &size) == 1) {
      plain.append(buffer.data(), size);
      continue;
    }
    switch (SSL_get_error(ssl_, 0)) {
      case SSL_ERROR_WANT_READ:
        return State::kGoesOn;
      case SSL_ERROR_ZERO_RETURN:
        return State::kEnded;
      default:
        ERR_clear_error();
        return State::kBroken;
    }
  }
}

bool TlsSession::is_open() const { return SSL_is_init_finished(ssl_) == 1; }

void TlsSession::Send(absl::string_view plain) {
  ERR_clear_error();
  size_t written = 0;
  // It fails where the session is broken: what comes next from the client will tell.
  if (SSL_write_ex(ssl_, plain.data(), plain.size(), &written) != 1) ERR_clear_error();
}

void TlsSession::Close() {
  ERR_clear_error();
  if (is_open()) SSL_shutdown(ssl_);
  ERR_clear_error();
}

std::string TlsSession::TakeOutput() {
  BIO* const bio = SSL_get_wbio(ssl_);
  std::string output(BIO_ctrl_pending(bio), '\0');
  if (!output.empty()) BIO_read(bio, output.data(), static_cast<int>(output.size()));
  return output;
}

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Create(absl::string_view file,
                                                                     absl::string_view chain,
                                                                     absl::string_view key) {
  ERR_clear_error();
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  CHECK(context != nullptr);
  const std::shared_ptr<const TlsContext> owner(new TlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Most connections lie idle.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  CHECK(SSL_CTX_set_cipher_list(context, kCiphers) == 1);

  const BioPtr certificates = Read(chain);
  const CertificatePtr certificate(
      PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr));
  char no_passphrase[] = "";
  const KeyPtr private_key(
      PEM_read_bio_PrivateKey(Read(key).get(), nullptr, nullptr, no_passphrase));
  if (certificate == nullptr || private_key == nullptr ||
      SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, private_key.get()) != 1) {
    return Refused(file);
  }
  while (const CertificatePtr issuer{
      PEM_read_bio_X509(certificates.get(), nullptr, nullptr, nullptr)}) {
    if (SSL_CTX_add1_chain_cert(context, issuer.get()) != 1) return Refused(file);
  }
  ERR_clear_error();  // Of the file's end.
  return owner;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

std::unique_ptr<TlsSession> TlsContext::NewSession() const {
  SSL* const ssl = SSL_new(context_);
  CHECK(ssl != nullptr);
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsSession>(ssl);
}

}  // namespace mesh::net
