#include "proxy/detect/first_bytes.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace gatehouse::detect {
namespace {

/// What one row of the table says of the bytes so far.
enum class Match : std::uint8_t { no, maybe, yes };

std::uint8_t at(std::string_view bytes, std::size_t index)
{
    return static_cast<std::uint8_t>(bytes[index]);
}

std::size_t number16(std::string_view bytes, std::size_t index)
{
    return static_cast<std::size_t>(at(bytes, index)) << 8 | at(bytes, index + 1);
}

Match match_prefix(std::string_view bytes, std::string_view prefix)
{
    if (bytes.size() >= prefix.size())
        return bytes.starts_with(prefix) ? Match::yes : Match::no;
    return prefix.starts_with(bytes) ? Match::maybe : Match::no;
}

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// `prefix` in capitals; the bytes may be in either case.
Match match_word(std::string_view bytes, std::string_view prefix)
{
    auto const size = std::min(bytes.size(), prefix.size());
    for (std::size_t i = 0; i < size; ++i)
        if (upper(bytes[i]) != prefix[i])
            return Match::no;
    return bytes.size() >= prefix.size() ? Match::yes : Match::maybe;
}

Match best(Match left, Match right)
{
    return std::max(left, right);
}

/// A TLS record of a handshake, versions 3.0 to 3.4 (RFC 8446 §5.1).
Match match_tls(std::string_view bytes)
{
    if (at(bytes, 0) != 0x16 || (bytes.size() > 1 && at(bytes, 1) != 3))
        return Match::no;
    if (bytes.size() < 3)
        return Match::maybe;
    return at(bytes, 2) <= 4 ? Match::yes : Match::no;
}

constexpr std::array<std::string_view, 16> methods{"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "TRACE ",
    "PRI * HTTP/2", "PROPFIND ", "PROPPATCH ", "MKCOL ", "COPY ", "MOVE ", "LOCK ", "REPORT "};

/// The method with its space, or the part of it that is there.
Match match_method(std::string_view bytes, std::size_t& size)
{
    auto found = Match::no;
    for (auto const method : methods)
        if (auto const match = match_prefix(bytes, method); match > found) {
            found = match;
            size = method.size();
        }
    return found;
}

/// A request to a proxy: CONNECT, or a method and an absolute URL (RFC 9112 §3.2.2, §3.2.3).
Match match_http_proxy(std::string_view bytes)
{
    if (auto const connect = match_prefix(bytes, "CONNECT "); connect != Match::no)
        return connect;
    std::size_t size = 0;
    auto const method = match_method(bytes, size);
    if (method != Match::yes)
        return method;
    auto const target = bytes.substr(size);
    if (target.empty())
        return Match::maybe;
    return best(match_word(target, "HTTP://"), match_word(target, "HTTPS://"));
}

Match match_http(std::string_view bytes)
{
    std::size_t size = 0;
    return match_method(bytes, size);
}

Match match_ssh(std::string_view bytes)
{
    return match_prefix(bytes, "SSH-"); // RFC 4253 §4.2
}

Match match_vnc(std::string_view bytes)
{
    return match_prefix(bytes, "RFB 0"); // RFC 6143 §7.1.1
}

Match match_bittorrent(std::string_view bytes)
{
    return match_prefix(bytes,
        "\x13"
        "BitTorrent protocol"); // BEP 3
}

/// First command of a mail or file-transfer client, or a server's greeting (RFC 5321 §4.1, RFC 959 §4).
Match match_smtp_ftp(std::string_view bytes)
{
    auto found = Match::no;
    for (auto const* const word : {"EHLO ", "HELO ", "USER ", "AUTH ", "220 ", "220-"})
        found = best(found, match_word(bytes, word));
    return found;
}

/// TPKT version 3 with an X.224 connection request ([MS-RDPBCGR] §2.2.1.1).
Match match_rdp(std::string_view bytes)
{
    constexpr std::array<int, 6> shape{0x03, 0x00, -1, -1, -1, 0xe0};
    auto const size = std::min(bytes.size(), shape.size());
    for (std::size_t i = 0; i < size; ++i)
        if (shape[i] >= 0 && at(bytes, i) != shape[i])
            return Match::no;
    if (bytes.size() < shape.size())
        return Match::maybe;
    auto const length = number16(bytes, 2);
    return length >= 11 && length <= 512 && at(bytes, 4) == length - 5 ? Match::yes : Match::no;
}

/// The whole first packet of OpenVPN over TCP: its length, then P_CONTROL_HARD_RESET_CLIENT_V2 or _V3 with key id 0.
Match match_openvpn(std::string_view bytes)
{
    if (at(bytes, 0) > 0x08)
        return Match::no;
    if (bytes.size() < 2)
        return Match::maybe;
    auto const length = number16(bytes, 0);
    if (length < 14 || length > 2048)
        return Match::no;
    if (bytes.size() < 3)
        return Match::maybe;
    if (at(bytes, 2) != 7 << 3 && at(bytes, 2) != 10 << 3)
        return Match::no;
    if (bytes.size() < length + 2)
        return Match::maybe;
    return bytes.size() == length + 2 ? Match::yes : Match::no; // then the client waits for the server
}

/// A WireGuard handshake initiation: type 1, three zero bytes, 148 bytes in all.
Match match_wireguard(std::string_view bytes)
{
    constexpr std::string_view start{"\x01\x00\x00\x00", 4};
    auto const prefix = match_prefix(bytes, start);
    if (prefix != Match::yes)
        return prefix;
    if (bytes.size() < 148)
        return Match::maybe;
    return bytes.size() == 148 ? Match::yes : Match::no;
}

/// The whole request of SOCKS4 or 4a: version, command, port, address, user id, NUL (and a name, NUL).
Match match_socks4(std::string_view bytes)
{
    if (at(bytes, 0) != 4 || (bytes.size() > 1 && at(bytes, 1) != 1 && at(bytes, 1) != 2))
        return Match::no;
    if (bytes.size() < 9)
        return Match::maybe;
    if (number16(bytes, 2) == 0)
        return Match::no;
    bool const named = bytes.substr(4, 3) == std::string_view{"\0\0\0", 3} && at(bytes, 7) != 0;
    auto const user_end = bytes.find('\0', 8);
    auto const end = named && user_end != std::string_view::npos ? bytes.find('\0', user_end + 1) : user_end;
    if (end == std::string_view::npos)
        return bytes.size() < 600 ? Match::maybe : Match::no;
    return Match::yes;
}

/// The whole greeting of SOCKS5 (RFC 1928 §3): the methods must hold one that people use.
Match match_socks5(std::string_view bytes)
{
    if (at(bytes, 0) != 5)
        return Match::no;
    if (bytes.size() < 2)
        return Match::maybe;
    std::size_t const count = at(bytes, 1);
    if (count == 0 || bytes.size() > count + 2)
        return Match::no;
    auto const offered = bytes.substr(2);
    bool const usual = std::any_of(offered.begin(), offered.end(), [](char c) { return static_cast<std::uint8_t>(c) <= 2; });
    if (bytes.size() < count + 2)
        return Match::maybe;
    return usual ? Match::yes : Match::no;
}

/// STUN: two zero bits, a length that is a multiple of four, the magic cookie (RFC 8489 §5).
Match match_stun(std::string_view bytes)
{
    if (at(bytes, 0) > 0x3f || (bytes.size() >= 4 && number16(bytes, 2) % 4 != 0))
        return Match::no;
    if (bytes.size() < 8)
        return bytes.size() <= 4 ? Match::maybe : match_prefix(bytes.substr(4), "\x21\x12\xa4\x42");
    return match_prefix(bytes.substr(4), "\x21\x12\xa4\x42");
}

struct Row {
    Protocol protocol;
    Match (*match)(std::string_view);
};

// Order matters where openings overlap: the longer description stands first.
constexpr std::array table{
    Row{Protocol::tls, match_tls},
    Row{Protocol::http_proxy, match_http_proxy},
    Row{Protocol::http, match_http},
    Row{Protocol::ssh, match_ssh},
    Row{Protocol::vnc, match_vnc},
    Row{Protocol::bittorrent, match_bittorrent},
    Row{Protocol::smtp_ftp, match_smtp_ftp},
    Row{Protocol::rdp, match_rdp},
    Row{Protocol::openvpn_tcp, match_openvpn},
    Row{Protocol::socks4, match_socks4},
    Row{Protocol::socks5, match_socks5}, // before those that take more bytes: the client now waits for an answer
    Row{Protocol::stun, match_stun},
    Row{Protocol::wireguard, match_wireguard},
};

constexpr std::size_t random_size = 64; ///< bytes below which nothing can be said about randomness

bool is_printable(char c)
{
    return c >= 0x20 && c <= 0x7e;
}

/// Text, or binary with structure: what the published heuristics for fully encrypted traffic leave alone (Wu et al., USENIX Security 2023).
bool looks_random(std::string_view bytes)
{
    if (bytes.size() < random_size)
        return false;
    std::size_t ones = 0;
    std::size_t printable = 0;
    std::size_t run = 0;
    std::size_t longest_run = 0;
    for (char const c : bytes) {
        ones += static_cast<std::size_t>(std::popcount(static_cast<std::uint8_t>(c)));
        run = is_printable(c) ? run + 1 : 0;
        printable += is_printable(c) ? 1U : 0U;
        longest_run = std::max(longest_run, run);
    }
    // Random bytes have four ones of eight, and 95 of 256 are printable.
    return ones * 10 > bytes.size() * 34 && ones * 10 < bytes.size() * 46 && printable * 2 < bytes.size() && longest_run < 20;
}

bool starts_as_text(std::string_view bytes)
{
    auto const start = bytes.substr(0, 6);
    return std::all_of(start.begin(), start.end(), is_printable);
}

} // namespace

