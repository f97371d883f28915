#pragma once
// TLS towards origins: what is asked of their certificates before anything is believed, and the names of what can be wrong with them.

#include "policy/result.hpp"
#include "proxy/net/refused_roots.hpp"

#include <filesystem>
#include <memory>
#include <openssl/types.h>
#include <span>
#include <string_view>

namespace gatehouse::net {

struct OriginContextFree {
    void operator()(SSL_CTX* context) const;
};
using OriginContext = std::unique_ptr<SSL_CTX, OriginContextFree>;

/// What origins' certificates are held against, and what was seen of them. Lifetime: outlives the context made of it.
struct OriginTrust {
    std::vector<std::filesystem::path> extra_roots = {}; ///< PEM
    std::vector<std::filesystem::path> revoked = {};     ///< PEM, certificate revocation lists (RFC 5280 §5)
    std::vector<Fingerprint> const& refused = known_interception();

    std::uint64_t proved = 0;      ///< handshakes whose chain was verified; resumed ones are not counted again
    std::uint64_t without_sct = 0; ///< of them: the certificate says nothing of a transparency log (RFC 6962 §3.3)
};

/// For all connections of one worker to origins: TLS 1.2 at least, forward-secret AEAD ciphers, security level 2 (no SHA-1, no RSA below
/// 2048 bits), the system's roots and `extra_roots` (PEM), a name among the subject alternative names (never the common name), stapled
/// OCSP answers believed if they are good to believe (RFC 6960), no certificate on the lists `revoked` (an issuer without a list, or with an old one,
/// is no reason to refuse), no chain through `refused`, whoever trusts it. Sessions are resumed (origin_sessions.hpp).
/// Throws std::runtime_error for a file that cannot be read (a failed start).
OriginContext make_origin_context(OriginTrust& trust);

/// Asks the connection for this host: SNI and the name or address that the certificate must have. False: out of memory.
bool expect_host(SSL* connection, std::string const& host, bool is_address);

/// After a handshake that succeeded. False if the origin wants a certificate of the client, which only the device itself can give.
bool proved_its_name(SSL const* connection);

/// Why a handshake failed: "origin-expired", "origin-not-yet-valid", "origin-wrong-name", "origin-untrusted", "origin-revoked",
/// "origin-weak", "origin-wants-certificate", or "origin-tls-failed" for all else (an old protocol, no common cipher,
/// an alert, no memory for a connection at all).
std::string_view handshake_failure(SSL const* connection);

} // namespace gatehouse::net
