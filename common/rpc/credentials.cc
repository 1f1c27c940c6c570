#include "common/rpc/credentials.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/loopback.h"
#include "common/base/status_macros.h"
#include "common/rpc/config.h"
#include "common/rpc/status.h"
#include "common/tls/certificate.h"

namespace mesh::rpc {
namespace {

namespace tls = grpc::experimental;

// Whether all addresses of `dns:///host:port`, `ipv4:1.2.3.4:5,1.2.3.4:6`, `[::1]:5` or `host:port`
// are.
bool IsOnLoopback(absl::string_view target) {
  for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&target, scheme)) break;
  }
  const size_t authority = target.rfind('/');
  if (authority != absl::string_view::npos) target.remove_prefix(authority + 1);
  for (const absl::string_view address : absl::StrSplit(target, ',')) {
    if (!IsLoopback(address.substr(0, address.rfind(':')))) return false;
  }
  return true;
}

absl::Status CheckPlaintext(absl::string_view target) {
  if (absl::StartsWith(target, "unix:") || IsOnLoopback(target)) return absl::OkStatus();
  return FieldInvalid(
      "service.tls",
      absl::StrCat("is required, as ", target,
                   " is not a loopback address and gRPC between machines needs mutual TLS"),
      "tls { certificate_file: \"tls.crt\" key_file: \"tls.key\" ca_file: \"ca.crt\" }");
}

// gRPC reads the files itself, again and again; what it finds wrong it does not say.
absl::Status Check(const config::v1::TlsConfig& config, absl::Time now) {
  for (const auto& [field, path] :
       {std::pair("certificate_file", &config.certificate_file()),
        std::pair("key_file", &config.key_file()), std::pair("ca_file", &config.ca_file())}) {
    if (path->empty()) return FieldInvalid(absl::StrCat("service.tls.", field), "is required");
  }
  ASSIGN_OR_RETURN(const std::string chain, ReadFile(config.certificate_file()));
  ASSIGN_OR_RETURN(const Secret key, ReadSecretFile(config.key_file()));
  ASSIGN_OR_RETURN(const std::string authorities, ReadFile(config.ca_file()));
  RETURN_IF_ERROR(CheckAuthorities(config.ca_file(), authorities));
  ASSIGN_OR_RETURN(const absl::Time expires,
                   CheckCertificate(config.certificate_file(), chain, key.Reveal(), now));
  LogInfo("certificate", {{"file", config.certificate_file()},
                          {"expires", absl::FormatTime(expires, absl::UTCTimeZone())}});
  return absl::OkStatus();
}

std::shared_ptr<tls::CertificateProviderInterface> Watch(const config::v1::TlsConfig& config) {
  const absl::Duration interval =
      DurationOr(config.has_reload_interval(), config.reload_interval(), absl::Seconds(10));
  return std::make_shared<tls::FileWatcherCertificateProvider>(
      config.key_file(), config.certificate_file(), config.ca_file(),
      static_cast<unsigned int>(std::max<int64_t>(1, absl::ToInt64Seconds(interval))));
}

class PeerCheck final : public grpc::AuthMetadataProcessor {
 public:
  explicit PeerCheck(PeerPolicy policy) : policy_(std::move(policy)) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* context,
                       OutputMetadata* /*consumed*/, OutputMetadata* /*response*/) override {
    std::vector<absl::string_view> names;
    for (const grpc::string_ref& name : context->FindPropertyValues(GRPC_PEER_DNS_PROPERTY_NAME)) {
      names.emplace_back(name.data(), name.size());
    }
    const auto path = metadata.find(":path");
    if (path == metadata.end()) return ToGrpc(PeerNotAllowed("", ""));
    const absl::string_view method(path->second.data(), path->second.size());
    if (policy_.Allows(method, names)) return grpc::Status::OK;
    return ToGrpc(PeerNotAllowed(names.empty() ? "" : names.front(), method));
  }

 private:
  const PeerPolicy policy_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(
    const config::v1::ServiceConfig& config, const std::string& listen, PeerPolicy peers,
    absl::Time now) {
  if (!config.has_tls()) {
    RETURN_IF_ERROR(CheckPlaintext(listen));
    return grpc::InsecureServerCredentials();
  }
  RETURN_IF_ERROR(Check(config.tls(), now));
  tls::TlsServerCredentialsOptions options(Watch(config.tls()));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  auto credentials = tls::TlsServerCredentials(options);
  credentials->SetAuthMetadataProcessor(std::make_shared<PeerCheck>(std::move(peers)));
  return credentials;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(
    const config::v1::ServiceConfig& config, const std::string& target, absl::Time now) {
  if (!config.has_tls()) {
    RETURN_IF_ERROR(CheckPlaintext(target));
    return grpc::InsecureChannelCredentials();
  }
  RETURN_IF_ERROR(Check(config.tls(), now));
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(config.tls()));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return tls::TlsCredentials(options);
}

}  // namespace mesh::rpc
