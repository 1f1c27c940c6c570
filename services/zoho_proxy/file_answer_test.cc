#include "services/zoho_proxy/file_answer.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {
namespace {

Json Describe(const net::HttpResponse& response) {
  return Json::parse(DescribeFile(response, 100'000));
}

TEST(FileAnswer, ATextIsShown) {
  EXPECT_EQ(
      Describe(
          {.status = 200, .headers = {{"Content-Type", "text/vtt"}}, .body = "WEBVTT\n\nGrüße"})
          .dump(),
      R"({"contentType":"text/vtt","sizeBytes":15,"text":"WEBVTT\n\nGrüße"})");
}

TEST(FileAnswer, OfAFilmOnlyItsKindAndSizeAreTold) {
  EXPECT_EQ(Describe({.status = 206,
                      .headers = {{"Content-Type", "video/mp4"},
                                  {"Content-Range", "bytes 0-131071/734003200"}},
                      .body = std::string(131072, '\0')})
                .dump(),
            R"({"contentType":"video/mp4","sizeBytes":734003200})");
}

TEST(FileAnswer, ALongTextIsCutAndSaysSo) {
  const Json file = Describe({.status = 200,
                              .headers = {{"Content-Type", "text/plain"}},
                              .body = std::string(90'000, 'x')});
  EXPECT_EQ(file["text"].get<std::string>().size(), 60'000u);
  EXPECT_EQ(file["truncated"], true);
  EXPECT_EQ(file["sizeBytes"], 90'000);
}

TEST(FileAnswer, ATextIsCutUntilAllThatIsWrittenOfItFits) {
  for (const size_t most : {200, 1'000, 20'000}) {
    const std::string text =
        DescribeFile({.status = 200,
                      .headers = {{"Content-Type", "text/plain"}},
                      .body = std::string(90'000, '\x01')},  // Six bytes of JSON each.
                     most);
    EXPECT_LE(text.size(), most);
    EXPECT_GT(Json::parse(text)["text"].get<std::string>().size(), most / 10);
    EXPECT_EQ(Json::parse(text)["truncated"], true);
  }
}

TEST(FileAnswer, BytesThatAreNoTextDoNoHarm) {
  const Json file =
      Describe({.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = "a\xff\xfe"});
  EXPECT_EQ(file["text"], "a\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(Describe({.status = 200})["contentType"], "application/octet-stream");
}

}  // namespace
}  // namespace mesh::zoho_proxy
