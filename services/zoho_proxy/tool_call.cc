#include "services/zoho_proxy/tool_call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/projection.h"
#include "services/zoho_proxy/request_builder.h"

namespace mesh::zoho_proxy {
namespace {

// Nobody knows whether a write without an answer was carried out: to try it again may do it twice.
absl::Status OfAWrite(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value()) return status;
  for (const char* sent : {"ZOHO_ERROR", "ZOHO_TIMEOUT", "ZOHO_UNREACHABLE"}) {
    if (detail->reason != sent) continue;
    absl::string_view message = status.message();
    absl::ConsumeSuffix(&message, " Try again shortly.");
    return MakeError(status.code(),
                     absl::StrCat(message,
                                  " It may have been carried out all the same: look whether it was "
                                  "before you try again."),
                     *detail);
  }
  return status;
}

}  // namespace

absl::Time DeadlineOf(const CallContext& context, absl::Time now, const ToolCallOptions& options) {
  const absl::Duration margin = std::min((context.deadline - now) / 10, absl::Milliseconds(200));
  return std::min(context.deadline - margin, now + options.call_timeout);
}

ToolCall::ToolCall(const ToolCallParts& parts, const CallContext& context,
                   std::shared_ptr<const Catalog> catalog, const Tool& tool, Done done)
    : parts_(parts),
      context_(context),
      catalog_(std::move(catalog)),
      tool_(tool),
      done_(std::move(done)) {}

ToolCall::~ToolCall() = default;

void ToolCall::Start(const tools::v1::CallToolRequest& request) {
  if (absl::Status prepared = Prepare(request); !prepared.ok()) return Finish(prepared);
  Ask();
}

absl::Status ToolCall::Prepare(const tools::v1::CallToolRequest& request) {
  const absl::Time now = parts_.clock.Now();
  context_.deadline = DeadlineOf(context_, now, parts_.options);
  account_ = request.account();
  ASSIGN_OR_RETURN(Arguments arguments, tool_.rules->Read(request.arguments_json()));
  ASSIGN_OR_RETURN(Projection fields, Projection::Parse(TextArgument(arguments, "fields")));
  if (tool_.paging.has_value()) {
    cursor_scope_ = CursorScope(tool_.listed.name(), account_, arguments);
    std::optional<Cursor> cursor;
    if (const std::string text = TextArgument(arguments, "next_cursor"); !text.empty()) {
      ASSIGN_OR_RETURN(cursor, OpenCursor(parts_.sealer, text, cursor_scope_));
    }
    pager_.emplace(*tool_.paging, arguments.at("limit").get<int64_t>(), cursor);
  }
  arguments_ = std::make_unique<Arguments>(std::move(arguments));
  writer_ =
      std::make_unique<ResultWriter>(ResultOptions{.fields = std::move(fields),
                                                   .reveal_secrets = request.reveal_secrets(),
                                                   .max_bytes = parts_.options.max_result_bytes});
  return absl::OkStatus();
}

void ToolCall::Cancel() {
  std::shared_ptr<Upstream::Call> asking;
  {
    const std::lock_guard lock(mu_);
    cancelled_ = true;
    asking = asking_.lock();
  }
  if (asking != nullptr) asking->Cancel();
}

void ToolCall::Ask() {
  int number = 0;
  {
    const std::lock_guard lock(mu_);
    number = ++asks_;
  }
  const std::optional<PageQuery> page = pager_.has_value() ? pager_->query() : std::nullopt;
  std::shared_ptr<Upstream::Call> asking = parts_.upstream.Send(
      context_, account_,
      [self = shared_from_this(), page](const Lease& lease) {
        return self->link_.has_value() ? BuildFileRequest(self->tool_, *self->link_, lease)
                                       : BuildRequest(self->tool_, *self->arguments_, lease, page);
      },
      [self = shared_from_this()](absl::StatusOr<UpstreamAnswer> answer) {
        self->Answered(std::move(answer));
      });
  {
    const std::lock_guard lock(mu_);
    // The answer may have come already, and the next page have been asked for.
    if (number == asks_) asking_ = asking;
    if (!cancelled_) return;
  }
  asking->Cancel();
}

