#include "tests/fake_zoho/device_flow.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fake_zoho {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);
const Grant kGrant = {.client_id = "client", .scopes = {"ZohoMeeting.user.READ"}};

class DeviceFlowTest : public ::testing::Test {
 protected:
  std::string Ask(absl::Duration after, Region region = Region::kUs) {
    return flow_.Ask(codes_.device_code, "client", region, kNow + after).error;
  }

  DeviceFlow flow_;
  const DeviceFlow::Codes codes_ = flow_.Begin(kGrant, /*offline=*/true, kNow);
};

TEST_F(DeviceFlowTest, WaitsForTheUser) {
  EXPECT_EQ(Ask(absl::Seconds(0)), "authorization_pending");
  ASSERT_TRUE(flow_.Decide(codes_.user_code, true, Region::kUs, 7, kNow));

  const DeviceFlow::Poll poll =
      flow_.Ask(codes_.device_code, "client", Region::kUs, kNow + absl::Seconds(30));

  EXPECT_EQ(poll.error, "");
  EXPECT_EQ(poll.grant.zuid, 7);
  EXPECT_TRUE(poll.offline);
  EXPECT_EQ(Ask(absl::Seconds(60)), "invalid_code");
}

TEST_F(DeviceFlowTest, ToleratesOnePollInThirtySeconds) {
  EXPECT_EQ(Ask(absl::Seconds(0)), "authorization_pending");
  EXPECT_EQ(Ask(absl::Seconds(29)), "slow_down");
  EXPECT_EQ(Ask(absl::Seconds(59)), "authorization_pending");
}

TEST_F(DeviceFlowTest, SendsTheDeviceToTheUsersDataCentre) {
  ASSERT_TRUE(flow_.Decide(codes_.user_code, true, Region::kEu, 7, kNow));

  EXPECT_EQ(Ask(absl::Seconds(1)), "other_dc");
  EXPECT_EQ(Ask(absl::Seconds(2), Region::kEu), "");
}

TEST_F(DeviceFlowTest, ADenialEndsIt) {
  ASSERT_TRUE(flow_.Decide(codes_.user_code, false, Region::kUs, 7, kNow));

  EXPECT_EQ(Ask(absl::Seconds(1)), "access_denied");
}

TEST_F(DeviceFlowTest, CodesExpire) {
  EXPECT_EQ(Ask(absl::Minutes(5)), "expired");
  EXPECT_FALSE(flow_.Decide(codes_.user_code, true, Region::kUs, 7, kNow + absl::Minutes(5)));
}

TEST_F(DeviceFlowTest, OneDecisionCounts) {
  ASSERT_TRUE(flow_.Decide(codes_.user_code, false, Region::kUs, 7, kNow));

  EXPECT_FALSE(flow_.Decide(codes_.user_code, true, Region::kUs, 7, kNow));
}

}  // namespace
}  // namespace fake_zoho
