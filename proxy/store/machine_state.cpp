#include "proxy/store/machine_state.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/machine_rows.hpp"
#include "proxy/store/notices.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::size_t digest_digits = 16;

std::string detail_of(MachineFact const& fact)
{
    if (fact.whole.empty())
        return fact.text;
    return fmt::format("{}; digest {}", fact.text, token_hash(fact.whole).substr(0, digest_digits));
}

/// Each row that the notice is about, not only the newest. Errors: those of the database.
result<void> note_unreached(Ledger& ledger, NoticeKind const& kind, std::string const& why, Instant now)
{
    static std::string const sql
        = fmt::format("SELECT a.sequence{} AND a.sequence > coalesce((SELECT newest FROM notices WHERE kind = ?), 0)"
                      " ORDER BY a.sequence",
            machine_rows);
    auto const untold = ledger.database().collect(
        sql, [](Statement const& row) { return row.integer(0); }, kind.id);
    if (!untold)
        return untold.error();
    for (auto const sequence : *untold)
        if (auto const noted = note_untold(ledger, {&kind, sequence, {}}, why, now); !noted)
            return noted;
    return {};
}

} // namespace

result<void> keep_machine_state(Ledger& ledger, std::vector<MachineFact> const& facts, Instant now)
{
    return ledger.transact([&]() -> result<void> {
        for (auto const& fact : facts) {
            auto const last = ledger.database().first(
                "SELECT detail FROM audit WHERE action = ? ORDER BY sequence DESC LIMIT 1",
                [](Statement const& row) { return row.text(0); }, fact.action);
            if (!last)
                return last.error();
            auto const detail = detail_of(fact);
            if (last->has_value() && **last == detail)
                continue;
            if (auto const kept = audit(ledger, {fact.action, "machine", system_actor, now}, detail); !kept)
                return kept;
        }
        return {};
    });
}

result<void> note_unreached(Ledger& ledger, std::span<ConsoleRole const> roles, std::string const& why, Instant now)
{
    for (auto const& kind : notice_kinds()) {
        if (!kind.id.starts_with("machine") || std::find(roles.begin(), roles.end(), kind.role) == roles.end())
            continue;
        if (auto const noted = note_unreached(ledger, kind, why, now); !noted)
            return noted;
    }
    return {};
}

} // namespace gatehouse::store
