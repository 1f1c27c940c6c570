#include "services/zoho_proxy/file_head.h"

#include <gtest/gtest.h>

namespace mesh::zoho_proxy {
namespace {

TEST(FileHead, TellsTypeNameAndSize) {
  const tools::v1::FileInfo file = ReadFileHead(
      {.status = 200,
       .headers = {{"Content-Type", "video/mp4"},
                   {"Content-Length", "4856563"},
                   {"Content-Disposition", "attachment; filename=\"1066944216.mp4\""}}});
  EXPECT_EQ(file.content_type(), "video/mp4");
  EXPECT_EQ(file.name(), "1066944216.mp4");
  EXPECT_EQ(file.size(), 4856563);
}

TEST(FileHead, APartHasTheSizeOfTheWhole) {
  EXPECT_EQ(
      ReadFileHead({.status = 206,
                    .headers = {{"Content-Length", "10"}, {"Content-Range", "bytes 90-99/100"}}})
          .size(),
      100);
  for (const char* range : {"bytes 90-99/*", "nonsense", "", "/"}) {
    EXPECT_FALSE(ReadFileHead({.status = 206, .headers = {{"Content-Range", range}}}).has_size())
        << range;
  }
}

TEST(FileHead, WhatIsNotToldIsAbsent) {
  const tools::v1::FileInfo file = ReadFileHead({.status = 200});
  EXPECT_EQ(file.content_type(), "");
  EXPECT_EQ(file.name(), "");
  EXPECT_FALSE(file.has_size());
}

TEST(FileHead, ANameIsNeverAPath) {
  const auto name = [](const char* disposition) {
    return ReadFileHead({.status = 200, .headers = {{"Content-Disposition", disposition}}}).name();
  };
  EXPECT_EQ(name("attachment; filename=\"../../etc/passwd\""), "passwd");
  EXPECT_EQ(name("attachment; filename=\"C:\\a\\b.mp4\""), "b.mp4");
  EXPECT_EQ(name("attachment; filename=plain.vtt"), "plain.vtt");
  EXPECT_EQ(name("attachment; filename=\"..\""), "");
  EXPECT_EQ(name("attachment; FileName=\"a\x01\xff.mp4\""), "a??.mp4");
  EXPECT_EQ(name("inline"), "");
}

}  // namespace
}  // namespace mesh::zoho_proxy
