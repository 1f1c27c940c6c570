#include "common/tls/test_certificates.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "common/base/check.h"
#include "common/tls/openssl_ptr.h"

namespace mesh {
namespace {

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

BioPtr BioOf(absl::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

void Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  CHECK(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Signed by itself where there is no issuer.
TestCertificate Make(absl::string_view name, absl::Time from, absl::Time until, X509* issuer,
                     EVP_PKEY* issuer_key) {
  static long serial = 0;
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  CHECK(key != nullptr && certificate != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(from));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(until));
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const std::string common_name(name);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509* const signer = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  X509_set_pubkey(certificate.get(), key.get());
  if (issuer == nullptr) {
    Extend(certificate.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
    Extend(certificate.get(), signer, NID_key_usage, "critical,keyCertSign");
  } else {
    Extend(certificate.get(), signer, NID_subject_alt_name,
           absl::StrCat("DNS:", name, ",IP:127.0.0.1"));
  }
  CHECK(X509_sign(certificate.get(), issuer == nullptr ? key.get() : issuer_key, EVP_sha256()) > 0);

  const BioPtr certificate_pem(BIO_new(BIO_s_mem()));
  const BioPtr key_pem(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_X509(certificate_pem.get(), certificate.get()) == 1);
  CHECK(PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
  return {.certificate = TextOf(certificate_pem.get()), .key = TextOf(key_pem.get())};
}

}  // namespace

TestCertificate MakeTestAuthority(absl::string_view name) {
  const absl::Time now = absl::Now();
  return Make(name, now - absl::Hours(48), now + absl::Hours(1), nullptr, nullptr);
}

TestCertificate SignTestCertificate(const TestCertificate& authority, absl::string_view dns_name,
                                    absl::Time expires) {
  const CertificatePtr issuer(
      PEM_read_bio_X509(BioOf(authority.certificate).get(), nullptr, nullptr, nullptr));
  const KeyPtr key(PEM_read_bio_PrivateKey(BioOf(authority.key).get(), nullptr, nullptr, nullptr));
  CHECK(issuer != nullptr && key != nullptr);
  return Make(dns_name, expires - absl::Hours(1), expires, issuer.get(), key.get());
}

}  // namespace mesh
