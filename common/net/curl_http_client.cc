#include "common/net/curl_http_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/net/url.h"

namespace mesh::net {
namespace {

using Steady = std::chrono::steady_clock;

// Allocated for each transfer under way, so that thousands of them cost little.
constexpr long kReceiveBufferBytes = 4 << 10;

// Over TLS: a whole record, as what is left of one in OpenSSL is no event of the socket, and curl
// forgets it under HTTP/2.
constexpr long kTlsBufferBytes = 17 << 10;

// For a sink: downloads are few and long.
constexpr long kSinkBufferBytes = 64 << 10;

// Of the answer's fields together.
constexpr size_t kMaxHeaderBytes = 64 << 10;

// Handles kept for the next call: making one costs more than resetting it.
constexpr size_t kSpareHandles = 256;

// At least a millisecond where there is any time at all: curl takes zero for no limit.
long ToMilliseconds(absl::Duration duration) {
  if (duration == absl::InfiniteDuration()) return 0;
  const int64_t milliseconds =
      absl::ToInt64Milliseconds(absl::Ceil(duration, absl::Milliseconds(1)));
  return static_cast<long>(std::clamp<int64_t>(milliseconds, 1, 1 << 30));
}

// A field that holds a line break would write others.
absl::Status CheckFields(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    const bool ok = !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
      return absl::ascii_iscntrl(c) || c == ' ' || c == ':';
    }) && std::none_of(value.begin(), value.end(), [](char c) {
      return absl::ascii_iscntrl(c) && c != '\t';
    });
    if (!ok) return FieldInvalid("headers", "must hold no control character");
  }
  return absl::OkStatus();
}

struct Call;

// What other threads want of an event loop. Outlives the loop where a call's handle does.
// Thread-safe.
class Inbox {
 public:
  enum class Wish { kBegin, kResume, kCancel };

  struct Message {
    std::shared_ptr<Call> call;
    Wish wish = Wish::kBegin;
  };

  Inbox() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { CHECK(event_ >= 0); }
  ~Inbox() { close(event_); }

  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Readable while something waits.
  int event() const { return event_; }

  // Returns false, and drops `message`, after Stop().
  bool Put(Message message) {
    const std::lock_guard lock(mu_);
    if (stopped_) return false;
    messages_.push_back(std::move(message));
    if (messages_.size() == 1) Wake();
    return true;
  }

  struct Taken {
    std::vector<Message> messages;
    bool stopped = false;
  };

  // What waits, and whether more can come.
  Taken Take() {
    const std::lock_guard lock(mu_);
    uint64_t ignored = 0;
    while (read(event_, &ignored, sizeof(ignored)) < 0 && errno == EINTR) {
    }
    return {.messages = std::exchange(messages_, {}), .stopped = stopped_};
  }

  void Stop() {
    const std::lock_guard lock(mu_);
    stopped_ = true;
    Wake();
  }

 private:
  void Wake() {
    const uint64_t one = 1;
    CHECK(write(event_, &one, sizeof(one)) == sizeof(one));
  }

  const int event_;
  std::mutex mu_;
  std::vector<Message> messages_;
  bool stopped_ = false;
};

// Lives on its loop's thread, but for Cancel() and Resume().
struct Call final : HttpCall, std::enable_shared_from_this<Call> {
  void Cancel() override { inbox->Put({.call = shared_from_this(), .wish = Inbox::Wish::kCancel}); }
  void Resume() override { inbox->Put({.call = shared_from_this(), .wish = Inbox::Wish::kResume}); }

  std::shared_ptr<Inbox> inbox;
  HttpRequest request;
  HttpClient::Done done;
  Steady::time_point started = Steady::now();

  // Null before and after the transfer.
  CURL* easy = nullptr;
  curl_slist* fields = nullptr;
  int attempts = 0;
  size_t header_bytes = 0;
  bool has_whole_head = false;
  bool is_too_long = false;
  // Whether the sink takes the body; unset before its first bytes.
  std::optional<bool> is_for_sink;
  std::array<char, CURL_ERROR_SIZE> error = {};
  HttpResponse response;
};

