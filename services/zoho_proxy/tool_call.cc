#include "services/zoho_proxy/tool_call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/limits_proto.h"
#include "services/zoho_proxy/projection.h"
#include "services/zoho_proxy/request_builder.h"
#include "services/zoho_proxy/unanswered_write.h"

namespace mesh::zoho_proxy {
namespace {

// The first argument that names a user by e-mail address.
const Parameter* FirstAddress(const Tool& tool, const Arguments& arguments) {
  for (const Parameter& parameter : tool.parameters) {
    if (parameter.convert != Parameter::Convert::kUser) continue;
    const auto found = arguments.find(parameter.argument);
    if (found == arguments.end() || !found->is_string()) continue;
    if (absl::StrContains(found->get_ref<const std::string&>(), '@')) return &parameter;
  }
  return nullptr;
}

absl::Status UserUnknown(const std::string& argument, const std::string& email, bool read_all) {
  return ArgumentInvalid(
      argument,
      absl::StrCat("names nobody: ", read_all ? "no user" : "none of the first thousands of users",
                   " of the organisation has the address ", email,
                   read_all ? "; list_all_zoho_meeting_users shows who there is"
                            : "; pass the zuid, which list_all_zoho_meeting_users shows"));
}

// Where the account may not see the users the caller can help itself; anything else is for later.
absl::Status LookUpFailed(const std::string& argument, const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  if (reason != "ZOHO_PERMISSION_DENIED" && reason != "SCOPE_MISSING") return status;
  return ArgumentInvalid(argument,
                         absl::StrCat("must be a zuid, as this account may not look e-mail "
                                      "addresses up: ",
                                      status.message()));
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
  LookUpUsers();
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
    pager_.emplace(*tool_.paging, arguments.at("limit").get<int64_t>(), cursor,
                   parts_.options.max_pages);
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

void ToolCall::LookUpUsers() {
  const Parameter* parameter = parts_.users == nullptr ? nullptr : FirstAddress(tool_, *arguments_);
  if (parameter == nullptr) return Ask();
  const std::string& argument = parameter->argument;
  const std::string email = TextArgument(*arguments_, argument);
  parts_.users->Find(context_, account_, email,
                     [self = shared_from_this(), argument, email](absl::StatusOr<FoundUser> user) {
                       if (!user.ok()) return self->Finish(LookUpFailed(argument, user.status()));
                       if (user->zuid.empty()) {
                         return self->Finish(UserUnknown(argument, email, user->read_all));
                       }
                       (*self->arguments_)[argument] = std::move(user->zuid);
                       self->LookUpUsers();
                     });
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
  if (!read.ok()) Finish(tool_.listed.read_only() ? read : UnansweredWrite(read));
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
  if (answer.limits().told_anything()) limits_ = ToProto(answer.limits().facts);
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
    absl::StatusOr<std::string> object = writer_->FinishObject(answer);
    if (!object.ok() && !tool_.listed.read_only()) {
      object = R"({"note":"It was carried out. What Zoho says of it is too long to be shown."})";
    }
    Finish(std::move(object));
  }
  return absl::OkStatus();
}

void ToolCall::FinishList(const absl::Status& failure) {
  std::string note;
  if (!failure.ok()) {
    if (auto limits = LimitsOf(failure)) limits_ = *std::move(limits);
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
  if (note.empty() && !next.has_value() && total_.has_value() && pager_->seen() < *total_) {
    note = absl::StrCat("Zoho says that there are ", *total_, ", but its list ended after ",
                        pager_->seen(), ".");
  }
  Finish(writer_->FinishList(
      next.has_value() ? SealCursor(parts_.sealer, *next, cursor_scope_) : std::string(), total_,
      note));
}

void ToolCall::Finish(absl::StatusOr<std::string> result_json) {
  if (!result_json.ok()) return std::move(done_)(result_json.status());
  tools::v1::CallToolResponse response;
  response.set_result_json(*std::move(result_json));
  if (limits_.has_value()) *response.mutable_rate_limit() = *std::move(limits_);
  std::move(done_)(std::move(response));
}

}  // namespace mesh::zoho_proxy
