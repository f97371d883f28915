#pragma once
// Readers of the list formats that schools really download. Sans-IO: text in, entries and complaints out.
// What is not understood is counted and reported by line, never guessed.

#include "policy/list_image.hpp"

#include <optional>

namespace gatehouse::policy {

enum class ListFormat : std::uint8_t {
    domains,     ///< one name a line (UT1 `domains`, HaGeZi, OISD); suffix reach
    hosts,       ///< hosts(5): address then names; exact reach
    urls,        ///< squidGuard `urls`: host/path prefix a line
    expressions, ///< squidGuard `expressions`: regular expressions, reported as unsupported
    adblock,     ///< ||host^ and @@||host^, host-level subset
    dnsmasq,     ///< address=/host/..., server=/host/, local=/host/
    rpz,         ///< response policy zone (draft-vixie-dnsop-dns-rpz), master-file text
};

std::string_view to_text(ListFormat format);
std::optional<ListFormat> parse_list_format(std::string_view text);

struct LineProblem {
    std::uint32_t line = 0;
    std::string reason; ///< "not a host name", "option $third-party is not supported", ...
};

struct ListText {
    ListEntries entries;
    std::vector<LineProblem> problems; ///< at most `max_kept_problems` kept
    std::size_t problem_count = 0;     ///< all of them
    std::size_t comment_count = 0;     ///< comments and empty lines
};

inline constexpr std::size_t max_kept_problems = 1000;

/// Longest line that is read; a longer one is a problem.
inline constexpr std::size_t max_list_line = 8192;

/// Reads a whole file. Never fails: every line ends as an entry, a comment or a problem. A byte-order mark, CRLF, blanks at
/// the ends, upper case, U-labels and trailing dots are tolerated everywhere.
///
/// domains: `#` starts a comment; "*.name" and ".name" mean the same as "name".
/// hosts: the address must be a null or loopback one; the usual lines about localhost count as comments.
/// urls: as squidGuard reads them: scheme, port, a leading "www." and the fragment are ignored; a line without a path is the
///   whole host; the path is a prefix by the rules of url_path.hpp.
/// adblock: ||host^ and ||*.host^, @@, the options important and all; everything else is a problem.
/// dnsmasq: address= with a null or loopback address or none, local=, server= without a server; "#" for the server takes
///   the name out again (longest name wins).
/// rpz: CNAME to ".", "*." or "rpz-drop." and null addresses block; "rpz-passthru." takes out (longest name wins).
ListText read_list(ListFormat format, std::string_view text);

/// What a person types into the school's own lists: a host (with all below it) or a URL (a prefix on that host).
/// Errors: those of Host::parse; `errc::bad_url` for a URL with credentials or over `max_url_path`.
result<ListEntry> parse_list_entry(std::string_view text);

} // namespace gatehouse::policy
