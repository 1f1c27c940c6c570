#include "common/rpc/proto_time.h"

#include <gtest/gtest.h>

namespace mesh::rpc {
namespace {

TEST(ProtoTime, ComesBackAsItWas) {
  for (const absl::Duration since_epoch :
       {absl::ZeroDuration(), absl::Seconds(1'780'000'000) + absl::Nanoseconds(5),
        -absl::Seconds(3) - absl::Nanoseconds(7)}) {
    const absl::Time time = absl::UnixEpoch() + since_epoch;
    EXPECT_EQ(TimeOf(TimestampOf(time)), time);
  }
}

TEST(ProtoTime, KeepsNanosPositiveBeforeTheEpoch) {
  const auto timestamp = TimestampOf(absl::UnixEpoch() - absl::Milliseconds(1));

  EXPECT_EQ(timestamp.seconds(), -1);
  EXPECT_EQ(timestamp.nanos(), 999'000'000);
}

TEST(ProtoTime, CutsWhatATimestampCannotHold) {
  EXPECT_EQ(TimestampOf(absl::InfiniteFuture()).seconds(), 253'402'300'799);
  EXPECT_EQ(TimestampOf(absl::InfinitePast()).seconds(), -62'135'596'800);
}

TEST(ProtoTime, AddsSecondsAndNanosOfADuration) {
  google::protobuf::Duration duration;
  duration.set_seconds(2);
  duration.set_nanos(500'000'000);

  EXPECT_EQ(DurationOf(duration), absl::Milliseconds(2500));
}

}  // namespace
}  // namespace mesh::rpc
