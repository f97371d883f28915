#pragma once
// Numbers of the ClientHello extensions that are looked at (RFC 8446 §4.2; Encrypted Client Hello: draft-ietf-tls-esni §5). Internal to this folder.

#include <cstdint>

namespace gatehouse::tls {

enum : std::uint16_t {
    server_name_extension = 0,
    signature_algorithms_extension = 13,
    alpn_extension = 16,
    supported_versions_extension = 43,
    ech_extension = 0xfe0d,
};

} // namespace gatehouse::tls
