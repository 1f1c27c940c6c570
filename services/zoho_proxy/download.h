// A recording's file on its way from Zoho to a caller, at the caller's pace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/net/http_client.h"
#include "mesh/tools/v1/proxy.pb.h"
#include "services/zoho_proxy/upstream.h"
#include "services/zoho_proxy/zoho_hosts.h"

namespace mesh::zoho_proxy {

// Where a download goes: one message at a time.
class DownloadWriter {
 public:
  virtual ~DownloadWriter() = default;

  // Answered by Download::Written(), from any thread. `message` lives until then.
  virtual void Write(const tools::v1::DownloadResponse& message) = 0;

  // The last call, once, while no message is being written.
  virtual void Finish(const absl::Status& status) = 0;
};

// Holds at most two buffers of curl's, whatever the file's size: where the writer is slow the
// transfer rests. Thread-safe; waits for nothing.
class Download final : public net::BodySink, public std::enable_shared_from_this<Download> {
 public:
  // Bytes that wait for the writer, and with it the longest message.
  static constexpr size_t kMaxWaiting = 128 << 10;

  // All must outlive it; `writer` until its Finish().
  Download(Upstream& upstream, const ZohoHosts& hosts, const CallContext& context,
           const tools::v1::DownloadRequest& request, DownloadWriter& writer);

  // Once.
  void Start();

  // The writer has done with a message; not `ok` where nobody reads any more.
  void Written(bool ok);

  // The caller has gone.
  void Cancel();

  bool Begin(const net::HttpResponse& head) override;
  bool Write(absl::string_view bytes) override;

 private:
  void Ask();
  absl::StatusOr<net::HttpRequest> Build(const Lease& lease);
  void Answered(absl::StatusOr<UpstreamAnswer> answer);
  // A body that was kept back, as it might have been an error, and is the file.
  void TakeWhole(const net::HttpResponse& response);
  absl::Status Redirect(const net::HttpResponse& response);
  void End(absl::Status status);

  // With the lock held: makes the next message, or learns that it is time to finish.
  enum class Next { kNothing, kWrite, kFinish };
  Next TakeNext();
  void Act(Next next);

  Upstream& upstream_;
  const ZohoHosts& hosts_;
  const CallContext context_;
  const std::string account_;
  const int64_t offset_;
  DownloadWriter& writer_;

  // Of the hop under way; they change between two hops only.
  std::string url_;
  bool with_token_ = true;
  int redirects_ = 0;

  std::mutex mu_;
  std::shared_ptr<Upstream::Call> call_;
  int asks_ = 0;
  bool cancelled_ = false;
  // The transfer rests until there is room.
  bool resting_ = false;

  std::optional<tools::v1::FileInfo> file_;
  // Bytes at the front that Zoho sends although they were not asked for.
  int64_t skip_ = 0;
  std::string waiting_;
  int64_t position_;
  tools::v1::DownloadResponse message_;
  bool writing_ = false;
  std::optional<absl::Status> ended_;
  bool finished_ = false;
};

}  // namespace mesh::zoho_proxy
