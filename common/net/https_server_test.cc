// The HTTP server behind TLS, and the certificate that it takes from files.
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/http_server.h"
#include "common/net/raw_socket.h"
#include "common/net/tls_client.h"
#include "common/net/tls_files.h"
#include "common/tls/test_certificates.h"

namespace mesh::net {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

using Exchange = std::shared_ptr<HttpExchange>;

constexpr char kGet[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr char kGetAndClose[] = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

void Echo(const Exchange& exchange) {
  const ServerRequest& request = exchange->request();
  exchange->Respond({.body = absl::Cord(absl::StrCat(request.path, " ", request.body))});
}

class HttpsServerTest : public testing::Test {
 protected:
  // Puts a certificate of `name` where the server looks for it.
  void Write(const std::string& name, absl::Time expires = absl::Now() + absl::Minutes(30)) {
    WritePair(SignTestCertificate(authority_, name, expires));
  }

  void WritePair(const TestCertificate& pair) {
    EXPECT_THAT(WriteFileAtomically(options_.key_file, pair.key), IsOk());
    EXPECT_EQ(chmod(options_.key_file.c_str(), 0600), 0);
    EXPECT_THAT(WriteFileAtomically(options_.certificate_file, pair.certificate), IsOk());
  }

  std::unique_ptr<HttpServer> Serve(HttpHandler handler, HttpServerOptions options = {}) {
    auto files = TlsFiles::Open(options_);
    EXPECT_THAT(files.status(), IsOk());
    options.threads = 2;
    options.tls = *std::move(files);
    auto server = HttpServer::Start(std::move(options), std::move(handler));
    EXPECT_THAT(server.status(), IsOk());
    return *std::move(server);
  }

  TlsClientOptions Client(int version = 13, std::vector<std::string> protocols = {}) const {
    return {
        .authority = authority_.certificate, .protocols = std::move(protocols), .version = version};
  }

  const TestCertificate authority_ = MakeTestAuthority("authority");
  const TlsFilesOptions options_{
      .certificate_file = absl::StrCat(std::getenv("TEST_TMPDIR"), "/tls.crt"),
      .key_file = absl::StrCat(std::getenv("TEST_TMPDIR"), "/tls.key"),
      .interval = absl::Milliseconds(10)};
};

TEST_F(HttpsServerTest, SpeaksHttp11OverTls12And13) {
  Write("server");
  const auto server = Serve(Echo);
  for (const int version : {12, 13}) {
    TlsClient client(server->address(), Client(version, {"h2", "http/1.1"}));
    ASSERT_TRUE(client.connected()) << version;
    EXPECT_EQ(client.version(), absl::StrCat("TLSv1.", version - 10));
    EXPECT_EQ(client.protocol(), "http/1.1");

    client.Send(kGet);
    EXPECT_THAT(client.ReadUntil("/a "), StartsWith("HTTP/1.1 200 OK\r\n"));
    client.Send(kGetAndClose);
    bool in_order = false;
    EXPECT_THAT(client.ReadToEnd(in_order), EndsWith("\r\n\r\n/a "));
    EXPECT_TRUE(in_order);
  }
}

TEST_F(HttpsServerTest, ServesAClientThatDoesNotAskWhatIsSpoken) {
  Write("server");
  const auto server = Serve(Echo);
  TlsClient client(server->address(), Client());
  client.Send(kGet);
  EXPECT_THAT(client.ReadUntil("/a "), HasSubstr("200 OK"));
  EXPECT_EQ(client.protocol(), "");
}

TEST_F(HttpsServerTest, RefusesOlderVersionsAndWhoSpeaksHttp2Alone) {
  Write("server");
  const auto server = Serve(Echo);
  EXPECT_FALSE(TlsClient(server->address(), Client(10)).connected());
  EXPECT_FALSE(TlsClient(server->address(), Client(11)).connected());
  EXPECT_FALSE(TlsClient(server->address(), Client(13, {"h2"})).connected());
  EXPECT_TRUE(TlsClient(server->address(), Client(12)).connected());
}

TEST_F(HttpsServerTest, CarriesLargeBodiesBothWays) {
  Write("server");
  const std::string large(3 << 20, 'y');
  const auto server = Serve(
      [&](const Exchange& exchange) {
        exchange->Respond({.body = absl::Cord(absl::StrCat(exchange->request().body, large, "."))});
      },
      {.max_body_bytes = 2 << 20});
  TlsClient client(server->address(), Client());
  const std::string body(1 << 20, 'x');

  std::thread sender([&] {
    client.Send(absl::StrCat("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ", body.size(),
                             "\r\nConnection: close\r\n\r\n", body));
  });
  sender.join();
  bool in_order = false;
  const std::string answer = client.ReadToEnd(in_order);

  EXPECT_TRUE(in_order);
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), absl::StrCat(body, large, "."));
}

TEST_F(HttpsServerTest, StreamsAndSeesTheReaderGo) {
  Write("server");
  Mailbox<Exchange> exchanges;
  const auto server = Serve([&](Exchange exchange) { exchanges.Put(std::move(exchange)); });
  Mailbox<bool> gone;
  std::shared_ptr<HttpStream> stream;
  {
    TlsClient client(server->address(), Client());
    client.Send(kGet);
    stream = exchanges.Take()->Stream({.body = absl::Cord("one")});
    client.ReadUntil("one\r\n");
    stream->Write(absl::Cord("two"));
    EXPECT_EQ(client.ReadUntil("two\r\n"), "3\r\ntwo\r\n");
    stream->OnGone([&gone] { gone.Put(true); });
  }
  gone.Take();
  EXPECT_FALSE(stream->Write(absl::Cord("three")));
}

