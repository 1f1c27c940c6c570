#include "common/net/http_server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <sys/socket.h>

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/net/gone_signal.h"
#include "common/net/response_head.h"
#include "common/net/stream_outbox.h"
#include "common/net/tls_files.h"
#include "common/net/tls_session.h"

namespace mesh::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Steady = std::chrono::steady_clock;

constexpr size_t kReadBytes = 64 << 10;

// Read ahead of a request under way, so that the end of the connection is seen behind it.
constexpr size_t kMaxAheadBytes = 64 << 10;

constexpr size_t kGatheredBuffers = 32;

// What is encrypted at a time: a full record.
constexpr size_t kRecordBytes = 16 << 10;

// How long a client may go on sending after the last answer, before the connection is closed for
// good: closing at once would reset it, and the answer would be lost on the way.
constexpr absl::Duration kLinger = absl::Seconds(2);

// Before the next try when no file descriptor is left for a connection.
constexpr std::chrono::milliseconds kAcceptBackoff(100);

constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

absl::string_view FromBoost(beast::string_view text) { return {text.data(), text.size()}; }

struct Refusal {
  int status = 400;
  std::string message = {};
};

// What the parser objects to, as an answer.
Refusal RefusalOf(const error_code& error) {
  if (error == http::error::header_limit) return {431, "The head of the request is too long."};
  if (error == http::error::body_limit) return {413, "The body of the request is too long."};
  return {400, absl::StrCat("The request is malformed: ", error.message(), ".")};
}

// What all threads of a server share.
struct Shared {
  HttpServerOptions options;
  HttpHandler handler;

  // Whether connections may be used for a next request.
  std::atomic<bool> keeps_alive = true;

  std::mutex mu;
  std::condition_variable changed;
  size_t connections = 0;
  // Threads that have closed their listener and told their connections.
  size_t drained = 0;
};

class Connection;

// One I/O thread. What lives on it (connections, timers, the listener) is touched by it alone.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  explicit Worker(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

  // Fails where the endpoint cannot be bound. The first listener on a port is `exclusive`: it fails
  // where anybody listens there, this program in another process included.
  error_code Listen(const tcp::endpoint& endpoint, bool exclusive);

  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

  void Start();

  // Any thread. Runs `task` on this one, in order. Once the thread has ended, drops it and returns
  // false.
  bool Post(Task task);

  bool IsCurrentThread() const { return current_ == this; }

  // The rest belongs to the I/O thread.

  void Drain();

  // Closes every connection, which ends the thread.
  void Finish();

  // Any thread. Waits for the thread's end, where it was started.
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

  void Remove(const std::shared_ptr<Connection>& connection);

  Shared& shared() { return *shared_; }
  const HttpServerOptions& options() const { return shared_->options; }
  asio::io_context& io() { return io_; }
  asio::mutable_buffer scratch() { return asio::buffer(scratch_); }
  bool draining() const { return draining_; }
  absl::string_view date();

 private:
  void Run();
  void RunInbox();
  void Accept();
  void Add(tcp::socket socket);

  static thread_local Worker* current_;

  const std::shared_ptr<Shared> shared_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer accept_timer_{io_};
  bool accept_failing_ = false;
  bool draining_ = false;
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::vector<char> scratch_ = std::vector<char>(kReadBytes);
  int64_t date_second_ = 0;
  std::string date_;
  std::thread thread_;

  std::mutex mu_;
  std::vector<Task> inbox_;
  bool ended_ = false;
};

thread_local Worker* Worker::current_ = nullptr;

// What the connection and the handler's HttpStream both hold.
struct StreamState {
  StreamState(size_t limit_bytes, bool chunked) : outbox(limit_bytes, chunked) {}

  // Nothing more can reach the client.
  void End() {
    outbox.Shut();
    gone.Fire();
  }

  StreamOutbox outbox;
  GoneSignal gone;
};

class Exchange;

