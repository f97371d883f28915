#include "proxy/store/machine_state.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::size_t digest_digits = 16;

Actor const system_actor{AccountId::none, "system", ""};

std::string detail_of(MachineFact const& fact)
{
    if (fact.whole.empty())
        return fact.text;
    return fmt::format("{}; digest {}", fact.text, token_hash(fact.whole).substr(0, digest_digits));
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

} // namespace gatehouse::store
