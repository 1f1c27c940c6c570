// Every error of the mesh by name. The reason (ACCOUNT_NOT_FOUND) is API; the message says what is
// wrong, where, and how to mend it, and may change. Messages never hold a secret.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh {

// The machine-readable part, carried as a payload of the status and, in gRPC, as
// mesh.error.v1.ErrorDetail.
struct ErrorDetail {
  std::string reason = {};
  std::map<std::string, std::string> metadata = {};
  std::optional<absl::Duration> retry_after = {};
};

// An error with its detail. For this file's functions and for converters; elsewhere call an error
// by name.
absl::Status MakeError(absl::StatusCode code, absl::string_view message, const ErrorDetail& detail);

// nullopt where the status carries none, as those of libraries do.
std::optional<ErrorDetail> GetErrorDetail(const absl::Status& status);

// The reason, or an empty string.
std::string ErrorReason(const absl::Status& status);

// How something ended, as logs of events have it: `ok`, else the reason, `INTERNAL` where there is
// none.
std::string OutcomeOf(const absl::Status& status);

// --- Anything

// INVALID_ARGUMENT `FIELD_INVALID`: `field` of a request or a configuration. `rule` completes
// "<field> …", for example "must be a time in the future". `example` may be empty.
absl::Status FieldInvalid(absl::string_view field, absl::string_view rule,
                          absl::string_view example = {});

// INVALID_ARGUMENT `PAGE_TOKEN_INVALID`.
absl::Status PageTokenInvalid();

// RESOURCE_EXHAUSTED `OVERLOADED`, retry after a second: this service's queue is full.
absl::Status Overloaded();

// DEADLINE_EXCEEDED `DEADLINE_EXCEEDED`: the caller's time is over. `doing` completes "Timed out
// while …".
absl::Status TimedOut(absl::string_view doing);

// CANCELLED `CANCELLED`: the caller has gone.
absl::Status CallerGone();

// UNAVAILABLE `SERVICE_UNAVAILABLE`: another service of the mesh does not answer.
absl::Status ServiceUnavailable(absl::string_view service, absl::string_view why);

// INTERNAL `INTERNAL`: a bug. `what` is for the log; callers at the edge replace the message.
absl::Status Internal(absl::string_view what);

// --- Files and keys

absl::Status FileUnreadable(absl::string_view path,
                            absl::string_view why);  // NOT_FOUND `FILE_UNREADABLE`
absl::Status FileUnwritable(absl::string_view path,
                            absl::string_view why);  // UNAVAILABLE `FILE_UNWRITABLE`
absl::Status FileUnsafe(
    absl::string_view path);  // PERMISSION_DENIED `FILE_UNSAFE`: readable by all
absl::Status SealKeyInvalid(absl::string_view why);  // INVALID_ARGUMENT `SEAL_KEY_INVALID`
absl::Status SealBroken();                           // INVALID_ARGUMENT `SEAL_BROKEN`
absl::Status AddressUnusable(absl::string_view address,
                             absl::string_view why);  // UNAVAILABLE `ADDRESS_UNUSABLE`

// INVALID_ARGUMENT `CERTIFICATE_INVALID`. `why` completes "<file> …", for example "has expired".
absl::Status CertificateInvalid(absl::string_view file, absl::string_view why);

// PERMISSION_DENIED `PEER_NOT_ALLOWED`: another service of the mesh calls what it has no right to.
// `peer` is the name in its certificate, which may be empty.
absl::Status PeerNotAllowed(absl::string_view peer, absl::string_view method);

// --- HTTP calls

// UNAVAILABLE `NO_ANSWER`: no connection to the URL's host, or it broke. Names the host alone, as
// the rest of a URL may hold a secret. `why` completes "<host> gave no answer: …".
absl::Status NoAnswer(absl::string_view url, absl::string_view why);

// RESOURCE_EXHAUSTED `ANSWER_TOO_LONG`.
absl::Status AnswerTooLong(absl::string_view url, size_t limit_bytes);

// --- Store

absl::Status StoreUnavailable(absl::string_view why);  // UNAVAILABLE `STORE_UNAVAILABLE`

absl::Status StoreFull(absl::string_view why);  // UNAVAILABLE `STORE_FULL`: no disk space is left

// UNAVAILABLE `STORE_READ_ONLY`: for example the standby of a database.
absl::Status StoreReadOnly(absl::string_view why);

// UNAVAILABLE `STORE_LOCKED`, retry after a second: somebody else held for too long what was
// needed.
absl::Status StoreLocked(absl::string_view why);

// FAILED_PRECONDITION `STORE_IN_USE`: another auth-service serves from this SQLite file. `holder`
// says which, for example its process id.
absl::Status StoreInUse(absl::string_view path, absl::string_view holder);

