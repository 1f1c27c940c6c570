#include "tests/fake_zoho/download_api.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "nlohmann/json.hpp"

#include "common/base/hash.h"
#include "common/net/url.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/random_source.h"
#include "tests/fake_zoho/scopes.h"

namespace fake_zoho {
namespace {

constexpr char kScopes[] =
    "ZohoMeeting.meetinguds.READ|ZohoWebinar.meetinguds.READ,ZohoFiles.files.READ";

std::string SignatureOf(const State& state, const std::string& id, const std::string& type) {
  return mesh::Sha256Hex(absl::StrCat(state.seed, " ", id, " ", type)).substr(0, 32);
}

const Recording* FindRecording(DataCentre& centre, absl::string_view id) {
  for (const Organization& org : centre.organizations) {
    for (const Recording& recording : org.recordings) {
      if (recording.erecording_id == id) return &recording;
    }
  }
  return nullptr;
}

// Begins like an MP4 file, and is otherwise noise that is the same every time.
std::string Film(const Recording& recording) {
  std::string bytes(
      "\0\0\0\x18"
      "ftypmp42\0\0\0\0mp42isom",
      24);
  RandomSource random(0, recording.erecording_id);
  while (static_cast<int64_t>(bytes.size()) < recording.bytes) {
    const uint64_t word = random.Next();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof(word));
  }
  bytes.resize(static_cast<size_t>(recording.bytes));
  return bytes;
}

std::string Transcript(const Recording& recording) {
  return absl::StrCat("WEBVTT\n\n00:00:01.000 --> 00:00:06.000\nWelcome to ", recording.topic,
                      ".\n\n00:00:07.000 --> 00:00:12.000\nLet us begin.\n");
}

std::string Summary(const Recording& recording) {
  return absl::StrCat("Summary of ", recording.topic, "\n\n- Status was reported.\n",
                      "- Next steps were agreed.\n");
}

// Wants a token, and sends on to a link that needs none.
Answer Redirect(State& state, Region region, const Request& request, const Parameters& query,
                absl::Time now) {
  DataCentre& centre = state.centre(region);
  const std::optional<std::string> token = AccessTokenOf(request);
  const Grant* grant = token.has_value() ? centre.oauth.FindAccessToken(*token, now) : nullptr;
  if (grant == nullptr) return InvalidOauthToken(state.settings);
  if (!Allows(grant->scopes, kScopes)) return InvalidOauthScope(401);
  const std::string id = query.GetOr("event-id");
  const std::string type = query.GetOr("type");
  if (FindRecording(centre, id) == nullptr) return RecordingUnknown();
  std::string location = state.settings.download_redirect;
  if (location.empty()) {
    location = absl::StrCat(
        state.addresses.UrlOf({.region = region, .role = Role::kDownload}), "/public?",
        mesh::net::FormatQuery(
            {{"event-id", id}, {"type", type}, {"signature", SignatureOf(state, id, type)}}));
  }
  Answer answer = EmptyAnswer(302);
  answer.headers.Set("Location", location);
  return answer;
}

// Leaves of a whole file the bytes that `Range: bytes=FIRST-LAST` asks for. Any other range is not
// honoured, as HTTP allows.
void CutToRange(const Request& request, Answer& answer) {
  absl::string_view range = request.headers.Get("Range").value_or("");
  const auto size = static_cast<int64_t>(answer.body.size());
  const std::pair<std::string, std::string> ends =
      absl::ConsumePrefix(&range, "bytes=") ? absl::StrSplit(range, absl::MaxSplits('-', 1))
                                            : std::pair<std::string, std::string>();
  int64_t first = 0;
  int64_t last = 0;
  if (!absl::SimpleAtoi(ends.first, &first) || !absl::SimpleAtoi(ends.second, &last) || first < 0 ||
      last < first || first >= size) {
    return;
  }
  last = std::min(last, size - 1);
  answer.status = 206;
  answer.body = answer.body.substr(first, last - first + 1);
  answer.headers.Set("Content-Range", absl::StrCat("bytes ", first, "-", last, "/", size));
}

Answer File(State& state, Region region, const Request& request, const Parameters& query) {
  const std::string id = query.GetOr("event-id");
  const std::string type = query.GetOr("type");
  const Recording* recording = FindRecording(state.centre(region), id);
  if (recording == nullptr || query.GetOr("signature") != SignatureOf(state, id, type)) {
    return FilterError(403, "INVALID_SIGNATURE");
  }
  Answer answer;
  if (type == "transcript") {
    answer.headers.Set("Content-Type", "text/vtt");
    answer.body = Transcript(*recording);
  } else if (type == "summary") {
    answer.headers.Set("Content-Type", "text/plain;charset=UTF-8");
    answer.body = Summary(*recording);
  } else {
    answer.headers.Set("Content-Type", "video/mp4");
    answer.headers.Set("Content-Disposition",
                       absl::StrCat("attachment; filename=\"", recording->session_key, ".mp4\""));
    answer.body = Film(*recording);
  }
  CutToRange(request, answer);
  return answer;
}

}  // namespace

Answer HandleDownload(State& state, Region region, const Request& request, absl::Time now) {
  if (request.method != "GET") return MethodInvalid();
  const Parameters query = Parameters::Parse(request.query);
  if (request.path == "/webdownload") return Redirect(state, region, request, query, now);
  if (request.path == "/public") return File(state, region, request, query);
  return UrlNotConfigured();
}

}  // namespace fake_zoho