// A client's connection, on its worker's thread unless a comment says otherwise. Reads and writes
// without blocking and waits for readiness, so that an idle connection holds no buffer.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Worker> worker, tcp::socket socket);

  void Start() { Advance(); }

  // Any thread. At once where it comes from the handler of this very connection, later otherwise:
  // what runs then may call a handler, whose caller may hold a lock. Returns false, and drops
  // `task`, where the server has ended.
  bool Dispatch(Worker::Task task) {
    if (!worker_->IsCurrentThread() || !advancing_) return worker_->Post(std::move(task));
    std::move(task)();
    return true;
  }

  // Any thread.
  bool Post(Worker::Task task) { return worker_->Post(std::move(task)); }

  // Any thread.
  const HttpServerOptions& options() const { return worker_->options(); }

  // Any thread, for the exchange of this connection.
  bool chunked() const { return !is_http_1_0_; }

  void Answer(ServerResponse response);
  void AnswerWithError(int status, absl::string_view message);
  void BeginStream(std::shared_ptr<StreamState> stream, const ServerResponse& head);

  void Flush() { Advance(); }

  // No new requests: closes where nothing is under way. What is ends with the connection, as Send()
  // has it.
  void Drain();

  void Close();

  // Closes by a reset.
  void Reset();

 private:
  enum class State {
    kReading,   // Of the next request, or of none so far.
    kHandling,  // Waits for the handler's answer.
    kWriting,   // Of an answer, a stream included.
    kLingering,
    kClosed,
  };

  enum class Part { kNone, kHead, kBody };

  enum class Received { kBytes, kNothing, kEnd };

  bool is_idle() const {
    return state_ == State::kReading && parser_ == nullptr && buffer_.size() == 0;
  }

  // Drives the connection as far as it gets without waiting.
  void Advance();

  // One step. Returns whether another may follow.
  bool Step();
  bool Read();
  bool Write();

  std::optional<Refusal> CheckHead();
  void Handle();
  void Refuse(const Refusal& refusal);
  void Send(const ServerResponse& head, Framing framing);
  bool FinishAnswer();
  void Linger();

  void Watch();
  void OnReadable();
  Received Receive();
  Received Decrypt(absl::string_view bytes);
  void Encrypt();
  bool SendWire();
  bool WriteSome(absl::Cord& bytes);

  void SetDeadline(absl::Duration from_now);
  void ArmTimer();
  void OnTimer();

  const std::shared_ptr<Worker> worker_;
  tcp::socket socket_;
  asio::ip::address peer_;

  State state_ = State::kReading;
  bool advancing_ = false;
  bool watching_ = false;
  bool waiting_to_write_ = false;
  bool peer_ended_ = false;
  bool keep_alive_ = true;
  bool is_http_1_0_ = false;
  bool is_head_request_ = false;
  bool head_is_checked_ = false;
  // What of the request the deadline is for.
  Part waited_for_ = Part::kNone;
  bool writing_continue_ = false;
  bool stream_is_last_ = false;

  // What was read and not parsed.
  beast::flat_buffer buffer_;
  std::unique_ptr<http::request_parser<http::string_body>> parser_;
  ServerRequest request_;
  std::weak_ptr<Exchange> exchange_;

  // What is to be written.
  absl::Cord out_;
  std::shared_ptr<StreamState> stream_;

  // nullptr for plain text, and else what it has made of `out_` and has to say itself.
  std::unique_ptr<TlsSession> tls_;
  absl::Cord wire_;

  // The timer is not moved with every deadline: it looks at the deadline when it fires.
  Steady::time_point deadline_ = Steady::time_point::max();
  Steady::time_point armed_for_ = Steady::time_point::max();
  asio::steady_timer timer_;
};

class Stream final : public HttpStream {
 public:
  Stream(std::shared_ptr<Connection> connection, std::shared_ptr<StreamState> state)
      : connection_(std::move(connection)), state_(std::move(state)) {}

  ~Stream() override { Close(); }

  bool Write(absl::Cord bytes) override {
    switch (state_->outbox.Write(std::move(bytes))) {
      case StreamOutbox::Result::kFlush:
        connection_->Post([connection = connection_] { connection->Flush(); });
        return true;
      case StreamOutbox::Result::kQueued:
        return true;
      case StreamOutbox::Result::kTooFull:
        connection_->Post([connection = connection_] { connection->Close(); });
        return false;
      case StreamOutbox::Result::kShut:
        return false;
    }
    return false;
  }

  void Close() override {
    state_->gone.Settle();
    if (state_->outbox.Close() == StreamOutbox::Result::kFlush) {
      connection_->Post([connection = connection_] { connection->Flush(); });
    }
  }

