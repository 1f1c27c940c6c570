#include "services/zoho_proxy/composite_call.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/composite_workflows.h"
#include "services/zoho_proxy/limits_proto.h"
#include "services/zoho_proxy/pagination.h"

namespace mesh::zoho_proxy {
namespace {

// Changes with the meaning of a cursor's content.
constexpr char kVersion[] = "c1 ";

// Parts that `failed` names one by one.
constexpr size_t kMaxFailures = 20;

// Kept free in an answer for what stands around its rows.
constexpr size_t kRoom = 8'192;

// Of the answer of a call underneath, which no model sees: whatever one page of Zoho's holds.
constexpr size_t kMaxPageBytes = size_t{64} << 20;

ToolCallOptions OptionsOfCalls(ToolCallOptions options) {
  options.max_result_bytes = kMaxPageBytes;
  return options;
}

// Whether an error would meet every other call of the account as well.
bool EndsAll(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

// What the status says, without what is for the operator alone.
std::string PublicMessage(absl::string_view reason, const absl::Status& status) {
  for (const char* internal : {"", "INTERNAL", "SERVICE_UNAVAILABLE", "STORE_UNAVAILABLE"}) {
    if (reason == internal) return "A service of the mesh does not answer. Try again shortly.";
  }
  return std::string(status.message());
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Parse(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

}  // namespace

struct CompositeCall::Asked {
  std::string tool;
  Arguments arguments;
  Then then;
  // Beyond the calls that one call may make.
  bool refused = false;
};

struct CompositeCall::Answered {
  Then then;
  absl::StatusOr<tools::v1::CallToolResponse> response;
};

struct CompositeCall::Parts {
  Arguments arguments;
  // Of the cursor: what the workflow begins with.
  Json state;
  Json failures = Json::array();

  // Guarded by `mu_`.
  std::deque<Asked> asked;
  std::deque<Answered> answered;
};

CompositeCall::CompositeCall(const ToolCallParts& parts, const CallContext& context,
                             std::shared_ptr<const Catalog> catalog, const Tool& tool, Done done)
    : options_(OptionsOfCalls(parts.options)),
      parts_{.upstream = parts.upstream,
             .sealer = parts.sealer,
             .clock = parts.clock,
             .options = options_},
      max_row_bytes_(parts.options.max_result_bytes -
                     std::min(kRoom, parts.options.max_result_bytes / 2)),
      arrived_(parts.clock.Now()),
      context_(context),
      catalog_(std::move(catalog)),
      tool_(tool),
      done_(std::move(done)),
      json_(std::make_unique<Parts>()),
      calls_left_(tool.composite->max_calls) {}

CompositeCall::~CompositeCall() = default;

const Arguments& CompositeCall::arguments() const { return json_->arguments; }

void CompositeCall::Start(const tools::v1::CallToolRequest& request) {
  if (absl::Status prepared = Prepare(request); !prepared.ok()) return End(std::move(prepared));
  if (absl::Status begun = workflow_->Begin(*this, json_->state); !begun.ok()) {
    return End(std::move(begun));
  }
  Pump();
}

absl::Status CompositeCall::Prepare(const tools::v1::CallToolRequest& request) {
  // What each call keeps back of it comes on top.
  context_.deadline = DeadlineOf(context_, arrived_, parts_.options);
  account_ = request.account();
  reveal_secrets_ = request.reveal_secrets();
  ASSIGN_OR_RETURN(json_->arguments, tool_.rules->Read(request.arguments_json()));
  ASSIGN_OR_RETURN(fields_, Projection::Parse(TextArgument(json_->arguments, "fields")));
  const CompositeKind* kind = FindCompositeKind(tool_.composite->workflow);
  CHECK(kind != nullptr);  // The compiler refused a tool of any other.
  workflow_ = kind->make();
  scope_ = CursorScope(tool_.listed.name(), account_, json_->arguments);
  const std::string cursor = TextArgument(json_->arguments, "next_cursor");
  if (cursor.empty()) return absl::OkStatus();
  std::string sealed;
  if (!absl::WebSafeBase64Unescape(cursor, &sealed)) return CursorInvalid();
  const absl::StatusOr<Secret> opened = parts_.sealer.Open(sealed, scope_);
  if (!opened.ok()) return CursorInvalid();
  absl::string_view text = opened->Reveal();
  if (!absl::ConsumePrefix(&text, kVersion)) return CursorInvalid();
  Json content = Parse(text);
  if (!content.is_object() || !content.contains("state")) return CursorInvalid();
  json_->state = std::move(content["state"]);
  delivered_ = content.value("delivered", size_t{0});
  return absl::OkStatus();
}

int64_t CompositeCall::PageSize(absl::string_view name) const {
  const Tool* tool = catalog_->Find(name);
  return tool != nullptr && tool->paging.has_value() ? tool->paging->max : 1;
}

void CompositeCall::Call(absl::string_view tool, Arguments arguments, Then then) {
  const std::lock_guard lock(mu_);
  const bool refused = calls_left_ == 0;
  json_->asked.push_back({std::string(tool), std::move(arguments), std::move(then), refused});
  if (!refused) --calls_left_;
}

void CompositeCall::CallPage(absl::string_view tool, Arguments arguments, int64_t number,
                             Then then) {
  const int64_t size = PageSize(tool);
  arguments["limit"] = size;
  const Tool* found = catalog_->Find(tool);
  if (number > 0 && found != nullptr && found->paging.has_value()) {
    const Paging& paging = *found->paging;
    // The scope holds the arguments as the tool reads them, defaults included.
    const absl::StatusOr<Arguments> read = found->rules->Read(arguments.dump());
    if (read.ok()) {
      Cursor cursor;
      cursor.index = paging.base + (paging.kind == Paging::Kind::kPage ? number : number * size);
      cursor.count = size;
      arguments["next_cursor"] =
          SealCursor(parts_.sealer, cursor, CursorScope(tool, account_, *read));
    }
  }
  Call(tool, std::move(arguments), std::move(then));
}

void CompositeCall::Failed(absl::string_view part, const absl::Status& why) {
  if (json_->failures.size() >= kMaxFailures) {
    ++more_failures_;
    return;
  }
  const std::string reason = ErrorReason(why);
  Json failure = {{"part", std::string(part)},
                  {"reason", reason.empty() ? absl::StatusCodeToString(why.code()) : reason},
                  {"message", PublicMessage(reason, why)}};
  const std::optional<ErrorDetail> detail = GetErrorDetail(why);
  if (detail.has_value() && detail->retry_after.has_value()) {
    failure["retry_after_seconds"] = absl::ToInt64Seconds(*detail->retry_after);
  }
  json_->failures.push_back(std::move(failure));
}

void CompositeCall::Cancel() {
  std::vector<std::weak_ptr<ToolCall>> calls;
  {
    const std::lock_guard lock(mu_);
    cancelled_ = true;
    calls.swap(calls_);
  }
  for (const std::weak_ptr<ToolCall>& call : calls) {
    if (const std::shared_ptr<ToolCall> alive = call.lock()) alive->Cancel();
  }
}

// One thread at a time runs the workflow. A call that is answered while another thread is here, or
// this one deeper in the stack, leaves its answer and goes.
void CompositeCall::Pump() {
  std::unique_lock lock(mu_);
  if (pumping_) return;
  pumping_ = true;
  for (;;) {
    if (!json_->answered.empty()) {
      Answered next = std::move(json_->answered.front());
      json_->answered.pop_front();
      --under_way_;
      lock.unlock();
      Take(std::move(next));
      lock.lock();
    } else if (!json_->asked.empty() && under_way_ < tool_.composite->concurrency) {
      Asked next = std::move(json_->asked.front());
      json_->asked.pop_front();
      ++under_way_;
      lock.unlock();
      Ask(std::move(next));
      lock.lock();
    } else {
      break;
    }
  }
  if (under_way_ > 0) {
    pumping_ = false;
    return;
  }
  // Nothing is under way and nobody else is here, nor will be: `pumping_` stays.
  lock.unlock();
  Finish();
}

void CompositeCall::Ask(Asked asked) {
  const Tool* tool = catalog_->Find(asked.tool);
  absl::Status refusal = halt_;
  if (refusal.ok() && tool == nullptr) refusal = ToolUnknown(asked.tool);
  if (refusal.ok() && tool->composite.has_value()) refusal = Internal("composites do not nest");
  if (refusal.ok() && asked.refused) refusal = Internal("the workflow asks for too much");
  tools::v1::CallToolRequest request;
  request.set_account(account_);
  request.set_tool(asked.tool);
  request.set_arguments_json(
      asked.arguments.dump(-1, ' ', false, Arguments::error_handler_t::replace));
  request.set_reveal_secrets(reveal_secrets_);
  std::shared_ptr<ToolCall> call;
  {
    const std::lock_guard lock(mu_);
    if (cancelled_) refusal = CallerGone();
    if (!refusal.ok()) {
      json_->answered.push_back({std::move(asked.then), std::move(refusal)});
      return;
    }
    call = std::make_shared<ToolCall>(
        parts_, context_, catalog_, *tool,
        [self = shared_from_this(), then = std::move(asked.then)](
            absl::StatusOr<tools::v1::CallToolResponse> response) mutable {
          {
            const std::lock_guard lock(self->mu_);
            self->json_->answered.push_back({std::move(then), std::move(response)});
          }
          self->Pump();
        });
    calls_.push_back(call);
  }
  call->Start(request);
  const std::lock_guard lock(mu_);
  // Cancel() may have come before there was anything to cancel.
  if (cancelled_) call->Cancel();
}

void CompositeCall::Take(Answered answered) {
  if (!answered.response.ok()) {
    const absl::Status& status = answered.response.status();
    if (halt_.ok() && EndsAll(status)) {
      halt_ = status;
      if (const auto limits = LimitsOf(status)) limits_ = *limits;
    }
    return answered.then(status);
  }
  if (answered.response->has_rate_limit()) KeepLimits(answered.response->rate_limit());
  Json result = Parse(answered.response->result_json());
  if (!result.is_object()) return answered.then(Internal("a tool's result is no object"));
  answered.then(std::move(result));
}

// The tightest, as the others say nothing of it.
void CompositeCall::KeepLimits(const tools::v1::RateLimit& limits) {
  if (!halt_.ok()) return;
  if (limits_.has_value() && limits_->has_remaining() &&
      (!limits.has_remaining() || limits.remaining() > limits_->remaining())) {
    return;
  }
  limits_ = limits;
}

void CompositeCall::Finish() {
  if (halt_.code() == absl::StatusCode::kCancelled) return End(CallerGone());
  absl::StatusOr<std::string> result = Result();
  if (!result.ok()) return End(result.status());
  tools::v1::CallToolResponse response;
  response.set_result_json(*std::move(result));
  if (limits_.has_value()) *response.mutable_rate_limit() = *limits_;
  End(std::move(response));
}

absl::StatusOr<std::string> CompositeCall::Result() {
  Json result;
  Json next;
  Json again;
  RETURN_IF_ERROR(workflow_->Finish(*this, {.result = result, .next = next, .again = again}));
  Json cursor;
  CutRows(result, cursor, again.is_null() ? json_->state : again);
  if (cursor.is_null() && !next.is_null()) cursor = {{"state", std::move(next)}};
  if (!cursor.is_null()) {
    result["next_cursor"] =
        absl::WebSafeBase64Escape(parts_.sealer.Seal(absl::StrCat(kVersion, Dump(cursor)), scope_));
  }
  Json& failures = json_->failures;
  if (more_failures_ > 0) {
    failures.push_back({{"part", absl::StrCat(more_failures_, " more")},
                        {"reason", failures.back()["reason"]},
                        {"message", "Failed likewise."}});
  }
  if (!failures.empty()) result["failed"] = std::move(failures);
  return Dump(result);
}

// Leaves in `results` what was not handed on yet, of it as much as an answer holds, and of each row
// the wanted fields. `cursor` leads to the rest, where there is some. A row that is too long for an
// answer of its own is left out.
void CompositeCall::CutRows(Json& result, Json& cursor, const Json& again) {
  const Json rows = std::move(result["results"]);
  Json taken = Json::array();
  const size_t from = std::min(delivered_, rows.size());
  size_t row = from;
  size_t bytes = 0;
  size_t left_out = 0;
  for (; row < rows.size(); ++row) {
    Json wanted = Project(rows[row], fields_);
    const size_t size = Dump(wanted).size() + 1;
    if (size > max_row_bytes_) {
      ++left_out;
      continue;
    }
    if (bytes + size > max_row_bytes_) break;
    bytes += size;
    taken.push_back(std::move(wanted));
  }
  result["results"] = std::move(taken);
  if (left_out > 0) {
    result["note"] = absl::StrCat("Rows left out, as each alone is too long: ", left_out,
                                  ". To get them name the `fields` you need.");
  }
  if (row == rows.size()) return;
  cursor = {{"state", again}, {"delivered", row}};
  result["note"] =
      absl::StrCat("Cut after ", row - from,
                   " rows, as the answer grew too long. To get the rest pass `next_cursor` back; "
                   "to get more rows at once name the `fields` you need.");
}

void CompositeCall::End(absl::StatusOr<tools::v1::CallToolResponse> response) {
  std::move(done_)(std::move(response));
}

}  // namespace mesh::zoho_proxy
