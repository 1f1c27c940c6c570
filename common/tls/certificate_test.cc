#include "common/tls/certificate.h"

#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/tls/test_certificates.h"

namespace mesh {
namespace {

using testing::HasSubstr;

class CertificateTest : public testing::Test {
 protected:
  std::string Complaint(absl::string_view chain, absl::string_view key, absl::Time now) {
    const absl::Status status = CheckCertificate("tls.crt", chain, key, now).status();
    EXPECT_THAT(status, HasReason("CERTIFICATE_INVALID"));
    return std::string(status.message());
  }

  // Certificates count in seconds.
  const absl::Time now_ = absl::FromTimeT(absl::ToTimeT(absl::Now()));
  const absl::Time expires_ = now_ + absl::Minutes(10);
  const TestCertificate authority_ = MakeTestAuthority("an authority");
  const TestCertificate own_ = SignTestCertificate(authority_, "a-service", expires_);
};

TEST_F(CertificateTest, SaysWhenItExpires) {
  ASSERT_OK_AND_ASSIGN(const absl::Time expires,
                       CheckCertificate("tls.crt", own_.certificate, own_.key, now_));
  EXPECT_EQ(expires, expires_);
}

TEST_F(CertificateTest, NamesAnExpiredOneWithItsTime) {
  EXPECT_THAT(Complaint(own_.certificate, own_.key, expires_),
              HasSubstr("tls.crt expired at " + absl::FormatTime(expires_, absl::UTCTimeZone())));
}

TEST_F(CertificateTest, NamesOneThatIsNotValidYet) {
  EXPECT_THAT(Complaint(own_.certificate, own_.key, expires_ - absl::Hours(2)),
              HasSubstr("is not valid before"));
}

TEST_F(CertificateTest, NamesAKeyOfAnotherCertificate) {
  EXPECT_THAT(Complaint(own_.certificate, authority_.key, now_), HasSubstr("private key"));
  EXPECT_THAT(Complaint(own_.certificate, "no key", now_), HasSubstr("private key"));
}

TEST_F(CertificateTest, NamesAFileWithoutACertificate) {
  for (const char* text : {"", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
    EXPECT_THAT(Complaint(text, own_.key, now_), HasSubstr("no certificate")) << text;
    EXPECT_THAT(CheckAuthorities("ca.crt", text), HasReason("CERTIFICATE_INVALID")) << text;
  }
  EXPECT_THAT(CheckAuthorities("ca.crt", authority_.certificate), IsOk());
}

}  // namespace
}  // namespace mesh
