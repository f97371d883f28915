#pragma once
// A host in its one canonical form. Host::parse is the only maker of names: every spelling of a host that a browser would
// connect to the same place yields the same Host, or no Host at all.

#include "policy/address.hpp"

#include <boost/container/small_vector.hpp>

namespace gatehouse::policy {

/// Lower-case A-label name without trailing dot, or an IP literal in canonical text. Allocates for the few that are longer than `usual_size`.
class Host {
public:
    enum class Kind : std::uint8_t { name, ipv4, ipv6 };
    static constexpr std::size_t max_size = 253; ///< RFC 1035 §2.3.4, without the trailing dot

    Host() = default;

    /// Parses the host part of a URL or authority: reg-name, dotted or odd IPv4 spelling (decimal, octal, hexadecimal, short),
    /// or bracketed IPv6. Percent-encoding is refused. U-labels become A-labels (IDNA 2008, non-transitional UTS 46).
    /// Errors: `errc::empty_host`, `host_too_long`, `label_too_long`, `empty_label`, `bad_host_character`, `bad_idn`, `bad_address`.
    static result<Host> parse(std::string_view text);
    static Host from_address(IpAddress const& address);

    Kind kind() const { return kind_; }
    bool is_address() const { return kind_ != Kind::name; }
    /// The address of an IP literal; meaningful only if is_address().
    IpAddress const& address() const { return address_; }
    /// Canonical text; IPv6 without brackets.
    std::string_view text() const { return {text_.data(), text_.size()}; }
    /// As written in an authority: IPv6 in brackets.
    std::string authority_text() const;
    /// True if this name is `domain` or below it, by whole labels: a.b.example is within b.example, notb.example is not.
    bool is_within(std::string_view domain) const;

    bool operator==(Host const& other) const { return text() == other.text(); }

private:
    /// One name in five thousand of the public lists is longer; every IP literal fits.
    static constexpr std::size_t usual_size = 48;

    boost::container::small_vector<char, usual_size> text_;
    Kind kind_ = Kind::name;
    IpAddress address_{};
};

} // namespace gatehouse::policy
