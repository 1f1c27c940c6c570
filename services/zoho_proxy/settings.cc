#include "services/zoho_proxy/settings.h"

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/config.h"

namespace mesh::zoho_proxy {
namespace {

// `setting` where it is set, which is to be above zero.
absl::Status ReadCount(const char* field, int value, int& setting) {
  if (value < 0) return FieldInvalid(field, "must not be negative");
  if (value > 0) setting = value;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings> ReadSettings(const config::v1::ZohoProxyConfig& config) {
  Settings settings;
  if (config.auth_service().empty()) {
    return FieldInvalid("auth_service", "is required", "\"127.0.0.1:50051\"");
  }
  if (config.catalogs().empty()) {
    return FieldInvalid("catalogs", "must name at least one folder",
                        "\"services/zoho_proxy/catalog/zoho_meeting\"");
  }
  settings.catalogs.assign(config.catalogs().begin(), config.catalogs().end());
  if (!config.service().log_level().empty()) {
    RETURN_IF_ERROR(SetLogLevel(config.service().log_level()));
  }
  settings.call.call_timeout =
      rpc::DurationOr(config.has_call_timeout(), config.call_timeout(), settings.call.call_timeout);
  settings.call.assumed_lock =
      rpc::DurationOr(config.has_assumed_lock(), config.assumed_lock(), settings.call.assumed_lock);
  settings.http.connect_timeout = rpc::DurationOr(
      config.has_connect_timeout(), config.connect_timeout(), settings.http.connect_timeout);
  settings.http.ca_file = config.ca_file();
  if (!config.ca_file().empty()) RETURN_IF_ERROR(ReadFile(config.ca_file()).status());
  settings.upstream.assumed_lock = settings.call.assumed_lock;
  RETURN_IF_ERROR(ReadCount("http_threads", config.http_threads(), settings.http.threads));
  RETURN_IF_ERROR(ReadCount("max_pages", config.max_pages(), settings.call.max_pages));
  RETURN_IF_ERROR(ReadCount("account_calls_in_flight", config.account_calls_in_flight(),
                            settings.upstream.gate.account_in_flight));
  RETURN_IF_ERROR(
      ReadCount("calls_in_flight", config.calls_in_flight(), settings.upstream.gate.in_flight));
  if (config.calls_waiting() < 0) return FieldInvalid("calls_waiting", "must not be negative");
  if (config.has_calls_waiting()) settings.upstream.gate.waiting = config.calls_waiting();
  RETURN_IF_ERROR(
      ReadCount("circuit_failures", config.circuit_failures(), settings.upstream.breaker.failures));
  settings.extra_hosts.assign(config.extra_hosts().begin(), config.extra_hosts().end());
  if (config.max_response_bytes() < 0) {
    return FieldInvalid("max_response_bytes", "must not be negative");
  }
  if (config.max_response_bytes() > 0) {
    settings.upstream.max_response_bytes = static_cast<size_t>(config.max_response_bytes());
  }
  if (config.max_result_bytes() < 0)
    return FieldInvalid("max_result_bytes", "must not be negative");
  if (config.max_result_bytes() > 0) {
    settings.call.max_result_bytes = static_cast<size_t>(config.max_result_bytes());
  }
  return settings;
}

}  // namespace mesh::zoho_proxy
