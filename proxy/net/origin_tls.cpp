#include "proxy/net/origin_tls.hpp"

#include "proxy/net/origin_sessions.hpp"

#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace gatehouse::net {
namespace {

constexpr int longest_chain = 10;                    ///< certificates between the origin's and a root
constexpr std::size_t most_certificates = 64 * 1024; ///< bytes of an origin's chain
constexpr long clock_tolerance = 300;                ///< seconds by which an OCSP answer may come from the future
constexpr int must_staple = 5;                       ///< status_request in the TLS feature extension (RFC 7633)

template <auto Free>
struct Freed {
    void operator()(auto* object) const { Free(object); }
};
using OcspResponse = std::unique_ptr<OCSP_RESPONSE, Freed<OCSP_RESPONSE_free>>;
using OcspBasic = std::unique_ptr<OCSP_BASICRESP, Freed<OCSP_BASICRESP_free>>;
using OcspId = std::unique_ptr<OCSP_CERTID, Freed<OCSP_CERTID_free>>;
using TlsFeatures = std::unique_ptr<TLS_FEATURE, Freed<TLS_FEATURE_free>>;

bool demands_staple(X509* certificate)
{
    TlsFeatures const features{static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr))};
    for (int i = 0; features && i < sk_ASN1_INTEGER_num(features.get()); ++i)
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == must_staple)
            return true;
    return false;
}

enum class Staple { good, revoked, useless };

/// What a stapled answer says of the certificate, if it was signed by who may say it and is of our days.
Staple read_staple(SSL* connection, unsigned char const* bytes, long size)
{
    auto* const chain = SSL_get0_verified_chain(connection);
    if (chain == nullptr || sk_X509_num(chain) < 2)
        return Staple::useless;
    OcspResponse const response{d2i_OCSP_RESPONSE(nullptr, &bytes, size)};
    if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return Staple::useless;
    OcspBasic const basic{OCSP_response_get1_basic(response.get())};
    auto* const store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(connection));
    if (!basic || OCSP_basic_verify(basic.get(), chain, store, 0) <= 0)
        return Staple::useless;
    OcspId const id{OCSP_cert_to_id(nullptr, sk_X509_value(chain, 0), sk_X509_value(chain, 1))};
    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
    if (!id || OCSP_resp_find_status(basic.get(), id.get(), &status, nullptr, nullptr, &from, &until) != 1)
        return Staple::useless;
    if (status == V_OCSP_CERTSTATUS_REVOKED)
        return Staple::revoked; // whatever its age: a certificate is never taken back into grace
    bool const fresh = OCSP_check_validity(from, until, clock_tolerance, -1) == 1;
    return status == V_OCSP_CERTSTATUS_GOOD && fresh ? Staple::good : Staple::useless;
}

/// Called by OpenSSL once the chain is verified, with or without a staple. No answer is no reason to refuse, unless the certificate says so.
/// `context`: the OriginTrust.
int judge_chain(SSL* connection, void* context)
{
    if (SSL_session_reused(connection) == 1)
        return 1; // it was judged when the session began
    auto& trust = *static_cast<OriginTrust*>(context);
    if (leads_through(SSL_get0_verified_chain(connection), trust.refused)) {
        SSL_set_verify_result(connection, X509_V_ERR_CERT_REJECTED);
        return 0;
    }
    unsigned char const* bytes = nullptr;
    auto const size = SSL_get_tlsext_status_ocsp_resp(connection, &bytes);
    auto const staple = bytes != nullptr && size > 0 ? read_staple(connection, bytes, size) : Staple::useless;
    auto* const certificate = SSL_get0_peer_certificate(connection);
    bool const unfit
        = staple == Staple::revoked || certificate == nullptr || (staple != Staple::good && demands_staple(certificate));
    if (unfit) {
        SSL_set_verify_result(connection, X509_V_ERR_CERT_REVOKED);
        return 0;
    }
    ++trust.proved;
    trust.without_sct += X509_get_ext_by_NID(certificate, NID_ct_precert_scts, -1) < 0 ? 1U : 0U;
    return 1;
}

