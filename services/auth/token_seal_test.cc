#include "services/auth/token_seal.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::auth {
namespace {

TEST(TokenSeal, OpensWhereItWasSealedAndNowhereElse) {
  ASSERT_OK_AND_ASSIGN(const Sealer sealer, Sealer::Create(Secret(std::string(32, 'k'))));
  const std::string sealed =
      SealToken(sealer, TokenColumn::kAccessToken, "acc_1", Secret("1000.token"));

  ASSERT_OK_AND_ASSIGN(const Secret opened,
                       OpenToken(sealer, TokenColumn::kAccessToken, "acc_1", sealed));

  EXPECT_EQ(opened.Reveal(), "1000.token");
  EXPECT_EQ(sealed.find("1000"), std::string::npos);
  EXPECT_THAT(OpenToken(sealer, TokenColumn::kAccessToken, "acc_2", sealed),
              HasReason("SEAL_BROKEN"));
  EXPECT_THAT(OpenToken(sealer, TokenColumn::kRefreshToken, "acc_1", sealed),
              HasReason("SEAL_BROKEN"));
  EXPECT_THAT(OpenToken(sealer, TokenColumn::kAccessToken, "acc_1", "no base64"),
              HasReason("SEAL_BROKEN"));
}

}  // namespace
}  // namespace mesh::auth