TEST_F(HttpsServerTest, CutsOffASlowReaderOfAStream) {
  Write("server");
  Mailbox<Exchange> exchanges;
  const auto server = Serve([&](Exchange exchange) { exchanges.Put(std::move(exchange)); },
                            {.max_queued_bytes = 100'000});
  TlsClient client(server->address(), Client());
  client.Send(kGet);
  const auto stream = exchanges.Take()->Stream({});
  Mailbox<bool> gone;
  stream->OnGone([&gone] { gone.Put(true); });
  int written = 0;
  while (stream->Write(absl::Cord(std::string(10'000, 'x')))) ASSERT_LT(++written, 10'000);
  gone.Take();
}

TEST_F(HttpsServerTest, ClosesSilentConnectionsAndHandshakesThatTrickle) {
  Write("server");
  const auto server = Serve(Echo, {.header_timeout = absl::Milliseconds(100)});
  RawSocket silent(server->address());
  RawSocket trickling(server->address());
  trickling.Send("\x16");
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_EQ(trickling.ReadToEnd(), "");
}

TEST_F(HttpsServerTest, ClosesWhatIsNoTls) {
  Write("server");
  const auto server = Serve(Echo);
  for (const std::string& bytes :
       {std::string(kGet), std::string(100'000, 'x'), std::string("\x16\x03\x01\xff\xff")}) {
    RawSocket client(server->address());
    client.Send(bytes);
    client.CloseSend();
    EXPECT_EQ(client.ReadToEnd().find("HTTP/1.1"), std::string::npos);
  }
}

TEST_F(HttpsServerTest, TakesUpANewCertificateAndKeepsConnectionsOfTheOldOne) {
  Write("first");
  const auto server = Serve(Echo);
  TlsClient old(server->address(), Client());
  EXPECT_EQ(old.server_name(), "first");

  Write("second");
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (TlsClient(server->address(), Client()).server_name() != "second") {
    ASSERT_LT(absl::Now(), limit);
  }

  old.Send(kGet);
  EXPECT_THAT(old.ReadUntil("/a "), HasSubstr("200 OK"));
}

TEST_F(HttpsServerTest, KeepsItsCertificateWhereTheNewOneCannotBeUsed) {
  Write("first");
  const auto server = Serve(Echo);
  const TestCertificate another =
      SignTestCertificate(authority_, "x", absl::Now() + absl::Hours(1));
  for (const std::string& bad : {another.certificate, std::string("no certificate")}) {
    EXPECT_THAT(WriteFileAtomically(options_.certificate_file, bad), IsOk());
    // Longer than some looks take, as a look leaves no trace here.
    for (const absl::Time until = absl::Now() + absl::Milliseconds(200); absl::Now() < until;) {
      ASSERT_EQ(TlsClient(server->address(), Client()).server_name(), "first");
    }
  }
  Write("second");
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (TlsClient(server->address(), Client()).server_name() != "second") {
    ASSERT_LT(absl::Now(), limit);
  }
}

TEST_F(HttpsServerTest, AServerWhoseFilesDoNotFitDoesNotStart) {
  const TestCertificate good = SignTestCertificate(authority_, "a", absl::Now() + absl::Hours(1));
  const TestCertificate other = SignTestCertificate(authority_, "b", absl::Now() + absl::Hours(1));

  WritePair({.certificate = good.certificate, .key = other.key});
  const absl::Status mismatched = TlsFiles::Open(options_).status();
  EXPECT_THAT(mismatched, HasReason("CERTIFICATE_INVALID"));
  EXPECT_THAT(std::string(mismatched.message()),
              AllOf(HasSubstr(options_.certificate_file), HasSubstr("private key")));

  Write("expired", absl::Now() - absl::Minutes(1));
  EXPECT_THAT(TlsFiles::Open(options_).status(), HasReason("CERTIFICATE_INVALID"));

  WritePair(good);
  EXPECT_EQ(chmod(options_.key_file.c_str(), 0644), 0);
  EXPECT_THAT(TlsFiles::Open(options_).status(), HasReason("FILE_UNSAFE"));

  WritePair(good);
  EXPECT_THAT(WriteFileAtomically(options_.certificate_file, "nothing"), IsOk());
  EXPECT_THAT(TlsFiles::Open(options_).status(), HasReason("CERTIFICATE_INVALID"));
  EXPECT_THAT(
      TlsFiles::Open({.certificate_file = "/nowhere", .key_file = options_.key_file}).status(),
      HasReason("FILE_UNREADABLE"));
}

TEST_F(HttpsServerTest, StandsClientsThatComeAndGo) {
  Write("server");
  const auto server = Serve(Echo);
  std::vector<std::thread> crowd;
  std::atomic<int> served = 0;
  for (int i = 0; i < 4; ++i) {
    crowd.emplace_back([&, i] {
      for (int n = 0; n < 25; ++n) {
        if ((n + i) % 3 == 0) {
          RawSocket rude(server->address());
          rude.Send("\x16\x03\x01\x02");
          rude.Reset();
          continue;
        }
        TlsClient client(server->address(), Client());
        client.Send(kGet);
        if ((n + i) % 3 == 1) continue;
        client.ReadUntil("/a ");
        ++served;
      }
    });
  }
  for (std::thread& client : crowd) client.join();
  EXPECT_GT(served, 0);
  server->Shutdown(absl::Now() + absl::Seconds(5));
  EXPECT_EQ(server->connections(), 0u);
}

}  // namespace
}  // namespace mesh::net
