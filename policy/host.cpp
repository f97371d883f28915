#include "policy/host.hpp"

#include "policy/ascii.hpp"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace gatehouse::policy {
namespace {

constexpr std::size_t max_label = 63; // RFC 1035 §2.3.4

struct Idn2Free {
    void operator()(char* text) const { idn2_free(text); }
};

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Letters, digits, hyphen, dot (RFC 952, RFC 1123 §2.1), and the underscore that real names carry.
bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/// U-labels to A-labels, also turning full-width digits and ideographic full stops into their ASCII forms (UTS 46).
result<std::string> to_a_labels(std::string_view text)
{
    if (text.size() > 4 * Host::max_size)
        return errc::host_too_long;
    if (text.find('\0') != text.npos)
        return errc::bad_host_character;
    char* raw = nullptr;
    int const code
        = idn2_to_ascii_8z(std::string(text).c_str(), &raw, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP);
    std::unique_ptr<char, Idn2Free> const owned{raw};
    if (code == IDN2_TOO_BIG_DOMAIN)
        return errc::host_too_long;
    if (code == IDN2_TOO_BIG_LABEL)
        return errc::label_too_long;
    if (code != IDN2_OK)
        return errc::bad_idn;
    std::string labels = owned.get();
    if (!is_ascii(labels))
        return errc::bad_idn;
    return labels;
}

/// A number in one of the spellings inet_aton(3) and the URL Standard ("IPv4 number parser") accept; empty if it is none.
/// Values above 32 bits are kept as 2^32, which no place accepts.
std::optional<std::uint64_t> parse_ipv4_number(std::string_view text)
{
    constexpr std::uint64_t too_big = std::uint64_t{1} << 32;
    unsigned base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.front() == '0') {
        base = 8;
        text.remove_prefix(1);
    } else if (text.empty()) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (char const c : text) {
        unsigned const digit = c >= '0' && c <= '9' ? static_cast<unsigned>(c - '0')
            : c >= 'a' && c <= 'f'                  ? static_cast<unsigned>(c - 'a' + 10)
                                                    : 16;
        if (digit >= base)
            return std::nullopt;
        value = std::min(value * base + digit, too_big);
    }
    return value;
}

/// The URL Standard's "ends in a number" check: such a host is an IPv4 address or nothing.
bool ends_in_number(std::string_view name)
{
    auto const last = name.substr(name.rfind('.') + 1);
    bool const digits = std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits || parse_ipv4_number(last).has_value();
}

/// "127.1", "0x7f.1", "2130706433", "0177.0.0.1" (URL Standard, "IPv4 parser").
result<IpAddress> parse_odd_ipv4(std::string_view name)
{
    std::uint64_t address = 0;
    for (unsigned part = 0; part < 4; ++part) {
        auto const dot = name.find('.');
        auto const number = parse_ipv4_number(name.substr(0, dot));
        if (!number)
            return errc::bad_address;
        if (dot == name.npos) {
            unsigned const bits = 32 - 8 * part;
            if (*number >> bits)
                return errc::bad_address;
            return IpAddress::from_v4(static_cast<std::uint32_t>(address << bits | *number));
        }
        if (*number > 255)
            return errc::bad_address;
        address = address << 8 | *number;
        name.remove_prefix(dot + 1);
    }
    return errc::bad_address;
}

result<void> check_labels(std::string_view name)
{
    std::size_t label = 0;
    for (char const c : name) {
        if (!is_name_character(c))
            return errc::bad_host_character;
        if (c == '.' && label == 0)
            return errc::empty_label;
        label = c == '.' ? 0 : label + 1;
        if (label > max_label)
            return errc::label_too_long;
    }
    if (label == 0)
        return errc::empty_label;
    return {};
}

/// Inner text of "[...]". Zone ids (RFC 6874) name an interface of the client and are refused.
result<Host> parse_bracketed(std::string_view text)
{
    if (!text.ends_with(']') || text.find(':') == text.npos)
        return errc::bad_address;
    auto const address = IpAddress::parse(text.substr(1, text.size() - 2));
    if (!address)
        return errc::bad_address;
    return Host::from_address(*address);
}

} // namespace

result<Host> Host::parse(std::string_view text)
{
    if (text.empty())
        return errc::empty_host;
    if (text.front() == '[')
        return parse_bracketed(text);
    std::string converted;
    if (!is_ascii(text)) {
        auto labels = to_a_labels(text);
        if (!labels)
            return labels.error();
        converted = std::move(*labels);
        text = converted;
    }
    if (text.ends_with('.'))
        text.remove_suffix(1);
    if (text.empty())
        return errc::empty_host;
    if (text.size() > max_size)
        return errc::host_too_long;
    Host host;
    host.text_.resize(text.size(), boost::container::default_init);
    std::transform(text.begin(), text.end(), host.text_.begin(), to_lower);
    if (auto const checked = check_labels(host.text()); !checked)
        return checked.error();
    if (!ends_in_number(host.text()))
        return host;
    auto const address = parse_odd_ipv4(host.text());
    if (!address)
        return address.error();
    return from_address(*address);
}

Host Host::from_address(IpAddress const& address)
{
    Host host;
    auto const text = address.to_text();
    host.text_.assign(text.begin(), text.end());
    host.kind_ = address.is_v4() ? Kind::ipv4 : Kind::ipv6;
    host.address_ = address;
    return host;
}

std::string Host::authority_text() const
{
    if (kind_ == Kind::ipv6)
        return '[' + std::string(text()) + ']';
    return std::string(text());
}

bool Host::is_within(std::string_view domain) const
{
    auto const name = text();
    if (domain.empty() || !name.ends_with(domain))
        return false;
    if (name.size() == domain.size())
        return true;
    return kind_ == Kind::name && name[name.size() - domain.size() - 1] == '.';
}

} // namespace gatehouse::policy