// Curl sends again by itself where a pooled connection turns out to be dead. For a request that may
// change something that is not ours to decide: the first one may have arrived.
int OnReadyToSend(void* data, char*, char*, int, int) {
  Call& call = *static_cast<Call*>(data);
  const bool is_safe = call.request.method == "GET" || call.request.method == "HEAD";
  return ++call.attempts > 1 && !is_safe ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

int StatusOf(CURL* easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

size_t OnHeader(char* bytes, size_t, size_t count, void* data) {
  Call& call = *static_cast<Call*>(data);
  absl::string_view line(bytes, count);
  if (absl::StartsWith(line, "HTTP/")) {  // The final answer follows on an interim one.
    call.response.headers = {};
    call.has_whole_head = false;
    return count;
  }
  if (line == "\r\n" || line == "\n") call.has_whole_head = true;
  call.header_bytes += count;
  if (call.header_bytes > kMaxHeaderBytes) {
    call.is_too_long = true;
    return 0;
  }
  const size_t colon = line.find(':');
  if (colon != line.npos) {
    call.response.headers.Add(line.substr(0, colon),
                              absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return count;
}

// Asks the sink, where there is one, whether it wants the body. Also for an answer without one.
bool IsForSink(Call& call) {
  if (!call.is_for_sink.has_value()) {
    call.is_for_sink = false;
    if (call.request.sink != nullptr) {
      call.response.status = StatusOf(call.easy);
      call.is_for_sink = call.request.sink->Begin(call.response);
    }
  }
  return *call.is_for_sink;
}

size_t OnBody(char* bytes, size_t, size_t count, void* data) {
  Call& call = *static_cast<Call*>(data);
  if (IsForSink(call)) {
    return call.request.sink->Write(absl::string_view(bytes, count)) ? count : CURL_WRITEFUNC_PAUSE;
  }
  std::string& body = call.response.body;
  const size_t limit = call.request.max_response_bytes;
  if (count > limit - body.size()) {
    call.is_too_long = true;
    return 0;
  }
  if (body.empty()) {
    curl_off_t length = -1;
    curl_easy_getinfo(call.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    // Not more than came with it so far is worth believing.
    if (length > 0) body.reserve(std::min({static_cast<size_t>(length), limit, size_t{1} << 20}));
  }
  body.append(bytes, count);
  return count;
}

template <typename T>
void Set(CURL* easy, CURLoption option, T value) {
  CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

template <typename T>
void Set(CURLM* multi, CURLMoption option, T value) {
  CHECK(curl_multi_setopt(multi, option, value) == CURLM_OK);
}

void AppendField(curl_slist** fields, const std::string& field) {
  curl_slist* longer = curl_slist_append(*fields, field.c_str());
  CHECK(longer != nullptr);
  *fields = longer;
}

void SetMethod(Call& call) {
  const std::string& method = call.request.method;
  const bool has_body =
      !call.request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (has_body) {
    Set(call.easy, CURLOPT_POST, 1L);
    Set(call.easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.request.body.size()));
    Set(call.easy, CURLOPT_POSTFIELDS, call.request.body.data());
    if (method != "POST") Set(call.easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method == "HEAD") {
    Set(call.easy, CURLOPT_NOBODY, 1L);
  } else if (method != "GET") {
    Set(call.easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

void SetFields(Call& call) {
  for (const auto& [name, value] : call.request.headers) {
    // Curl's way of writing a field without a value.
    AppendField(&call.fields,
                value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value));
  }
  // No wait for a `100 Continue`, and no type that nobody has set.
  AppendField(&call.fields, "Expect:");
  if (!call.request.headers.Has("content-type")) AppendField(&call.fields, "Content-Type:");
  Set(call.easy, CURLOPT_HTTPHEADER, call.fields);
}

bool IsTls(const Call& call) { return absl::StartsWithIgnoreCase(call.request.url, "https:"); }

void SetUp(Call& call, const CurlHttpClientOptions& options) {
  CURL* easy = call.easy;
  const bool is_tls = IsTls(call);
  Set(easy, CURLOPT_PRIVATE, &call);
  Set(easy, CURLOPT_ERRORBUFFER, call.error.data());
  Set(easy, CURLOPT_NOSIGNAL, 1L);
  Set(easy, CURLOPT_URL, call.request.url.c_str());
  Set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  Set(easy, CURLOPT_PROXY, "");
  Set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  Set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  // In place of the system's file, whose authorities stand in the system's folder, too.
  if (!options.ca_file.empty()) Set(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  Set(easy, CURLOPT_HTTP_VERSION,
      static_cast<long>(is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  // A call waits to learn whether a connection under way carries many, before it opens its own.
  Set(easy, CURLOPT_PIPEWAIT, is_tls ? 1L : 0L);
  Set(easy, CURLOPT_TCP_NODELAY, 1L);
  Set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  Set(easy, CURLOPT_MAXAGE_CONN,
      static_cast<long>(std::max<int64_t>(1, absl::ToInt64Seconds(options.max_idle))));
  const bool has_sink = call.request.sink != nullptr;
  Set(easy, CURLOPT_BUFFERSIZE,
      has_sink ? kSinkBufferBytes
      : is_tls ? kTlsBufferBytes
               : kReceiveBufferBytes);
  Set(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  Set(easy, CURLOPT_TIMEOUT_MS, ToMilliseconds(call.request.timeout));
  Set(easy, CURLOPT_CONNECTTIMEOUT_MS, ToMilliseconds(options.connect_timeout));
  if (!has_sink) {
    Set(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(call.request.max_response_bytes));
  }
  Set(easy, CURLOPT_PREREQFUNCTION, &OnReadyToSend);
  Set(easy, CURLOPT_PREREQDATA, &call);
  Set(easy, CURLOPT_HEADERFUNCTION, &OnHeader);
  Set(easy, CURLOPT_HEADERDATA, &call);
  Set(easy, CURLOPT_WRITEFUNCTION, &OnBody);
  Set(easy, CURLOPT_WRITEDATA, &call);
  SetMethod(call);
  SetFields(call);
}

absl::Status ToStatus(const Call& call, CURLcode code) {
  const std::string& url = call.request.url;
  if (call.is_too_long || code == CURLE_FILESIZE_EXCEEDED) {
    return AnswerTooLong(url, call.request.max_response_bytes);
  }
  switch (code) {
    case CURLE_OK:
      // Curl is content with a head that ends in the middle.
      return call.has_whole_head ? absl::OkStatus() : NoAnswer(url, "the connection broke");
    case CURLE_OPERATION_TIMEDOUT:
      // The connection's own limit is up earlier.
      if (absl::FromChrono(Steady::now() - call.started) + absl::Milliseconds(1) >=
          call.request.timeout) {
        return TimedOut("waiting for an answer over HTTP");
      }
      return NoAnswer(url, "no connection in time");
    case CURLE_URL_MALFORMAT:
      return FieldInvalid("url", "must be an absolute http or https URL");
    case CURLE_ABORTED_BY_CALLBACK:
      return NoAnswer(url, "the connection broke after the request was sent");
    default:
      return NoAnswer(url, call.error[0] != '\0' ? call.error.data() : curl_easy_strerror(code));
  }
}

// Once a process, before any other use of curl.
void InitializeCurl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(code == CURLE_OK);
}

}  // namespace

// One thread with its event loop. What is not said to be for any thread belongs to it.
class CurlHttpClient::Loop {
 public:
  explicit Loop(const CurlHttpClientOptions& options);

  // Any other thread. Cancels what is under way.
  ~Loop();

  // Any thread.
  std::shared_ptr<HttpCall> Send(HttpRequest request, Done done);

 private:
  void Run();
  void TakeMessages();
  void Begin(std::shared_ptr<Call> call);
  void EndFinished();

  // The transfer's result becomes the call's. `call` is not in `calls_` any more.
  void End(const std::shared_ptr<Call>& call, const absl::Status& status);
  void CancelAll();

  int WaitMilliseconds() const;
  void Act(curl_socket_t socket, int events);

  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* loop, void* is_known);
  static int OnTimer(CURLM* multi, long milliseconds, void* loop);

  const CurlHttpClientOptions options_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  const int epoll_;
  CURLM* const multi_;
  bool is_stopping_ = false;
  Steady::time_point timer_ = Steady::time_point::max();
  std::unordered_map<CURL*, std::shared_ptr<Call>> calls_;
  std::vector<CURL*> spare_;
  std::thread thread_;
};

CurlHttpClient::Loop::Loop(const CurlHttpClientOptions& options)
    : options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)), multi_(curl_multi_init()) {
  CHECK(epoll_ >= 0 && multi_ != nullptr);
  epoll_event wake = {};
  wake.events = EPOLLIN;
  wake.data.fd = inbox_->event();
  CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, inbox_->event(), &wake) == 0);
  Set(multi_, CURLMOPT_SOCKETFUNCTION, &OnSocket);
  Set(multi_, CURLMOPT_SOCKETDATA, this);
  Set(multi_, CURLMOPT_TIMERFUNCTION, &OnTimer);
  Set(multi_, CURLMOPT_TIMERDATA, this);
  Set(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.pooled_connections));
  thread_ = std::thread([this] { Run(); });
}

CurlHttpClient::Loop::~Loop() {
  inbox_->Stop();
  thread_.join();
  curl_multi_cleanup(multi_);
  for (CURL* easy : spare_) curl_easy_cleanup(easy);
  close(epoll_);
}

std::shared_ptr<HttpCall> CurlHttpClient::Loop::Send(HttpRequest request, Done done) {
  auto call = std::make_shared<Call>();
  call->inbox = inbox_;
  call->request = std::move(request);
  call->done = std::move(done);
  absl::Status status = ParseUrl(call->request.url).status();
  if (status.ok()) status = CheckFields(call->request.headers);
  if (status.ok() && call->request.timeout <= absl::ZeroDuration()) {
    status = TimedOut("waiting for an answer over HTTP");
  }
  if (status.ok() && !inbox_->Put({.call = call})) status = CallerGone();
  if (!status.ok()) std::move(call->done)(status);
  return call;
}

void CurlHttpClient::Loop::Run() {
  std::array<epoll_event, 256> events;
  while (!is_stopping_) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), WaitMilliseconds());
    bool has_messages = false;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[i];
      if (event.data.fd == inbox_->event()) {
        has_messages = true;
        continue;
      }
      Act(event.data.fd, ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                             ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                             ((event.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0));
    }
    if (has_messages) TakeMessages();
    if (timer_ <= Steady::now()) {
      timer_ = Steady::time_point::max();
      Act(CURL_SOCKET_TIMEOUT, 0);
    }
    EndFinished();
  }
  CancelAll();
}

void CurlHttpClient::Loop::TakeMessages() {
  Inbox::Taken taken = inbox_->Take();
  is_stopping_ = taken.stopped;
  for (Inbox::Message& message : taken.messages) {
    CURL* easy = message.call->easy;
    if (message.wish == Inbox::Wish::kBegin) {
      Begin(std::move(message.call));
    } else if (easy == nullptr) {
      continue;  // It has ended.
    } else if (message.wish == Inbox::Wish::kResume) {
      // What the sink says to it, curl hears by itself.
      static_cast<void>(curl_easy_pause(easy, CURLPAUSE_CONT));
    } else {
      calls_.erase(easy);
      End(message.call, CallerGone());
    }
  }
}

void CurlHttpClient::Loop::Begin(std::shared_ptr<Call> call) {
  if (spare_.empty()) {
    call->easy = curl_easy_init();
    CHECK(call->easy != nullptr);
  } else {
    call->easy = spare_.back();
    spare_.pop_back();
  }
  SetUp(*call, options_);
  CURL* easy = call->easy;
  calls_.emplace(easy, std::move(call));
  CHECK(curl_multi_add_handle(multi_, easy) == CURLM_OK);
}

void CurlHttpClient::Loop::EndFinished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto found = calls_.find(message->easy_handle);
    CHECK(found != calls_.end());
    const std::shared_ptr<Call> call = std::move(found->second);
    calls_.erase(found);
    End(call, ToStatus(*call, code));
  }
}

