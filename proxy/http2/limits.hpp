#pragma once
// The one table of limits for HTTP/2 connections (RFC 9113). Those of heads are HTTP/1's: every message also passes the gate of http1/.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gatehouse::http2::limits {

inline constexpr std::uint32_t streams
    = 100; ///< of a client at once, those it has given up but that still work counted; above: REFUSED_STREAM
inline constexpr std::uint32_t client_window
    = 256 * 1024; ///< bytes of a body on their way to us that nobody has read yet, a stream
inline constexpr std::int32_t wide_window = 1
    << 20; ///< the same, all streams of a client's connection together, once it uploads; before, it has the 65535 of RFC 9113 §6.9.2
inline constexpr std::size_t wide_windows = 16; ///< connections of one client with one, a worker; others stay narrow
inline constexpr std::int32_t origin_window
    = 512 * 1024; ///< the same, a stream from an origin, if its client has not too many such
inline constexpr std::size_t wide_downloads
    = 64; ///< streams of one client with it, a worker, over all origins: 32 MiB; others stay narrow until one of these has ended
inline constexpr std::uint32_t narrow_origin_window
    = 16 * 1024; ///< what each stream from an origin has before; 65535 until it acknowledges that
inline constexpr std::int32_t connection_window = 2 * static_cast<std::int32_t>(streams)
    * origin_window; ///< the same, all streams of a connection to an origin together: so none of them waits for what another leaves unread.
                     ///< Twice, since the peer is told of what was read only once that is half the window
inline constexpr std::size_t unpacked_head = 1
    << 20; ///< bytes of a head's fields; above: the stream ends. HPACK makes four thousand of one on the wire (CVE-2016-6581)
inline constexpr std::uint64_t reset_burst
    = 200; ///< streams that a client may give up at once (CVE-2023-44487); above: the connection ends
inline constexpr std::uint64_t reset_rate = 20; ///< and how many more each second
inline constexpr std::chrono::seconds longest_silence{
    5}; ///< of an origin; a request given up after it leads the next ones to another connection
inline constexpr std::uint32_t given_up_by_one
    = 20; ///< requests that a shared connection to an origin sees one client give up in `given_up_window`; above: it gets its own
inline constexpr std::uint32_t given_up_by_all = 100; ///< the same of all clients; above: that connection takes no more requests
inline constexpr std::chrono::seconds given_up_window{10};
inline constexpr std::size_t most_sent_at_once = 32 * 1024; ///< bytes of frames written together

} // namespace gatehouse::http2::limits
