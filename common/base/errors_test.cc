#include "common/base/errors.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(Errors, AStatusCarriesReasonMetadataAndWait) {
  const absl::Status status = MakeError(
      absl::StatusCode::kUnavailable, "Away.",
      {.reason = "AWAY", .metadata = {{"where", "there"}}, .retry_after = absl::Seconds(7)});

  const std::optional<ErrorDetail> detail = GetErrorDetail(status);

  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, "AWAY");
  EXPECT_THAT(detail->metadata, UnorderedElementsAre(Pair("where", "there")));
  EXPECT_EQ(detail->retry_after, absl::Seconds(7));
}

TEST(Errors, AStatusOfALibraryHasNoDetail) {
  EXPECT_FALSE(GetErrorDetail(absl::NotFoundError("no")).has_value());
  EXPECT_EQ(ErrorReason(absl::NotFoundError("no")), "");
}

TEST(Errors, AnOutcomeIsOkOrTheReason) {
  EXPECT_EQ(OutcomeOf(absl::OkStatus()), "ok");
  EXPECT_EQ(OutcomeOf(CallerGone()), "CANCELLED");
  EXPECT_EQ(OutcomeOf(absl::NotFoundError("no")), "INTERNAL");
}

TEST(Errors, AWaitIsRoundedUpToWholeSecondsSoThatNobodyComesTooEarly) {
  const absl::Status status = OauthThrottled(absl::Milliseconds(1200), "Zoho's limit");

  EXPECT_EQ(GetErrorDetail(status)->retry_after, absl::Seconds(2));
  EXPECT_THAT(std::string(status.message()), HasSubstr("2 seconds"));
}

TEST(Errors, AWrongFieldIsNamedWithRuleAndExample) {
  const absl::Status status = ArgumentInvalid("department_id", "is required", "\"4000000012001\"");

  EXPECT_EQ(status.message(), "`department_id` is required. Example: \"4000000012001\"");
  EXPECT_THAT(GetErrorDetail(status)->metadata,
              UnorderedElementsAre(Pair("field", "department_id"), Pair("rule", "is required"),
                                   Pair("example", "\"4000000012001\"")));
}

TEST(Errors, ALimitTellsOnlyWhatZohoTold) {
  const absl::Status status =
      ZohoRateLimited({.remaining = 0, .reset = absl::Minutes(22)}, absl::Minutes(22), 400);

  EXPECT_THAT(
      GetErrorDetail(status)->metadata,
      UnorderedElementsAre(Pair("ratelimit-remaining", "0"), Pair("ratelimit-reset", "1320"),
                           Pair("x-upstream-status", "400")));
  EXPECT_THAT(std::string(status.message()), HasSubstr("1320 seconds"));
}

TEST(Errors, ACallThatWaitsForApprovalTellsTheModelWhatToDo) {
  const absl::Status waiting =
      ApprovalRequired("delete_x", "apr_1", absl::FromUnixSeconds(1'780'000'000));
  EXPECT_THAT(waiting, HasReason("APPROVAL_REQUIRED"));
  for (const char* part : {"delete_x was not called", "until 2026-05-28 20:26:40 UTC",
                           "POST /approval/apr_1/approve", "same arguments"}) {
    EXPECT_THAT(std::string(waiting.message()), testing::HasSubstr(part));
  }
  EXPECT_THAT(std::string(ApprovalRequired("delete_x", "apr_1", std::nullopt).message()),
              testing::Not(testing::HasSubstr("until")));
}

TEST(Errors, AMessageSaysWhatIsWrongAndHowToMendIt) {
  struct Row {
    absl::Status status;
    absl::StatusCode code = absl::StatusCode::kOk;
    const char* reason = "";
    const char* says = "";
  };
  const std::vector<Row> rows = {
      {FileUnsafe("/k"), absl::StatusCode::kPermissionDenied, "FILE_UNSAFE", "chmod 600 /k"},
      {SealKeyInvalid("it is short"), absl::StatusCode::kInvalidArgument, "SEAL_KEY_INVALID",
       "base64"},
      {RegionUnknown("xx", "eu, us"), absl::StatusCode::kInvalidArgument, "REGION_UNKNOWN",
       "eu, us"},
      {ScopeMissing("ZohoMeeting.user.READ"), absl::StatusCode::kPermissionDenied, "SCOPE_MISSING",
       "reconnect it with that scope"},
      {ZohoPermissionDenied({403, "1009", "Invalid org admin"}, "Only administrators may."),
       absl::StatusCode::kPermissionDenied, "ZOHO_PERMISSION_DENIED", "Only administrators may."},
      {ZohoObjectNotFound({400, "4000", "The meeting key is invalid."}, ""),
       absl::StatusCode::kNotFound, "ZOHO_OBJECT_NOT_FOUND", "(code 4000)"},
      {ReauthorizationRequired("acc_1"), absl::StatusCode::kFailedPrecondition,
       "REAUTHORIZATION_REQUIRED", "reconnect"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(row.status, AllOf(StatusIs(row.code), HasReason(row.reason)));
    EXPECT_THAT(std::string(row.status.message()), HasSubstr(row.says));
  }
}

}  // namespace
}  // namespace mesh