// --- Catalogue

// INVALID_ARGUMENT `CATALOG_INVALID`: an OpenAPI document that cannot be served. `line` counts from
// 1; 0 where the whole file is meant.
absl::Status CatalogInvalid(absl::string_view file, int line, absl::string_view why);

// --- Integrated accounts

absl::Status AccountNotFound(absl::string_view id);  // NOT_FOUND `ACCOUNT_NOT_FOUND`
absl::Status AccountExists(absl::string_view id,
                           absl::string_view organization);  // ALREADY_EXISTS `ACCOUNT_EXISTS`

// FAILED_PRECONDITION `ORGANIZATION_DIFFERS`: a credential of `other` is offered for an account of
// `organization`.
absl::Status OrganizationDiffers(absl::string_view organization, absl::string_view other);

absl::Status RegionUnknown(absl::string_view code,
                           absl::string_view known);  // INVALID_ARGUMENT `REGION_UNKNOWN`
absl::Status OauthClientMissing(
    absl::string_view region);  // FAILED_PRECONDITION `OAUTH_CLIENT_MISSING`

// FAILED_PRECONDITION `CONNECT_INVALID`: `what` (a connect link, an answer from Zoho's consent
// page, a device's handle) was not made here, was changed, or was begun in another browser.
absl::Status ConnectInvalid(absl::string_view what);

// FAILED_PRECONDITION `CONNECT_EXPIRED`: `what` is too old.
absl::Status ConnectExpired(absl::string_view what);

// FAILED_PRECONDITION `CONNECT_USED`: `what` works once, and has, or was revoked.
absl::Status ConnectUsed(absl::string_view what);

// --- Zoho's OAuth

// PERMISSION_DENIED `CONSENT_DENIED`: the user said no on Zoho's consent page, or Zoho did.
absl::Status ConsentDenied(absl::string_view zoho_error);

// FAILED_PRECONDITION `OAUTH_CLIENT_REFUSED`: Zoho does not accept this mesh's client id or secret.
absl::Status OauthClientRefused(absl::string_view zoho_error, absl::string_view region);

// FAILED_PRECONDITION `ZOHO_HOST_UNKNOWN`: Zoho names a host that the region table does not hold,
// and that is therefore never called.
absl::Status ZohoHostUnknown(absl::string_view host);

// INVALID_ARGUMENT `GRANT_REFUSED`: a code or refresh token that somebody hands us is no good.
absl::Status GrantRefused(absl::string_view zoho_error, absl::string_view region);

// FAILED_PRECONDITION `REAUTHORIZATION_REQUIRED`: Zoho refuses the refresh token of a connected
// account.
absl::Status ReauthorizationRequired(absl::string_view account);

// RESOURCE_EXHAUSTED `OAUTH_THROTTLED`: Zoho's or our own budget of token requests is used up.
absl::Status OauthThrottled(absl::Duration retry_after, absl::string_view whose);

// --- MCP servers and API keys

absl::Status McpServerNotFound(absl::string_view id);  // NOT_FOUND `MCP_SERVER_NOT_FOUND`
absl::Status McpTokenInvalid();  // UNAUTHENTICATED `MCP_TOKEN_INVALID`: unknown, expired, deleted
absl::Status ApiKeyMissing();    // UNAUTHENTICATED `API_KEY_MISSING`
absl::Status ApiKeyInvalid();    // UNAUTHENTICATED `API_KEY_INVALID`
absl::Status RoleInsufficient(absl::string_view needed);  // PERMISSION_DENIED `ROLE_INSUFFICIENT`

// PERMISSION_DENIED `SESSION_HEADER_MISSING`: a browser's cookie alone asks for a change.
absl::Status SessionHeaderMissing();

// RESOURCE_EXHAUSTED `LOGIN_LIMITED`: too many logins have failed.
absl::Status LoginsLimited(absl::Duration retry_after);

absl::Status ApiKeyNotFound(absl::string_view id);  // NOT_FOUND `API_KEY_NOT_FOUND`

// FAILED_PRECONDITION `API_KEY_BOOTSTRAP`: the key of auth-service's configuration is changed
// there.
absl::Status ApiKeyBootstrap();

// --- Approvals

absl::Status ApprovalNotFound(absl::string_view id);  // NOT_FOUND `APPROVAL_NOT_FOUND`

// FAILED_PRECONDITION `APPROVAL_CLOSED`: it was decided or used before, or has expired. `state` is
// for example `used`.
absl::Status ApprovalClosed(absl::string_view id, absl::string_view state);

