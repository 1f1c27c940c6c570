// An answer of Zoho: the first byte chooses the kind of tool, the second the status and what is
// wanted of the answer, the rest is the body.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "common/base/errors.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/projection.h"
#include "services/zoho_proxy/result_writer.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {
namespace {

constexpr size_t kMaxBytes = 2'000;

constexpr std::array kStatuses = {200, 201, 204, 302, 400, 401, 403, 404, 429, 500};

Tool MakeTool(uint8_t kind) {
  Tool tool;
  tool.listed.add_scopes("ZohoMeeting.meeting.READ");
  tool.not_found_hint = "Its ids come from a list.";
  const std::array<const char*, 3> items = {"/representation", "/session", ""};
  tool.items = items[kind % items.size()];
  if (kind % 2 == 0) {
    tool.listed.set_method(tools::v1::Tool::LIST);
    tool.row_id = "meetingKey";
    tool.paging = Paging{.kind = Paging::Kind::kPage, .total = "/count", .more = "/meta/more"};
    tool.lenient = kind % 4 == 0;
  } else if (kind % 5 == 0) {
    tool.url_argument = "download_url";
  }
  return tool;
}

void Feed(uint8_t kind, uint8_t how, absl::string_view body) {
  const Tool tool = MakeTool(kind);
  net::HttpResponse response{.status = kStatuses[how % kStatuses.size()],
                             .body = std::string(body)};
  ReadFault(response);
  const absl::StatusOr<Answer> answer = Answer::Read(
      tool, response, absl::FromUnixSeconds(1'780'000'000), {.max_file_bytes = kMaxBytes});
  if (!answer.ok()) {
    CHECK(!ErrorReason(answer.status()).empty());
    // gRPC carries it in a trailer, which has room for little and for UTF-8 alone.
    CHECK(answer.status().message().size() < 4096);
    const std::string message(answer.status().message());
    nlohmann::json(message).dump();
    return;
  }
  const bool few = how >= 128;
  const auto options = [few] {
    return ResultOptions{
        .fields = few ? *Projection::Parse("meetingKey,topic,startTimeRfc3339,a.b") : Projection(),
        .reveal_secrets = few,
        .max_bytes = kMaxBytes};
  };
  ResultWriter list(options());
  if (tool.paging.has_value()) {
    const size_t rows = answer->page().rows;
    CHECK(list.AppendRows(*answer, 0, rows) <= rows);
    const std::string text = list.FinishList("cursor", answer->page().total, "note");
    CHECK(nlohmann::json::accept(text));
    CHECK(text.size() <= kMaxBytes);
  } else {
    const absl::StatusOr<std::string> object = ResultWriter(options()).FinishObject(*answer);
    CHECK(!object.ok() || nlohmann::json::accept(*object));
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  mesh::zoho_proxy::Feed(data[0], data[1], {reinterpret_cast<const char*>(data + 2), size - 2});
  return 0;
}
