#include "proxy/tls/x509.hpp"

#include "proxy/tls/client_hello.hpp"

#include <ctime>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <spdlog/spdlog.h>

namespace gatehouse::tls {

error_code crypto_failed(std::string_view doing)
{
    while (auto const code = ERR_get_error()) {
        char text[256];
        ERR_error_string_n(code, text, sizeof text);
        spdlog::error("tls.crypto_failed doing=\"{}\" error=\"{}\"", doing, text);
    }
    return errc::crypto;
}

PkeyPtr make_p256_key()
{
    return PkeyPtr{EVP_EC_gen("P-256")};
}

X509Ptr make_certificate(std::chrono::sys_seconds not_before, std::chrono::sys_seconds not_after)
{
    X509Ptr certificate{X509_new()};
    BignumPtr const serial{BN_new()};
    if (!certificate || !serial || X509_set_version(certificate.get(), X509_VERSION_3) != 1
        || BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1
        || !BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get()))
        || !ASN1_TIME_set(X509_getm_notBefore(certificate.get()), not_before.time_since_epoch().count())
        || !ASN1_TIME_set(X509_getm_notAfter(certificate.get()), not_after.time_since_epoch().count()))
        return nullptr;
    return certificate;
}

bool add_extension(X509& certificate, X509& issuer, int nid, char const* value)
{
    X509V3_CTX context{};
    X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
    ExtensionPtr const extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
    return extension && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

std::chrono::sys_seconds not_after_of(X509 const& certificate)
{
    std::tm utc{};
    ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &utc);
    return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&utc)}};
}

std::string to_pem(X509& certificate)
{
    BioPtr const bio{BIO_new(BIO_s_mem())};
    char* data = nullptr;
    if (!bio || PEM_write_bio_X509(bio.get(), &certificate) != 1)
        return {};
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace gatehouse::tls
