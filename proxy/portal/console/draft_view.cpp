#include "proxy/portal/console/draft_view.hpp"

namespace gatehouse::portal::console {

result<Draft> look_at_draft(store::Ledger& ledger, store::AccountId reader, store::Instant now)
{
    auto changes = read_changes(ledger, store::PublicationId::none);
    auto const lists = store::read_draft(ledger, reader);
    auto const edits = store::drafted_policy_changes(ledger, reader);
    auto const mark = store::draft_mark(ledger);
    auto doubts = store::drafts_in_doubt(ledger, now);
    if (!changes || !doubts)
        return !changes ? changes.error() : doubts.error();
    if (!lists || !edits || !mark)
        return !lists ? lists.error() : !edits ? edits.error() : mark.error();
    std::set<std::string> others;
    for (auto const& change : changes->lists)
        others.insert(change.made_by);
    for (auto const& change : changes->policy)
        others.insert(change.made_by);
    for (auto const& change : *lists)
        others.erase(change.made_by);
    for (auto const& change : *edits)
        others.erase(change.made_by);
    return Draft{std::move(*changes), lists->size() + edits->size(), std::move(others), *mark, std::move(*doubts)};
}

Words doubt_text(Draft const& draft)
{
    std::vector<Words> whose;
    for (auto const& each : draft.doubts)
        whose.push_back(words("{} ({})", each.login, each.changes));
    return words("Nobody publishes these changes with their own: {}. Somebody else gave that account another way to sign in, and "
                 "nobody has said yet that it is really them who drafted this. Publish your own changes, take these out of the "
                 "draft, or wait until a second person confirms the account.",
        joined(std::move(whose)));
}

std::vector<Option> whose_options(Draft const& draft)
{
    std::vector<Option> options;
    if (draft.own > 0)
        options.push_back({"own", words("Mine only ({})", draft.own), ""});
    options.push_back({"all", words("All of them ({})", draft.all()),
        words("Also changes of {}", joined({draft.others.begin(), draft.others.end()}))});
    return options;
}

} // namespace gatehouse::portal::console
