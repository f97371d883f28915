#pragma once
// The one table of limits for HTTP/1 messages. Each has a test at the limit, one above, and far above.

#include <cstddef>
#include <cstdint>

namespace gatehouse::http1::limits {

inline constexpr std::size_t method_size = 32;                  ///< bytes; above: 400
inline constexpr std::size_t target_size = 16 * 1024;           ///< bytes; above: 414
inline constexpr std::size_t head_size = 32 * 1024;             ///< bytes of a request head with its request line; above: 431
inline constexpr std::size_t response_head_size = 64 * 1024;    ///< bytes of a response head; above: 502
inline constexpr std::size_t field_count = 100;                 ///< header fields of a request; above: 431
inline constexpr std::size_t response_field_count = 200;        ///< header fields of a response; above: 502
inline constexpr std::size_t empty_lines_before_request = 4;    ///< above: 400 and close
inline constexpr std::size_t chunk_line_size = 1024;            ///< bytes of one chunk-size line with extensions; above: 400
inline constexpr std::size_t chunk_extension_total = 16 * 1024; ///< bytes of extensions in one body; above: 400
inline constexpr std::size_t chunk_size_digits = 16;            ///< hexadecimal digits, leading zeros included; above: 400
inline constexpr std::uint64_t chunk_overhead_free = 64 * 1024; ///< bytes of chunk syntax that any body may carry
inline constexpr std::uint64_t chunk_overhead_ratio
    = 40; ///< bytes of chunk syntax allowed for each byte of data beyond that; above: 400.
          ///< One-byte chunks need 5, with 16 digits 20; padding them to 100 is refused
inline constexpr std::size_t trailer_size = 8 * 1024; ///< bytes of a trailer section; above: 400
inline constexpr std::size_t trailer_count = 32;      ///< fields in a trailer section; above: 400
inline constexpr unsigned connection_options = 32;    ///< members of Connection and Proxy-Connection together; above: 400
inline constexpr unsigned interim_responses = 16;     ///< 1xx responses before the final one; above: 502
inline constexpr unsigned via_entries = 20;           ///< members of Via; above: 508
inline constexpr std::uint64_t body_size = std::uint64_t{1} << 62; ///< declared Content-Length; above: 413

} // namespace gatehouse::http1::limits
