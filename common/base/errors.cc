#include "common/base/errors.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"

#include "mesh/error/v1/error.pb.h"

namespace mesh {
namespace {

using Code = absl::StatusCode;

constexpr char kPayload[] = "type.googleapis.com/mesh.error.v1.ErrorDetail";

int64_t WholeSeconds(absl::Duration duration) {
  return absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
}

// "<message> <hint>", without a trailing space.
std::string WithHint(absl::string_view message, absl::string_view hint) {
  return hint.empty() ? std::string(message) : absl::StrCat(message, " ", hint);
}

absl::Status InvalidField(const char* reason, absl::string_view field, absl::string_view rule,
                          absl::string_view example) {
  ErrorDetail detail{.reason = reason,
                     .metadata = {{"field", std::string(field)}, {"rule", std::string(rule)}}};
  std::string message = absl::StrCat("`", field, "` ", rule, ".");
  if (!example.empty()) {
    detail.metadata["example"] = std::string(example);
    absl::StrAppend(&message, " Example: ", example);
  }
  return MakeError(Code::kInvalidArgument, message, detail);
}

// What stands between `://`, or a user's `@`, and the path.
std::string HostOf(absl::string_view url) {
  if (const size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const size_t user = url.rfind('@'); user != url.npos) url.remove_prefix(user + 1);
  return std::string(url);
}

std::map<std::string, std::string> Metadata(const ZohoError& error) {
  return {{"zoho_status", absl::StrCat(error.status)},
          {"zoho_code", error.code},
          {"zoho_message", error.message}};
}

std::string Quote(const ZohoError& error) {
  return absl::StrCat("\"", error.message, "\"",
                      error.code.empty() ? "" : absl::StrCat(" (code ", error.code, ")"));
}

}  // namespace

absl::Status MakeError(Code code, absl::string_view message, const ErrorDetail& detail) {
  error::v1::ErrorDetail wire;
  wire.set_reason(detail.reason);
  for (const auto& [key, value] : detail.metadata) (*wire.mutable_metadata())[key] = value;
  if (detail.retry_after.has_value()) {
    wire.mutable_retry_after()->set_seconds(WholeSeconds(*detail.retry_after));
  }
  absl::Status status(code, message);
  status.SetPayload(kPayload, absl::Cord(wire.SerializeAsString()));
  return status;
}

std::optional<ErrorDetail> GetErrorDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  error::v1::ErrorDetail wire;
  if (!payload.has_value() || !wire.ParseFromString(std::string(*payload))) return std::nullopt;
  ErrorDetail detail{.reason = wire.reason()};
  detail.metadata.insert(wire.metadata().begin(), wire.metadata().end());
  if (wire.has_retry_after()) detail.retry_after = absl::Seconds(wire.retry_after().seconds());
  return detail;
}

std::string ErrorReason(const absl::Status& status) {
  std::optional<ErrorDetail> detail = GetErrorDetail(status);
  return detail.has_value() ? std::move(detail->reason) : std::string();
}

std::string OutcomeOf(const absl::Status& status) {
  if (status.ok()) return "ok";
  std::string reason = ErrorReason(status);
  return reason.empty() ? "INTERNAL" : reason;
}

absl::Status FieldInvalid(absl::string_view field, absl::string_view rule,
                          absl::string_view example) {
  return InvalidField("FIELD_INVALID", field, rule, example);
}

absl::Status PageTokenInvalid() {
  return MakeError(Code::kInvalidArgument,
                   "The page token is not one that this list gave. Start again without it.",
                   {.reason = "PAGE_TOKEN_INVALID"});
}

absl::Status Overloaded() {
  return MakeError(Code::kResourceExhausted, "The service is at its limit. Try again in a second.",
                   {.reason = "OVERLOADED", .retry_after = absl::Seconds(1)});
}

absl::Status TimedOut(absl::string_view doing) {
  return MakeError(Code::kDeadlineExceeded, absl::StrCat("Timed out while ", doing, "."),
                   {.reason = "DEADLINE_EXCEEDED"});
}

absl::Status CallerGone() {
  return MakeError(Code::kCancelled, "The caller has gone.", {.reason = "CANCELLED"});
}

absl::Status ServiceUnavailable(absl::string_view service, absl::string_view why) {
  return MakeError(
      Code::kUnavailable, absl::StrCat(service, " does not answer (", why, "). Try again shortly."),
      {.reason = "SERVICE_UNAVAILABLE", .metadata = {{"service", std::string(service)}}});
}

