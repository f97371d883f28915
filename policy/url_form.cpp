#include "policy/url_form.hpp"

#include "policy/policy.hpp"
#include "policy/url_query.hpp"
#include "policy/wrapped_address.hpp"

#include <algorithm>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

namespace gatehouse::policy {
namespace {

std::string_view path_of(std::string_view url)
{
    return url.substr(0, url.find('?'));
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
    bool const whole = at == path.size() || path[at] == '/' || path[at] == ';' || (at != 0 && path[at - 1] == '/');
    return whole ? at : path.npos;
}

bool counts_here(UrlForm const& form, std::string_view url)
{
    if (form.paths.empty())
        return true;
    WholePath const path{path_of(url)};
    return std::any_of(form.paths.begin(), form.paths.end(),
        [&](std::string const& pattern) { return match_path(pattern, path.text()) != std::string_view::npos; });
}

/// The site number `left`, which is lowered by those before it, in the parameters of the URL.
bool read_parameters(UrlForm const& form, Target const& url, std::size_t& left, Wrapped& found)
{
    if (!counts_here(form, url.path))
        return false;
    Parameters parameters{form.parameters, url.path};
    while (auto const value = parameters.next())
        if (read_address(*value, form.in, url.scheme, left, found))
            return true;
    return false;
}

/// The site number `left` behind the paths of the form.
bool read_path(UrlForm const& form, Target const& url, std::size_t& left, Wrapped& found)
{
    WholePath const canonical{url.path};
    auto const path = path_of(canonical.text());
    for (auto const& pattern : form.paths)
        if (auto const end = match_path(pattern, path); end != path.npos)
            if (read_address(canonical.text().substr(end), form.in, url.scheme, left, found))
                return true;
    return false;
}

/// The label before the form's host, with the dots and hyphens that it stands for: "www-my--site-org", "0-xn--bcher-kva-de-0".
bool read_label(UrlForm const& form, Target const& url, std::size_t& left, Wrapped& found)
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
    if (!target || left-- != 0)
        return false;
    found.target = *target;
    found.target.port = url.port;
    found.target.path = url.path;
    return true;
}

/// Collects a search, character by character.
class SearchWriter {
public:
    explicit SearchWriter(SearchText& found)
        : found_(found)
    {
    }

    /// Characters without a shape of their own (which turn text around or part words unseen) are dropped.
    void add(UChar32 c)
    {
        constexpr unsigned most_signs = 8;
        constexpr UChar32 saying = 0xfdfa; // four words in one character, nothing else swells so
        auto const type = u_charType(c);
        if (type == U_FORMAT_CHAR)
            return;
        if (u_iscntrl(c) || u_isUWhiteSpace(c) || c == saying) {
            part();
            return;
        }
        signs_ = u_isalnum(c) ? 0 : signs_ + 1;
        if (signs_ <= most_signs)
            put(c);
        else if (type != U_NON_SPACING_MARK && type != U_ENCLOSING_MARK) // marks do not part a word
            part();
    }

    /// What was written so far and what comes are words of their own.
    void part() { is_parted_ = found_.size != 0; }

private:
    void put(UChar32 c)
    {
        std::array<char, 5> bytes;
        int size = 0;
        UErrorCode error = U_ZERO_ERROR;
        std::array<UChar, 2> units;
        int count = 0;
        u_strFromUTF32(units.data(), static_cast<int>(units.size()), &count, &c, 1, &error);
        bytes[0] = ' ';
        u_strToUTF8(bytes.data() + 1, static_cast<int>(bytes.size()) - 1, &size, units.data(), count, &error);
        auto const text = std::string_view{bytes.data(), static_cast<std::size_t>(size) + 1}.substr(is_parted_ ? 0 : 1);
        is_parted_ = false;
        if (U_FAILURE(error) || found_.size + text.size() > found_.bytes.size())
            return;
        std::copy(text.begin(), text.end(), found_.bytes.data() + found_.size);
        found_.size += text.size();
    }

    SearchText& found_;
    bool is_parted_ = false;
    unsigned signs_ = 0; ///< in a row, blanks between them or not
};

/// Escapes and pluses become what they stand for.
void append_words(std::string_view value, SearchWriter& writer)
{
    std::array<char, max_request_path> text;
    value = value.substr(0, text.size());
    std::replace_copy(value.begin(), value.end(), text.begin(), '+', ' ');
    auto const size = static_cast<std::int32_t>(decode_escapes({text.data(), value.size()}));
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(text.data());
    constexpr UChar32 replacement = 0xfffd; // of what is no character
    writer.part();
    for (std::int32_t at = 0; at < size;) {
        UChar32 c = 0;
        U8_NEXT(bytes, at, size, c);
        writer.add(c < 0 ? replacement : c);
    }
}

} // namespace

void UrlFormIndex::build(std::vector<UrlForm> const& forms)
{
    by_host_.clear();
    for (std::size_t i = 0; i < forms.size(); ++i)
        for (auto const& host : forms[i].hosts)
            by_host_[host].push_back(static_cast<std::uint16_t>(i));
}

std::string_view SearchText::text() const
{
    auto end = std::min(size, max_read_text);
    while (end < size && (static_cast<unsigned char>(bytes[end]) & 0xc0) == 0x80)
        --end;
    return all().substr(0, end);
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
        if (!counts_here(form, url.path))
            return false;
        SearchWriter writer{found};
        Parameters parameters{form.parameters, url.path};
        while (auto const value = parameters.next())
            append_words(*value, writer);
        found.form = index;
        return found.size != 0;
    });
}

bool find_search_within(Policy const& policy, Target const& url, SearchText& found)
{
    if (find_search(policy, url, found))
        return true;
    Wrapped wrapped;
    for (std::size_t nth = 0; nth < most_wrapped && find_wrapped(policy, url, nth, wrapped); ++nth)
        if (find_search(policy, wrapped.target, found))
            return true;
    return false;
}

bool find_wrapped(Policy const& policy, Target const& url, std::size_t nth, Wrapped& found)
{
    auto left = nth; // of all forms together
    return policy.url_form_index.any_of(url.host, [&](std::uint16_t index) {
        auto const& form = policy.url_forms[index];
        if (form.holds != UrlForm::Holds::address)
            return false;
        found.form = index;
        if (form.in == UrlForm::In::name)
            return read_label(form, url, left, found);
        if (url.path.empty())
            return false;
        return form.in == UrlForm::In::path ? read_path(form, url, left, found) : read_parameters(form, url, left, found);
    });
}

} // namespace gatehouse::policy
