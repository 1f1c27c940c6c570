// Recordings of meetings and webinars: RecordingEndpoints() of endpoint.h.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

#include "common/net/url.h"
#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/list_parameters.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/session_json.h"

namespace fake_zoho {
namespace {

bool MaySee(const MeetingCall& call, const Recording& recording) {
  return call.caller.IsOrgAdmin() || recording.creator == call.caller.zuid;
}

// Where a file of a recording is fetched, `type` one of `recording`, `transcript`, `summary`.
std::string DownloadUrl(const MeetingCall& call, const Recording& recording, const char* type) {
  if (recording.state != "UPLOADED") return "";
  std::string host = call.addresses.UrlOf({.region = call.org.region, .role = Role::kDownload});
  if (call.settings.host_names == "zoho") {
    host = absl::StrCat("https://download.zoho.", DomainOf(call.org.region));
  }
  return absl::StrCat(
      host, "/webdownload?",
      mesh::net::FormatQuery(
          {{"x-service", "meetinglab"}, {"event-id", recording.erecording_id}, {"type", type}}));
}

std::string TextUrl(const MeetingCall& call, const Recording& recording, const char* type) {
  return recording.transcribed ? DownloadUrl(call, recording, type) : "";
}

std::string PlayUrl(const MeetingCall& call, const Recording& recording) {
  return absl::StrCat(PublicHost(call), "/meeting/videoprv?recordingId=", recording.erecording_id);
}

std::string ShareUrl(const MeetingCall& call, const Recording& recording) {
  return absl::StrCat(PublicHost(call),
                      "/meeting/public/videoprv?recordingId=", recording.erecording_id);
}

Json RecordingDetails(const MeetingCall& call, const Recording& recording) {
  const absl::TimeZone zone = ZoneOrUtc(recording.timezone);
  const absl::Time end = recording.start + recording.duration;
  return {{"erecordingId", recording.erecording_id},
          {"resourceName", absl::StrCat(recording.session_key, "_", recording.recording_id, "_",
                                        absl::ToUnixMillis(recording.start), ".mp4")},
          {"processingState", recording.state},
          {"startTimeMillis", MillisString(recording.start)},
          {"endTimeMillis", MillisString(end)},
          {"startTime", RecordingTime(recording.start, zone)},
          {"endTime", RecordingTime(end, zone)},
          {"duration", absl::ToInt64Milliseconds(recording.duration)},
          {"fileSize", absl::StrCat(recording.bytes)},
          {"uploadedTime", absl::ToUnixMillis(end + absl::Minutes(5))},
          {"creatorZuid", recording.creator},
          {"playUrl", PlayUrl(call, recording)},
          {"shareUrl", ShareUrl(call, recording)},
          {"downloadUrl", DownloadUrl(call, recording, "recording")},
          {"transcriptionDownloadUrl", TextUrl(call, recording, "transcript")},
          {"summaryDownloadUrl", TextUrl(call, recording, "summary")},
          {"isTranscriptGenerated", recording.transcribed},
          {"isSummaryGenerated", recording.transcribed}};
}

Json RecordingRow(const MeetingCall& call, const Recording& recording) {
  const absl::TimeZone zone = ZoneOrUtc(recording.timezone);
  const bool webinar = recording.kind == SessionKind::kWebinar;
  const std::string key = absl::StrCat(recording.session_key);
  const User* creator = call.org.FindUser(recording.creator);
  const double megabytes = static_cast<double>(recording.bytes) / (1 << 20);
  Json row = {{"erecordingId", recording.erecording_id},
              {"recordingId", recording.recording_id},
              {"topic", recording.topic},
              {webinar ? "webinarKey" : "meetingKey", key},
              {webinar ? "short_webinar_key" : "short_meeting_key", key.substr(0, 6)},
              {"sDate", absl::FormatTime("%a, %e %b", recording.start, zone)},
              {"sTime", absl::FormatTime("%I:%M %p", recording.start, zone)},
              {webinar ? "dateTime" : "datenTime", ZohoTimeWithZone(recording.start, zone)},
              {"startTimeinMs", absl::ToUnixMillis(recording.start)},
              {"duration", absl::ToInt64Milliseconds(recording.duration)},
              {"durationInMins", absl::ToInt64Minutes(recording.duration)},
              {"fileSize", absl::StrFormat("%.0f MB", std::max(megabytes, 1.0))},
              {"fileSizeInMB", absl::StrFormat("%.2f", megabytes)},
              {"status", recording.state},
              {"downloadUrl", DownloadUrl(call, recording, "recording")},
              {"publicDownloadUrl", DownloadUrl(call, recording, "recording")},
              {"playUrl", PlayUrl(call, recording)},
              {"shareUrl", ShareUrl(call, recording)},
              {"recordingEmbedUrl", absl::StrCat(PlayUrl(call, recording), "&embed=true")},
              {"creatorName", creator == nullptr ? "" : creator->FullName()},
              {webinar ? "isWebinar" : "isMeeting", true},
              {"noAudioRecording", false},
              {"isTranscriptionEnabled", recording.transcribed},
              {"isTranscriptGenerated", recording.transcribed},
              {"isSummaryGenerated", recording.transcribed},
              {"transcriptionDownloadUrl", TextUrl(call, recording, "transcript")},
              {"summaryDownloadUrl", TextUrl(call, recording, "summary")},
              {"downloadAccess", true},
              {"summaryAccess", true},
              {"transcriptAccess", true},
              {"shareOption", 1}};
  if (webinar) {
    row["openAIStatus"] = recording.transcribed ? 1 : 0;
    row["zfs_mapping_id"] = recording.recording_id;
  }
  return row;
}

Answer ListRecordings(MeetingCall& call) {
  std::vector<const Recording*> listed;
  for (const Recording& recording : call.org.recordings) {
    if (MaySee(call, recording)) listed.push_back(&recording);
  }
  std::optional<Answer> error;
  const Window window =
      PageOfCall(call, PagingFamily::kRecording, /*required=*/false, listed.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) rows.push_back(RecordingRow(call, *listed[i]));
  const size_t count = rows.size();
  return Reply(call, 200,
               {{"recordings", std::move(rows)},
                {"meta", {{"moreRecords", window.end < listed.size()}, {"count", count}}}});
}

Answer ListOfSession(MeetingCall& call) {
  int64_t key = 0;
  if (!absl::SimpleAtoi(call.value(0), &key)) return MeetingKeyInvalid();
  bool known = call.org.sessions.count(key) != 0;
  Json rows = Json::array();
  for (const Recording& recording : call.org.recordings) {
    if (recording.session_key != key) continue;
    // A recording outlives its session.
    known = true;
    if (!MaySee(call, recording)) return NoPermission();
    rows.push_back(RecordingDetails(call, recording));
  }
  if (!known) return MeetingKeyInvalid();
  return Reply(call, 200, {{"recordings", std::move(rows)}});
}

Answer DeleteRecording(MeetingCall& call) {
  std::vector<Recording>& all = call.org.recordings;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Recording& recording) {
    return recording.erecording_id == call.value(0);
  });
  if (found == all.end()) return RecordingUnknown();
  if (!MaySee(call, *found)) return NoPermission();
  all.erase(found);
  return Deleted(call);
}

}  // namespace

std::vector<Endpoint> RecordingEndpoints() {
  static constexpr char kRead[] = "ZohoMeeting.recording.READ|ZohoWebinar.recording.READ";
  constexpr ErrorFamily kFamily = ErrorFamily::kSession;
  return {
      {"GET", "{zsoid}/recordings.json", kRead, kFamily, ListRecordings},
      {"GET", "{zsoid}/recordings/{key}.json", kRead, kFamily, ListOfSession},
      {"DELETE", "{zsoid}/recordings/{id}.json",
       "ZohoMeeting.recording.DELETE|ZohoWebinar.recording.DELETE", kFamily, DeleteRecording},
  };
}

}  // namespace fake_zoho
