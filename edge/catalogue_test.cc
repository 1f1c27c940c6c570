#include "edge/catalogue.h"

#include <gtest/gtest.h>

#include "edge/fake_services.h"

namespace mesh::edge {
namespace {

using tools::v1::Tool;
using tools::v1::ToolService;

constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr CatalogueWatch::Options kFast{.interval = absl::Milliseconds(10),
                                        .first_interval = absl::Milliseconds(10)};

TEST(CatalogueWatch, HasNoneUntilTheServiceAnswers) {
  FakeBackends backends;
  backends.StopZohoProxy();
  const auto stub = ToolService::NewStub(backends.zoho_proxy());
  CatalogueWatch watch(*stub, kFast);
  EXPECT_EQ(watch.AwaitOther("", absl::Milliseconds(50)), nullptr);
}

TEST(CatalogueWatch, TakesUpEachNewCatalogue) {
  FakeBackends backends;
  backends.tools.SetTools("d1", {FakeTool("a", Tool::LIST, {}), FakeTool("b", Tool::GET, {})});
  const auto stub = ToolService::NewStub(backends.zoho_proxy());
  CatalogueWatch watch(*stub, kFast);
  const auto first = watch.AwaitOther("", kPatience);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->tools().size(), 2);
  EXPECT_EQ(first->Find("b")->method(), Tool::GET);
  EXPECT_EQ(first->Find("c"), nullptr);

  backends.tools.SetTools("d2", {FakeTool("c", Tool::LIST, {})});
  const auto second = watch.AwaitOther("d1", kPatience);
  ASSERT_NE(second, nullptr);
  EXPECT_NE(second->Find("c"), nullptr);
  EXPECT_EQ(second->Find("a"), nullptr);
  EXPECT_NE(first->Find("a"), nullptr);  // Who holds the old one goes on with it.
}

TEST(CatalogueWatch, KeepsWhatItHasWhileTheServiceIsAway) {
  FakeBackends backends;
  backends.tools.SetTools("d1", {FakeTool("a", Tool::LIST, {})});
  const auto stub = ToolService::NewStub(backends.zoho_proxy());
  CatalogueWatch watch(*stub, kFast);
  ASSERT_NE(watch.AwaitOther("", kPatience), nullptr);

  backends.StopZohoProxy();
  EXPECT_EQ(watch.AwaitOther("d1", absl::Milliseconds(100))->digest(), "d1");
}

}  // namespace
}  // namespace mesh::edge
