#include "common/rpc/status.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/status_matchers.h"

namespace mesh::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Border : public ::testing::TestWithParam<absl::Status> {};

TEST_P(Border, KeepsCodeMessageAndDetailBothWays) {
  const grpc::Status there = ToGrpc(GetParam());
  const absl::Status back = FromGrpc(there, "a-service");

  EXPECT_EQ(back, GetParam());
  EXPECT_EQ(static_cast<int>(there.error_code()), static_cast<int>(GetParam().code()));
  EXPECT_EQ(there.error_message(), GetParam().message());
}

INSTANTIATE_TEST_SUITE_P(
    Errors, Border,
    ::testing::Values(absl::OkStatus(), FieldInvalid("name", "is required"),
                      AccountNotFound("acc_1"), AccountExists("acc_1", "53758774"),
                      McpTokenInvalid(), RoleInsufficient("admin"),
                      ReauthorizationRequired("acc_1"),
                      OauthThrottled(absl::Seconds(60), "Zoho's limit"),
                      ZohoRateLimited({.limit = 100, .remaining = 0, .reset = absl::Seconds(30)},
                                      absl::Seconds(30), 429),
                      ZohoTimedOut(), StoreUnavailable("it is locked"), CallerGone()));

TEST(Border, KeepsWhatIsForTheLogOutOfTheAnswer) {
  const grpc::Status there = ToGrpc(Internal("the invariant at line 7 broke"));

  EXPECT_EQ(there.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(there.error_message(), Not(HasSubstr("line 7")));
  EXPECT_THAT(there.error_details(), Not(HasSubstr("line 7")));
}

TEST(Border, NamesTheServiceThatCannotBeReached) {
  const absl::Status status =
      FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused"), "auth-service");

  EXPECT_THAT(status, HasReason("SERVICE_UNAVAILABLE"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("auth-service"));
}

TEST(Border, KnowsTheRefusalOfAPeer) {
  const absl::Status status =
      FromGrpc(grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "no right"), "auth-service");

  EXPECT_THAT(status, HasReason("PEER_NOT_ALLOWED"));
  EXPECT_EQ(status.message(), "no right");
}

TEST(Border, NamesTheServiceThatWasWaitedForInVain) {
  const absl::Status status = FromGrpc(
      grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"), "auth-service");

  EXPECT_THAT(status, HasReason("DEADLINE_EXCEEDED"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("auth-service"));
}

TEST(Border, TakesAnAnswerWhoseDetailsAreNoProtobuf) {
  const absl::Status status = FromGrpc(
      grpc::Status(grpc::StatusCode::NOT_FOUND, "gone", "\xff\xff not a proto"), "a-service");

  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(status.message(), "gone");
}

}  // namespace
}  // namespace mesh::rpc
