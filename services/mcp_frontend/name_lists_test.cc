#include "services/mcp_frontend/name_lists.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/base/mailbox.h"
#include "edge/fake_services.h"

namespace mesh::frontend {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using tools::v1::CallToolRequest;
using tools::v1::CallToolResponse;

std::vector<std::string> Match(const std::vector<std::string>& names, absl::string_view typed,
                               size_t limit = 100) {
  size_t total = 0;
  return Matching(names, typed, limit, total);
}

TEST(Matching, TakesTheBeginningOfNamesFirstAndThenOfTheirWords) {
  const std::vector<std::string> names{"Anna Sall", "Legal", "Sales", "sales EU", "Über"};
  EXPECT_THAT(Match(names, "sal"), ElementsAre("Sales", "sales EU", "Anna Sall"));
  EXPECT_THAT(Match(names, " eu "), ElementsAre("sales EU"));
  EXPECT_THAT(Match(names, "ales"), ElementsAre());
  EXPECT_EQ(Match(names, "").size(), 5);
}

TEST(Matching, CountsWhatItLeavesOut) {
  size_t total = 0;
  EXPECT_EQ(Matching(std::vector<std::string>(250, "x"), "", 100, total).size(), 100);
  EXPECT_EQ(total, 250);
}

class NameListsTest : public testing::Test {
 protected:
  ~NameListsTest() override { calls_.Close(); }

  absl::StatusOr<NameLists::Names> Get(NameKind kind, const std::string& account = "acc_1") {
    Mailbox<absl::StatusOr<NameLists::Names>> got;
    names_.Get(kind, account, [&got](auto names) { got.Put(std::move(names)); });
    return got.Take();
  }

  edge::FakeBackends backends_;
  FakeClock clock_{absl::Now()};
  std::unique_ptr<tools::v1::ToolService::Stub> tools_ =
      tools::v1::ToolService::NewStub(backends_.zoho_proxy());
  rpc::CallGroup calls_;
  NameLists names_{clock_, *tools_, calls_};
};

TEST_F(NameListsTest, ReadEveryPageOnceAMinute) {
  backends_.tools.SetHandler([](const CallToolRequest& request, grpc::ServerContext&) {
    const json arguments = json::parse(request.arguments_json());
    CallToolResponse response;
    response.set_result_json(
        arguments.contains("next_cursor")
            ? R"({"results":[{"departmentName":"Legal"},{"departmentName":"Sales"},{"x":1},7]})"
            : R"({"results":[{"departmentName":"Sales"}],"next_cursor":"c"})");
    return response;
  });

  for (int i = 0; i < 3; ++i) {
    const auto names = Get(NameKind::kDepartment);
    ASSERT_TRUE(names.ok()) << names.status();
    EXPECT_THAT(**names, ElementsAre("Legal", "Sales"));
  }
  ASSERT_EQ(backends_.tools.calls().size(), 2);
  EXPECT_EQ(backends_.tools.calls()[0].tool(), "list_all_zoho_meeting_departments");
  EXPECT_EQ(backends_.tools.calls()[0].account(), "acc_1");
  EXPECT_FALSE(backends_.tools.calls()[0].reveal_secrets());

  clock_.Advance(absl::Minutes(2));
  EXPECT_TRUE(Get(NameKind::kDepartment).ok());
  EXPECT_EQ(backends_.tools.calls().size(), 4);
}

TEST_F(NameListsTest, StopAfterFivePages) {
  backends_.tools.SetHandler([](const CallToolRequest&, grpc::ServerContext&) {
    CallToolResponse response;
    response.set_result_json(R"({"results":[],"next_cursor":"on and on"})");
    return response;
  });
  EXPECT_TRUE(Get(NameKind::kDepartment).ok());
  EXPECT_EQ(backends_.tools.calls().size(), 5);
}

TEST_F(NameListsTest, KnowPeopleByTheirFullNames) {
  backends_.tools.SetHandler([](const CallToolRequest&, grpc::ServerContext&) {
    CallToolResponse response;
    response.set_result_json(
        R"({"results":[{"fullName":"Sarah Jenkins"},{"firstName":"Al","lastName":"Bo"},{}]})");
    return response;
  });
  const auto names = Get(NameKind::kPerson);
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(**names, ElementsAre("Al Bo", "Sarah Jenkins"));
  EXPECT_EQ(backends_.tools.calls()[0].tool(), "list_all_zoho_meeting_users");
}

TEST_F(NameListsTest, AreOfOneAccountAndFailLikeTheTool) {
  EXPECT_TRUE(Get(NameKind::kPerson, "acc_1").ok());
  backends_.tools.SetHandler(
      [](const CallToolRequest&, grpc::ServerContext&) -> absl::StatusOr<CallToolResponse> {
        return ScopeMissing("ZohoMeeting.user.READ");
      });
  EXPECT_TRUE(absl::IsPermissionDenied(Get(NameKind::kPerson, "acc_2").status()));
  EXPECT_TRUE(Get(NameKind::kPerson, "acc_1").ok());
}

}  // namespace
}  // namespace mesh::frontend