/// Most issuers have no list among ours: that alone is no reason to refuse, nor is a list that should have been renewed.
int forgive_missing_lists(int good, X509_STORE_CTX* context)
{
    auto const error = good == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
    bool const is_about_a_list
        = error == X509_V_ERR_UNABLE_TO_GET_CRL || error == X509_V_ERR_CRL_HAS_EXPIRED || error == X509_V_ERR_CRL_NOT_YET_VALID;
    if (is_about_a_list)
        X509_STORE_CTX_set_error(context, X509_V_OK);
    return good == 1 || is_about_a_list ? 1 : 0;
}

void load_revoked(SSL_CTX* context, std::span<std::filesystem::path const> files)
{
    if (files.empty())
        return;
    auto* const store = SSL_CTX_get_cert_store(context);
    auto* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    for (auto const& file : files)
        if (lookup == nullptr || X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) <= 0)
            throw std::runtime_error("reach.revoked: " + file.string() + " holds no revocation lists that can be read");
    // Not a flag of the store: the signers of stapled answers are held against it too, and forgive nothing.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_CRL_CHECK);
}

/// Called when the origin asks for a certificate of the client, who is not us: that site can only be spoken with by the device itself.
int note_wanted_certificate(SSL* connection, X509**, EVP_PKEY**)
{
    SSL_set_verify_result(connection, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

void load_roots(SSL_CTX* context, std::span<std::filesystem::path const> extra_roots)
{
    if (SSL_CTX_set_default_verify_paths(context) != 1)
        throw std::runtime_error("the system's trusted certificates cannot be read");
    for (auto const& file : extra_roots)
        if (SSL_CTX_load_verify_file(context, file.c_str()) != 1)
            throw std::runtime_error("extra_roots: " + file.string() + " holds no certificates that can be read");
}

} // namespace

void OriginContextFree::operator()(SSL_CTX* context) const
{
    SSL_CTX_free(context);
}

OriginContext make_origin_context(OriginTrust& trust)
{
    OriginContext context{SSL_CTX_new(TLS_client_method())};
    auto* const raw = context.get();
    if (raw == nullptr || SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1
        || SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        throw std::runtime_error("TLS towards origins cannot be set up");
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_security_level(raw, 2);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, forgive_missing_lists);
    SSL_CTX_set_verify_depth(raw, longest_chain);
    SSL_CTX_set_max_cert_list(raw, most_certificates);
    SSL_CTX_set_tlsext_status_type(raw, TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_callback_ctrl(
        raw, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, reinterpret_cast<void (*)()>(judge_chain)); // what the macro does
    SSL_CTX_ctrl(raw, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG, 0, &trust);
    SSL_CTX_set_client_cert_cb(raw, note_wanted_certificate);
    load_roots(raw, trust.extra_roots);
    load_revoked(raw, trust.revoked);
    OriginSessions::attach(raw);
    return context;
}

bool proved_its_name(SSL const* connection)
{
    return SSL_get_verify_result(connection) == X509_V_OK;
}

bool expect_host(SSL* connection, std::string const& host, bool is_address)
{
    auto* const wanted = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (is_address)
        return X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
    OriginSessions::offer(connection, host);
    return SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str())) == 1
        && X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1;
}

std::string_view handshake_failure(SSL const* connection)
{
    if (connection == nullptr)
        return "origin-tls-failed";
    switch (SSL_get_verify_result(connection)) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "origin-expired";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "origin-not-yet-valid";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return "origin-wrong-name";
    case X509_V_ERR_CERT_REVOKED: return "origin-revoked";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK: return "origin-weak";
    case X509_V_ERR_APPLICATION_VERIFICATION: return "origin-wants-certificate";
    case X509_V_OK: return "origin-tls-failed";
    default: return "origin-untrusted"; // self-signed, unknown root, a link missing, a CA that is none
    }
}

} // namespace gatehouse::net
