#include "proxy/settings_mail.hpp"

#include "proxy/settings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gatehouse {
namespace {

constexpr std::size_t max_address = 254; // RFC 5321 §4.5.3.1.3, without the brackets
constexpr std::size_t max_addresses = 20;

/// What ends up in a command to a mail server: one address, nothing that could be a second line or a second address.
bool is_address(std::string_view text)
{
    auto const at = text.find('@');
    auto const plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || std::string_view{".!#$%&'*+-/=?^_`{|}~@"}.find(c) != std::string_view::npos;
    };
    return text.size() <= max_address && at != text.npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == text.npos
        && std::all_of(text.begin(), text.end(), plain);
}

bool is_server(std::string_view text)
{
    auto const rest = text.starts_with("smtps://") ? text.substr(8)
        : text.starts_with("smtp://")              ? text.substr(7)
                                                   : std::string_view{};
    auto const plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || std::string_view{".-:[]"}.find(c) != std::string_view::npos;
    };
    return !rest.empty() && std::all_of(rest.begin(), rest.end(), plain);
}

void read_addresses(SettingsReader& reader, Mail& mail)
{
    for (auto const role : console_roles) {
        auto& addresses = mail.to[std::string{role}];
        reader.read(role, addresses);
        if (addresses.size() > max_addresses)
            reader.complain(role, fmt::format("at most {} addresses", max_addresses));
        for (auto const& address : addresses)
            if (!is_address(address))
                reader.complain(role, fmt::format("\"{}\" is not an address such as \"safety@school.example\"", address));
    }
    std::erase_if(mail.to, [](auto const& entry) { return entry.second.empty(); });
}

} // namespace

bool is_console_role(std::string_view text)
{
    return std::find(console_roles.begin(), console_roles.end(), text) != console_roles.end();
}

void read_mail(SettingsReader& reader, Settings& settings)
{
    auto& mail = settings.mail;
    reader.read("server", mail.server);
    reader.read("from", mail.from);
    reader.read("user", mail.user);
    reader.read("password_file", mail.password_file, settings.config_dir);
    reader.read("ca_file", mail.ca_file, settings.config_dir);
    reader.read("needs_tls", mail.needs_tls);
    reader.in_table("to", [&](SettingsReader& to) { read_addresses(to, mail); });
    if (!mail.server.empty() && !is_server(mail.server))
        reader.complain("server", "`server` must be like \"smtps://mail.school.example\" or \"smtp://mail.school.example:587\"");
    if (!mail.server.empty() && !is_address(mail.from))
        reader.complain("from", "`from` must be an address such as \"gatehouse@school.example\"");
    if (mail.user.empty() != mail.password_file.empty())
        reader.complain("user", "`user` and `password_file` belong together");
}

} // namespace gatehouse
