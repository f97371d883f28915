#include "policy/list_source.hpp"
#include "policy/host.hpp"
#include "policy/list_collector.hpp"
#include "policy/self_check.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::pair<ListFormat, std::string_view>, 7> format_names{{
    {ListFormat::domains, "domains"},
    {ListFormat::hosts, "hosts"},
    {ListFormat::urls, "urls"},
    {ListFormat::expressions, "expressions"},
    {ListFormat::adblock, "adblock"},
    {ListFormat::dnsmasq, "dnsmasq"},
    {ListFormat::rpz, "rpz"},
}};

source::LineReader reader_of(ListFormat format)
{
    switch (format) {
    case ListFormat::domains: return source::read_domain_line;
    case ListFormat::hosts: return source::read_hosts_line;
    case ListFormat::urls: return source::read_url_line;
    case ListFormat::expressions: return source::read_expression_line;
    case ListFormat::adblock: return source::read_adblock_line;
    case ListFormat::dnsmasq: return source::read_dnsmasq_line;
    case ListFormat::rpz: break;
    }
    return nullptr;
}

} // namespace

std::string_view to_text(ListFormat format)
{
    for (auto const& [known, name] : format_names) {
        if (known == format)
            return name;
    }
    return "unknown";
}

std::optional<ListFormat> parse_list_format(std::string_view text)
{
    for (auto const& [format, name] : format_names) {
        if (name == text)
            return format;
    }
    return std::nullopt;
}

ListText read_list(ListFormat format, std::string_view text)
{
    ListText read;
    read.entries.reserve_for(text.size());
    source::Collector out(read);
    source::RpzReader rpz;
    auto const read_line = reader_of(format);
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    while (!text.empty()) {
        std::string_view const raw = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(raw.size() + 1, text.size()));
        out.next_line();
        std::string_view const line = source::trim(raw);
        if (line.empty())
            out.comment();
        else if (raw.size() > max_list_line)
            out.problem("the line is longer than 8192 bytes");
        else if (line.find('\0') != std::string_view::npos)
            out.problem("the line has a NUL byte");
        else if (read_line != nullptr)
            read_line(out, line);
        else
            rpz.read_line(out, line, source::is_blank(raw.front()));
    }
    rpz.finish(out);
    return read;
}

namespace source {

void Collector::problem_at(std::uint32_t line, std::string_view reason)
{
    ++text_.problem_count;
    if (text_.problems.size() < max_kept_problems)
        text_.problems.push_back({line, std::string(reason)});
}

namespace {

/// Bytes that stand in a canonical name as they are, the dot apart.
constexpr auto plain_bytes = [] {
    std::array<bool, 256> plain{};
    for (char const c : std::string_view{"abcdefghijklmnopqrstuvwxyz0123456789-_"})
        plain[static_cast<unsigned char>(c)] = true;
    return plain;
}();

/// True if Host::parse would give back this very text as a name. Most lines of most lists are such names, and telling so is much
/// quicker than parsing; a last label that starts with a letter can be no number and so no address.
bool is_canonical_name(std::string_view text)
{
    if (text.size() > Host::max_size)
        return false;
    std::size_t label_at = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '.') {
            if (i == label_at || i - label_at > 63)
                return false;
            label_at = i + 1;
        } else if (!plain_bytes[static_cast<unsigned char>(text[i])]) {
            return false;
        }
    }
    std::size_t const last_size = text.size() - label_at;
    return last_size > 0 && last_size <= 63 && text[label_at] >= 'a' && text[label_at] <= 'z';
}

} // namespace

namespace {

constexpr std::string_view no_test_sites = "a test site of the filter: it goes by the rules about its category, not by lists";

bool is_test_site(std::string_view name)
{
    auto const host = name.ends_with(self_check_zone) ? Host::parse(name) : result<Host>{errc::empty_host};
    return host && is_self_check(*host);
}

} // namespace

bool Collector::canonical_name(std::string_view text, ListEntry::Reach reach, ListEntry::Sense sense)
{
    if (!is_canonical_name(text) || text.ends_with(self_check_zone)) // a test site is no entry: host() says so
        return false;
    text_.entries.push_back(EntryView{text, {}, reach, sense, line_});
    return true;
}

bool Collector::host(std::string_view host, ListEntry::Reach reach, ListEntry::Sense sense)
{
    if (canonical_name(host, reach, sense))
        return true;
    auto parsed = parse_list_host(host);
    if (!parsed) {
        problem(parsed.error().message());
        return false;
    }
    if (is_test_site(*parsed)) {
        problem(no_test_sites);
        return false;
    }
    text_.entries.push_back(EntryView{*parsed, {}, reach, sense, line_});
    return true;
}

void Collector::entry(ListEntry entry)
{
    if (is_test_site(entry.host))
        return problem(no_test_sites);
    entry.line = line_;
    text_.entries.push_back(view_of(entry));
}

bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\v' || character == '\f';
}

std::string_view trim(std::string_view text)
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string_view take_word(std::string_view& rest)
{
    rest = trim(rest);
    std::size_t const size = static_cast<std::size_t>(std::find_if(rest.begin(), rest.end(), is_blank) - rest.begin());
    std::string_view const word = rest.substr(0, size);
    rest.remove_prefix(size);
    return word;
}

std::string lower(std::string_view text)
{
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return copy;
}

bool is_null_address(std::string_view text)
{
    auto const address = IpAddress::parse(text);
    if (!address)
        return false;
    if (address->is_v4())
        return address->v4() == 0 || address->v4() >> 24 == 127;
    IpAddress const any{};
    IpAddress loopback{};
    loopback.bytes[15] = 1;
    return *address == any || *address == loopback;
}

result<std::string> parse_list_host(std::string_view text)
{
    bool const is_bare_ipv6 = text.find(':') != std::string_view::npos && !text.starts_with('[');
    auto const host = is_bare_ipv6 ? Host::parse('[' + std::string(text) + ']') : Host::parse(text);
    if (!host)
        return host.error();
    if (host->kind() == Host::Kind::ipv4 && !IpAddress::parse(text.ends_with('.') ? text.substr(0, text.size() - 1) : text))
        return errc::bad_address;
    return std::string(host->text());
}

} // namespace source
} // namespace gatehouse::policy
