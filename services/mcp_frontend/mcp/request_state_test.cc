#include "services/mcp_frontend/mcp/request_state.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/secret.h"

namespace mesh::mcp {
namespace {

RequestStates States(char key = 'k') {
  return RequestStates(*Sealer::Create(Secret(std::string(32, key))));
}

TEST(RequestStates, ComeBackToWhatTheyAreAbout) {
  const absl::Time now = absl::FromUnixSeconds(1'000'000);
  const std::string sealed = States().Seal("a:b\n", "server\ntools/call", now);
  EXPECT_EQ(States().Open(sealed, "server\ntools/call", now + absl::Minutes(9)), "a:b\n");
}

TEST(RequestStates, OpenForNothingElse) {
  const absl::Time now = absl::FromUnixSeconds(1'000'000);
  const std::string sealed = States().Seal("state", "one", now);
  EXPECT_FALSE(States().Open(sealed, "another", now).has_value());
  EXPECT_FALSE(States('x').Open(sealed, "one", now).has_value());
  EXPECT_FALSE(States().Open(sealed + "A", "one", now).has_value());
  EXPECT_FALSE(States().Open("", "one", now).has_value());
  EXPECT_FALSE(States().Open("not base64!", "one", now).has_value());
}

TEST(RequestStates, AreOldAfterTenMinutes) {
  const absl::Time now = absl::FromUnixSeconds(1'000'000);
  const std::string sealed = States().Seal("state", "one", now);
  EXPECT_TRUE(States().Open(sealed, "one", now + absl::Minutes(10)).has_value());
  EXPECT_FALSE(
      States().Open(sealed, "one", now + absl::Minutes(10) + absl::Seconds(1)).has_value());
}

TEST(RequestStates, DifferThoughTheyMeanTheSame) {
  const absl::Time now = absl::FromUnixSeconds(1'000'000);
  EXPECT_NE(States().Seal("state", "one", now), States().Seal("state", "one", now));
}

}  // namespace
}  // namespace mesh::mcp