  void Abort() override {
    state_->gone.Settle();
    state_->outbox.BreakOff();
    // After the flushes that are on their way.
    connection_->Post([connection = connection_] { connection->Close(); });
  }

  void OnGone(absl::AnyInvocable<void() &&> callback) override {
    state_->gone.OnGone(std::move(callback));
  }

 private:
  const std::shared_ptr<Connection> connection_;
  const std::shared_ptr<StreamState> state_;
};

class Exchange final : public HttpExchange {
 public:
  Exchange(std::shared_ptr<Connection> connection, ServerRequest request)
      : connection_(std::move(connection)), request_(std::move(request)) {}

  ~Exchange() override {
    if (answered_) return;
    connection_->Dispatch([connection = connection_] {
      connection->AnswerWithError(500, "The request was not answered.");
    });
  }

  const ServerRequest& request() const override { return request_; }

  void Respond(ServerResponse response) override {
    TakeAnswer();
    connection_->Dispatch([connection = connection_, response = std::move(response)]() mutable {
      connection->Answer(std::move(response));
    });
  }

  std::shared_ptr<HttpStream> Stream(ServerResponse head) override {
    TakeAnswer();
    auto state = std::make_shared<StreamState>(connection_->options().max_queued_bytes,
                                               connection_->chunked());
    state->outbox.Write(std::exchange(head.body, {}));
    const bool is_served =
        connection_->Dispatch([connection = connection_, state, head = std::move(head)]() mutable {
          connection->BeginStream(std::move(state), head);
        });
    if (!is_served) state->End();
    return std::make_shared<net::Stream>(connection_, std::move(state));
  }

  void Abort() override {
    TakeAnswer();
    connection_->Dispatch([connection = connection_] { connection->Reset(); });
  }

  void OnGone(absl::AnyInvocable<void() &&> callback) override {
    gone_.OnGone(std::move(callback));
  }

  void FireGone() { gone_.Fire(); }

 private:
  void TakeAnswer() {
    CHECK(!answered_.exchange(true));  // One request, one answer.
    gone_.Settle();
  }

  const std::shared_ptr<Connection> connection_;
  const ServerRequest request_;
  std::atomic<bool> answered_ = false;
  GoneSignal gone_;
};

// --- Connection
// -----------------------------------------------------------------------------------

Connection::Connection(std::shared_ptr<Worker> worker, tcp::socket socket)
    : worker_(std::move(worker)), socket_(std::move(socket)), timer_(worker_->io()) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  peer_ = socket_.remote_endpoint(ignored).address();
  if (peer_.is_v6() && peer_.to_v6().is_v4_mapped()) {
    peer_ = asio::ip::make_address_v4(asio::ip::v4_mapped, peer_.to_v6());
  }
  if (options().tls != nullptr) tls_ = options().tls->Current()->NewSession();
}

void Connection::Advance() {
  if (advancing_ || state_ == State::kClosed) return;
  const std::shared_ptr<Connection> self = shared_from_this();
  advancing_ = true;
  while (Step()) {
  }
  advancing_ = false;
}

bool Connection::Step() {
  switch (state_) {
    case State::kReading:
      return Read();
    case State::kWriting:
      return Write();
    case State::kHandling:
    case State::kLingering:
    case State::kClosed:
      return false;
  }
  return false;
}