void CurlHttpClient::Loop::End(const std::shared_ptr<Call>& call, const absl::Status& status) {
  call->response.status = StatusOf(call->easy);
  if (status.ok()) IsForSink(*call);
  CURL* easy = std::exchange(call->easy, nullptr);
  curl_multi_remove_handle(multi_, easy);
  curl_easy_reset(easy);
  curl_slist_free_all(std::exchange(call->fields, nullptr));
  // One that was taken away in the middle, or shared its connection, may keep its buffer, and curl
  // refuses to size it anew.
  if (status.ok() && !IsTls(*call) && spare_.size() < kSpareHandles) {
    spare_.push_back(easy);
  } else {
    curl_easy_cleanup(easy);
  }
  Done done = std::move(call->done);
  if (status.ok()) {
    std::move(done)(std::move(call->response));
  } else {
    std::move(done)(status);
  }
}

void CurlHttpClient::Loop::CancelAll() {
  for (auto& [easy, call] : std::exchange(calls_, {})) End(call, CallerGone());
}

int CurlHttpClient::Loop::WaitMilliseconds() const {
  if (timer_ == Steady::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(timer_ - Steady::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 60'000));
}

void CurlHttpClient::Loop::Act(curl_socket_t socket, int events) {
  int running = 0;
  CHECK(curl_multi_socket_action(multi_, socket, events, &running) == CURLM_OK);
}

int CurlHttpClient::Loop::OnSocket(CURL*, curl_socket_t socket, int what, void* loop,
                                   void* is_known) {
  Loop& self = *static_cast<Loop*>(loop);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(self.epoll_, EPOLL_CTL_DEL, socket, nullptr);
    curl_multi_assign(self.multi_, socket, nullptr);
    return 0;
  }
  epoll_event event = {};
  event.events =
      ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0u);
  event.data.fd = socket;
  if (is_known != nullptr && epoll_ctl(self.epoll_, EPOLL_CTL_MOD, socket, &event) == 0) return 0;
  CHECK(epoll_ctl(self.epoll_, EPOLL_CTL_ADD, socket, &event) == 0 || errno == EEXIST);
  curl_multi_assign(self.multi_, socket, loop);
  return 0;
}

int CurlHttpClient::Loop::OnTimer(CURLM*, long milliseconds, void* loop) {
  static_cast<Loop*>(loop)->timer_ = milliseconds < 0
                                         ? Steady::time_point::max()
                                         : Steady::now() + std::chrono::milliseconds(milliseconds);
  return 0;
}

CurlHttpClient::CurlHttpClient(const CurlHttpClientOptions& options) {
  InitializeCurl();
  for (int i = 0; i < std::max(1, options.threads); ++i) {
    loops_.push_back(std::make_unique<Loop>(options));
  }
}

CurlHttpClient::~CurlHttpClient() = default;

std::shared_ptr<HttpCall> CurlHttpClient::Send(HttpRequest request, Done done) {
  return loops_[next_++ % loops_.size()]->Send(std::move(request), std::move(done));
}

}  // namespace mesh::net
