#include "services/auth/key_rotation.h"

#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/test_world.h"
#include "services/auth/token_seal.h"

namespace mesh::auth {
namespace {

std::string NewKeyFile() { return NewSecretFile(absl::Base64Escape(RandomBytes(32))); }

class KeyRotation : public testing::Test {
 protected:
  // An account whose tokens are its id, sealed by `sealer`.
  void Connect(const std::string& id, const Sealer& sealer) {
    v1::Account account;
    account.set_id(id);
    account.set_organization_id(id);
    const SealedGrant grant{
        .region = "eu",
        .refresh_token = SealToken(sealer, TokenColumn::kRefreshToken, id, Secret(id)),
        .access = {.token = SealToken(sealer, TokenColumn::kAccessToken, id, Secret(id))}};
    ASSERT_THAT(store_->accounts().Insert(account, grant), IsOk());
  }

  void ExpectOpens(const std::string& id, const Sealer& sealer) {
    const StoredTokens stored = *store_->tokens().Get(id);
    EXPECT_EQ(
        OpenToken(sealer, TokenColumn::kRefreshToken, id, stored.grant.refresh_token)->Reveal(),
        id);
    EXPECT_EQ(OpenToken(sealer, TokenColumn::kAccessToken, id, stored.grant.access.token)->Reveal(),
              id);
  }

  const std::string old_file_ = NewKeyFile();
  const std::string new_file_ = NewKeyFile();
  const Sealer old_ = *Sealer::FromFile(old_file_);
  const Sealer ring_ = *Sealer::FromFiles(new_file_, {old_file_});
  const Sealer new_ = *Sealer::FromFile(new_file_);
  const std::unique_ptr<Store> store_ = NewMemoryStore();
};

TEST_F(KeyRotation, SealsEverythingWithTheNewKey) {
  for (int i = 0; i < 1200; ++i) Connect(absl::StrCat("acc_", i), old_);
  Connect("acc_new", new_);

  ASSERT_OK_AND_ASSIGN(const RotatedKeys rotated, RotateKeys(store_->tokens(), ring_));

  EXPECT_EQ(rotated.resealed, 1200);
  EXPECT_EQ(rotated.current, 1);
  for (int i = 0; i < 1200; ++i) ExpectOpens(absl::StrCat("acc_", i), new_);
  ExpectOpens("acc_new", new_);
  ASSERT_OK_AND_ASSIGN(const RotatedKeys again, RotateKeys(store_->tokens(), ring_));
  EXPECT_EQ(again.resealed, 0);
}

TEST_F(KeyRotation, FailsForATokenThatDoesNotOpenAndSealsTheOthers) {
  Connect("acc_1", old_);
  Connect("acc_2", *Sealer::FromFile(NewKeyFile()));
  Connect("acc_3", old_);

  const absl::StatusOr<RotatedKeys> rotated = RotateKeys(store_->tokens(), ring_);

  EXPECT_THAT(rotated, HasReason("SEAL_BROKEN"));
  ExpectOpens("acc_1", new_);
  ExpectOpens("acc_3", new_);
}

TEST_F(KeyRotation, DoesNotOpenATokenThatWasMovedToAnotherRowOrColumn) {
  Connect("acc_1", old_);
  Connect("acc_2", old_);
  const SealedTokens one = (*store_->tokens().ListSealed("", 1))[0];
  const SealedTokens two = (*store_->tokens().ListSealed("acc_1", 1))[0];
  for (const SealedTokens& moved : {SealedTokens{"acc_1", two.refresh_token, one.access_token},
                                    SealedTokens{"acc_1", one.access_token, one.access_token}}) {
    const SealedTokens now = (*store_->tokens().ListSealed("", 1))[0];
    ASSERT_THAT(store_->tokens().Reseal(now, moved), IsOk());

    EXPECT_THAT(RotateKeys(store_->tokens(), ring_), HasReason("SEAL_BROKEN"));
  }
}

}  // namespace
}  // namespace mesh::auth
