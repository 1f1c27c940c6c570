// Times and durations between Abseil and protobuf's well-known types. Pure.
#pragma once

#include "absl/time/time.h"
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

namespace mesh::rpc {

// Times beyond what the other side can hold become its first or last.
absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp TimestampOf(absl::Time time);

absl::Duration DurationOf(const google::protobuf::Duration& duration);

// To the microsecond, of a finite duration.
google::protobuf::Duration ProtoDurationOf(absl::Duration duration);

}  // namespace mesh::rpc
