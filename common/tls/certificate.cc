#include "common/tls/certificate.h"

#include <ctime>

#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/pem.h>

#include "common/base/errors.h"
#include "common/tls/openssl_ptr.h"

namespace mesh {
namespace {

BioPtr Read(absl::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

CertificatePtr FirstCertificate(absl::string_view pem) {
  CertificatePtr certificate(PEM_read_bio_X509(Read(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm utc = {};
  if (ASN1_TIME_to_tm(time, &utc) != 1) return absl::InfinitePast();
  return absl::FromTM(utc, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<absl::Time> CheckCertificate(absl::string_view file, absl::string_view chain,
                                            absl::string_view key, absl::Time now) {
  const CertificatePtr certificate = FirstCertificate(chain);
  if (certificate == nullptr) return CertificateInvalid(file, "holds no certificate in PEM");
  const absl::Time from = ToTime(X509_get0_notBefore(certificate.get()));
  const absl::Time until = ToTime(X509_get0_notAfter(certificate.get()));
  if (until <= now) {
    return CertificateInvalid(
        file, absl::StrCat("expired at ", absl::FormatTime(until, absl::UTCTimeZone())));
  }
  if (now < from) {
    return CertificateInvalid(
        file, absl::StrCat("is not valid before ", absl::FormatTime(from, absl::UTCTimeZone())));
  }
  // With a passphrase, as without one a terminal is asked for it.
  char no_passphrase[] = "";
  const KeyPtr private_key(
      PEM_read_bio_PrivateKey(Read(key).get(), nullptr, nullptr, no_passphrase));
  const bool fits =
      private_key != nullptr && X509_check_private_key(certificate.get(), private_key.get()) == 1;
  ERR_clear_error();
  if (!fits) return CertificateInvalid(file, "does not belong to the private key");
  return until;
}

absl::Status CheckAuthorities(absl::string_view file, absl::string_view authorities) {
  if (FirstCertificate(authorities) != nullptr) return absl::OkStatus();
  return CertificateInvalid(file, "holds no certificate in PEM");
}

}  // namespace mesh
