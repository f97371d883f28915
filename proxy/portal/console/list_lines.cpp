#include "proxy/portal/console/list_lines.hpp"

#include "policy/address.hpp"
#include "policy/list_source.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using policy::ListFormat;

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blank = " \t\r";
    auto const first = text.find_first_not_of(blank);
    return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// The line without the comment at its end.
std::string_view without_comment(std::string_view line)
{
    for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1))
        if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t')
            return trimmed(line.substr(0, at));
    return line;
}

/// Nothing: it is written as people write sites, which the store reads.
bool format_of(std::string_view line, ListFormat& format)
{
    if (line.starts_with("||") || line.starts_with("@@") || line.starts_with('!') || line.starts_with('[')) {
        format = ListFormat::adblock;
        return true;
    }
    auto const blank = line.find_first_of(" \t");
    if (blank != std::string_view::npos && policy::IpAddress::parse(line.substr(0, blank))) {
        format = ListFormat::hosts;
        return true;
    }
    format = ListFormat::domains;
    return line.find_first_of("/: \t") == std::string_view::npos;
}

void read_line(std::vector<ListLine>& lines, std::size_t number, std::string_view line)
{
    std::string const shown(line);
    ListFormat format{};
    bool const is_formatted = format_of(line, format);
    if (!is_formatted) {
        lines.push_back({number, shown, shown});
        return;
    }
    auto const read = policy::read_list(format, line);
    for (auto const& entry : read.entries) {
        // Exceptions take names off a list; that is another step here.
        bool const is_member
            = entry.sense == policy::ListEntry::Sense::member || entry.sense == policy::ListEntry::Sense::important;
        lines.push_back({number, shown, is_member ? std::string(entry.host) : std::string()});
    }
    if (read.problem_count > 0)
        lines.push_back({number, shown, {}});
}

} // namespace

std::vector<ListLine> read_list_lines(std::string_view text)
{
    std::vector<ListLine> lines;
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto const raw = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(raw.size() + 1, text.size()));
        auto const line = without_comment(trimmed(raw));
        if (!line.empty())
            read_line(lines, number, line);
    }
    return lines;
}

} // namespace gatehouse::portal::console
