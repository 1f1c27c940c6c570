#include "common/net/tls_client.h"

#include <array>
#include <csignal>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/check.h"
#include "common/tls/openssl_ptr.h"

namespace mesh::net {
namespace {

constexpr int kVersions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};

int Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  CHECK(absl::SimpleAtoi(address.substr(colon + 1), &port));
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  CHECK(inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) == 1);
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience = {.tv_sec = 10, .tv_usec = 0};
  CHECK(setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
  CHECK(connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  return descriptor;
}

}  // namespace

TlsClient::TlsClient(const std::string& address, const TlsClientOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // The library writes without asking for no signal.
  context_ = SSL_CTX_new(TLS_client_method());
  CHECK(context_ != nullptr);
  // Level 0, as the library's own would keep old versions away.
  CHECK(SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0") == 1);
  SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_, kVersions[options.version - 10]);
  const BioPtr pem(
      BIO_new_mem_buf(options.authority.data(), static_cast<int>(options.authority.size())));
  const CertificatePtr authority(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
  CHECK(authority != nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), authority.get());
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);

  socket_ = Connect(address);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket_);
  CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), "127.0.0.1") == 1);
  std::string protocols;
  for (const std::string& protocol : options.protocols) {
    absl::StrAppend(&protocols, std::string(1, static_cast<char>(protocol.size())), protocol);
  }
  if (!protocols.empty()) {
    CHECK(SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                              static_cast<unsigned int>(protocols.size())) == 0);
  }
  ERR_clear_error();
  connected_ = SSL_connect(ssl_) == 1;
  ERR_clear_error();
}

TlsClient::~TlsClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  close(socket_);
}

std::string TlsClient::version() const { return SSL_get_version(ssl_); }

std::string TlsClient::protocol() const {
  const unsigned char* data = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_, &data, &size);
  return std::string(reinterpret_cast<const char*>(data), size);
}

std::string TlsClient::server_name() const {
  const CertificatePtr certificate(SSL_get1_peer_certificate(ssl_));
  CHECK(certificate != nullptr);
  std::array<char, 256> name = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

bool TlsClient::Send(absl::string_view bytes) {
  ERR_clear_error();
  size_t written = 0;
  return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written) == 1;
}

bool TlsClient::ReadMore() {
  std::array<char, 16 << 10> buffer;
  size_t size = 0;
  ERR_clear_error();
  if (SSL_read_ex(ssl_, buffer.data(), buffer.size(), &size) != 1) {
    CHECK(SSL_get_error(ssl_, 0) != SSL_ERROR_WANT_READ);  // Ten seconds are over.
    return false;
  }
  read_.append(buffer.data(), size);
  return true;
}

std::string TlsClient::ReadUntil(absl::string_view marker) {
  size_t found = std::string::npos;
  while ((found = read_.find(std::string(marker))) == std::string::npos && ReadMore()) {
  }
  const size_t end = found == std::string::npos ? read_.size() : found + marker.size();
  std::string head = read_.substr(0, end);
  read_.erase(0, end);
  return head;
}

std::string TlsClient::ReadToEnd(bool& in_order) {
  while (ReadMore()) {
  }
  in_order = (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0;
  return std::exchange(read_, {});
}

}  // namespace mesh::net
