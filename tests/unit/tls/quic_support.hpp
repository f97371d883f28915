#pragma once
// Initial packets to read: those printed in the standards, and packets sealed here with the keys printed there.

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::tls::test {

/// RFC 9001, appendix A.2: the CRYPTO frame, with a ClientHello for example.com.
extern std::string_view const crypto_frame_hex;
/// RFC 9001, appendix A.2: the same in a packet of version 1.
extern std::string_view const packet_v1_hex;
/// RFC 9369, appendix A.2: in a packet of version 2.
extern std::string_view const packet_v2_hex;

std::string from_hex(std::string_view hex);

/// The Destination Connection ID of both.
std::string const& sample_connection();

/// A packet of version 1 of that connection with these frames, filled up to `size` bytes.
std::string seal(std::string frames, std::uint32_t packet_number = 0, std::size_t size = 1200);

/// A CRYPTO frame.
std::string crypto(std::size_t offset, std::string_view bytes);

} // namespace gatehouse::tls::test
