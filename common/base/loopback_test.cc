#include "common/base/loopback.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(IsLoopback, KnowsNamesAndAddresses) {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.9.8.7", "::1", "[::1]"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"", "localhost.evil.example", "127.0.0.1.evil.example", "128.0.0.1",
                           "::2", "[", "0.0.0.0", "meeting.zoho.com"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace mesh
