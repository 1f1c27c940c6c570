#include "common/base/seal.h"

#include <cstdlib>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"

namespace mesh {
namespace {

Sealer MakeSealer() { return *Sealer::Create(Secret(RandomBytes(32))); }

TEST(Sealer, OpensWhatItSealed) {
  const Sealer sealer = MakeSealer();
  ASSERT_OK_AND_ASSIGN(const Secret opened, sealer.Open(sealer.Seal("token", "row 1"), "row 1"));
  EXPECT_EQ(opened.Reveal(), "token");
}

TEST(Sealer, SealsTheSameValueDifferentlyEachTime) {
  const Sealer sealer = MakeSealer();
  EXPECT_NE(sealer.Seal("token", ""), sealer.Seal("token", ""));
}

TEST(Sealer, DoesNotOpenAValueThatWasMovedToAnotherRow) {
  const Sealer sealer = MakeSealer();
  EXPECT_THAT(sealer.Open(sealer.Seal("token", "row 1"), "row 2"), HasReason("SEAL_BROKEN"));
}

TEST(Sealer, DoesNotOpenWhatAnotherKeySealed) {
  EXPECT_THAT(MakeSealer().Open(MakeSealer().Seal("token", ""), ""), HasReason("SEAL_BROKEN"));
}

TEST(Sealer, DoesNotOpenAValueOfWhichAnyByteWasAltered) {
  const Sealer sealer = MakeSealer();
  const std::string sealed = sealer.Seal("token", "");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] ^= 1;
    EXPECT_THAT(sealer.Open(altered, ""), HasReason("SEAL_BROKEN")) << "byte " << i;
  }
}

TEST(Sealer, DoesNotOpenAPartOfAValue) {
  const Sealer sealer = MakeSealer();
  const std::string sealed = sealer.Seal("token", "");
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_THAT(sealer.Open(sealed.substr(0, size), ""), HasReason("SEAL_BROKEN")) << size;
  }
}

TEST(Sealer, OfSeveralKeysSealsWithTheFirstAndOpensWithAny) {
  const auto key_file = [] {
    std::string path = absl::StrCat(testing::TempDir(), "/", RandomId("key_"));
    EXPECT_THAT(WriteFileAtomically(path, absl::Base64Escape(RandomBytes(32))), IsOk());
    return path;
  };
  const std::string old_file = key_file();
  const std::string new_file = key_file();
  ASSERT_OK_AND_ASSIGN(const Sealer before, Sealer::FromFile(old_file));
  ASSERT_OK_AND_ASSIGN(const Sealer ring, Sealer::FromFiles(new_file, {old_file}));
  ASSERT_OK_AND_ASSIGN(const Sealer after, Sealer::FromFile(new_file));
  const std::string old_value = before.Seal("token", "row 1");

  ASSERT_OK_AND_ASSIGN(const Secret opened, ring.Open(old_value, "row 1"));
  EXPECT_EQ(opened.Reveal(), "token");
  EXPECT_FALSE(ring.IsCurrent(old_value));
  EXPECT_THAT(ring.Open(old_value, "row 2"), HasReason("SEAL_BROKEN"));

  const std::string new_value = ring.Seal("token", "row 1");
  EXPECT_TRUE(ring.IsCurrent(new_value));
  EXPECT_THAT(after.Open(new_value, "row 1"), IsOk());
  EXPECT_THAT(before.Open(new_value, "row 1"), HasReason("SEAL_BROKEN"));

  EXPECT_THAT(Sealer::FromFiles(new_file, {"/no/such/key"}), HasReason("FILE_UNREADABLE"));
}

TEST(Sealer, RefusesAKeyOfAnotherLength) {
  EXPECT_THAT(Sealer::Create(Secret("short")), HasReason("SEAL_KEY_INVALID"));
}

class SealKeyFile : public ::testing::Test {
 protected:
  void Write(absl::string_view content, mode_t mode) {
    ASSERT_THAT(WriteFileAtomically(path_, content), IsOk());
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
  }

  const std::string path_ = absl::StrCat(std::getenv("TEST_TMPDIR"), "/seal.key");
};

TEST_F(SealKeyFile, OfBase64IsAKey) {
  Write(absl::Base64Escape(RandomBytes(32)) + "\n", 0600);
  EXPECT_THAT(Sealer::FromFile(path_), IsOk());
}

TEST_F(SealKeyFile, ThatEverybodyMayReadIsRefused) {
  Write(absl::Base64Escape(RandomBytes(32)), 0644);
  EXPECT_THAT(Sealer::FromFile(path_), HasReason("FILE_UNSAFE"));
}

TEST_F(SealKeyFile, ThatIsNoBase64IsRefused) {
  Write("not base64!", 0600);
  EXPECT_THAT(Sealer::FromFile(path_), HasReason("SEAL_KEY_INVALID"));
}

TEST_F(SealKeyFile, ThatDoesNotExistIsNamed) {
  const auto sealer = Sealer::FromFile("/nowhere/seal.key");
  EXPECT_THAT(sealer, HasReason("FILE_UNREADABLE"));
  EXPECT_THAT(std::string(sealer.status().message()), ::testing::HasSubstr("/nowhere/seal.key"));
}

}  // namespace
}  // namespace mesh
