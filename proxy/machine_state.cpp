#include "proxy/machine_state.hpp"

#include "policy/edit.hpp"
#include "policy/policy.hpp"
#include "proxy/settings.hpp"
#include "proxy/tls/issuer.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gatehouse {
namespace {

template <class Rows, class Chosen>
std::string ids_of(Rows const& rows, Chosen const& is_chosen)
{
    std::vector<std::string> ids;
    for (auto const& row : rows)
        if (is_chosen(row))
            ids.push_back(row.id);
    return ids.empty() ? "-" : fmt::format("{}", fmt::join(ids, " "));
}

store::MachineFact certificate_of(Settings const& settings)
{
    auto const info = tls::read_ca_info(settings.state_dir / "ca");
    return {"machine.ca",
        info ? fmt::format("SHA-256 {}, valid until {:%Y-%m-%d}", info->sha256, info->not_after) : "no certificate"};
}

/// Roles, entries, categories that are left alone, and where the certificate is believed to be installed: less of the first two or more of the third
/// turns looking inside off. The digest is of the entries as a whole and of the lists in those categories.
store::MachineFact inspection_of(policy::Policy const& policy)
{
    auto const all = [](auto const&) { return true; };
    auto text = fmt::format("roles: {}; entries: {}; never: {}; certificate: {}",
        ids_of(policy.roles, [](policy::Role const& role) { return role.inspect; }), ids_of(policy.inspection, all),
        ids_of(policy.categories, [](policy::Category const& each) { return each.never_inspect; }),
        ids_of(policy.networks, [](policy::NetworkInfo const& each) { return each.trusts_ca; }));
    auto whole = text;
    for (auto const& entry : policy.inspection)
        whole += fmt::format("\n{} {}", policy::written(entry), policy::to_text(entry.wanted));
    for (auto const& list : policy.lists)
        whole += fmt::format("\n{} {}", list.id, list.category);
    return {"machine.inspection", std::move(text), std::move(whole)};
}

store::MachineFact retention_of(Settings const& settings)
{
    auto text = fmt::format("days: log {}", settings.log_days);
    for (auto const& key : retention_keys)
        text += fmt::format(", {} {}", key.id, settings.retention.*key.days);
    return {"machine.retention", std::move(text)};
}

/// Whom the gateway tells what waits or was changed: counted here, since an address may be a person's.
store::MachineFact mail_of(Settings const& settings)
{
    auto const& mail = settings.mail;
    std::vector<std::string> counts;
    auto whole = fmt::format("{}\n{}\n{}\n{}", mail.user, mail.password_file.string(), mail.ca_file.string(), mail.needs_tls);
    for (auto const& [role, addresses] : mail.to) {
        counts.push_back(fmt::format("{} {}", role, addresses.size()));
        whole += fmt::format("\n{}: {}", role, fmt::join(addresses, " "));
    }
    auto text = mail.server.empty() ? std::string{"no mail"}
                                    : fmt::format("server {}; sender {}; addresses: {}", mail.server, mail.from,
                                        counts.empty() ? "-" : fmt::format("{}", fmt::join(counts, ", ")));
    return {"machine.mail", text, text + '\n' + whole};
}

} // namespace

std::vector<store::MachineFact> machine_facts(Settings const& settings, policy::Policy const& policy)
{
    return {certificate_of(settings), inspection_of(policy), retention_of(settings), mail_of(settings)};
}

} // namespace gatehouse
