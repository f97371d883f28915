#include "policy/wrapped_address.hpp"

#include "policy/url_query.hpp"

#include <algorithm>
#include <charconv>

namespace gatehouse::policy {
namespace {

/// Files that sites keep beside what they wrap look like names without this.
bool looks_like_a_file(std::string_view name)
{
    static constexpr std::array<std::string_view, 14> endings{
        "ico", "js", "css", "png", "jpg", "jpeg", "gif", "svg", "webp", "html", "php", "txt", "xml", "json"};
    return std::find(endings.begin(), endings.end(), name.substr(name.rfind('.') + 1)) != endings.end();
}

/// Everything from the first character that no host and no port has: it is junk, of which servers take the front.
std::string_view without_junk(std::string_view authority)
{
    auto const is_junk = [](char c) {
        bool const alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool const of_ascii = static_cast<unsigned char>(c) < 0x80;
        return of_ascii && !alphanumeric && std::string_view{"-._:[]%"}.find(c) == std::string_view::npos;
    };
    return {authority.begin(), std::find_if(authority.begin(), authority.end(), is_junk)};
}

/// As the URL Standard does before it reads: controls and blanks at both ends are dropped, and tabs and line breaks anywhere.
std::span<char> without_blanks(std::span<char> text)
{
    auto const is_break = [](char c) { return c == '\t' || c == '\r' || c == '\n'; };
    text = {text.begin(), std::remove_if(text.begin(), text.end(), is_break)};
    auto const is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!text.empty() && is_blank(text.back()))
        text = text.first(text.size() - 1);
    auto const front = std::find_if_not(text.begin(), text.end(), is_blank);
    return {front, text.end()};
}

/// What stands in front of a scheme means nothing: "view-source:https://", a blank beyond ASCII.
std::string_view from_scheme(std::string_view address)
{
    auto const scheme = std::min(address.find("http:"), address.find("https:"));
    if (scheme < std::min(address.find_first_of("/\\?#"), address.size()))
        return address.substr(scheme);
    if (address.starts_with("cache:"))
        address.remove_prefix(6);
    return address;
}

/// "https://" with any number of slashes of either kind. What stands before the host is taken away.
std::optional<Scheme> take_scheme(std::string_view& address)
{
    std::optional<Scheme> scheme;
    for (auto const& [text, is] :
        {std::pair{std::string_view{"http:"}, Scheme::http}, {std::string_view{"https:"}, Scheme::https}})
        if (address.starts_with(text)) {
            address.remove_prefix(text.size());
            scheme = is;
            break;
        }
    address.remove_prefix(std::min(address.find_first_not_of("/\\"), address.size()));
    return scheme;
}

/// One reading of an address whose escapes are taken away.
struct ReadAddress {
    std::optional<Target> target; ///< without its path
    std::string_view authority;
    std::string_view rest; ///< behind the authority
};

ReadAddress read_to(std::string_view ends, std::string_view address, Scheme outer)
{
    address = from_scheme(address);
    auto const scheme = take_scheme(address);
    auto const end = std::min(address.find_first_of(ends), address.size());
    auto const authority = address.substr(0, end);
    return {read_authority(authority, scheme, outer), authority, address.substr(end)};
}

/// Browsers end the authority at a backslash, others read on: "https://one.example\@another.example/" is either.
bool is_ambiguous(std::string_view rest)
{
    return rest.starts_with('\\') && rest.substr(0, rest.find_first_of("/?#")).find('@') != rest.npos;
}

/// The reading as what was found. What is behind the authority becomes a path, in its place within the found bytes.
bool keep_address(ReadAddress const& address, Wrapped& found)
{
    found.target = *address.target;
    found.target.path = address.rest.empty() ? std::string_view{"/"} : address.rest;
    if (address.rest.empty() || found.target.scheme == Scheme::tunnel)
        return true;
    auto* const start = found.bytes.data() + (address.rest.data() - found.bytes.data());
    std::replace(start, start + std::min(address.rest.find_first_of("?#"), address.rest.size()), '\\', '/');
    if (*start == '/')
        return true;
    *(start - 1) = '/'; // over the host's last letter
    found.target.path = {start - 1, address.rest.size() + 1};
    return true;
}

} // namespace

std::optional<Target> read_authority(std::string_view text, std::optional<Scheme> written, Scheme outer)
{
    if (auto const at = text.rfind('@'); at != text.npos)
        text.remove_prefix(at + 1);
    text = without_junk(text);
    auto const bracket = text.starts_with('[') ? text.find(']') : 0;
    auto const colon = bracket == text.npos ? text.npos : text.find(':', bracket);
    auto const host = Host::parse(text.substr(0, colon));
    if (!host || (!host->is_address() && host->text().find('.') == std::string_view::npos))
        return std::nullopt;
    if (!written && looks_like_a_file(host->text()))
        return std::nullopt;
    Target target;
    target.scheme = outer == Scheme::tunnel ? Scheme::tunnel : written.value_or(Scheme::https);
    target.host = *host;
    target.port = target.scheme == Scheme::http ? http_port : https_port;
    if (colon != text.npos)
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), target.port);
    return target;
}

bool read_address(std::string_view escaped, UrlForm::In in, Scheme outer, std::size_t& left, Wrapped& found)
{
    constexpr int most_layers = 4; // services wrap escapes in escapes
    std::span<char> text{found.bytes.data(), std::min(escaped.size(), found.bytes.size())};
    std::copy_n(escaped.begin(), text.size(), text.begin());
    if (in == UrlForm::In::parameter) { // whose value every server decodes once, whatever it looks like
        std::replace(text.begin(), text.end(), '+', ' ');
        text = text.first(decode_escapes(text));
    }
    for (int layer = 0; layer < most_layers; ++layer) {
        text = without_blanks(text);
        std::string_view const address{text.data(), text.size()};
        auto const usual = read_to("/\\?#", address, outer);
        if (usual.target && left-- == 0)
            return keep_address(usual, found);
        if (is_ambiguous(usual.rest))
            if (auto const other = read_to("/?#", address, outer); other.target && left-- == 0)
                return keep_address(other, found);
        if (usual.authority.find('%') == usual.authority.npos)
            return false;
        text = text.first(decode_escapes(text));
    }
    return false;
}

} // namespace gatehouse::policy
