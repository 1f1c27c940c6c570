#include "common/net/response_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::net {
namespace {

constexpr absl::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string Format(HttpHeaders headers, ResponseHead head = {}) {
  static const HttpHeaders common = {{"Referrer-Policy", "no-referrer"}};
  head.reason = "OK";
  head.headers = &headers;
  head.common_headers = &common;
  head.date = kDate;
  return FormatHead(head);
}

TEST(FormatHead, WritesStatusFieldsAndLength) {
  EXPECT_EQ(Format({{"Content-Type", "text/plain"}}, {.body_bytes = 5}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain\r\n"
            "Referrer-Policy: no-referrer\r\n"
            "Content-Length: 5\r\n"
            "\r\n");
}

TEST(FormatHead, WritesChunkedAndConnection) {
  EXPECT_EQ(Format({{"referrer-policy", "origin"}},
                   {.framing = Framing::kChunked, .connection = "close"}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "referrer-policy: origin\r\n"
            "Transfer-Encoding: chunked\r\n"
            "Connection: close\r\n"
            "\r\n");
}

TEST(FormatHead, FramesNoBodyWhereThereIsNone) {
  for (const int status : {204, 304}) {
    EXPECT_EQ(Format({}, {.status = status}).find("Content-Length"), std::string::npos) << status;
  }
  EXPECT_NE(Format({}, {.status = 202}).find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(FormatHead, LetsNoFieldWriteAnother) {
  const std::string head = Format({{"Location", "/a\r\nSet-Cookie: x=1\r\n\r\n<html>\0"},
                                   {"Bad Name", "1"},
                                   {"Bad:Name", "2"},
                                   {"", "3"},
                                   {"Content-Length", "99"},
                                   {"transfer-encoding", "chunked"},
                                   {"Connection", "upgrade"}});

  EXPECT_EQ(head,
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Location: /a  Set-Cookie: x=1    <html>\r\n"
            "Referrer-Policy: no-referrer\r\n"
            "Content-Length: 0\r\n"
            "\r\n");
}

TEST(FormatHttpDate, IsTheOneOfRfc9110) {
  EXPECT_EQ(FormatHttpDate(absl::FromUnixSeconds(784111777)), kDate);
}

}  // namespace
}  // namespace mesh::net
