#include "gateway/static_files.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/status_matchers.h"
#include "common/net/fake_http_exchange.h"

namespace mesh::gateway {
namespace {

using testing::HasSubstr;
using testing::Optional;

class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest() {
    std::filesystem::create_directories(absl::StrCat(folder_, "/assets"));
    Write("index.html", "<meta content=\"{{csp-nonce}}\">");
    Write("icon.svg", "<svg/>");
    Write("assets/app-1a2b.js", "plain");
    Write("assets/app-1a2b.js.br", "brotli");
    Write("assets/app-1a2b.js.gz", "gzip");
  }
  ~StaticFilesTest() override { std::filesystem::remove_all(folder_); }

  void Write(const char* name, absl::string_view content) {
    EXPECT_TRUE(WriteFileAtomically(absl::StrCat(folder_, "/", name), content).ok());
  }

  // nullopt where the path is not the files' own.
  static std::optional<net::ServerResponse> Ask(const StaticFiles& files, const char* path,
                                                net::HttpHeaders headers = {},
                                                const char* method = "GET") {
    const auto exchange = std::make_shared<net::FakeHttpExchange>(
        net::ServerRequest{.method = method, .path = path, .headers = std::move(headers)});
    if (!files.Handle(exchange)) return std::nullopt;
    return exchange->Answer();
  }

  StaticFiles Files() const {
    absl::StatusOr<StaticFiles> files = StaticFiles::Load(folder_);
    EXPECT_TRUE(files.ok()) << files.status();
    return *std::move(files);
  }

  const std::string folder_ = absl::StrCat(testing::TempDir(), "/static_files");
};

TEST_F(StaticFilesTest, AFileComesInTheBestFormThatTheBrowserTakes) {
  const StaticFiles files = Files();
  const auto body = [&](const char* accepted) {
    return std::string(
        Ask(files, "/dashboard/assets/app-1a2b.js", {{"Accept-Encoding", accepted}})->body);
  };

  EXPECT_EQ(body("gzip, deflate, br"), "brotli");
  EXPECT_EQ(body("gzip;q=0.8, BR;q=0"), "gzip");
  EXPECT_EQ(body("gzip; q=0, br;q=0.0"), "plain");
  EXPECT_EQ(body("brotli"), "plain");
  EXPECT_EQ(std::string(Ask(files, "/dashboard/assets/app-1a2b.js")->body), "plain");
}

TEST_F(StaticFilesTest, AHashedNameIsKeptForGoodAndOthersForAWhile) {
  const StaticFiles files = Files();

  const auto hashed = Ask(files, "/dashboard/assets/app-1a2b.js", {{"Accept-Encoding", "br"}});
  EXPECT_THAT(hashed->headers.Get("Cache-Control"), Optional(HasSubstr("immutable")));
  EXPECT_EQ(hashed->headers.Get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(hashed->headers.Get("Content-Encoding"), "br");
  EXPECT_EQ(hashed->headers.Get("Vary"), "Accept-Encoding");
  const auto icon = Ask(files, "/dashboard/icon.svg");
  EXPECT_EQ(icon->headers.Get("Content-Type"), "image/svg+xml");
  EXPECT_EQ(icon->headers.Get("Cache-Control"), "public, max-age=3600");
}

TEST_F(StaticFilesTest, EveryAddressOfTheApplicationGetsTheIndexWithANonceOfItsOwn) {
  const StaticFiles files = Files();

  const auto first = Ask(files, "/dashboard/accounts/acc_1/servers");
  const auto second = Ask(files, "/dashboard/");

  ASSERT_EQ(first->status, 200);
  const std::string body(first->body);
  const std::string nonce = body.substr(15, 43);
  EXPECT_EQ(body, absl::StrCat("<meta content=\"", nonce, "\">"));
  EXPECT_THAT(first->headers.Get("Content-Security-Policy"),
              Optional(HasSubstr(absl::StrCat("style-src 'self' 'nonce-", nonce, "';"))));
  EXPECT_THAT(first->headers.Get("Content-Security-Policy"),
              Optional(HasSubstr("default-src 'none'; script-src 'self';")));
  EXPECT_EQ(first->headers.Get("Cache-Control"), "no-store");
  EXPECT_EQ(second->status, 200);
  EXPECT_FALSE(absl::StrContains(std::string(second->body), nonce));
}

TEST_F(StaticFilesTest, WhatIsNotThereIsNotFoundAndOtherPathsAreOfOthers) {
  const StaticFiles files = Files();

  EXPECT_EQ(Ask(files, "/dashboard/assets/app-0000.js")->status, 404);
  EXPECT_EQ(Ask(files, "/dashboard/assets/../index.html")->status, 404);
  EXPECT_EQ(Ask(files, "/dashboard/", {}, "POST")->status, 405);
  EXPECT_EQ(Ask(files, "/")->headers.Get("Location"), "/dashboard/");
  EXPECT_EQ(Ask(files, "/dashboard")->headers.Get("Location"), "/dashboard/");
  EXPECT_EQ(Ask(files, "/dashboards"), std::nullopt);
  EXPECT_EQ(Ask(files, "/integrated-account"), std::nullopt);
}

TEST_F(StaticFilesTest, WithoutFilesThePageSaysWhy) {
  const auto page = Ask(StaticFiles("Build it & come again."), "/dashboard/");

  EXPECT_EQ(page->status, 503);
  EXPECT_THAT(std::string(page->body), HasSubstr("Build it &amp; come again."));
}

TEST_F(StaticFilesTest, AFolderWithoutAnIndexIsNoApplication) {
  std::filesystem::remove(absl::StrCat(folder_, "/index.html"));

  EXPECT_EQ(ErrorReason(StaticFiles::Load(folder_).status()), "FILE_UNREADABLE");
}

}  // namespace
}  // namespace mesh::gateway
