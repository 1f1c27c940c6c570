#include "common/net/url.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::net {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::Values;

TEST(ParseUrl, TakesAUrlApart) {
  ASSERT_OK_AND_ASSIGN(const Url url,
                       ParseUrl("HTTPS://Meeting.Zoho.EU:8443/api/v2/a%2Fb?x=1&name=J%C3%BC+r"));

  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host, "meeting.zoho.eu");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.path, "/api/v2/a%2Fb");
  EXPECT_THAT(url.query, ElementsAre(Pair("x", "1"), Pair("name", "Jü r")));
}

TEST(ParseUrl, FillsInTheSchemesPortAndTheRoot) {
  ASSERT_OK_AND_ASSIGN(const Url plain, ParseUrl("http://[::1]"));
  EXPECT_EQ(plain.host, "::1");
  EXPECT_EQ(plain.port, 80);
  EXPECT_EQ(plain.path, "/");
  EXPECT_THAT(plain.query, IsEmpty());

  ASSERT_OK_AND_ASSIGN(const Url secure, ParseUrl("https://a/"));
  EXPECT_EQ(secure.port, 443);
}

class ParseUrlRefuses : public ::testing::TestWithParam<const char*> {};

TEST_P(ParseUrlRefuses, WhatIsNoAbsoluteHttpUrl) {
  EXPECT_THAT(ParseUrl(GetParam()), HasReason("FIELD_INVALID"));
}

INSTANTIATE_TEST_SUITE_P(Urls, ParseUrlRefuses,
                         Values("", "/path", "//host/path", "ftp://host/", "file:///etc/passwd",
                                "http://", "http://user@host/", "http://user:secret@host/",
                                "http://ho st/", "http://host:70000/", "http://host:0/",
                                "http://host/\nX: y", "http://host/%zz", "http://host/#fragment",
                                "http://evil.example%2fzoho.com/", "https:meeting.zoho.com",
                                "http://a/?q=%4"));

TEST(ResolveUrl, FollowsWhatABrowserWould) {
  constexpr char kBase[] = "https://download.zoho.eu/a/b?x=1";
  EXPECT_EQ(ResolveUrl(kBase, "https://files.zoho.eu/c?d=%2f#e"), "https://files.zoho.eu/c?d=%2f");
  EXPECT_EQ(ResolveUrl(kBase, "//files.zoho.eu/c"), "https://files.zoho.eu/c");
  EXPECT_EQ(ResolveUrl(kBase, "/c?d=e"), "https://download.zoho.eu/c?d=e");
  EXPECT_EQ(ResolveUrl(kBase, "c"), "https://download.zoho.eu/a/c");
  EXPECT_EQ(ResolveUrl(kBase, "?y=2"), "https://download.zoho.eu/a/b?y=2");
  for (const char* nowhere : {"file:///etc/passwd", "javascript:x", "//user@host/", "/\n", "%zz"}) {
    EXPECT_EQ(ResolveUrl(kBase, nowhere), "") << nowhere;
  }
  EXPECT_EQ(ResolveUrl("no URL", "/c"), "");
}

TEST(PercentEncode, KeepsUnreservedCharactersAlone) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("../a b/c?d=e&f+ü%"), "..%2Fa%20b%2Fc%3Fd%3De%26f%2B%C3%BC%25");
}

TEST(PercentDecode, TurnsEncodingBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));

  EXPECT_THAT(PercentDecode(PercentEncode(all)), Optional(all));
  EXPECT_THAT(PercentDecode("a+b"), Optional(Eq("a+b")));
}

TEST(PercentDecode, RefusesBrokenEscapes) {
  EXPECT_EQ(PercentDecode("%"), std::nullopt);
  EXPECT_EQ(PercentDecode("%4"), std::nullopt);
  EXPECT_EQ(PercentDecode("%4g"), std::nullopt);
}

TEST(ParseQuery, ReadsPairsInOrder) {
  ASSERT_OK_AND_ASSIGN(const auto pairs, ParseQuery("b=2&a=1+1&empty=&&flag&x=y=z&%3D=%26"));

  EXPECT_THAT(pairs, ElementsAre(Pair("b", "2"), Pair("a", "1 1"), Pair("empty", ""),
                                 Pair("flag", ""), Pair("x", "y=z"), Pair("=", "&")));
}

TEST(ParseQuery, RefusesBrokenEscapes) {
  EXPECT_THAT(ParseQuery("a=%"), HasReason("FIELD_INVALID"));
  EXPECT_THAT(ParseQuery("%2=a"), HasReason("FIELD_INVALID"));
}

TEST(FormatQuery, IsReadBackByParseQuery) {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"a b", "c&d"}, {"ü", "+"}};

  EXPECT_EQ(FormatQuery(pairs), "a%20b=c%26d&%C3%BC=%2B");
  EXPECT_THAT(*ParseQuery(FormatQuery(pairs)), Eq(pairs));
}

}  // namespace
}  // namespace mesh::net