std::string_view to_text(Protocol protocol)
{
    switch (protocol) {
    case Protocol::need_more: return "need-more";
    case Protocol::tls: return "tls";
    case Protocol::http: return "http";
    case Protocol::ssh: return "ssh";
    case Protocol::openvpn_tcp: return "openvpn-tcp";
    case Protocol::socks4: return "socks4";
    case Protocol::socks5: return "socks5";
    case Protocol::random: return "random";
    case Protocol::bittorrent: return "bittorrent";
    case Protocol::rdp: return "rdp";
    case Protocol::vnc: return "vnc";
    case Protocol::smtp_ftp: return "smtp-ftp";
    case Protocol::stun: return "stun";
    case Protocol::wireguard: return "wireguard";
    case Protocol::http_proxy: return "http-proxy";
    case Protocol::unknown: break;
    }
    return "unknown";
}

Protocol recognise(std::string_view bytes, bool const closed)
{
    if (bytes.empty())
        return closed ? Protocol::unknown : Protocol::need_more;
    bytes = bytes.substr(0, inspected_size);
    bool undecided = false;
    for (auto const& row : table) {
        auto const match = row.match(bytes);
        // A row above that is still open is more exact: it gets its chance first.
        if (match == Match::yes && (closed || !undecided))
            return row.protocol;
        undecided = undecided || match == Match::maybe;
    }
    if (undecided && !closed)
        return Protocol::need_more;
    if (starts_as_text(bytes))
        return Protocol::unknown;
    if (bytes.size() < random_size && !closed)
        return Protocol::need_more;
    return looks_random(bytes) ? Protocol::random : Protocol::unknown;
}

} // namespace gatehouse::detect