bool Connection::Read() {
  if (is_idle()) {
    // A request that crossed the decision to stop is still answered.
    if (worker_->draining() && Receive() != Received::kBytes) {
      Close();
      return false;
    }
    if (!worker_->draining()) {
      if (peer_ended_) {
        Close();
        return false;
      }
      buffer_.shrink_to_fit();
      if (tls_ == nullptr || tls_->is_open()) {
        SetDeadline(options().idle_timeout);
      } else if (deadline_ == Steady::time_point::max()) {
        SetDeadline(options().header_timeout);  // Of the whole handshake.
      }
      Watch();
      return false;
    }
  }
  if (parser_ == nullptr) {
    parser_ = std::make_unique<http::request_parser<http::string_body>>();
    parser_->header_limit(static_cast<uint32_t>(options().max_header_bytes));
    parser_->body_limit(options().max_body_bytes);
    head_is_checked_ = false;
    is_http_1_0_ = false;
    is_head_request_ = false;
    waited_for_ = Part::kNone;
  }
  if (buffer_.size() > 0) {
    error_code error;
    buffer_.consume(parser_->put(buffer_.cdata(), error));
    if (error && error != http::error::need_more) {
      Refuse(RefusalOf(error));
      return true;
    }
    if (parser_->is_header_done() && !head_is_checked_) {
      head_is_checked_ = true;
      if (const std::optional<Refusal> refusal = CheckHead()) {
        Refuse(*refusal);
        return true;
      }
      if (!parser_->is_done()) {
        parser_->eager(true);  // Until here the head comes alone, so that trailers stay out of it.
        if (buffer_.size() == 0 && !is_http_1_0_ && request_.headers.Has("expect")) {
          out_.Append(kContinue);
          writing_continue_ = true;
          state_ = State::kWriting;
        }
        return true;
      }
    }
    if (parser_->is_done()) {
      Handle();
      return true;
    }
    // What frames a chunk has no bound in the parser.
    if (head_is_checked_ && buffer_.size() > options().max_header_bytes) {
      Refuse({400, "The request is malformed: endless chunk."});
      return true;
    }
  }
  if (peer_ended_) {
    Close();
    return false;
  }
  // A request that comes whole, as nearly all do, moves no timer.
  const Part awaited = head_is_checked_ ? Part::kBody : Part::kHead;
  if (std::exchange(waited_for_, awaited) != awaited) {
    SetDeadline(head_is_checked_ ? options().body_timeout : options().header_timeout);
  }
  Watch();
  return false;
}

