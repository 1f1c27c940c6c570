// One JSON object a line on stderr: time, level, event, and the fields of the event.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/secret.h"

namespace mesh {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One fact about an event. A Secret shows as `[redacted]`, a Status as `CODE: message`, a duration
// as seconds.
class LogField {
 public:
  LogField(absl::string_view name, absl::string_view value)
      : name_(name), value_(std::string(value)) {}
  LogField(absl::string_view name, const std::string& value) : name_(name), value_(value) {}
  LogField(absl::string_view name, const char* value) : name_(name), value_(std::string(value)) {}
  LogField(absl::string_view name, const Secret&) : name_(name), value_(Secret::kRedacted) {}
  LogField(absl::string_view name, bool value) : name_(name), value_(value) {}
  LogField(absl::string_view name, int value) : name_(name), value_(int64_t{value}) {}
  LogField(absl::string_view name, int64_t value) : name_(name), value_(value) {}
  LogField(absl::string_view name, uint64_t value)
      : name_(name), value_(static_cast<int64_t>(value)) {}
  LogField(absl::string_view name, double value) : name_(name), value_(value) {}
  LogField(absl::string_view name, absl::Duration value)
      : name_(name), value_(absl::ToDoubleSeconds(value)) {}
  LogField(absl::string_view name, const absl::Status& value)
      : name_(name), value_(value.ToString(absl::StatusToStringMode::kWithNoExtraData)) {}

  absl::string_view name() const { return name_; }
  const std::variant<std::string, bool, int64_t, double>& value() const { return value_; }

 private:
  absl::string_view name_;
  std::variant<std::string, bool, int64_t, double> value_;
};

// Below `level` nothing is written. At start-up, `info`. Thread-safe.
void SetLogLevel(LogLevel level);

// `debug`, `info`, `warning` or `error`. Fails with INVALID_ARGUMENT (`FIELD_INVALID`).
absl::Status SetLogLevel(absl::string_view level);

// Writes one line. `event` is a constant in words, for example "token refreshed"; what varies goes
// into the fields. Thread-safe; does not wait for the reader of stderr: when it lags by thousands
// of lines the oldest are dropped.
void Log(LogLevel level, absl::string_view event, std::initializer_list<LogField> fields = {});

inline void LogDebug(absl::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kDebug, event, fields);
}
inline void LogInfo(absl::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, event, fields);
}
inline void LogWarning(absl::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, event, fields);
}
inline void LogError(absl::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, event, fields);
}

// Writes what is queued and stops: later lines are dropped. Call last, before the process ends.
void StopLog();

}  // namespace mesh
