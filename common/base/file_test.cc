#include "common/base/file.h"

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh {
namespace {

std::string Temporary(absl::string_view name) {
  return absl::StrCat(std::getenv("TEST_TMPDIR"), "/", name);
}

TEST(File, IsReadAsItWasWritten) {
  const std::string content = std::string(100'000, 'x') + '\0' + "end";
  ASSERT_THAT(WriteFileAtomically(Temporary("whole"), content), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile(Temporary("whole")));
  EXPECT_EQ(read, content);
}

TEST(File, IsReplacedAsAWhole) {
  ASSERT_THAT(WriteFileAtomically(Temporary("replaced"), "a long first content"), IsOk());
  ASSERT_THAT(WriteFileAtomically(Temporary("replaced"), "short"), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadFile(Temporary("replaced")));
  EXPECT_EQ(read, "short");
}

TEST(File, InAMissingFolderIsAnErrorThatNamesIt) {
  const absl::Status written = WriteFileAtomically("/nowhere/file", "x");
  EXPECT_THAT(written, HasReason("FILE_UNWRITABLE"));
  EXPECT_EQ(GetErrorDetail(written)->metadata["path"], "/nowhere/file");
  EXPECT_THAT(ReadFile("/nowhere/file"), HasReason("FILE_UNREADABLE"));
}

TEST(File, OfASecretLosesTheWhiteSpaceAroundIt) {
  ASSERT_THAT(WriteFileAtomically(Temporary("secret"), "  s3cret\n"), IsOk());
  ASSERT_OK_AND_ASSIGN(const Secret secret, ReadSecretFile(Temporary("secret")));
  EXPECT_EQ(secret.Reveal(), "s3cret");
}

}  // namespace
}  // namespace mesh