// Refuses what two readers could read as two different requests, and fills in `request_`.
std::optional<Refusal> Connection::CheckHead() {
  const auto& head = parser_->get();
  is_http_1_0_ = head.version() == 10;
  is_head_request_ = head.method() == http::verb::head;

  const size_t lengths = head.count(http::field::content_length);
  const size_t encodings = head.count(http::field::transfer_encoding);
  if (lengths > 1 || encodings > 1 || lengths + encodings > 1) {
    return Refusal{400, "The length of the request is ambiguous."};
  }
  if (encodings == 1 &&
      (is_http_1_0_ ||
       !absl::EqualsIgnoreCase(FromBoost(head[http::field::transfer_encoding]), "chunked"))) {
    return Refusal{400, "Only `chunked` is taken as Transfer-Encoding."};
  }
  const absl::string_view length = FromBoost(head[http::field::content_length]);
  if (!std::all_of(length.begin(), length.end(), absl::ascii_isdigit)) {
    return Refusal{400, "Content-Length is no number."};
  }
  const size_t hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && !is_http_1_0_)) {
    return Refusal{400, "The request must name one Host."};
  }
  if (const absl::string_view expect = FromBoost(head[http::field::expect]);
      !expect.empty() && !absl::EqualsIgnoreCase(expect, "100-continue")) {
    return Refusal{417, "Only `100-continue` can be expected."};
  }

  absl::string_view target = FromBoost(head.target());
  for (const absl::string_view scheme : {"http://", "https://"}) {
    if (!absl::StartsWithIgnoreCase(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    const size_t path = target.find_first_of("/?");
    target = path == target.npos ? "/" : target.substr(path);
  }
  const size_t question = target.find('?');
  request_ = {};
  request_.method = std::string(FromBoost(head.method_string()));
  request_.path = std::string(target.substr(0, question));
  if (question != target.npos) request_.query = std::string(target.substr(question + 1));
  if (request_.path.empty()) request_.path = "/";  // Of `http://host?query`.
  if (request_.path[0] != '/' && request_.path != "*") {
    return Refusal{400, "The request's target must be a path."};
  }
  for (const auto& field : head) {
    request_.headers.Add(FromBoost(field.name_string()), FromBoost(field.value()));
  }
  return std::nullopt;
}

void Connection::Handle() {
  keep_alive_ = parser_->keep_alive();
  request_.body = std::move(parser_->get().body());
  request_.peer_address = peer_.to_string();
  parser_.reset();
  if (buffer_.size() == 0) buffer_.shrink_to_fit();
  SetDeadline(absl::InfiniteDuration());
  state_ = State::kHandling;
  auto exchange = std::make_shared<Exchange>(shared_from_this(), std::exchange(request_, {}));
  exchange_ = exchange;
  if (peer_ended_) exchange->FireGone();
  worker_->shared().handler(std::move(exchange));
  if (state_ == State::kHandling) Watch();
}

void Connection::Refuse(const Refusal& refusal) {
  parser_.reset();
  buffer_.clear();
  buffer_.shrink_to_fit();
  request_ = {};
  SetDeadline(absl::InfiniteDuration());
  keep_alive_ = false;
  state_ = State::kHandling;
  AnswerWithError(refusal.status, refusal.message);
}

void Connection::AnswerWithError(int status, absl::string_view message) {
  if (options().error_response) return Answer(options().error_response(status, message));
  Answer({.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = absl::Cord(absl::StrCat(message, "\n"))});
}

void Connection::Answer(ServerResponse response) {
  if (state_ != State::kHandling) return;
  Send(response, Framing::kLength);
  if (!is_head_request_ && !IsBodiless(response.status)) out_.Append(std::move(response.body));
  Advance();
}

void Connection::BeginStream(std::shared_ptr<StreamState> stream, const ServerResponse& head) {
  if (state_ != State::kHandling) {
    stream->End();
    return;
  }
  if (is_http_1_0_) keep_alive_ = false;
  Send(head, is_http_1_0_ ? Framing::kClose : Framing::kChunked);
  stream_ = std::move(stream);
  stream_is_last_ = false;
  if (is_head_request_ || IsBodiless(head.status)) {
    stream_is_last_ = true;
    Post([stream = stream_] { stream->End(); });
  }
  Advance();
}

void Connection::Send(const ServerResponse& head, Framing framing) {
  if (worker_->draining() || !worker_->shared().keeps_alive) keep_alive_ = false;
  const auto reason = http::obsolete_reason(http::int_to_status(head.status));
  out_.Append(FormatHead({.status = head.status,
                          .reason = FromBoost(reason),
                          .headers = &head.headers,
                          .common_headers = &options().common_headers,
                          .date = worker_->date(),
                          .framing = framing,
                          .body_bytes = head.body.size(),
                          .connection = !keep_alive_   ? "close"
                                        : is_http_1_0_ ? "keep-alive"
                                                       : ""}));
  state_ = State::kWriting;
}

bool Connection::Write() {
  if (out_.empty() && stream_ != nullptr && !stream_is_last_) {
    StreamOutbox::Taken taken = stream_->outbox.Take(wire_.size());
    out_ = std::move(taken.bytes);
    stream_is_last_ = taken.last;
  }
  if (tls_ != nullptr && wire_.empty()) Encrypt();
  absl::Cord& bytes = tls_ == nullptr ? out_ : wire_;
  if (bytes.empty()) {
    SetDeadline(absl::InfiniteDuration());
    if (stream_ == nullptr || stream_is_last_) return FinishAnswer();
    Watch();
    return false;
  }
  if (waiting_to_write_) return false;
  if (!WriteSome(bytes)) {
    if (waiting_to_write_) SetDeadline(options().write_timeout);
    return false;
  }
  if (stream_ != nullptr) stream_->outbox.SetUnsent(out_.size() + wire_.size());
  return true;
}

// Writes what goes now. Returns false where nothing does: then it waits, or has closed the
// connection.
bool Connection::WriteSome(absl::Cord& bytes) {
  if (waiting_to_write_) return false;
  absl::InlinedVector<asio::const_buffer, kGatheredBuffers> buffers;
  for (const absl::string_view chunk : bytes.Chunks()) {
    buffers.emplace_back(chunk.data(), chunk.size());
    if (buffers.size() == kGatheredBuffers) break;
  }
  error_code error;
  const size_t written = socket_.write_some(buffers, error);
  if (error == asio::error::would_block) {
    waiting_to_write_ = true;
    socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code) {
      self->waiting_to_write_ = false;
      if (self->tls_ != nullptr) self->SendWire();
      self->Advance();
    });
    return false;
  }
  if (error) {
    Close();
    return false;
  }
  bytes.RemovePrefix(written);
  return true;
}

