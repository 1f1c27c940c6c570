#include "services/mcp_frontend/mcp/pending_replies.h"

#include <optional>

#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::mcp {
namespace {

class PendingRepliesTest : public testing::Test {
 protected:
  std::string Expect() {
    return replies_.Expect("tenant", absl::Now() + absl::Hours(1),
                           [this](Reply reply) { reply_ = std::move(reply); });
  }

  static Message ResponseTo(const std::string& id) {
    Message response;
    response.kind = Message::Kind::kResponse;
    response.id = id;
    response.result = R"({"a":1})";
    return response;
  }

  DelayQueue timer_;
  PendingReplies replies_{timer_};
  std::optional<Reply> reply_;
};

TEST_F(PendingRepliesTest, AReplyGoesToWhoeverAskedAndOnce) {
  const std::string id = Expect();
  replies_.Take("another tenant", ResponseTo(id));
  EXPECT_FALSE(reply_.has_value());
  replies_.Take("tenant", ResponseTo(id));
  ASSERT_TRUE(reply_.has_value());
  EXPECT_EQ(reply_->result_json, R"({"a":1})");
  reply_.reset();
  replies_.Take("tenant", ResponseTo(id));
  EXPECT_FALSE(reply_.has_value());
}

TEST_F(PendingRepliesTest, ClosingEndsWhoWaitsAndWhoComesLater) {
  const std::string id = Expect();
  replies_.Close();
  ASSERT_TRUE(reply_.has_value());
  EXPECT_THAT(reply_->error, testing::HasSubstr("stops"));
  reply_.reset();
  replies_.Take("tenant", ResponseTo(id));
  EXPECT_FALSE(reply_.has_value());

  Expect();
  ASSERT_TRUE(reply_.has_value());
  EXPECT_THAT(reply_->error, testing::HasSubstr("stops"));
}

}  // namespace
}  // namespace mesh::mcp
