#include "common/base/traceparent.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

constexpr char kValid[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(ValidTraceparent, KeepsAValidOne) { EXPECT_EQ(ValidTraceparent(kValid), kValid); }

TEST(ValidTraceparent, DropsEverythingElse) {
  for (const char* value : {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nx: y",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-001"}) {
    EXPECT_EQ(ValidTraceparent(value), "") << value;
  }
}

}  // namespace
}  // namespace mesh