absl::Status Internal(absl::string_view what) {
  return MakeError(Code::kInternal, what, {.reason = "INTERNAL"});
}

absl::Status FileUnreadable(absl::string_view path, absl::string_view why) {
  return MakeError(Code::kNotFound, absl::StrCat("Cannot read ", path, ": ", why, "."),
                   {.reason = "FILE_UNREADABLE", .metadata = {{"path", std::string(path)}}});
}

absl::Status FileUnwritable(absl::string_view path, absl::string_view why) {
  return MakeError(Code::kUnavailable, absl::StrCat("Cannot write ", path, ": ", why, "."),
                   {.reason = "FILE_UNWRITABLE", .metadata = {{"path", std::string(path)}}});
}

absl::Status FileUnsafe(absl::string_view path) {
  return MakeError(
      Code::kPermissionDenied,
      absl::StrCat(path, " holds a secret and everybody may read it. Run: chmod 600 ", path),
      {.reason = "FILE_UNSAFE", .metadata = {{"path", std::string(path)}}});
}

absl::Status SealKeyInvalid(absl::string_view why) {
  return MakeError(Code::kInvalidArgument,
                   absl::StrCat("The sealing key is no good: ", why,
                                ". Make one with: head -c 32 /dev/urandom | base64"),
                   {.reason = "SEAL_KEY_INVALID"});
}

absl::Status SealBroken() {
  return MakeError(
      Code::kInvalidArgument,
      "A sealed value does not open: it was altered, moved, or sealed with another key.",
      {.reason = "SEAL_BROKEN"});
}

absl::Status AddressUnusable(absl::string_view address, absl::string_view why) {
  return MakeError(Code::kUnavailable, absl::StrCat("Cannot listen on ", address, ": ", why, "."),
                   {.reason = "ADDRESS_UNUSABLE", .metadata = {{"address", std::string(address)}}});
}

absl::Status CertificateInvalid(absl::string_view file, absl::string_view why) {
  return MakeError(Code::kInvalidArgument, absl::StrCat(file, " ", why, "."),
                   {.reason = "CERTIFICATE_INVALID", .metadata = {{"file", std::string(file)}}});
}

absl::Status PeerNotAllowed(absl::string_view peer, absl::string_view method) {
  return MakeError(
      Code::kPermissionDenied,
      absl::StrCat("The certificate of ", peer.empty() ? "the caller" : peer,
                   " gives no right to call ", method,
                   ". Rights are granted in `service.peers` of the service's configuration."),
      {.reason = "PEER_NOT_ALLOWED", .metadata = {{"method", std::string(method)}}});
}

absl::Status NoAnswer(absl::string_view url, absl::string_view why) {
  const std::string host = HostOf(url);
  return MakeError(Code::kUnavailable, absl::StrCat(host, " gave no answer: ", why, "."),
                   {.reason = "NO_ANSWER", .metadata = {{"host", host}}});
}

absl::Status AnswerTooLong(absl::string_view url, size_t limit_bytes) {
  const std::string host = HostOf(url);
  return MakeError(Code::kResourceExhausted,
                   absl::StrCat(host, " answered with more than ", limit_bytes, " bytes."),
                   {.reason = "ANSWER_TOO_LONG", .metadata = {{"host", host}}});
}

absl::Status StoreUnavailable(absl::string_view why) {
  return MakeError(Code::kUnavailable, absl::StrCat("The database does not answer: ", why, "."),
                   {.reason = "STORE_UNAVAILABLE"});
}

absl::Status StoreFull(absl::string_view why) {
  return MakeError(Code::kUnavailable,
                   absl::StrCat("The database has no space left: ", why, ". Reading still works."),
                   {.reason = "STORE_FULL"});
}

absl::Status StoreReadOnly(absl::string_view why) {
  return MakeError(Code::kUnavailable, absl::StrCat("The database takes no changes: ", why, "."),
                   {.reason = "STORE_READ_ONLY"});
}

absl::Status StoreLocked(absl::string_view why) {
  return MakeError(Code::kUnavailable,
                   absl::StrCat("The database is busy: ", why, ". Try again in a second."),
                   {.reason = "STORE_LOCKED", .retry_after = absl::Seconds(1)});
}

