#include "gateway/sessions.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/fake_clock.h"

namespace mesh::gateway {
namespace {

using testing::EndsWith;

Sealer TestSealer(char fill = 'k') { return *Sealer::Create(Secret(std::string(32, fill))); }

class SessionsTest : public testing::Test {
 protected:
  // What a browser sends once it has got `set_cookie`, beside another cookie.
  static net::HttpHeaders Sent(const std::string& set_cookie) {
    const std::pair<std::string, std::string> cookie =
        absl::StrSplit(set_cookie, absl::MaxSplits(';', 1));
    return {{"Accept", "*/*"}, {"Cookie", absl::StrCat("mesh_connect=1; ", cookie.first)}};
  }

  FakeClock clock_;
  const Sessions sessions_{clock_, TestSealer(), /*secure=*/false};
};

TEST_F(SessionsTest, ACookieBringsItsKeyBackForTwelveHours) {
  const Session session = sessions_.Begin(Secret("mk_1"));
  const net::HttpHeaders headers = Sent(sessions_.SetCookie(session));

  EXPECT_EQ(session.expires, clock_.Now() + absl::Hours(12));
  clock_.Advance(absl::Hours(12) - absl::Seconds(1));
  const std::optional<Session> found = sessions_.Find(headers);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->api_key.Reveal(), "mk_1");
  EXPECT_EQ(found->expires, session.expires);
  clock_.Advance(absl::Seconds(1));
  EXPECT_FALSE(sessions_.Find(headers).has_value());
}

TEST_F(SessionsTest, ScriptsAndOtherSitesDoNotGetTheCookieNorTheKeyInIt) {
  const std::string cookie = sessions_.SetCookie(sessions_.Begin(Secret("mk_1")));

  EXPECT_THAT(cookie, EndsWith("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"));
  EXPECT_FALSE(absl::StrContains(cookie, "mk_1"));
  const Sessions secure(clock_, TestSealer(), /*secure=*/true);
  EXPECT_THAT(secure.SetCookie(secure.Begin(Secret("mk_1"))), EndsWith("; Secure"));
  EXPECT_EQ(sessions_.ClearCookie(), "mesh_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
}

TEST_F(SessionsTest, WhatWasNotSealedHereIsNoSession) {
  const Sessions others(clock_, TestSealer('o'), /*secure=*/false);
  std::string changed = sessions_.SetCookie(sessions_.Begin(Secret("mk_1")));
  changed[40] = changed[40] == 'A' ? 'B' : 'A';

  EXPECT_FALSE(sessions_.Find(Sent(others.SetCookie(others.Begin(Secret("mk_1"))))).has_value());
  EXPECT_FALSE(sessions_.Find(Sent(changed)).has_value());
  EXPECT_FALSE(sessions_.Find(Sent("mesh_session=!")).has_value());
  EXPECT_FALSE(sessions_.Find(Sent(sessions_.ClearCookie())).has_value());
  EXPECT_FALSE(sessions_.Find({}).has_value());
}

}  // namespace
}  // namespace mesh::gateway
