#pragma once
// The school's CA: creating it once by an explicit act, and the leaves that show a page inside TLS. They are signed elsewhere
// (leaf_mint.hpp): who serves connections does not hold the CA's key.

#include "policy/host.hpp"
#include "proxy/tls/client_hello.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <openssl/types.h>

namespace gatehouse::tls {

/// Creates DIR/ca.key (mode 0600) and DIR/ca.crt: P-256, CA:TRUE with path length 0, keyCertSign only, five years, a
/// name that is unique for the school, name constraints that exclude loopback and private ranges. Never overwrites:
/// `errc::ca_exists`.
result<void> create_ca(std::filesystem::path const& dir, std::string_view school);

/// Moves DIR/ca.key to TO/ca.key with a copy of the certificate beside it; both then belong to whom TO belongs, the signer's account. DIR/ca.crt
/// stays. Errors: those of LeafMint::load; `ca_exists` if there is a CA in TO; the system's, above all without the right to give files away.
result<void> move_ca_key(std::filesystem::path const& dir, std::filesystem::path const& to);

/// What people may know of the CA.
struct CaInfo {
    std::string subject; ///< RFC 2253 text
    std::string sha256;  ///< of the certificate, "AB:CD:..."
    std::chrono::sys_seconds not_after{};
};

/// Reads DIR/ca.crt only, never the key. Errors: `ca_missing`, `ca_unreadable`.
result<CaInfo> read_ca_info(std::filesystem::path const& dir);

/// DIR/ca.crt in PEM, for download; never the key. Errors: `ca_missing`, `ca_unreadable`.
result<std::string> read_ca_pem(std::filesystem::path const& dir);

/// Whose word the issuer takes for the time; tests give their own.
using NowFunction = std::chrono::sys_seconds (*)();
std::chrono::sys_seconds system_now();

struct SslContextFree {
    void operator()(SSL_CTX* context) const;
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslContextFree>;

struct CertificateFree {
    void operator()(X509* certificate) const;
};
using CertificatePtr = std::unique_ptr<X509, CertificateFree>;

/// Has a leaf signed for the host and the public half of the key; null if that cannot be.
using Sign = std::function<CertificatePtr(policy::Host const& host, EVP_PKEY& key)>;

/// Leaves and what presents them. One per worker thread: not thread-safe. The leaf key is made once a day and kept in memory only.
class Issuer {
public:
    /// Errors: `crypto`.
    static result<Issuer> make(Sign sign, NowFunction now = system_now);
    Issuer(Issuer&&) noexcept;
    Issuer& operator=(Issuer&&) noexcept;
    ~Issuer();

    /// A server context that presents a leaf for `host`. Cached by name, at most `max_cached`; the pointer lives until the next call. TLS 1.2 and 1.3,
    /// ALPN as each connection allows it (net/alpn.hpp). Errors: `crypto`.
    result<SSL_CTX*> context_for(policy::Host const& host);

    static constexpr std::size_t max_cached = 1024;

private:
    struct State;
    explicit Issuer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace gatehouse::tls
