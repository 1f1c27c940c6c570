#include "common/rpc/peer_policy.h"

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::rpc {
namespace {

PeerPolicy Policy(const config::v1::ServiceConfig& config = {}) {
  return *PeerPolicy::Create(
      config, {Grant("frontend", {"a.v1.Servers", "a.v1.Keys/Resolve"}), Grant("root", {"*"})});
}

TEST(PeerPolicy, AllowsWhatIsGrantedAndNothingElse) {
  struct Row {
    const char* path;
    const char* name;
    bool allowed;
  };
  const PeerPolicy policy = Policy();
  for (const auto& [path, name, allowed] : {
           Row{"/a.v1.Servers/Create", "frontend", true},
           Row{"/a.v1.Servers/Delete", "frontend", true},
           Row{"/a.v1.Keys/Resolve", "frontend", true},
           Row{"/a.v1.Keys/Create", "frontend", false},
           Row{"/a.v1.Tokens/Get", "frontend", false},
           Row{"/a.v1.ServersX/Create", "frontend", false},
           Row{"/a.v1.Servers/Create", "frontend.evil", false},
           Row{"/a.v1.Servers/Create", "FRONTEND", false},
           Row{"/a.v1.Tokens/Get", "root", true},
           Row{"/grpc.health.v1.Health/Check", "anybody", true},
           Row{"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "anybody", true},
           Row{"/grpc.health.v1.HealthX/Check", "anybody", false},
           Row{"", "frontend", false},
       }) {
    EXPECT_EQ(policy.Allows(path, {name}), allowed) << path << " by " << name;
  }
}

TEST(PeerPolicy, OneNameOfACertificateThatHasTheRightSuffices) {
  EXPECT_TRUE(Policy().Allows("/a.v1.Tokens/Get", {"pod-7", "root"}));
  EXPECT_FALSE(Policy().Allows("/a.v1.Tokens/Get", {}));
}

TEST(PeerPolicy, TheConfigurationReplacesTheDefaults) {
  config::v1::ServiceConfig config;
  *config.add_peers() = Grant("mine", {"a.v1.Tokens"});
  EXPECT_TRUE(Policy(config).Allows("/a.v1.Tokens/Get", {"mine"}));
  EXPECT_FALSE(Policy(config).Allows("/a.v1.Tokens/Get", {"root"}));
}

TEST(PeerPolicy, AGrantNeedsANameAndMethods) {
  config::v1::ServiceConfig config;
  *config.add_peers() = Grant("", {"*"});
  EXPECT_THAT(PeerPolicy::Create(config, {}).status(), HasReason("FIELD_INVALID"));
  *config.mutable_peers(0) = Grant("mine", {});
  EXPECT_THAT(PeerPolicy::Create(config, {}).status(), HasReason("FIELD_INVALID"));
}

}  // namespace
}  // namespace mesh::rpc