void ToolCall::Answered(absl::StatusOr<UpstreamAnswer> answer) {
  if (answer.ok() && FollowsLink(answer->response)) return Ask();
  const absl::Status read = answer.ok() ? Read(answer->response) : answer.status();
  if (pager_.has_value()) {
    // What was read of earlier pages is worth more than the error of this one.
    const bool keep = rows_ > 0 && read.code() != absl::StatusCode::kCancelled;
    if (!read.ok() && !keep) return Finish(read);
    if (read.ok() && !pager_->done()) return Ask();
    return FinishList(read);
  }
  if (!read.ok()) Finish(tool_.listed.read_only() ? read : OfAWrite(read));
}

// A file is a link or two away. Each is checked like the argument.
bool ToolCall::FollowsLink(const net::HttpResponse& response) {
  constexpr int kMaxLinks = 3;
  const bool moved = response.status >= 300 && response.status < 400;
  const std::optional<absl::string_view> location = response.headers.Get("Location");
  if (tool_.url_argument.empty() || !moved || !location.has_value() || links_ >= kMaxLinks) {
    return false;
  }
  ++links_;
  const std::string from = link_.value_or(TextArgument(*arguments_, tool_.url_argument));
  link_ = net::ResolveUrl(from, *location);
  return true;
}

absl::Status ToolCall::Read(const net::HttpResponse& response) {
  ASSIGN_OR_RETURN(const Answer answer,
                   Answer::Read(tool_, response, parts_.clock.Now(),
                                {.assumed_lock = parts_.options.assumed_lock,
                                 .max_file_bytes = parts_.options.max_result_bytes}));
  limits_ = answer.limits().facts;
  if (pager_.has_value()) {
    if (answer.page().total.has_value()) total_ = answer.page().total;
    const Pager::Slice slice = pager_->Read(answer.page());
    const size_t taken = writer_->AppendRows(answer, slice.from, slice.to);
    cut_ = taken < slice.to - slice.from;
    rows_ += taken;
    pager_->Took(taken);
  } else if (tool_.listed.method() == tools::v1::Tool::DELETE) {
    Finish(ResultWriter::Deleted(TextArgument(*arguments_, tool_.id_argument)));
  } else {
    Finish(writer_->FinishObject(answer));
  }
  return absl::OkStatus();
}

void ToolCall::FinishList(const absl::Status& failure) {
  std::string note;
  if (!failure.ok()) {
    note = absl::StrCat("Only part of what was asked for: ", failure.message(),
                        " To go on, pass `next_cursor` back.");
  } else if (cut_) {
    note = absl::StrCat("Cut after ", rows_, " rows, as the answer would have grown beyond ",
                        parts_.options.max_result_bytes,
                        " bytes. To get the rest pass `next_cursor` back; to get more rows at once "
                        "name the `fields` you need.");
  }
  if (const size_t left_out = writer_->left_out(); left_out > 0) {
    absl::StrAppend(&note, note.empty() ? "" : " ",
                    "Rows left out, as each alone is too long: ", left_out,
                    ". To get them name the `fields` you need.");
  }
  const std::optional<Cursor> next = pager_->next();
  Finish(writer_->FinishList(
      next.has_value() ? SealCursor(parts_.sealer, *next, cursor_scope_) : std::string(), total_,
      note));
}

void ToolCall::Finish(absl::StatusOr<std::string> result_json) {
  if (!result_json.ok()) return std::move(done_)(result_json.status());
  tools::v1::CallToolResponse response;
  response.set_result_json(*std::move(result_json));
  if (limits_.limit.has_value() || limits_.remaining.has_value() || limits_.reset.has_value()) {
    tools::v1::RateLimit& limits = *response.mutable_rate_limit();
    if (limits_.limit.has_value()) limits.set_limit(*limits_.limit);
    if (limits_.remaining.has_value()) limits.set_remaining(*limits_.remaining);
    if (limits_.reset.has_value()) {
      limits.mutable_reset()->set_seconds(absl::ToInt64Seconds(*limits_.reset));
    }
  }
  std::move(done_)(std::move(response));
}

}  // namespace mesh::zoho_proxy
