#include "services/auth/store/page.h"

#include "absl/strings/escaping.h"
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::auth {
namespace {

TEST(Page, TokenLeadsBackToItsPosition) {
  const Position position{.create_time = absl::FromUnixMicros(1'780'000'000'000'001),
                          .id = "acc_x"};

  ASSERT_OK_AND_ASSIGN(const PageRequest request,
                       ReadPageRequest("accounts", 7, FormatPageToken("accounts", position)));

  EXPECT_EQ(request.limit, 7);
  EXPECT_EQ(request.after, position);
}

TEST(Page, SizeZeroMeansAHundredFromTheStart) {
  ASSERT_OK_AND_ASSIGN(const PageRequest request, ReadPageRequest("accounts", 0, ""));

  EXPECT_EQ(request.limit, 100);
  EXPECT_EQ(request.after, Position());
}

TEST(Page, RefusesSizesOutOfRange) {
  for (const int size : {-1, 1001}) {
    EXPECT_THAT(ReadPageRequest("accounts", size, ""), HasReason("FIELD_INVALID")) << size;
  }
}

TEST(Page, RefusesWhatIsNoTokenOfTheList) {
  const std::string other = FormatPageToken("mcp_servers acc_1", {.id = "mcp_1"});
  for (const std::string& token :
       {other, std::string("%"), std::string("AAAA"), absl::WebSafeBase64Escape("accounts|x|id"),
        absl::WebSafeBase64Escape("accounts|1"), absl::WebSafeBase64Escape("accounts|1|a|b")}) {
    EXPECT_THAT(ReadPageRequest("accounts", 1, token), HasReason("PAGE_TOKEN_INVALID")) << token;
  }
}

}  // namespace
}  // namespace mesh::auth