// The next of what is to be written.
void Connection::Encrypt() {
  const size_t size = std::min(out_.size(), kRecordBytes);
  if (size == 0) return;
  tls_->Send(std::string(out_.Subcord(0, size)));
  out_.RemovePrefix(size);
  wire_.Append(tls_->TakeOutput());
}

// Sends what TLS has to say by itself. Returns false where some of it waits, or the connection is
// closed.
bool Connection::SendWire() {
  if (state_ == State::kClosed) return false;
  wire_.Append(tls_->TakeOutput());
  while (!wire_.empty()) {
    if (!WriteSome(wire_)) return false;
  }
  return true;
}

// The answer is written. What follows on this connection?
bool Connection::FinishAnswer() {
  if (std::exchange(writing_continue_, false)) {
    state_ = State::kReading;
    return true;
  }
  stream_.reset();
  if (keep_alive_) {
    state_ = State::kReading;
    return true;
  }
  Linger();
  return false;
}

void Connection::Linger() {
  if (tls_ != nullptr) {
    tls_->Close();
    SendWire();
    if (state_ == State::kClosed) return;
  }
  if (peer_ended_) return Close();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  buffer_.clear();
  buffer_.shrink_to_fit();
  state_ = State::kLingering;
  SetDeadline(kLinger);
  Watch();
}

void Connection::Watch() {
  if (watching_ || peer_ended_ || state_ == State::kClosed) return;
  watching_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code) {
    self->watching_ = false;
    self->OnReadable();
  });
}

void Connection::OnReadable() {
  if (state_ == State::kClosed) return;
  const Received received = Receive();
  switch (state_) {
    case State::kReading:
      return Advance();
    case State::kHandling:
      if (received == Received::kEnd) {
        // It may only have ended its own half: an answer is still written where one comes.
        if (const auto exchange = exchange_.lock()) exchange->FireGone();
        return;
      }
      break;
    case State::kWriting:
      if (received == Received::kEnd) {
        if (stream_ != nullptr) Close();
        return;
      }
      break;
    case State::kLingering:
      if (received == Received::kEnd) return Close();
      buffer_.clear();
      break;
    case State::kClosed:
      return;
  }
  if (buffer_.size() < kMaxAheadBytes) Watch();
}

Connection::Received Connection::Receive() {
  error_code error;
  const asio::mutable_buffer scratch = worker_->scratch();
  const size_t count = socket_.read_some(scratch, error);
  if (error == asio::error::would_block || error == asio::error::interrupted) {
    return Received::kNothing;
  }
  if (error == asio::error::eof) {
    peer_ended_ = true;
    return Received::kEnd;
  }
  if (error) {
    Close();
    return Received::kEnd;
  }
  if (tls_ != nullptr) return Decrypt({static_cast<const char*>(scratch.data()), count});
  buffer_.commit(asio::buffer_copy(buffer_.prepare(count), scratch));
  return Received::kBytes;
}

Connection::Received Connection::Decrypt(absl::string_view bytes) {
  std::string plain;
  const TlsSession::State state = tls_->Receive(bytes, plain);
  SendWire();  // A part of the handshake, or an alert.
  if (state == TlsSession::State::kBroken) Close();
  if (state_ == State::kClosed) return Received::kEnd;
  buffer_.commit(asio::buffer_copy(buffer_.prepare(plain.size()), asio::buffer(plain)));
  if (state == TlsSession::State::kEnded) {
    peer_ended_ = true;
    return Received::kEnd;
  }
  return plain.empty() ? Received::kNothing : Received::kBytes;
}

void Connection::Drain() {
  if (is_idle()) Advance();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  const std::shared_ptr<Connection> self = shared_from_this();
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  parser_.reset();
  buffer_.clear();
  buffer_.shrink_to_fit();
  out_.Clear();
  wire_.Clear();
  worker_->Remove(self);
  if (const auto exchange = exchange_.lock()) exchange->FireGone();
  if (const auto stream = std::exchange(stream_, nullptr)) stream->End();
}

void Connection::Reset() {
  error_code ignored;
  if (state_ != State::kClosed) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  Close();
}

void Connection::SetDeadline(absl::Duration from_now) {
  deadline_ = from_now == absl::InfiniteDuration()
                  ? Steady::time_point::max()
                  : Steady::now() + absl::ToChronoNanoseconds(from_now);
  ArmTimer();
}

