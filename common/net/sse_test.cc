#include "common/net/sse.h"

#include <gtest/gtest.h>

namespace mesh::net {
namespace {

TEST(SseEvent, AlwaysNamesTheEvent) {
  EXPECT_EQ(SseEvent("message", R"({"a":1})"), "event: message\ndata: {\"a\":1}\n\n");
}

TEST(SseEvent, CarriesAnId) {
  EXPECT_EQ(SseEvent("message", "x", "7"), "event: message\nid: 7\ndata: x\n\n");
}

TEST(SseEventDeathTest, RefusesDataThatWouldEndTheEvent) {
  EXPECT_DEATH(SseEvent("message", "a\n\nevent: forged"), "CHECK failed");
  EXPECT_DEATH(SseEvent("message", "a\rb"), "CHECK failed");
}

}  // namespace
}  // namespace mesh::net
