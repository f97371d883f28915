#include "tools/gateway/zone.hpp"

#include "proxy/trust_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace gatehouse::gateway {
namespace {

struct Denied {
    std::string_view name, why;
};

/// The names that makers ask for before they go round a network's name server, and take "no such name" as its wish.
constexpr Denied denied[]{
    {"use-application-dns.net", "Firefox asks it before it turns to a name server of its own"},
    {"mask.icloud.com", "Apple's Private Relay: devices say that it is not available here"},
    {"mask-h2.icloud.com", "the same"},
};

bool is_for_everyone(policy::SafeSearch const& entry)
{
    return std::any_of(entry.who.begin(), entry.who.end(),
        [](policy::Selector const& selector) { return selector.kind == policy::Selector::Kind::everyone; });
}

/// `named`: the hosts of earlier entries, which win.
std::string records_of(policy::SafeSearch const& entry, std::set<std::string>& named)
{
    bool const served = is_for_everyone(entry);
    auto text = fmt::format("; {}{}\n", entry.id, served ? "" : ": not for everyone, so the gateway alone sees to it");
    for (auto const& host : entry.hosts)
        if (named.insert(host).second && served)
            text += fmt::format("{} CNAME {}.\n", host, entry.use.text());
    return text;
}

} // namespace

std::string render_zone(policy::Policy const& policy, std::uint32_t serial)
{
    auto text = fmt::format("; Written by `gatehouse gateway render zone` from policy.toml: change it there.\n"
                            "$TTL 300\n@ SOA localhost. hostmaster.localhost. {} 3600 600 86400 300\n@ NS localhost.\n\n",
        serial);
    for (auto const& [name, why] : denied)
        text += fmt::format("{} CNAME . ; {}\n", name, why);
    text += fmt::format("{} A {} ; devices find out here whether they trust the school's certificate: the gateway answers\n\n",
        trust_check_host, trust_check_address);
    std::set<std::string> named;
    for (auto const& entry : policy.safe_search)
        text += records_of(entry, named);
    return text;
}

} // namespace gatehouse::gateway