absl::Status StoreInUse(absl::string_view path, absl::string_view holder) {
  return MakeError(Code::kFailedPrecondition,
                   absl::StrCat("Another auth-service (", holder, ") serves from ", path,
                                ". An SQLite file has one; for several replicas use PostgreSQL: "
                                "postgres { url: \"postgres://…\" }"),
                   {.reason = "STORE_IN_USE", .metadata = {{"path", std::string(path)}}});
}

absl::Status CatalogInvalid(absl::string_view file, int line, absl::string_view why) {
  const std::string place = line > 0 ? absl::StrCat(file, ":", line) : std::string(file);
  return MakeError(Code::kInvalidArgument, absl::StrCat(place, ": ", why, "."),
                   {.reason = "CATALOG_INVALID", .metadata = {{"place", place}}});
}

absl::Status AccountNotFound(absl::string_view id) {
  return MakeError(Code::kNotFound, absl::StrCat("There is no integrated account ", id, "."),
                   {.reason = "ACCOUNT_NOT_FOUND", .metadata = {{"id", std::string(id)}}});
}

absl::Status AccountExists(absl::string_view id, absl::string_view organization) {
  return MakeError(
      Code::kAlreadyExists,
      absl::StrCat("Zoho organisation ", organization,
                   " is connected already, as integrated account ", id, "."),
      {.reason = "ACCOUNT_EXISTS",
       .metadata = {{"id", std::string(id)}, {"organization", std::string(organization)}}});
}

absl::Status OrganizationDiffers(absl::string_view organization, absl::string_view other) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat("This account is of Zoho organisation ", organization,
                   " and the credential is of ", other,
                   ". Connect that one as an account of its own."),
      {.reason = "ORGANIZATION_DIFFERS",
       .metadata = {{"organization", std::string(organization)}, {"other", std::string(other)}}});
}

absl::Status ConnectInvalid(absl::string_view what) {
  return MakeError(Code::kFailedPrecondition,
                   absl::StrCat("This ", what,
                                " is none of this mesh, or was begun in another browser. Start "
                                "over."),
                   {.reason = "CONNECT_INVALID"});
}

absl::Status ConnectExpired(absl::string_view what) {
  return MakeError(Code::kFailedPrecondition,
                   absl::StrCat("This ", what, " has expired. Start over."),
                   {.reason = "CONNECT_EXPIRED"});
}

absl::Status ConnectUsed(absl::string_view what) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat("This ", what, " works once, and was used or revoked already. Start over."),
      {.reason = "CONNECT_USED"});
}

absl::Status ConsentDenied(absl::string_view zoho_error) {
  return MakeError(
      Code::kPermissionDenied,
      absl::StrCat("Zoho did not grant access (", zoho_error,
                   "). Start over and accept on Zoho's page."),
      {.reason = "CONSENT_DENIED", .metadata = {{"zoho_error", std::string(zoho_error)}}});
}

absl::Status ApiKeyNotFound(absl::string_view id) {
  return MakeError(Code::kNotFound, absl::StrCat("There is no API key ", id, "."),
                   {.reason = "API_KEY_NOT_FOUND", .metadata = {{"id", std::string(id)}}});
}

absl::Status ApiKeyBootstrap() {
  return MakeError(Code::kFailedPrecondition,
                   "This is the bootstrap key. Change the file that bootstrap_api_key_file names, "
                   "and restart auth-service.",
                   {.reason = "API_KEY_BOOTSTRAP"});
}

absl::Status ApprovalNotFound(absl::string_view id) {
  return MakeError(Code::kNotFound, absl::StrCat("There is no approval ", id, " for this."),
                   {.reason = "APPROVAL_NOT_FOUND", .metadata = {{"id", std::string(id)}}});
}

absl::Status ApprovalClosed(absl::string_view id, absl::string_view state) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat("The approval ", id, " is ", state,
                   " and lets nothing pass. Call the tool again to ask for a new one."),
      {.reason = "APPROVAL_CLOSED",
       .metadata = {{"id", std::string(id)}, {"state", std::string(state)}}});
}

absl::Status ApprovalsTooMany(absl::string_view mcp_server) {
  return MakeError(
      Code::kResourceExhausted,
      absl::StrCat("Too many calls of ", mcp_server,
                   " wait to be approved. Have some approved or denied, or wait until they expire, "
                   "before you ask for more."),
      {.reason = "APPROVALS_TOO_MANY", .metadata = {{"mcp_server", std::string(mcp_server)}}});
}

