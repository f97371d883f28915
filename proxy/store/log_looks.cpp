#include "proxy/store/log_looks.hpp"

#include "proxy/store/acting.hpp"

#include <algorithm>

namespace gatehouse::store {

bool LogReader::is_own(std::string_view user) const
{
    auto const name = folded_name(user);
    return !name.empty() && std::find(own_.begin(), own_.end(), name) != own_.end();
}

result<LogReader> begin_log_look(Ledger& ledger, LogLook const& look)
{
    Deed const deed{look.action, look.object, look.actor, look.now};
    return carry_out(ledger, deed, [&]() -> result<LogReader> {
        auto const account = require_role(
            ledger, look.actor, {ConsoleRole::ict_lead, ConsoleRole::officer, ConsoleRole::dsl, ConsoleRole::marketing});
        if (!account)
            return account.error();
        auto names = names_of(ledger, *account);
        if (!names)
            return names.error();
        if (names->has_login(look.person))
            return errc::conflict_of_interest;
        if (!look.detail.empty())
            if (auto const audited = audit(ledger, deed, look.detail); !audited)
                return audited.error();
        names->logins.push_back(names->person);
        return LogReader{std::move(names->logins), Pseudonyms{ledger.chain(), look.now}};
    });
}

} // namespace gatehouse::store