// RESOURCE_EXHAUSTED `APPROVALS_TOO_MANY`: too many are pending for this MCP server.
absl::Status ApprovalsTooMany(absl::string_view mcp_server);

// FAILED_PRECONDITION `APPROVAL_REQUIRED`: the call of `tool` waits for somebody's yes, until
// `ends` where that is known. For the model, which has to tell a person.
absl::Status ApprovalRequired(absl::string_view tool, absl::string_view id,
                              std::optional<absl::Time> ends);

// FAILED_PRECONDITION `APPROVAL_DENIED`: somebody said no to this call of `tool`.
absl::Status ApprovalDenied(absl::string_view tool, absl::string_view id);

// --- Audit

// RESOURCE_EXHAUSTED `AUDIT_SPOOL_FULL`: the database is away, and what waits for it on disk has
// reached its bound.
absl::Status AuditSpoolFull(absl::string_view path);

// --- Tools

// NOT_FOUND `TOOL_UNKNOWN`: also for one that exists and is not allowed.
absl::Status ToolUnknown(absl::string_view name);

// FAILED_PRECONDITION `SERVER_NOT_ALLOWED`: the document of `tool` names a `server` that is not
// Zoho's, or none; a Zoho account's token is sent nowhere else.
absl::Status ServerNotAllowed(absl::string_view tool, absl::string_view server);

// INVALID_ARGUMENT `ARGUMENT_INVALID`: `field` of a tool's arguments; `rule` and `example` as in
// FieldInvalid().
absl::Status ArgumentInvalid(absl::string_view field, absl::string_view rule,
                             absl::string_view example = {});

absl::Status CursorInvalid();  // INVALID_ARGUMENT `CURSOR_INVALID`

// --- Zoho Meeting

// How Zoho put it. `status` is the HTTP status, `code` and `message` stand in the body.
struct ZohoError {
  int status = 0;
  std::string code = {};
  std::string message = {};
};

absl::Status ZohoRefused(const ZohoError& error);  // INVALID_ARGUMENT `ZOHO_REFUSED`

// NOT_FOUND `ZOHO_OBJECT_NOT_FOUND`. `hint` says which tool gives the right id; may be empty.
absl::Status ZohoObjectNotFound(const ZohoError& error, absl::string_view hint);

// PERMISSION_DENIED `ZOHO_PERMISSION_DENIED`. `hint` says who may; may be empty.
absl::Status ZohoPermissionDenied(const ZohoError& error, absl::string_view hint);

// FAILED_PRECONDITION `ZOHO_TOKEN_REFUSED`: Zoho refuses a token that was refreshed a moment ago
// and is thus neither expired nor revoked: the organisation lives in another data centre than
// `region`, whose `host` was called.
absl::Status ZohoTokenRefused(absl::string_view host, absl::string_view region);

absl::Status ScopeMissing(absl::string_view scope);  // PERMISSION_DENIED `SCOPE_MISSING`

// Zoho's limits as far as an answer told them; all in requests or whole seconds.
struct RateLimitFacts {
  std::optional<int64_t> limit = {};
  std::optional<int64_t> remaining = {};
  std::optional<absl::Duration> reset = {};
};

// RESOURCE_EXHAUSTED `ZOHO_RATE_LIMITED`, metadata `ratelimit-limit`, `ratelimit-remaining`,
// `ratelimit-reset`.
absl::Status ZohoRateLimited(const RateLimitFacts& facts, absl::Duration retry_after,
                             int upstream_status);

// What ZohoRateLimited() was given, from its metadata.
RateLimitFacts RateLimitFactsOf(const ErrorDetail& detail);

absl::Status ZohoUnreachable(absl::string_view host,
                             absl::string_view why);  // UNAVAILABLE `ZOHO_UNREACHABLE`
absl::Status ZohoBroken(absl::string_view why,
                        int status);  // UNAVAILABLE `ZOHO_ERROR`: 5xx, or no JSON
absl::Status ZohoTimedOut();          // DEADLINE_EXCEEDED `ZOHO_TIMEOUT`

// UNAVAILABLE `ZOHO_CIRCUIT_OPEN`, retry after what is left of it: `host` failed so often in a row
// that nothing is sent there before `until`.
absl::Status ZohoCircuitOpen(absl::string_view host, absl::Time until, absl::Time now);

// RESOURCE_EXHAUSTED `ACCOUNT_BUSY`, retry after a second: the account has `limit` calls under way
// already, and the rest is for the others.
absl::Status AccountBusy(int limit);

// PERMISSION_DENIED `HOST_NOT_ALLOWED`: `host` is not one that may see a token of this account;
// nothing was sent.
absl::Status HostNotAllowed(absl::string_view host);

}  // namespace mesh
