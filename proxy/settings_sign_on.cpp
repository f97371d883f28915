#include "proxy/settings_sign_on.hpp"

#include "proxy/settings.hpp"

#include <algorithm>

namespace gatehouse {
namespace {

/// An address that says https, or http on this machine, where tests and tunnels are; no query and no fragment (OpenID Connect Discovery 1.0 §3).
bool is_issuer(std::string_view text)
{
    bool const is_safe = text.starts_with("https://") || text.starts_with("http://127.0.0.1:");
    return is_safe && text.find_first_of("?#@ ") == text.npos;
}

} // namespace

void read_sign_on(SettingsReader& reader, Settings& settings)
{
    auto& sign_on = settings.sign_on;
    reader.read("issuer", sign_on.issuer);
    reader.read("client_id", sign_on.client_id);
    reader.read("secret_file", sign_on.secret_file, settings.config_dir);
    reader.read("claim", sign_on.claim);
    reader.read("scopes", sign_on.scopes);
    reader.read("title", sign_on.title);
    reader.read("ca_file", sign_on.ca_file, settings.config_dir);
    reader.read("only", sign_on.only);
    if (!sign_on.issuer.empty() && !is_issuer(sign_on.issuer))
        reader.complain("issuer", "`issuer` must be like \"https://accounts.google.com\"");
    if (sign_on.issuer.empty() != sign_on.client_id.empty() || sign_on.issuer.empty() != sign_on.secret_file.empty())
        reader.complain("issuer", "`issuer`, `client_id` and `secret_file` belong together");
    if (sign_on.only && sign_on.issuer.empty())
        reader.complain("only", "`only` needs an `issuer`");
    if (std::find(sign_on.scopes.begin(), sign_on.scopes.end(), "openid") == sign_on.scopes.end())
        reader.complain("scopes", "`scopes` must have \"openid\"");
    if (sign_on.claim.empty())
        reader.complain("claim", "`claim` must name one, such as \"email\"");
}

} // namespace gatehouse
