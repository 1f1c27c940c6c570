#include "common/net/fake_http_client.h"

#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::net {
namespace {

using Answer = std::optional<absl::StatusOr<HttpResponse>>;

HttpClient::Done Into(Answer& answer) {
  return [&answer](absl::StatusOr<HttpResponse> got) { answer = std::move(got); };
}

TEST(FakeHttpClient, AnswersInOrderThenByRuleAndRemembersWhatWasSent) {
  FakeHttpClient client;
  client.Answer({{.status = 429}});
  client.Answer(absl::UnavailableError("down"));
  client.AnswerAll([](const HttpRequest& request) -> absl::StatusOr<HttpResponse> {
    return {{.status = 200, .body = request.url}};
  });

  EXPECT_EQ(SendAndWait(client, {.url = "http://a/1"})->status, 429);
  EXPECT_THAT(SendAndWait(client, {.url = "http://a/2"}), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(SendAndWait(client, {.url = "http://a/3"})->body, "http://a/3");

  ASSERT_EQ(client.sent().size(), 3u);
  EXPECT_EQ(client.sent()[2].url, "http://a/3");
}

TEST(FakeHttpClient, GivesNoAnswerPastItsScript) {
  FakeHttpClient client;

  EXPECT_THAT(SendAndWait(client, {.url = "http://a/1"}), HasReason("NO_ANSWER"));
}

TEST(FakeHttpClient, HoldsCallsUntilReleased) {
  FakeHttpClient client;
  client.Answer({{.status = 204}});
  client.Hold();
  Answer answer;
  client.Send({.url = "http://a/1"}, Into(answer));
  EXPECT_FALSE(answer.has_value());

  client.Release();

  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ((*answer)->status, 204);
}

TEST(FakeHttpClient, CancelsAHeldCallOnce) {
  FakeHttpClient client;
  client.Answer({{.status = 204}});
  client.Hold();
  Answer answer;
  const auto call = client.Send({.url = "http://a/1"}, Into(answer));

  call->Cancel();
  call->Cancel();
  client.Release();

  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(*answer, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(SendAndWait(client, {.url = "http://a/2"})->status, 204);
}

TEST(SendAndWait, WaitsForAnAnswerFromAnotherThread) {
  FakeHttpClient client;
  client.Answer({{.status = 200}});
  client.Hold();
  std::thread releaser([&client] {
    while (client.sent().empty()) std::this_thread::yield();
    client.Release();
  });

  EXPECT_EQ(SendAndWait(client, {.url = "http://a/1"})->status, 200);
  releaser.join();
}

}  // namespace
}  // namespace mesh::net
