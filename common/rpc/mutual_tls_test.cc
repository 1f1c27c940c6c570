#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "common/base/status_matchers.h"
#include "common/rpc/channel.h"
#include "common/rpc/grpc_listener.h"
#include "common/rpc/peer_policy.h"
#include "common/rpc/status.h"
#include "common/tls/test_certificates.h"
#include "mesh/auth/v1/api_keys.grpc.pb.h"

namespace mesh::rpc {
namespace {

using auth::v1::ApiKey;
using auth::v1::ApiKeyService;
using testing::HasSubstr;

constexpr char kResolve[] = "mesh.auth.v1.ApiKeyService/ResolveApiKey";

class Answers final : public ApiKeyService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ResolveApiKey(grpc::CallbackServerContext* call,
                                          const auth::v1::ResolveApiKeyRequest*,
                                          ApiKey* key) override {
    key->set_id("key_1");
    auto* reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class MutualTlsTest : public testing::Test {
 protected:
  // Files of a service by that name, its certificate signed by `authority`.
  config::v1::ServiceConfig ConfigOf(const std::string& name, const TestCertificate& authority,
                                     absl::Time expires = absl::Now() + absl::Minutes(30)) {
    const std::string base = absl::StrCat(std::getenv("TEST_TMPDIR"), "/", name);
    const TestCertificate own = SignTestCertificate(authority, name, expires);
    config::v1::ServiceConfig config;
    config::v1::TlsConfig& tls = *config.mutable_tls();
    tls.set_certificate_file(base + ".crt");
    tls.set_key_file(base + ".key");
    tls.set_ca_file(base + ".ca");
    tls.mutable_reload_interval()->set_seconds(1);
    EXPECT_THAT(WriteFileAtomically(tls.certificate_file(), own.certificate), IsOk());
    EXPECT_THAT(WriteFileAtomically(tls.key_file(), own.key), IsOk());
    EXPECT_THAT(WriteFileAtomically(tls.ca_file(), authority.certificate), IsOk());
    EXPECT_EQ(chmod(tls.key_file().c_str(), 0600), 0);
    return config;
  }

  std::unique_ptr<GrpcListener> Serve(const config::v1::ServiceConfig& config) {
    auto listener = GrpcListener::Start(
        config, {Grant("frontend", {kResolve}), Grant("proxy", {"a.v1.Other"})}, {&service_});
    EXPECT_THAT(listener.status(), IsOk());
    return *std::move(listener);
  }

  static absl::Status Call(grpc::Channel& channel, absl::Duration patience = absl::Seconds(20)) {
    const auto stub =
        ApiKeyService::NewStub(std::shared_ptr<grpc::Channel>(std::shared_ptr<void>(), &channel));
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    ApiKey key;
    return FromGrpc(stub->ResolveApiKey(&context, {}, &key), "auth-service");
  }

  absl::Status CallAs(const config::v1::ServiceConfig& client, const GrpcListener& listener,
                      absl::Duration patience = absl::Seconds(20)) {
    auto channel = MakeChannel(listener.address(), client);
    if (!channel.ok()) return channel.status();
    return Call(**channel, patience);
  }

  Answers service_;
  const TestCertificate authority_ = MakeTestAuthority("the mesh");
};

TEST_F(MutualTlsTest, APeerMayCallWhatItsNameIsGranted) {
  const auto listener = Serve(ConfigOf("auth", authority_));
  EXPECT_THAT(CallAs(ConfigOf("frontend", authority_), *listener), IsOk());
}

TEST_F(MutualTlsTest, APeerOfAnotherNameIsRefusedByName) {
  const auto listener = Serve(ConfigOf("auth", authority_));
  const absl::Status refused = CallAs(ConfigOf("proxy", authority_), *listener);
  EXPECT_THAT(refused, HasReason("PEER_NOT_ALLOWED"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("proxy"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr(kResolve));
}

TEST_F(MutualTlsTest, APeerOfAnotherAuthorityGetsNoConnection) {
  const auto listener = Serve(ConfigOf("auth", authority_));
  const TestCertificate stranger = MakeTestAuthority("a stranger");
  // Whatever it claims to be, and though it trusts the server.
  config::v1::ServiceConfig client = ConfigOf("frontend", stranger);
  EXPECT_THAT(WriteFileAtomically(client.tls().ca_file(), authority_.certificate), IsOk());
  EXPECT_FALSE(CallAs(client, *listener, absl::Seconds(1)).ok());
}

TEST_F(MutualTlsTest, APeerInPlainTextGetsNoConnection) {
  const auto listener = Serve(ConfigOf("auth", authority_));
  const auto channel = MakeLoopbackChannel(listener->address());
  EXPECT_FALSE(Call(*channel, absl::Seconds(1)).ok());
}

TEST_F(MutualTlsTest, ANewAuthorityIsTakenUpWithoutARestart) {
  const auto listener = Serve(ConfigOf("auth", authority_));
  EXPECT_THAT(CallAs(ConfigOf("frontend", authority_), *listener), IsOk());
  const TestCertificate next = MakeTestAuthority("the mesh, next year");
  ConfigOf("auth", next);  // Writes over the files that the server watches.
  EXPECT_THAT(CallAs(ConfigOf("frontend", next), *listener), IsOk());
}

TEST_F(MutualTlsTest, AnExpiredCertificateEndsTheStartWithItsName) {
  const auto config = ConfigOf("auth", authority_, absl::Now() - absl::Minutes(1));
  const absl::Status status = GrpcListener::Start(config, {}, {&service_}).status();
  EXPECT_THAT(status, HasReason("CERTIFICATE_INVALID"));
  EXPECT_THAT(std::string(status.message()), HasSubstr(config.tls().certificate_file()));
}

TEST_F(MutualTlsTest, AKeyThatAllMayReadEndsTheStart) {
  const auto config = ConfigOf("auth", authority_);
  ASSERT_EQ(chmod(config.tls().key_file().c_str(), 0644), 0);
  EXPECT_THAT(GrpcListener::Start(config, {}, {&service_}).status(), HasReason("FILE_UNSAFE"));
}

TEST(WithoutTls, OnlyLoopbackIsServedAndCalled) {
  config::v1::ServiceConfig config;
  config.set_listen("0.0.0.0:0");
  EXPECT_THAT(GrpcListener::Start(config, {}, {}).status(), HasReason("FIELD_INVALID"));
  for (const char* target :
       {"auth-service:50051", "dns:///auth-service:50051", "10.0.0.1:7", "ipv4:10.0.0.1:7",
        "localhost.example:7", "ipv4:127.0.0.1:7,10.0.0.1:7"}) {
    EXPECT_THAT(MakeChannel(target, {}).status(), HasReason("FIELD_INVALID")) << target;
  }
  for (const char* target :
       {"localhost:7", "127.0.0.1:7", "[::1]:7", "dns:///localhost:7", "ipv4:127.0.0.1:7",
        "ipv4:127.0.0.1:7,127.0.0.2:7", "unix:/tmp/socket"}) {
    EXPECT_THAT(MakeChannel(target, {}).status(), IsOk()) << target;
  }
}

}  // namespace
}  // namespace mesh::rpc