void Connection::ArmTimer() {
  if (deadline_ >= armed_for_) return;
  armed_for_ = deadline_;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (error != asio::error::operation_aborted) self->OnTimer();
  });
}

void Connection::OnTimer() {
  armed_for_ = Steady::time_point::max();
  if (state_ == State::kClosed) return;
  if (deadline_ > Steady::now()) return ArmTimer();
  deadline_ = Steady::time_point::max();
  if (state_ == State::kReading && parser_ != nullptr) {
    return Refuse({408, "The request took too long to arrive."});
  }
  Close();
}

// --- Worker
// ---------------------------------------------------------------------------------------

error_code Worker::Listen(const tcp::endpoint& endpoint, bool exclusive) {
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
    acceptor_.set_option(asio::ip::v6_only(false), error);
  }
  // With SO_REUSEPORT the kernel would let a second server take the port and half of the clients
  // without a word. So the first listener does without until it has the port for itself, and sets
  // it then, which lets in the listeners of this process's other threads. Another process's first
  // listener does not have it either, and is refused whenever it comes.
  const auto reuse_port = [this, &error] {
    const int on = 1;
    if (setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0) {
      error = error_code(errno, boost::system::system_category());
    }
  };
  if (!error && !exclusive) reuse_port();
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (!error && exclusive) reuse_port();
  if (!error) acceptor_.non_blocking(true, error);
  return error;
}

void Worker::Start() {
  thread_ = std::thread([self = shared_from_this()] { self->Run(); });
}

void Worker::Run() {
  current_ = this;
  Accept();
  io_.run();
  {
    const std::lock_guard lock(mu_);
    ended_ = true;
  }
  RunInbox();
}

bool Worker::Post(Task task) {
  {
    const std::lock_guard lock(mu_);
    if (ended_) return false;
    inbox_.push_back(std::move(task));
    if (inbox_.size() > 1) return true;  // Whoever put the first one there has called.
  }
  // Not by a shared_ptr: what comes too late to run stays in the event loop that it would keep
  // alive.
  asio::post(io_, [this] { RunInbox(); });
  return true;
}

void Worker::RunInbox() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mu_);
    tasks.swap(inbox_);
  }
  for (Task& task : tasks) {
    std::move(task)();
    task = nullptr;
  }
}

void Worker::Accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (draining_) return;
    if (error == asio::error::no_descriptors || error == asio::error::no_memory ||
        error == asio::error::no_buffer_space ||
        error == error_code(ENFILE, boost::system::system_category())) {
      if (!std::exchange(accept_failing_, true)) {
        LogError("connections wait: none can be accepted", {{"why", error.message()}});
      }
      accept_timer_.expires_after(kAcceptBackoff);
      accept_timer_.async_wait([this](error_code) {
        if (!draining_) Accept();
      });
      return;
    }
    if (!error) {
      accept_failing_ = false;
      Add(std::move(socket));
    }
    Accept();
  });
}

void Worker::Add(tcp::socket socket) {
  {
    const std::lock_guard lock(shared_->mu);
    if (shared_->connections >= options().max_connections) return;
    ++shared_->connections;
  }
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket));
  connections_.insert(connection);
  connection->Start();
}

void Worker::Remove(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) == 0) return;
  const std::lock_guard lock(shared_->mu);
  --shared_->connections;
  shared_->changed.notify_all();
}

void Worker::Drain() {
  // Who has connected already may have sent a request.
  error_code error;
  for (;;) {
    tcp::socket socket(io_);
    acceptor_.accept(socket, error);
    if (error) break;
    Add(std::move(socket));
  }
  draining_ = true;
  acceptor_.close(error);
  accept_timer_.cancel();
  const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
  for (const std::shared_ptr<Connection>& connection : all) connection->Drain();
  const std::lock_guard lock(shared_->mu);
  ++shared_->drained;
  shared_->changed.notify_all();
}

void Worker::Finish() {
  const std::vector<std::shared_ptr<Connection>> all(connections_.begin(), connections_.end());
  for (const std::shared_ptr<Connection>& connection : all) connection->Close();
  work_.reset();
}

