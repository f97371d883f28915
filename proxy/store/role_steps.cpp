#include "proxy/store/role_steps.hpp"

#include "proxy/store/api_tokens.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/second_person.hpp"
#include "proxy/store/sessions.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::store {

bool needs_second_person(ConsoleRole role)
{
    constexpr std::array deciding{ConsoleRole::officer, ConsoleRole::headteacher, ConsoleRole::chief_executive, ConsoleRole::dsl,
        ConsoleRole::dpo, ConsoleRole::ict_lead};
    return std::find(deciding.begin(), deciding.end(), role) != deciding.end();
}

result<RoleWay> ask_for_role(Ledger& ledger, AccountId account, ConsoleRole role, Actor const& actor, Instant now)
{
    if (actor.account == AccountId::none)
        return RoleWay::at_once;
    auto asker = find_parties(ledger, {actor.account});
    if (!asker)
        return asker.error();
    if (auto const known = require_known(asker->front(), now); !known)
        return known.error();
    if (!needs_second_person(role))
        return RoleWay::at_once;
    // Whose other account it is has been typed by who asks: that makes nobody the only one. Nor does a way in that they gave the others (leave_out_given).
    auto const others = count_second_people(ledger, {with_chief, std::move(*asker), {account}}, now);
    if (!others)
        return others.error();
    if (*others == 0)
        return RoleWay::at_once;
    if (auto const asked = ledger.database().execute(
            "INSERT INTO role_grants (account, role, asked_at, asked_by) VALUES (?, ?, ?, ?)", account, role, now, actor.account);
        !asked)
        return asked.error();
    Deed const deed{"account.ask-role", object_of(account), actor, now};
    if (auto const audited = audit(ledger, deed, std::string{to_text(role)}); !audited)
        return audited.error();
    return RoleWay::waits;
}

result<void> write_role(Ledger& ledger, AccountId account, ConsoleRole role, Instant now)
{
    if (auto const noted = note_former_role(ledger, account, now); !noted)
        return noted;
    if (auto const written
        = ledger.database().execute("UPDATE accounts SET console_role = ?, role_changed_at = ? WHERE id = ?", role, now, account);
        !written)
        return written;
    if (auto const ended = end_all_sessions(ledger, account); !ended)
        return ended;
    return end_api_tokens(ledger, account, now);
}

result<void> withdraw_roles(Ledger& ledger, AccountId account, Instant now)
{
    return ledger.database().execute(
        "UPDATE role_grants SET state = ?1, decided_at = ?2 WHERE state = 0 AND (account = ?3 OR asked_by = ?3)",
        RoleGrantState::withdrawn, now, account);
}

result<std::int64_t> withdraw_roles_of(Ledger& ledger, AccountId account, Instant now)
{
    auto const withdrawn
        = ledger.database().execute("UPDATE role_grants SET state = ?, decided_at = ? WHERE state = 0 AND account = ?",
            RoleGrantState::withdrawn, now, account);
    return withdrawn ? result<std::int64_t>{ledger.database().changed_rows()} : result<std::int64_t>{withdrawn.error()};
}

} // namespace gatehouse::store
