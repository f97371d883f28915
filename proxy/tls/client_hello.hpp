#pragma once
// The ClientHello as far as policy needs it (RFC 8446 §4.1.2, RFC 6066 §3). Sans-IO, over untrusted bytes.

#include "policy/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::tls {

enum class errc {
    truncated = 1,   ///< ask for more bytes and call again with all of them
    not_a_handshake, ///< the first record is no TLS handshake: treat as an opaque tunnel
    malformed,       ///< TLS, but lengths or fields contradict each other
    too_large,       ///< more than max_hello_size bytes
    ca_missing,
    ca_exists,
    ca_unreadable,
    ca_mismatch, ///< key and certificate do not belong together
    ca_not_a_ca,
    crypto,         ///< OpenSSL refused; its own error text was logged
    signer_missing, ///< the process that signs cannot be started or confined
};
error_code make_error_code(errc code);

inline constexpr std::size_t max_hello_size = 64 * 1024; ///< bytes over all records

struct ClientHello {
    std::uint16_t legacy_version = 0;
    std::uint16_t max_version = 0; ///< highest of supported_versions without GREASE, or legacy_version
    bool has_server_name = false;
    std::string server_name;       ///< raw bytes of the one host_name entry; not yet canonical, may hold anything
    std::vector<std::string> alpn; ///< raw protocol names; GREASE left out
    bool offers_ech = false;       ///< encrypted_client_hello, real or GREASE
    std::size_t record_count = 0;  ///< TLS records the hello was split over
    std::string ja4;               ///< JA4 fingerprint of the TLS client (plain JA4, sorted ciphers and extensions)
};

/// The fingerprint costs more than all the rest: whoever does not keep it leaves it out.
enum class Fingerprint : std::uint8_t { skip, compute };

/// Parses the first TLS record bytes of a connection.
///
/// Accepts a ClientHello split over several records (RFC 8446 §5.1). Errors: `truncated`, `not_a_handshake`,
/// `malformed`, `too_large`. Lifetime: the result owns its strings.
result<ClientHello> parse_client_hello(std::string_view bytes, Fingerprint fingerprint = Fingerprint::compute);

/// The same of a handshake message that came without records, as QUIC carries it (RFC 9001 §4.1.3): its four-byte header and what follows.
/// `bytes` may be the beginning only (`truncated`); `record_count` stays 0.
result<ClientHello> parse_hello_message(std::string_view bytes, Fingerprint fingerprint = Fingerprint::skip);

} // namespace gatehouse::tls

template <>
struct boost::system::is_error_code_enum<gatehouse::tls::errc> : std::true_type {
};
