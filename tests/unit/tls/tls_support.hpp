#pragma once
// ClientHellos to feed the parser with: real ones from OpenSSL, and built ones with any field wrong.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::tls::test {

/// What OpenSSL's client sends first. `version`: TLS1_2_VERSION or TLS1_3_VERSION.
std::string openssl_hello(std::string const& server_name, int version, std::string const& alpn_wire = {});

/// The handshake message of one-record `hello` spread over records of `size` bytes each.
std::string split_records(std::string_view hello, std::size_t size);

std::string u8(std::size_t value);
std::string u16(std::size_t value);
std::string u24(std::size_t value);
std::string with_length16(std::string_view bytes);

/// One extension with its header.
std::string extension(std::uint16_t type, std::string_view data);
/// The server_name extension for one host_name.
std::string server_name(std::string_view name);

/// A whole hello: every part may be replaced to make it wrong.
struct HelloParts {
    std::string version = "\x03\x03";
    std::string session_id = u8(0);
    std::string ciphers = with_length16("\x13\x01\x13\x02");
    std::string compression = std::string("\x01\x00", 2);
    std::string extensions; ///< without the length in front

    std::string body() const;
    std::string bytes() const; ///< as one record
};
std::string as_record(std::string_view body);

} // namespace gatehouse::tls::test
