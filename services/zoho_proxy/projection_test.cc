#include "services/zoho_proxy/projection.h"

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

TEST(Projection, NothingNamedMeansEverything) {
  ASSERT_OK_AND_ASSIGN(const Projection fields, Projection::Parse(" "));
  EXPECT_TRUE(fields.everything());
  EXPECT_NE(fields.Member("topic"), nullptr);
}

TEST(Projection, NamesReachIntoObjects) {
  ASSERT_OK_AND_ASSIGN(const Projection fields,
                       Projection::Parse("topic, license.edition,license.enabled"));
  EXPECT_TRUE(fields.Member("topic")->everything());
  EXPECT_EQ(fields.Member("agenda"), nullptr);
  const Projection* license = fields.Member("license");
  ASSERT_NE(license, nullptr);
  EXPECT_NE(license->Member("edition"), nullptr);
  EXPECT_NE(license->Member("enabled"), nullptr);
  EXPECT_EQ(license->Member("seats"), nullptr);
}

TEST(Projection, ATimeBringsWhatTheMeshWritesBesideIt) {
  ASSERT_OK_AND_ASSIGN(const Projection fields, Projection::Parse("startTime"));
  EXPECT_NE(fields.Member("startTimeRfc3339"), nullptr);
  EXPECT_EQ(fields.Member("endTimeRfc3339"), nullptr);
  EXPECT_EQ(fields.Member("Rfc3339"), nullptr);
  ASSERT_OK_AND_ASSIGN(const Projection alone, Projection::Parse("startTimeRfc3339"));
  EXPECT_EQ(alone.Member("startTime"), nullptr);
}

TEST(Projection, AnEmptyNameIsRefused) {
  for (const char* text : {",", "a,,b", "a.", ".a", "a..b"}) {
    EXPECT_THAT(Projection::Parse(text), HasReason("ARGUMENT_INVALID")) << text;
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy
