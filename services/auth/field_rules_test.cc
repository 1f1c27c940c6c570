#include "services/auth/field_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/status_matchers.h"
#include "common/rpc/proto_time.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;

std::string Repeated(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string FieldOf(const absl::Status& status) {
  const auto detail = GetErrorDetail(status);
  return detail.has_value() ? detail->metadata.at("field") : "";
}

TEST(FieldRules, ANameIsShortAndForPeople) {
  for (const std::string& name :
       {std::string("a"), std::string("Zoho Meeting Admin Worker"), std::string("Büro – 東京 🚀"),
        Repeated("x", 120), Repeated("🚀", 120), std::string("O'Neil \"x\"; --")}) {
    EXPECT_THAT(CheckName("name", name), IsOk()) << name;
  }
  for (const std::string& name :
       {std::string(), std::string("   "), Repeated("x", 121), Repeated("🚀", 121),
        std::string("a\nb"), std::string("a\tb"), std::string("a\0b", 3), std::string("\x7F"),
        std::string("\xC2\x85"), std::string("\xFF"), std::string("\xC3"), std::string("\xC0\x80"),
        std::string("\xED\xA0\x80"), std::string("\xF5\x80\x80\x80"), Repeated("x", 1'000'000)}) {
    EXPECT_THAT(CheckName("name", name), HasReason("FIELD_INVALID")) << name.substr(0, 130);
  }
}

TEST(FieldRules, ACredentialIsVisibleAscii) {
  EXPECT_THAT(CheckCredential("c", "1000.0123456789abcdef.0123456789abcdef"), IsOk());
  for (const std::string& credential : {std::string(), std::string("a b"), std::string("a\n"),
                                        std::string("ü"), Repeated("x", 1001)}) {
    EXPECT_THAT(CheckCredential("c", credential), HasReason("FIELD_INVALID")) << credential;
  }
}

TEST(FieldRules, ADigestHas32Bytes) {
  EXPECT_THAT(CheckDigest("d", std::string(32, '\0')), IsOk());
  for (const size_t size : {0, 31, 33, 64}) {
    EXPECT_THAT(CheckDigest("d", std::string(size, 'x')), HasReason("FIELD_INVALID")) << size;
  }
}

TEST(FieldRules, AnApprovalThatIsNotKnownIsRefused) {
  v1::McpServerConfig config;
  config.set_approval(v1::McpServerConfig::DESTRUCTIVE);
  EXPECT_EQ(CheckConfig(config)->approval(), v1::McpServerConfig::DESTRUCTIVE);

  config.set_approval(static_cast<v1::McpServerConfig::Approval>(7));
  EXPECT_EQ(FieldOf(CheckConfig(config).status()), "config.approval");
}

TEST(FieldRules, AConfigKeepsEachMethodAndTagOnce) {
  v1::McpServerConfig config;
  for (const char* method : {"write", "read", "write", "list"}) config.add_methods(method);
  for (const char* tag : {"users", "org_2", "users"}) config.add_tags(tag);
  config.set_reveal_secrets(true);
  config.set_require_api_token_auth(true);

  ASSERT_OK_AND_ASSIGN(const v1::McpServerConfig checked, CheckConfig(config));

  EXPECT_THAT(checked.methods(), ElementsAre("write", "read", "list"));
  EXPECT_THAT(checked.tags(), ElementsAre("users", "org_2"));
  EXPECT_TRUE(checked.reveal_secrets());
  EXPECT_TRUE(checked.require_api_token_auth());
}

TEST(FieldRules, ABadMethodIsNamedByItsPlace) {
  for (const char* method : {"", "READ", "admin", "read "}) {
    v1::McpServerConfig config;
    config.add_methods("read");
    config.add_methods(method);
    EXPECT_EQ(FieldOf(CheckConfig(config).status()), "config.methods[1]") << method;
  }
}

TEST(FieldRules, ABadTagIsNamedByItsPlace) {
  for (const std::string& tag : {std::string(), std::string("Users"), std::string("a-b"),
                                 std::string("a b"), std::string("ü"), Repeated("x", 65)}) {
    v1::McpServerConfig config;
    config.add_tags(tag);
    EXPECT_EQ(FieldOf(CheckConfig(config).status()), "config.tags[0]") << tag;
  }
}

TEST(FieldRules, FiftyTagsAreEnough) {
  v1::McpServerConfig config;
  for (int i = 0; i < 50; ++i) config.add_tags(absl::StrCat("tag_", i));
  EXPECT_THAT(CheckConfig(config), IsOk());

  config.add_tags("one_more");

  EXPECT_EQ(FieldOf(CheckConfig(config).status()), "config.tags");
}

TEST(FieldRules, AnExpireTimeLiesInTheFuture) {
  const absl::Time now = absl::FromUnixSeconds(1'780'000'000);
  ASSERT_OK_AND_ASSIGN(
      const absl::Time time,
      CheckExpireTime(rpc::TimestampOf(now + absl::Microseconds(1) + absl::Nanoseconds(5)), now));
  EXPECT_EQ(time, now + absl::Microseconds(1));

  google::protobuf::Timestamp late;
  late.set_seconds(253'402'300'800);
  google::protobuf::Timestamp odd = rpc::TimestampOf(now + absl::Hours(1));
  odd.set_nanos(-1);
  for (const google::protobuf::Timestamp& bad :
       {rpc::TimestampOf(now), rpc::TimestampOf(now - absl::Hours(1)), late, odd,
        google::protobuf::Timestamp()}) {
    EXPECT_THAT(CheckExpireTime(bad, now), HasReason("FIELD_INVALID")) << bad.ShortDebugString();
  }
}

}  // namespace
}  // namespace mesh::auth
