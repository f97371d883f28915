#include "proxy/mail/unreachable.hpp"

#include "proxy/store/machine_state.hpp"
#include "proxy/store/notices.hpp"
#include "proxy/store/store.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace gatehouse::mail {

std::vector<store::ConsoleRole> roles_with_addresses(Mail const& settings)
{
    std::vector<store::ConsoleRole> roles;
    for (auto const& [role, addresses] : settings.to)
        if (auto const parsed = store::parse_console_role(role); parsed && !addresses.empty())
            roles.push_back(*parsed);
    return roles;
}

void note_unreachable(Mail const& settings, store::Store& store, store::Instant now)
{
    auto const reached = roles_with_addresses(settings);
    std::vector<store::ConsoleRole> without;
    for (auto const& kind : store::notice_kinds())
        if (settings.server.empty() || std::find(reached.begin(), reached.end(), kind.role) == reached.end())
            without.push_back(kind.role);
    auto const work = [&](store::Ledger& ledger) { return store::note_unreached(ledger, without, "no address is set", now); };
    if (auto const noted = store.run(work); !noted)
        spdlog::warn("mail.not_noted reason=\"{}\"", noted.error().message());
}

} // namespace gatehouse::mail
