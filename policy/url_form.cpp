#include "policy/url_form.hpp"

#include "policy/ascii.hpp"
#include "policy/policy.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

namespace gatehouse::policy {
namespace {

/// Takes escapes away, in place.
std::size_t decode(std::span<char> text)
{
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        bool const is_escape
            = text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
        text[size++] = is_escape ? static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2])) : text[at];
        at += is_escape ? 2 : 0;
    }
    return size;
}

std::string_view path_of(std::string_view canonical)
{
    return canonical.substr(0, canonical.find('?'));
}

/// Bytes of the path that the pattern covers, whole segments; npos if it does not.
std::size_t match_path(std::string_view pattern, std::string_view path)
{
    std::size_t at = 0;
    for (; !pattern.empty(); pattern.remove_prefix(1)) {
        if (pattern.front() == '*') {
            auto const end = std::min(path.find('/', at), path.size());
            if (end == at)
                return path.npos;
            at = end;
        } else if (at == path.size() || path[at] != pattern.front()) {
            return path.npos;
        } else {
            ++at;
        }
    }
    bool const whole = at == path.size() || path[at] == '/' || (at != 0 && path[at - 1] == '/');
    return whole ? at : path.npos;
}

/// The value number `nth` of any of the form's parameters; nothing if there are fewer.
std::optional<std::string_view> find_parameter(UrlForm const& form, std::string_view canonical, std::size_t nth)
{
    auto const mark = canonical.find('?');
    auto query = mark == canonical.npos ? std::string_view{} : canonical.substr(mark + 1);
    while (!query.empty()) {
        auto const end = std::min(query.find('&'), query.size());
        auto const pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        auto const sign = pair.find('=');
        if (sign == pair.npos
            || std::find(form.parameters.begin(), form.parameters.end(), pair.substr(0, sign)) == form.parameters.end())
            continue;
        if (nth-- == 0)
            return pair.substr(sign + 1);
    }
    return std::nullopt;
}

bool counts_here(UrlForm const& form, std::string_view canonical)
{
    auto const path = path_of(canonical);
    return form.paths.empty() || std::any_of(form.paths.begin(), form.paths.end(), [&](std::string const& pattern) {
        return match_path(pattern, path) != path.npos;
    });
}

/// Still escaped: the place number `nth` where the form says that an address may be.
std::optional<std::string_view> find_address(UrlForm const& form, std::string_view canonical, std::size_t nth)
{
    if (form.in == UrlForm::In::parameter)
        return counts_here(form, canonical) ? find_parameter(form, canonical, nth) : std::nullopt;
    auto const path = path_of(canonical);
    for (auto const& pattern : form.paths)
        if (auto const end = match_path(pattern, path); end != path.npos && nth-- == 0)
            return canonical.substr(end);
    return std::nullopt;
}