absl::Status ApprovalRequired(absl::string_view tool, absl::string_view id,
                              std::optional<absl::Time> ends) {
  const std::string until = ends.has_value() ? absl::FormatTime(" until %Y-%m-%d %H:%M:%S UTC",
                                                                *ends, absl::UTCTimeZone())
                                             : "";
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat(tool,
                   " was not called: this call needs a person's approval. Tell the user that "
                   "an operator of the mesh can approve it",
                   until, ", in the dashboard or by POST /approval/", id,
                   "/approve of the management API. Call the tool again, with exactly the same "
                   "arguments, only when the user says that it is approved."),
      {.reason = "APPROVAL_REQUIRED",
       .metadata = {{"id", std::string(id)}, {"tool", std::string(tool)}}});
}

absl::Status ApprovalDenied(absl::string_view tool, absl::string_view id) {
  return MakeError(Code::kFailedPrecondition,
                   absl::StrCat(tool, " was not called: a person denied this call (approval ", id,
                                "). Do not repeat it; ask the user how to go on."),
                   {.reason = "APPROVAL_DENIED",
                    .metadata = {{"id", std::string(id)}, {"tool", std::string(tool)}}});
}

absl::Status AuditSpoolFull(absl::string_view path) {
  return MakeError(Code::kResourceExhausted,
                   absl::StrCat("The database does not take audit events, and ", path,
                                " has reached its bound. Bring the database back."),
                   {.reason = "AUDIT_SPOOL_FULL"});
}

absl::Status RegionUnknown(absl::string_view code, absl::string_view known) {
  return MakeError(Code::kInvalidArgument,
                   absl::StrCat("There is no Zoho region \"", code, "\". Known: ", known, "."),
                   {.reason = "REGION_UNKNOWN", .metadata = {{"field", "region"}}});
}

absl::Status OauthClientMissing(absl::string_view region) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat("No OAuth client is configured for region ", region,
                   ". Register one in Zoho's API console and add it to `oauth_clients`."),
      {.reason = "OAUTH_CLIENT_MISSING", .metadata = {{"region", std::string(region)}}});
}

absl::Status OauthClientRefused(absl::string_view zoho_error, absl::string_view region) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat("Zoho refused this mesh's OAuth client in region ", region, ": ", zoho_error,
                   ". Check client id and secret in `oauth_clients`, and that the client is "
                   "enabled for this data centre."),
      {.reason = "OAUTH_CLIENT_REFUSED",
       .metadata = {{"zoho_error", std::string(zoho_error)}, {"region", std::string(region)}}});
}

absl::Status ZohoHostUnknown(absl::string_view host) {
  return MakeError(Code::kFailedPrecondition,
                   absl::StrCat("Zoho keeps this organisation at \"", host,
                                "\", which is in no region of this mesh. If it is Zoho's, add "
                                "it under `regions`."),
                   {.reason = "ZOHO_HOST_UNKNOWN", .metadata = {{"host", std::string(host)}}});
}

absl::Status GrantRefused(absl::string_view zoho_error, absl::string_view region) {
  return MakeError(
      Code::kInvalidArgument,
      absl::StrCat("Zoho refused the credential in region ", region, ": ", zoho_error,
                   ". It may be used, expired, or belong to another region or client."),
      {.reason = "GRANT_REFUSED",
       .metadata = {{"zoho_error", std::string(zoho_error)}, {"region", std::string(region)}}});
}

absl::Status ReauthorizationRequired(absl::string_view account) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat("Zoho no longer accepts the grant of integrated account ", account,
                   ". Ask an operator of this mesh to reconnect it."),
      {.reason = "REAUTHORIZATION_REQUIRED", .metadata = {{"account", std::string(account)}}});
}

absl::Status OauthThrottled(absl::Duration retry_after, absl::string_view whose) {
  return MakeError(Code::kResourceExhausted,
                   absl::StrCat("Too many access tokens were requested (", whose,
                                "). Try again in ", WholeSeconds(retry_after), " seconds."),
                   {.reason = "OAUTH_THROTTLED", .retry_after = retry_after});
}

absl::Status McpServerNotFound(absl::string_view id) {
  return MakeError(Code::kNotFound,
                   absl::StrCat("There is no MCP server ", id, " on this account."),
                   {.reason = "MCP_SERVER_NOT_FOUND", .metadata = {{"id", std::string(id)}}});
}

