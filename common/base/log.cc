#include "common/base/log.h"

#include <atomic>
#include <memory>
#include <string>
#include <variant>

#include "absl/time/clock.h"
#include <nlohmann/json.hpp>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "common/base/errors.h"

namespace mesh {
namespace {

constexpr size_t kQueuedLines = 8192;

struct Output {
  std::shared_ptr<spdlog::details::thread_pool> pool =
      std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1);
  std::shared_ptr<spdlog::async_logger> logger = std::make_shared<spdlog::async_logger>(
      "mesh", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool,
      spdlog::async_overflow_policy::overrun_oldest);
  std::atomic<bool> stopped = false;
};

// Never destroyed: threads may log while the process ends.
Output& TheOutput() {
  static Output* output = [] {
    auto* made = new Output;
    made->logger->set_pattern("%v");
    made->logger->flush_on(spdlog::level::debug);
    return made;
  }();
  return *output;
}

struct Level {
  const char* name;
  spdlog::level::level_enum spdlog;
};

// By LogLevel.
constexpr Level kLevels[] = {{"debug", spdlog::level::debug},
                             {"info", spdlog::level::info},
                             {"warning", spdlog::level::warn},
                             {"error", spdlog::level::err}};

const Level& Of(LogLevel level) { return kLevels[static_cast<int>(level)]; }

}  // namespace

void SetLogLevel(LogLevel level) { TheOutput().logger->set_level(Of(level).spdlog); }

absl::Status SetLogLevel(absl::string_view level) {
  for (const Level& row : kLevels) {
    if (level != row.name) continue;
    TheOutput().logger->set_level(row.spdlog);
    return absl::OkStatus();
  }
  return FieldInvalid("log_level", "must be debug, info, warning or error", "info");
}

void Log(LogLevel level, absl::string_view event, std::initializer_list<LogField> fields) {
  Output& output = TheOutput();
  if (output.stopped || !output.logger->should_log(Of(level).spdlog)) return;
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  line["level"] = Of(level).name;
  line["event"] = std::string(event);
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { line[std::string(field.name())] = value; }, field.value());
  }
  // Bytes that are no UTF-8 become U+FFFD: a line is never lost to what it reports.
  const std::string text =
      line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  output.logger->log(Of(level).spdlog, spdlog::string_view_t(text));
}

void StopLog() {
  Output& output = TheOutput();
  if (!output.stopped.exchange(true)) output.pool.reset();  // Joins after what is queued.
}

}  // namespace mesh
