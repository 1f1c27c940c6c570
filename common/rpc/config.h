// Configuration: a protobuf message in text format, from a file and the command line, read once.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <google/protobuf/message.h>

namespace google::protobuf {
class Duration;
}  // namespace google::protobuf

namespace mesh::rpc {

// Reads the flags --config=FILE and --set=TEXT (text format, laid over the file) into `config`,
// whose default instance is what is not mentioned. Prints what is wrong, with file, line and
// column, and ends the process with status 2 where it cannot be read; --help prints `usage` and
// ends it with 0.
void LoadConfigOrExit(int argc, char** argv, absl::string_view usage,
                      google::protobuf::Message& config);

template <typename Config>
Config LoadConfigOrExit(int argc, char** argv, absl::string_view usage) {
  Config config;
  LoadConfigOrExit(argc, argv, usage, config);
  return config;
}

// Lays `text` over `config`. `origin` names it in errors. Fails with INVALID_ARGUMENT
// (`FIELD_INVALID`), saying line and column.
absl::Status MergeConfig(absl::string_view text, absl::string_view origin,
                         google::protobuf::Message& config);

// The value, or `fallback` where `present` is false.
absl::Duration DurationOr(bool present, const google::protobuf::Duration& value,
                          absl::Duration fallback);

// Prints `error` and ends the process with status 2: for what is found wrong while starting.
[[noreturn]] void ExitWith(const absl::Status& error);

// The value of `result`, or ExitWith() its error.
template <typename T>
T ValueOrExit(absl::StatusOr<T> result) {
  if (!result.ok()) ExitWith(result.status());
  return *std::move(result);
}

// ExitWith() `status` where it is an error.
inline void OkOrExit(const absl::Status& status) {
  if (!status.ok()) ExitWith(status);
}

}  // namespace mesh::rpc
