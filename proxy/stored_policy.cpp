#include "proxy/stored_policy.hpp"

#include "policy/edit.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/policy_changes.hpp"
#include "proxy/store/restrictions.hpp"
#include "tools/lists/compile.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse {
namespace {

constexpr char const* kept_in = "kept in the console";

/// Makes changes one after the other. One that fits no longer is put off: it is an error only if no later one takes its place, so that what a changed
/// file broke is mended in the console as well.
class EditMaker {
public:
    EditMaker(policy::Policy& policy, std::vector<policy::Problem>& problems)
        : policy_(policy)
        , problems_(problems)
    {
    }

    /// `left`: key of the row that it left when it went live; empty for one that is not live yet.
    store::AppliedEdit make(policy::Edit const& edit, std::string const& left)
    {
        auto outcome = policy::apply(policy_, edit);
        auto const unfit = take_unfit(edit);
        bool const failed = std::any_of(outcome.problems.begin(), outcome.problems.end(),
            [](policy::Problem const& problem) { return problem.severity == policy::Problem::Severity::error; });
        if (failed && !left.empty()) {
            unfit_.push_back({edit, left, std::move(outcome.problems)});
            return {};
        }
        if (unfit && !outcome.changed && !failed) // it takes away what is not there because it did not fit
            return {true, {edit.table, {}, unfit->edit.text, unfit->edit.after}};
        tell(edit, std::move(outcome.problems));
        return {outcome.changed, std::move(outcome.back)};
    }
    /// What is not made, since something else stands there than what it was made from.
    void refuse(policy::Edit const& edit)
    {
        tell(edit,
            {{policy::Problem::Severity::error, {}, 0, 0, "it has changed since this change of it was drafted",
                "look at what is live, take this change out of the draft and make it anew"}});
    }
    /// Those that nothing took the place of.
    void finish()
    {
        for (auto& unfit : unfit_)
            tell(unfit.edit, std::move(unfit.problems));
    }

private:
    struct Unfit {
        policy::Edit edit;
        std::string left;
        std::vector<policy::Problem> problems;
    };

    /// The one whose row this change is about, which then no longer matters.
    std::optional<Unfit> take_unfit(policy::Edit const& edit)
    {
        auto const found = std::find_if(unfit_.begin(), unfit_.end(),
            [&](Unfit const& each) { return each.edit.table == edit.table && each.left == edit.row; });
        if (found == unfit_.end())
            return std::nullopt;
        auto taken = std::move(*found);
        unfit_.erase(found);
        return taken;
    }

    void tell(policy::Edit const& edit, std::vector<policy::Problem> problems)
    {
        for (auto& problem : problems) {
            auto const table = policy::to_text(edit.table);
            problem.message = edit.row.empty() ? fmt::format("{} a new one: {}", table, problem.message)
                                               : fmt::format("{} \"{}\": {}", table, edit.row, problem.message);
            problem.file = "changed in the console";
            problem.line = problem.column = 0;
            if (problem.severity == policy::Problem::Severity::error && problem.suggestion.empty())
                problem.suggestion = "change it in the console, or put back what it needs in the configuration";
            problems_.push_back(std::move(problem));
        }
    }

    policy::Policy& policy_;
    std::vector<policy::Problem>& problems_;
    std::vector<Unfit> unfit_;
};

/// Somebody made something else live since the change was drafted: it was made from what stood there before, and would take that away without a word. Not
/// so if it was made on top of that as a draft, says the same, or takes away what is gone. `live`: what stands there without the pending changes.
bool is_overtaken(policy::Policy const& policy, store::PolicyChange const& change, std::string const& live)
{
    auto const& edit = change.edit;
    bool const nothing_to_do = edit.text.empty() && live.empty();
    if (edit.row.empty() || change.stood.live.empty() || nothing_to_do || store::row_mark(live) == change.stood.live)
        return false;
    auto const now = policy::standing_row(policy, edit.table, edit.row);
    return store::row_mark(now) != change.stood.drafted && now != policy::standing_row(edit);
}

/// On top of what is live.
std::vector<store::AppliedEdit> make_pending(
    policy::Policy const& policy, EditMaker& maker, std::vector<store::PolicyChange> const& pending)
{
    std::vector<std::string> live;
    for (auto const& change : pending)
        live.push_back(policy::standing_row(policy, change.edit.table, change.edit.row));
    std::vector<store::AppliedEdit> made;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        bool const overtaken = is_overtaken(policy, pending[i], live[i]);
        if (overtaken)
            maker.refuse(pending[i].edit);
        made.push_back(overtaken ? store::AppliedEdit{} : maker.make(pending[i].edit, {}));
    }
    return made;
}

result<void> make_edits(policy::Policy& policy, store::Ledger& ledger, StoredParts const& parts, AddedParts& added)
{
    auto const live = store::live_edits(ledger);
    if (!live)
        return live.error();
    EditMaker maker{policy, added.problems};
    for (auto const& [edit, left] : *live)
        maker.make(edit, left);
    if (parts.pending) {
        bool const is_draft = *parts.pending == store::PublicationId::none;
        auto const pending = is_draft ? store::drafted_policy_changes(ledger, parts.drafted_by)
                                      : store::policy_changes_of(ledger, *parts.pending);
        if (!pending)
            return pending.error();
        added.edits = make_pending(policy, maker, *pending);
    }
    maker.finish();
    return {};
}

/// Of the lists.
result<std::vector<store::Change>> pending_changes(store::Ledger& ledger, StoredParts const& parts)
{
    if (!parts.pending)
        return std::vector<store::Change>{};
    return *parts.pending == store::PublicationId::none ? store::read_draft(ledger, parts.drafted_by)
                                                        : store::changes_of(ledger, *parts.pending);
}

result<void> add_school_lists(policy::Policy& policy, store::Ledger& ledger, StoredParts const& parts)
{
    auto const changes = pending_changes(ledger, parts);
    if (!changes)
        return changes.error();
    std::vector<policy::ListFile> files;
    for (auto const list : store::all_school_lists) {
        auto entries = store::school_entries_with(ledger, list, *changes);
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
    if (auto const lists = add_school_lists(policy, ledger, parts); !lists)
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
