#include "proxy/stored_policy.hpp"

#include "proxy/store/overrides.hpp"
#include "proxy/store/restrictions.hpp"
#include "tools/lists/compile.hpp"

namespace gatehouse {
namespace {

constexpr char const* kept_in = "kept in the console";

result<void> add_school_lists(policy::Policy& policy, store::Ledger& ledger, PendingLists const* pending)
{
    std::vector<policy::ListFile> files;
    for (auto const list : store::all_school_lists) {
        auto entries
            = pending ? store::school_entries_with(ledger, list, pending->publication) : store::school_entries(ledger, list);
        if (!entries)
            return entries.error();
        files.push_back({std::string{store::to_text(list)}, kept_in, std::move(*entries)});
    }
    auto const image = lists::compile_entries(files);
    policy.attach(image.owner, image.bytes());
    return {};
}

} // namespace

result<std::vector<policy::Problem>> add_stored(
    policy::Policy& policy, store::Ledger& ledger, std::chrono::sys_seconds const now, PendingLists const* pending)
{
    if (auto const added = add_school_lists(policy, ledger, pending); !added)
        return added.error();
    auto problems = pending ? pending->check(policy) : std::vector<policy::Problem>{};
    auto const rows = store::current_overrides(ledger, now);
    if (!rows)
        return rows.error();
    for (auto const& row : *rows) {
        auto grant = store::to_override(row, policy);
        if (auto* const fits = std::get_if<policy::Override>(&grant))
            policy.overrides.push_back(std::move(*fits));
        else
            problems.push_back({policy::Problem::Severity::warning, kept_in, 0, 0,
                row.name() + " opens nothing: " + std::get<std::string>(grant), {}});
    }
    auto restrictions = store::current_restrictions(ledger, now);
    if (!restrictions)
        return restrictions.error();
    policy.restrictions = std::move(*restrictions);
    return problems;
}

} // namespace gatehouse
