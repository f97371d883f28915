#include "policy/host.hpp"
#include "policy/list_collector.hpp"
#include "policy/url_path.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace source {
namespace {

using Reach = ListEntry::Reach;
using Sense = ListEntry::Sense;

/// Names that every hosts file carries for the machine itself.
bool is_machine_name(std::string_view name)
{
    static constexpr std::array<std::string_view, 14> names{"localhost", "localhost.localdomain", "localhost4", "localhost6",
        "localhost6.localdomain6", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix",
        "ip6-allnodes", "ip6-allrouters", "ip6-allhosts"};
    return name == "0.0.0.0" || std::find(names.begin(), names.end(), lower(name)) != names.end();
}

/// Drops "scheme://" if it is http, https or ftp.
std::string_view without_scheme(std::string_view url)
{
    for (std::string_view const scheme : {"http://", "https://", "ftp://"}) {
        if (url.size() >= scheme.size() && lower(url.substr(0, scheme.size())) == scheme)
            return url.substr(scheme.size());
    }
    return url;
}

/// Drops ":8080" at the end of "host:8080" or "[::1]:8080".
std::string_view without_port(std::string_view authority)
{
    std::size_t const colon = authority.rfind(':');
    bool const is_bare_ipv6 = authority.find(':') < colon && !authority.starts_with('[');
    if (colon == std::string_view::npos || is_bare_ipv6)
        return authority;
    std::string_view const port = authority.substr(colon + 1);
    bool const is_port = port.find_first_not_of("0123456789") == std::string_view::npos && port.size() <= 5;
    return is_port ? authority.substr(0, colon) : authority;
}

std::string without_www(std::string host)
{
    if (host.starts_with("www.") && host.find('.', 4) != std::string::npos)
        host.erase(0, 4);
    return host;
}

bool is_cosmetic(std::string_view rule)
{
    for (std::string_view const mark : {"##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#%#", "#@%#", "$$", "$@$"}) {
        if (rule.find(mark) != std::string_view::npos)
            return true;
    }
    return false;
}

/// Reads the options behind '$'. True if all are understood; otherwise the problem was told.
bool read_options(Collector& out, std::string_view options, bool& is_important)
{
    while (true) {
        std::string_view const option = options.substr(0, options.find(','));
        if (option == "important")
            is_important = true;
        else if (option != "all") {
            std::string_view const name = option.substr(0, std::min<std::size_t>(option.find('='), 40));
            out.problem("the option $" + std::string(name) + " is not supported");
            return false;
        }
        if (option.size() == options.size())
            return true;
        options.remove_prefix(option.size() + 1);
    }
}

Sense adblock_sense(bool is_exception, bool is_important)
{
    if (is_exception)
        return is_important ? Sense::important_exception : Sense::exception;
    return is_important ? Sense::important : Sense::member;
}

} // namespace

void read_domain_line(Collector& out, std::string_view line)
{
    if (out.canonical_name(line, Reach::suffix))
        return;
    line = trim(line.substr(0, line.find('#')));
    if (line.empty())
        return out.comment();
    if (std::any_of(line.begin(), line.end(), is_blank))
        return out.problem("more than one word in a line of a domain list");
    if (line.find('/') != std::string_view::npos)
        return out.problem("a URL or network in a list of domains");
    if (line.starts_with("*."))
        line.remove_prefix(2);
    else if (line.starts_with('.'))
        line.remove_prefix(1);
    out.host(line, Reach::suffix);
}

void read_hosts_line(Collector& out, std::string_view line)
{
    line = trim(line.substr(0, line.find('#')));
    if (line.empty())
        return out.comment();
    std::string_view rest = line;
    std::string_view const address = take_word(rest);
    std::string_view name = take_word(rest);
    if (name.empty())
        return out.problem("a line of a hosts file needs an address and a name");
    if (is_machine_name(name))
        return out.comment();
    if (!is_null_address(address))
        return out.problem("the address is not a null or loopback address");
    for (; !name.empty(); name = take_word(rest))
        out.host(name, Reach::exact);
}

void read_url_line(Collector& out, std::string_view line)
{
    if (line.starts_with('#'))
        return out.comment();
    if (std::any_of(line.begin(), line.end(), is_blank))
        return out.problem("a blank inside a URL");
    auto entry = parse_list_entry(line);
    if (!entry)
        return out.problem(entry.error().message());
    entry->reach = Reach::site;
    entry->host = without_www(std::move(entry->host));
    out.entry(std::move(*entry));
}

void read_expression_line(Collector& out, std::string_view line)
{
    if (line.starts_with('#'))
        out.comment();
    else
        out.problem("regular expressions are not supported");
}

void read_adblock_line(Collector& out, std::string_view line)
{
    bool const is_header = line.starts_with('[') && line.ends_with(']');
    if (line.starts_with('!') || is_header)
        return out.comment();
    if (is_cosmetic(line))
        return out.problem("a cosmetic rule: it hides parts of pages");
    if (line.starts_with('#'))
        return out.comment();
    bool const is_exception = line.starts_with("@@");
    if (is_exception)
        line.remove_prefix(2);
    if (line.starts_with('/') && line.find('/', 1) != std::string_view::npos)
        return out.problem("regular expressions are not supported");
    if (!line.starts_with("||"))
        return out.problem("a pattern that is not of the form ||host^");
    line.remove_prefix(2);
    std::size_t const end = line.find('^');
    if (end == std::string_view::npos || line.substr(0, end).find_first_of("/$|:") != std::string_view::npos)
        return out.problem("a pattern that is not of the form ||host^");
    std::string_view host = line.substr(0, end), rest = line.substr(end + 1);
    if (rest.starts_with('|'))
        rest.remove_prefix(1);
    bool is_important = false;
    if (!rest.empty() && !rest.starts_with('$'))
        return out.problem("a pattern that is not of the form ||host^");
    if (!rest.empty() && !read_options(out, rest.substr(1), is_important))
        return;
    Reach const reach = host.starts_with("*.") ? Reach::below : Reach::suffix;
    if (reach == Reach::below)
        host.remove_prefix(2);
    if (host.find('*') != std::string_view::npos)
        return out.problem("a wildcard inside a host name is not supported");
    out.host(host, reach, adblock_sense(is_exception, is_important));
}

} // namespace source

result<ListEntry> parse_list_entry(std::string_view text)
{
    text = source::without_scheme(source::trim(text));
    std::size_t const authority_size = std::min(text.find_first_of("/?#"), text.size());
    std::string_view const authority = source::without_port(text.substr(0, authority_size));
    if (authority.find('@') != std::string_view::npos)
        return errc::bad_url;
    auto host = source::parse_list_host(authority);
    if (!host)
        return host.error();
    ListEntry entry;
    entry.host = std::move(*host);
    if (authority_size == text.size())
        return entry;
    UrlPath const path(text.substr(authority_size));
    if (path.is_cut())
        return errc::bad_url;
    entry.path = path.text();
    if (entry.path.back() == '/' && entry.path.find('?') == std::string::npos)
        entry.path.pop_back(); // "/a/" covers "/a" as well; "/" is the whole host
    return entry;
}

} // namespace gatehouse::policy
