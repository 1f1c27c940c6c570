#include "services/zoho_proxy/settings.h"

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/config.h"

namespace mesh::zoho_proxy {

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
  if (config.http_threads() < 0) return FieldInvalid("http_threads", "must not be negative");
  if (config.http_threads() > 0) settings.http.threads = config.http_threads();
  if (config.max_response_bytes() < 0) {
    return FieldInvalid("max_response_bytes", "must not be negative");
  }
  if (config.max_response_bytes() > 0) {
    settings.max_response_bytes = static_cast<size_t>(config.max_response_bytes());
  }
  if (config.max_result_bytes() < 0)
    return FieldInvalid("max_result_bytes", "must not be negative");
  if (config.max_result_bytes() > 0) {
    settings.call.max_result_bytes = static_cast<size_t>(config.max_result_bytes());
  }
  return settings;
}

}  // namespace mesh::zoho_proxy
