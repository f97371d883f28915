#pragma once
// Readers of the list formats that schools really download. Sans-IO: text in, entries and complaints out.
// What is not understood is counted and reported by line, never guessed.

#include "policy/list_image.hpp"

#include <optional>

namespace gatehouse::policy {

enum class ListFormat : std::uint8_t {
    domains,           ///< one name a line (UT1 `domains`, HaGeZi, OISD); suffix reach
    hosts,             ///< hosts(5): address then names; exact reach
    urls,              ///< squidGuard `urls`: host/path prefix a line
    expressions,       ///< squidGuard `expressions`: regular expressions, reported as unsupported
    adblock,           ///< ||host^ and @@||host^, host-level subset
    dnsmasq,           ///< address=/host/..., server=/host/, local=/host/
    rpz,               ///< response policy zone (draft-vixie-dnsop-dns-rpz), master-file text
};

std::string_view to_text(ListFormat format);
std::optional<ListFormat> parse_list_format(std::string_view text);

struct LineProblem {
    std::uint32_t line = 0;
    std::string reason; ///< "not a host name", "option $third-party is not supported", ...
};

struct ListText {
    std::vector<ListEntry> entries;
    std::vector<LineProblem> problems; ///< at most `max_kept_problems` kept
    std::size_t problem_count = 0;     ///< all of them
    std::size_t comment_count = 0;     ///< comments and empty lines
};

inline constexpr std::size_t max_kept_problems = 1000;

/// Reads a whole file. Never fails: every line ends as an entry, a comment or a problem.
ListText read_list(ListFormat format, std::string_view text);

} // namespace gatehouse::policy