/// Files that sites keep beside what they wrap look like names without this.
bool looks_like_a_file(std::string_view name)
{
    static constexpr std::array<std::string_view, 14> endings{
        "ico", "js", "css", "png", "jpg", "jpeg", "gif", "svg", "webp", "html", "php", "txt", "xml", "json"};
    return std::find(endings.begin(), endings.end(), name.substr(name.rfind('.') + 1)) != endings.end();
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

/// "host", "host:port" and so on, with what a browser makes of it; nothing if that is no name or address of another site.
std::optional<Target> read_authority(std::string_view text, std::optional<Scheme> written, Scheme outer)
{
    if (auto const at = text.rfind('@'); at != text.npos)
        text.remove_prefix(at + 1);
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

/// The address is decoded until a scheme is seen, since services wrap escapes in escapes.
std::size_t decode_address(std::span<char> address)
{
    constexpr int most_layers = 4;
    auto size = address.size();
    for (int layer = 0; layer < most_layers; ++layer) {
        std::string_view const text{address.data(), size};
        if (text.starts_with("http:/") || text.starts_with("https:/") || text.find('%') == text.npos)
            break;
        size = decode(address.first(size));
    }
    return size;
}

/// `bytes` has room for the address and one byte more, and holds the target's path afterwards.
bool read_address(std::string_view escaped, Scheme outer, Wrapped& found)
{
    auto* const start = found.bytes.data() + 1; // room for the slash that a path begins with
    std::copy(escaped.begin(), escaped.end(), start);
    auto const size = decode_address({start, escaped.size()});
    std::string_view address{start, size};
    address.remove_prefix(std::min(address.find_first_not_of(" +"), address.size()));
    if (address.starts_with("cache:"))
        address.remove_prefix(6);
    auto const scheme = take_scheme(address);
    auto const end = std::min(address.find_first_of("/\\?#&"), address.size());
    auto const target = read_authority(address.substr(0, end), scheme, outer);
    if (!target)
        return false;
    found.target = *target;
    auto const rest = address.substr(end);
    if (target->scheme == Scheme::tunnel)
        return true;
    if (rest.empty() || rest.front() == '/') {
        found.target.path = rest.empty() ? std::string_view{"/"} : rest;
        return true;
    }
    auto* const path = found.bytes.data() + (rest.data() - found.bytes.data()) - 1; // over the host's last letter
    *path = '/';
    found.target.path = {path, rest.size() + 1};
    return true;
}

/// The label before the form's host, with the dots and hyphens that it stands for: "www-my--site-org", "0-xn--bcher-kva-de-0".
bool read_label(UrlForm const& form, Target const& url, Wrapped& found)
{
    auto const name = url.host.text();
    auto const own = std::find_if(form.hosts.begin(), form.hosts.end(),
        [&](std::string const& host) { return name.size() > host.size() && url.host.is_within(host); });
    if (own == form.hosts.end())
        return false;
    auto label = name.substr(0, name.size() - own->size() - 1);
    label.remove_prefix(label.rfind('.') + 1);
    if (label.starts_with("0-") && label.ends_with("-0") && label.size() > 4)
        label = label.substr(2, label.size() - 4);
    std::array<char, Host::max_size> meant{};
    std::size_t size = 0;
    for (std::size_t at = 0; at < label.size(); ++at) {
        bool const doubled = label.substr(at).starts_with("--");
        meant[size++] = label[at] == '-' && !doubled ? '.' : label[at];
        at += doubled ? 1 : 0;
    }
    auto const target = read_authority({meant.data(), size}, url.scheme, url.scheme);
    if (!target)
        return false;
    found.target = *target;
    found.target.port = url.port;
    found.target.path = url.path;
    return true;
}

/// Well-formed UTF-8 of what may be none, for logs, pages and JSON: control characters become blanks, characters without a shape of their
/// own (which turn text around or part words unseen) are dropped, and one that was cut in two is U+FFFD. Fits into `max_read_text` bytes.
std::size_t mend_text(std::span<char const> text, std::span<char> mended)
{
    std::array<UChar, max_read_text> units;
    std::array<UChar32, max_read_text> letters;
    UErrorCode error = U_ZERO_ERROR;
    int size = 0;
    u_strFromUTF8WithSub(
        units.data(), static_cast<int>(units.size()), &size, text.data(), static_cast<int>(text.size()), 0xfffd, nullptr, &error);
    u_strToUTF32(letters.data(), static_cast<int>(letters.size()), &size, units.data(), size, &error);
    if (U_FAILURE(error))
        return 0;
    std::size_t written = 0;
    for (auto letter : std::span{letters}.first(static_cast<std::size_t>(size))) {
        if (u_charType(letter) == U_FORMAT_CHAR)
            continue;
        letter = u_iscntrl(letter) ? ' ' : letter;
        std::array<UChar, 2> pair;
        std::array<char, 4> bytes;
        int count = 0;
        u_strFromUTF32(pair.data(), static_cast<int>(pair.size()), &count, &letter, 1, &error);
        u_strToUTF8(bytes.data(), static_cast<int>(bytes.size()), &count, pair.data(), count, &error);
        if (U_FAILURE(error) || written + static_cast<std::size_t>(count) > mended.size())
            break;
        std::copy_n(bytes.begin(), count, mended.begin() + static_cast<std::ptrdiff_t>(written));
        written += static_cast<std::size_t>(count);
    }
    return written;
}

/// Escapes and pluses become what they stand for.
void append_words(std::string_view value, SearchText& found)
{
    std::array<char, max_url_path> text;
    std::replace_copy(value.begin(), value.end(), text.begin(), '+', ' ');
    auto const size = std::min(decode({text.data(), value.size()}), max_read_text);
    found.size += mend_text(std::span{text}.first(size), std::span{found.bytes}.subspan(found.size));
}

} // namespace

void UrlFormIndex::build(std::vector<UrlForm> const& forms)
{
    by_host_.clear();
    for (std::size_t i = 0; i < forms.size(); ++i)
        for (auto const& host : forms[i].hosts)
            by_host_[host].push_back(static_cast<std::uint16_t>(i));
}

bool find_search(Policy const& policy, Target const& url, SearchText& found)
{
    found.size = 0;
    if (url.path.find('?') == url.path.npos)
        return false;
    return policy.url_form_index.any_of(url.host, [&](std::uint16_t index) {
        auto const& form = policy.url_forms[index];
        if (form.holds != UrlForm::Holds::search)
            return false;
        UrlPath const canonical{url.path};
        if (!counts_here(form, canonical.text()))
            return false;
        for (std::size_t nth = 0; auto const value = find_parameter(form, canonical.text(), nth); ++nth) {
            if (found.size != 0 && found.size < found.bytes.size())
                found.bytes[found.size++] = ' ';
            append_words(*value, found);
        }
        found.form = index;
        return found.size != 0;
    });
}

bool find_search_within(Policy const& policy, Target const& url, SearchText& found)
{
    if (find_search(policy, url, found))
        return true;
    Wrapped wrapped;
    for (std::size_t nth = 0; find_wrapped(policy, url, nth, wrapped); ++nth)
        if (find_search(policy, wrapped.target, found))
            return true;
    return false;
}

bool find_wrapped(Policy const& policy, Target const& url, std::size_t nth, Wrapped& found)
{
    return policy.url_form_index.any_of(url.host, [&](std::uint16_t index) {
        auto const& form = policy.url_forms[index];
        if (form.holds != UrlForm::Holds::address)
            return false;
        found.form = index;
        if (form.in == UrlForm::In::name)
            return nth == 0 && read_label(form, url, found);
        if (url.path.empty())
            return false;
        UrlPath const canonical{url.path};
        auto left = nth;
        for (std::size_t i = 0; auto const address = find_address(form, canonical.text(), i); ++i)
            if (read_address(*address, url.scheme, found) && left-- == 0)
                return true;
        return false;
    });
}

} // namespace gatehouse::policy
