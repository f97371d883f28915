#include "proxy/store/given_access_steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

/// The mail went to a headteacher; to which of several nobody knows.
bool tells_by_mail(std::vector<Account> const& accounts, Held const& held, Instant now)
{
    bool is_told = false;
    for (auto const& each : accounts) {
        if (!could_be_second(each, {headteacher_only, {}}))
            continue;
        if (!could_be_second(each, {headteacher_only, held.second.parties}))
            return false;
        is_told = is_told || !each.is_held(now);
    }
    return is_told;
}

} // namespace

result<void> note_holds_mailed(Ledger& ledger, std::int64_t sequence, Instant now)
{
    auto const all = list_held(ledger, now);
    auto const accounts = list_accounts(ledger);
    if (!all || !accounts)
        return !all ? all.error() : accounts.error();
    for (auto const& held : *all) {
        if (!tells_by_mail(*accounts, held, now))
            continue;
        auto const noted = ledger.database().execute(
            "UPDATE given_access SET told_at = ? WHERE account = ? AND told_at IS NULL AND audited < ?", now, held.account.id,
            sequence);
        if (!noted)
            return noted;
    }
    return {};
}

result<void> note_holds_seen(Ledger& ledger, AccountId id, Instant now)
{
    auto const reader = find_account(ledger, id);
    if (!reader || reader->is_held(now) || !could_be_second(*reader, {with_chief, {}}))
        return reader ? result<void>{} : result<void>{reader.error()};
    auto const all = list_held(ledger, now);
    if (!all)
        return all.error();
    static std::string const sql = fmt::format(
        "UPDATE given_access SET told_at = ?2, told_by = ?3 WHERE account = ?4 AND told_at IS NULL AND {}", holds_still);
    for (auto const& held : *all) {
        if (held.account.access_told_at || !could_be_second(*reader, held.second))
            continue;
        auto const noted
            = ledger.transact([&] { return ledger.database().execute(sql, now - settling_time, now, id, held.account.id); });
        if (!noted)
            return noted;
    }
    return {};
}

} // namespace gatehouse::store
