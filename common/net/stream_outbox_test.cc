#include "common/net/stream_outbox.h"

#include <string>

#include <gtest/gtest.h>

namespace mesh::net {
namespace {

using Result = StreamOutbox::Result;

TEST(StreamOutbox, FramesChunksAndTheEnd) {
  StreamOutbox outbox(100, true);

  EXPECT_EQ(outbox.Write(absl::Cord("hello")), Result::kFlush);
  EXPECT_EQ(outbox.Write(absl::Cord("")), Result::kQueued);
  EXPECT_EQ(outbox.Write(absl::Cord("a longer text than 15")), Result::kQueued);
  EXPECT_EQ(outbox.Close(), Result::kQueued);

  const StreamOutbox::Taken taken = outbox.Take(0);
  EXPECT_EQ(taken.bytes, "5\r\nhello\r\n15\r\na longer text than 15\r\n0\r\n\r\n");
  EXPECT_TRUE(taken.last);
  EXPECT_EQ(outbox.Write(absl::Cord("late")), Result::kShut);
}

TEST(StreamOutbox, PassesBytesAsTheyAreWithoutFraming) {
  StreamOutbox outbox(100, false);

  outbox.Write(absl::Cord("a"));
  EXPECT_EQ(outbox.Take(0).bytes, "a");
  EXPECT_EQ(outbox.Close(), Result::kFlush);
  EXPECT_EQ(outbox.Take(0).bytes, "");
}

TEST(StreamOutbox, CountsWhatIsTakenButNotSent) {
  StreamOutbox outbox(10, false);

  EXPECT_EQ(outbox.Write(absl::Cord("123456")), Result::kFlush);
  outbox.Take(0);
  outbox.SetUnsent(3);
  EXPECT_EQ(outbox.Write(absl::Cord("1234567")), Result::kFlush);
  EXPECT_EQ(outbox.Write(absl::Cord("1")), Result::kTooFull);

  EXPECT_EQ(outbox.Take(0).bytes, "");
  EXPECT_EQ(outbox.Write(absl::Cord("1")), Result::kShut);
  EXPECT_EQ(outbox.Close(), Result::kShut);
}

}  // namespace
}  // namespace mesh::net
