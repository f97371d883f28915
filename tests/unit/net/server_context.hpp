#pragma once
// Contexts of TLS for net tests.

#include <memory>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace gatehouse::net {

struct ContextFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, ContextFree>;

/// A server's context with a certificate of its own making.
inline Context server_context()
{
    Context context{SSL_CTX_new(TLS_server_method())};
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context.get(), certificate);
    SSL_CTX_use_PrivateKey(context.get(), key);
    SSL_CTX_set_num_tickets(context.get(), 2);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

} // namespace gatehouse::net
