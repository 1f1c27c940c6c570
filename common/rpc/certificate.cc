#include "common/rpc/certificate.h"

#include <ctime>
#include <memory>

#include "absl/strings/str_cat.h"
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "common/base/errors.h"

namespace mesh::rpc {
namespace {

template <auto free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

Bio Read(absl::string_view pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Certificate FirstCertificate(absl::string_view pem) {
  Certificate certificate(PEM_read_bio_X509(Read(pem).get(), nullptr, nullptr, nullptr));
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
  const Certificate certificate = FirstCertificate(chain);
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
  const Key private_key(PEM_read_bio_PrivateKey(Read(key).get(), nullptr, nullptr, nullptr));
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

}  // namespace mesh::rpc
