#include "common/rpc/test_certificates.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "common/base/check.h"

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
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

Bio BioOf(absl::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

void Extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  CHECK(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Signed by itself where there is no issuer.
TestCertificate Make(absl::string_view name, absl::Time from, absl::Time until, X509* issuer,
                     EVP_PKEY* issuer_key) {
  static long serial = 0;
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
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

  const Bio certificate_pem(BIO_new(BIO_s_mem()));
  const Bio key_pem(BIO_new(BIO_s_mem()));
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
  const Certificate issuer(
      PEM_read_bio_X509(BioOf(authority.certificate).get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(BioOf(authority.key).get(), nullptr, nullptr, nullptr));
  CHECK(issuer != nullptr && key != nullptr);
  return Make(dns_name, expires - absl::Hours(1), expires, issuer.get(), key.get());
}

}  // namespace mesh::rpc
