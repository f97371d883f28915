#include "proxy/stored_policy.hpp"

#include "policy/edit.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/policy_changes.hpp"
#include "proxy/store/restrictions.hpp"
#include "tools/lists/compile.hpp"

#include <fmt/format.h>

namespace gatehouse {
namespace {

constexpr char const* kept_in = "kept in the console";

store::AppliedEdit make_edit(policy::Policy& policy, policy::Edit const& edit, std::vector<policy::Problem>& problems)
{
    auto outcome = policy::apply(policy, edit);
    for (auto& problem : outcome.problems) {
        auto const name = edit.row.empty() ? std::string{"a new one"} : '"' + edit.row + '"';
        problem.message = fmt::format("{} {}: {}", policy::to_text(edit.table), name, problem.message);
        problem.file = "changed in the console";
        problem.line = problem.column = 0;
        if (problem.severity == policy::Problem::Severity::error && problem.suggestion.empty())
            problem.suggestion = "change it in the console, or put back what it needs in the configuration";
        problems.push_back(std::move(problem));
    }
    return {outcome.changed, std::move(outcome.back)};
}

result<void> make_edits(policy::Policy& policy, store::Ledger& ledger, StoredParts const& parts, AddedParts& added)
{
    auto const live = store::live_edits(ledger);
    if (!live)
        return live.error();
    for (auto const& edit : *live)
        make_edit(policy, edit, added.problems);
    if (!parts.pending)
        return {};
    auto const pending = store::policy_changes_of(ledger, *parts.pending);
    if (!pending)
        return pending.error();
    for (auto const& change : *pending)
        added.edits.push_back(make_edit(policy, change.edit, added.problems));
    return {};
}

result<void> add_school_lists(policy::Policy& policy, store::Ledger& ledger, std::optional<store::PublicationId> pending)
{
    std::vector<policy::ListFile> files;
    for (auto const list : store::all_school_lists) {
        auto entries = pending ? store::school_entries_with(ledger, list, *pending) : store::school_entries(ledger, list);
        if (!entries)
            return entries.error();
        files.push_back({std::string{store::to_text(list)}, kept_in, std::move(*entries)});
    }
    auto const image = lists::compile_entries(files);
    policy.attach(image.owner, image.bytes()); // prepares it, after the edits
    return {};
}

} // namespace

result<AddedParts> add_stored(policy::Policy& policy, store::Ledger& ledger, StoredParts const& parts)
{
    AddedParts added;
    if (auto const made = make_edits(policy, ledger, parts, added); !made)
        return made.error();
    if (auto const lists = add_school_lists(policy, ledger, parts.pending); !lists)
        return lists.error();
    if (parts.check) {
        auto found = parts.check(policy);
        std::move(found.begin(), found.end(), std::back_inserter(added.problems));
    }
    auto const rows = store::current_overrides(ledger, parts.now);
    if (!rows)
        return rows.error();
    for (auto const& row : *rows) {
        auto grant = store::to_override(row, policy);
        if (auto* const fits = std::get_if<policy::Override>(&grant))
            policy.overrides.push_back(std::move(*fits));
        else
            added.problems.push_back({policy::Problem::Severity::warning, kept_in, 0, 0,
                row.name() + " opens nothing: " + std::get<std::string>(grant), {}});
    }
    auto restrictions = store::current_restrictions(ledger, parts.now);
    if (!restrictions)
        return restrictions.error();
    policy.restrictions = std::move(*restrictions);
    return added;
}

} // namespace gatehouse