absl::Status McpTokenInvalid() {
  return MakeError(Code::kUnauthenticated, "This MCP URL is not known.",
                   {.reason = "MCP_TOKEN_INVALID"});
}

absl::Status ApiKeyMissing() {
  return MakeError(Code::kUnauthenticated,
                   "Send an API key: `Authorization: Bearer <key>` or `x-api-key: <key>`.",
                   {.reason = "API_KEY_MISSING"});
}

absl::Status ApiKeyInvalid() {
  return MakeError(Code::kUnauthenticated, "This API key is not known.",
                   {.reason = "API_KEY_INVALID"});
}

absl::Status RoleInsufficient(absl::string_view needed) {
  return MakeError(Code::kPermissionDenied,
                   absl::StrCat("This needs an API key of role ", needed, "."),
                   {.reason = "ROLE_INSUFFICIENT", .metadata = {{"needed", std::string(needed)}}});
}

absl::Status SessionHeaderMissing() {
  return MakeError(
      Code::kPermissionDenied,
      "A session's cookie alone makes no change: send the header `x-mesh-session` too.",
      {.reason = "SESSION_HEADER_MISSING"});
}

absl::Status LoginsLimited(absl::Duration retry_after) {
  return MakeError(Code::kResourceExhausted,
                   absl::StrCat("Too many logins have failed. Wait ", WholeSeconds(retry_after),
                                " seconds, then try again."),
                   {.reason = "LOGIN_LIMITED", .retry_after = retry_after});
}

absl::Status ToolUnknown(absl::string_view name) {
  return MakeError(Code::kNotFound, absl::StrCat("Unknown tool: ", name),
                   {.reason = "TOOL_UNKNOWN", .metadata = {{"tool", std::string(name)}}});
}

absl::Status ServerNotAllowed(absl::string_view tool, absl::string_view server) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat("The tool ", tool, " cannot be called: its OpenAPI document names ",
                   server.empty() ? "no server" : absl::StrCat("the server ", server),
                   ", and the mesh sends a Zoho account's token to Zoho alone. Nothing was sent. "
                   "Use another tool."),
      {.reason = "SERVER_NOT_ALLOWED",
       .metadata = {{"tool", std::string(tool)}, {"server", std::string(server)}}});
}

absl::Status ArgumentInvalid(absl::string_view field, absl::string_view rule,
                             absl::string_view example) {
  return InvalidField("ARGUMENT_INVALID", field, rule, example);
}

absl::Status CursorInvalid() {
  return MakeError(Code::kInvalidArgument,
                   "`next_cursor` is not one that this tool gave for these arguments. Pass it back "
                   "unchanged with the same arguments, or leave it out to start again.",
                   {.reason = "CURSOR_INVALID", .metadata = {{"field", "next_cursor"}}});
}

absl::Status ZohoRefused(const ZohoError& error) {
  return MakeError(Code::kInvalidArgument,
                   absl::StrCat("Zoho Meeting refused the request: ", Quote(error), "."),
                   {.reason = "ZOHO_REFUSED", .metadata = Metadata(error)});
}

absl::Status ZohoObjectNotFound(const ZohoError& error, absl::string_view hint) {
  return MakeError(
      Code::kNotFound,
      WithHint(absl::StrCat("Zoho Meeting knows no such object: ", Quote(error), "."), hint),
      {.reason = "ZOHO_OBJECT_NOT_FOUND", .metadata = Metadata(error)});
}

absl::Status ZohoPermissionDenied(const ZohoError& error, absl::string_view hint) {
  return MakeError(
      Code::kPermissionDenied,
      WithHint(absl::StrCat("Zoho Meeting does not let this account do that: ", Quote(error), "."),
               hint),
      {.reason = "ZOHO_PERMISSION_DENIED", .metadata = Metadata(error)});
}

absl::Status ZohoTokenRefused(absl::string_view host, absl::string_view region) {
  return MakeError(
      Code::kFailedPrecondition,
      absl::StrCat(host, region.empty() ? "" : absl::StrCat(" (data centre ", region, ")"),
                   " refuses an access token that Zoho issued a moment ago, so that it is neither "
                   "expired nor revoked: the organisation lives in another data centre. Ask an "
                   "operator of this mesh to reconnect the account in its own region."),
      {.reason = "ZOHO_TOKEN_REFUSED",
       .metadata = {{"host", std::string(host)}, {"region", std::string(region)}}});
}

