#pragma once
// OpenSSL's handles as owners, and the few certificate steps that the CA and its leaves share. Private to this folder.

#include "policy/result.hpp"

#include <chrono>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string>
#include <string_view>

namespace gatehouse::tls {

template <auto Function>
struct FreeWith {
    template <class T>
    void operator()(T* handle) const
    {
        Function(handle);
    }
};
using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using GeneralNamePtr = std::unique_ptr<GENERAL_NAME, FreeWith<GENERAL_NAME_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;

/// Logs what OpenSSL has to say, empties its queue, and returns `errc::crypto`.
error_code crypto_failed(std::string_view doing);

/// A new P-256 key; null if OpenSSL refuses.
PkeyPtr make_p256_key();

/// A version 3 certificate with a random 127-bit serial and these times, without names, key or extensions; null if
/// OpenSSL refuses.
X509Ptr make_certificate(std::chrono::sys_seconds not_before, std::chrono::sys_seconds not_after);

/// Adds an extension written in OpenSSL's configuration syntax. `value` must never hold text from outside.
bool add_extension(X509& certificate, X509& issuer, int nid, char const* value);

/// "notAfter" of a certificate. Precondition: it was parsed or made successfully.
std::chrono::sys_seconds not_after_of(X509 const& certificate);

std::string to_pem(X509& certificate);

} // namespace gatehouse::tls