absl::string_view Worker::date() {
  const absl::Time now = absl::Now();
  if (const int64_t second = absl::ToUnixSeconds(now); second != date_second_) {
    date_second_ = second;
    date_ = FormatHttpDate(now);
  }
  return date_;
}

// --- Server
// ---------------------------------------------------------------------------------------

class BeastHttpServer final : public HttpServer {
 public:
  BeastHttpServer(std::shared_ptr<Shared> shared, std::vector<std::shared_ptr<Worker>> workers)
      : shared_(std::move(shared)),
        workers_(std::move(workers)),
        address_(Format(workers_.front()->endpoint())) {}

  // Throws where the system gives no thread.
  void StartThreads() {
    for (const auto& worker : workers_) worker->Start();
  }

  ~BeastHttpServer() override { Shutdown(absl::InfinitePast()); }

  std::string address() const override { return address_; }

  size_t connections() const override {
    const std::lock_guard lock(shared_->mu);
    return shared_->connections;
  }

  void StopKeepingAlive() override { shared_->keeps_alive = false; }

  void Shutdown(absl::Time deadline) override {
    const std::lock_guard shutting_down(shutdown_mu_);
    if (std::exchange(is_shut_down_, true)) return;
    for (const auto& worker : workers_) worker->Post([worker] { worker->Drain(); });
    {
      std::unique_lock lock(shared_->mu);
      const auto is_done = [this] {
        return shared_->drained == workers_.size() && shared_->connections == 0;
      };
      while (!is_done()) {
        const absl::Duration left = deadline - absl::Now();
        if (left <= absl::ZeroDuration()) break;
        // An infinite wait overflows in the library.
        shared_->changed.wait_for(lock, absl::ToChronoNanoseconds(std::min(left, absl::Hours(1))));
      }
    }
    for (const auto& worker : workers_) worker->Post([worker] { worker->Finish(); });
    for (const auto& worker : workers_) worker->Join();
    // An exchange that outlives the server must not keep alive what the handler holds.
    shared_->handler = nullptr;
  }

 private:
  static std::string Format(const tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    return endpoint.address().is_v6() ? absl::StrCat("[", host, "]:", endpoint.port())
                                      : absl::StrCat(host, ":", endpoint.port());
  }

  const std::shared_ptr<Shared> shared_;
  const std::vector<std::shared_ptr<Worker>> workers_;
  const std::string address_;
  std::mutex shutdown_mu_;
  bool is_shut_down_ = false;
};

absl::StatusOr<tcp::endpoint> ParseListen(absl::string_view listen) {
  const auto invalid = [] {
    return FieldInvalid("listen", "must be `host:port`, with an IPv6 address in brackets",
                        "127.0.0.1:8080");
  };
  const size_t colon = listen.rfind(':');
  if (colon == listen.npos) return invalid();
  absl::string_view host = listen.substr(0, colon);
  uint32_t port = 0;
  if (!absl::SimpleAtoi(listen.substr(colon + 1), &port) || port > 65535) return invalid();
  if (host == "localhost") host = "127.0.0.1";
  const bool in_brackets = absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  if (in_brackets) host = host.substr(1, host.size() - 2);
  error_code error;
  const asio::ip::address address = asio::ip::make_address(std::string(host), error);
  if (error || address.is_v6() != in_brackets) return invalid();
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options,
                                                              HttpHandler handler) {
  ASSIGN_OR_RETURN(tcp::endpoint endpoint, ParseListen(options.listen));
  const std::string listen = options.listen;
  const int threads = options.threads > 0
                          ? options.threads
                          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  auto shared = std::make_shared<Shared>();
  shared->options = std::move(options);
  shared->handler = std::move(handler);
  try {
    std::vector<std::shared_ptr<Worker>> workers;
    for (int i = 0; i < threads; ++i) {
      workers.push_back(std::make_shared<Worker>(shared));
      if (const error_code error = workers.back()->Listen(endpoint, i == 0)) {
        return AddressUnusable(listen, error.message());
      }
      endpoint = workers.front()->endpoint();
    }
    auto server = std::make_unique<BeastHttpServer>(std::move(shared), std::move(workers));
    server->StartThreads();
    return server;
  } catch (const std::exception& error) {  // No file descriptor for an event loop, no thread.
    return AddressUnusable(listen, error.what());
  }
}

}  // namespace mesh::net