absl::Status ScopeMissing(absl::string_view scope) {
  return MakeError(Code::kPermissionDenied,
                   absl::StrCat("The account was connected without the scope ", scope,
                                ". Ask an operator of this mesh to reconnect it with that scope."),
                   {.reason = "SCOPE_MISSING", .metadata = {{"scope", std::string(scope)}}});
}

absl::Status ZohoRateLimited(const RateLimitFacts& facts, absl::Duration retry_after,
                             int upstream_status) {
  ErrorDetail detail{.reason = "ZOHO_RATE_LIMITED",
                     .metadata = {{"x-upstream-status", absl::StrCat(upstream_status)}},
                     .retry_after = retry_after};
  std::string message = absl::StrCat("Zoho Meeting's rate limit is reached. Wait ",
                                     WholeSeconds(retry_after), " seconds, then try again.");
  if (facts.limit.has_value()) detail.metadata["ratelimit-limit"] = absl::StrCat(*facts.limit);
  if (facts.remaining.has_value())
    detail.metadata["ratelimit-remaining"] = absl::StrCat(*facts.remaining);
  if (facts.reset.has_value())
    detail.metadata["ratelimit-reset"] = absl::StrCat(WholeSeconds(*facts.reset));
  return MakeError(Code::kResourceExhausted, message, detail);
}

RateLimitFacts RateLimitFactsOf(const ErrorDetail& detail) {
  const auto number = [&detail](const char* name) -> std::optional<int64_t> {
    const auto found = detail.metadata.find(name);
    int64_t value = 0;
    if (found == detail.metadata.end() || !absl::SimpleAtoi(found->second, &value)) return {};
    return value;
  };
  RateLimitFacts facts{.limit = number("ratelimit-limit"),
                       .remaining = number("ratelimit-remaining")};
  if (const auto reset = number("ratelimit-reset")) facts.reset = absl::Seconds(*reset);
  return facts;
}

absl::Status ZohoUnreachable(absl::string_view host, absl::string_view why) {
  return MakeError(
      Code::kUnavailable,
      absl::StrCat("Zoho does not answer at ", host, " (", why, "). Try again shortly."),
      {.reason = "ZOHO_UNREACHABLE", .metadata = {{"host", std::string(host)}}});
}

absl::Status ZohoBroken(absl::string_view why, int status) {
  return MakeError(
      Code::kUnavailable,
      absl::StrCat("Zoho answered with an error of its own: ", why, ". Try again shortly."),
      {.reason = "ZOHO_ERROR", .metadata = {{"zoho_status", absl::StrCat(status)}}});
}

absl::Status ZohoTimedOut() {
  return MakeError(Code::kDeadlineExceeded, "Zoho did not answer in time. Try again shortly.",
                   {.reason = "ZOHO_TIMEOUT"});
}

absl::Status ZohoCircuitOpen(absl::string_view host, absl::Time until, absl::Time now) {
  const std::string when = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", until, absl::UTCTimeZone());
  const absl::Duration left = std::max(until - now, absl::Seconds(1));
  return MakeError(
      Code::kUnavailable,
      absl::StrCat("Zoho at ", host, " failed several times in a row; nothing is sent there until ",
                   when, ". Try again in ", WholeSeconds(left), " seconds."),
      {.reason = "ZOHO_CIRCUIT_OPEN",
       .metadata = {{"host", std::string(host)}, {"until", when}},
       .retry_after = left});
}

absl::Status AccountBusy(int limit) {
  return MakeError(Code::kResourceExhausted,
                   absl::StrCat("This account has ", limit,
                                " calls under way, as many as one account may. Wait for some to "
                                "end, then try again."),
                   {.reason = "ACCOUNT_BUSY", .retry_after = absl::Seconds(1)});
}

absl::Status HostNotAllowed(absl::string_view host) {
  return MakeError(Code::kPermissionDenied,
                   absl::StrCat(host,
                                " is no host of Zoho's that this account may call; nothing was "
                                "sent. Use the path alone, or a link that Zoho gave for the "
                                "account's own data centre."),
                   {.reason = "HOST_NOT_ALLOWED", .metadata = {{"host", std::string(host)}}});
}

}  // namespace mesh
