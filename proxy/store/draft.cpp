// The draft: changes of the school's lists before anybody publishes them.
#include "proxy/store/publication_rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace gatehouse::store {

result<void> draft_additions(
    Ledger& ledger, NewChanges const& changes, std::vector<RefusedLine>& refused, Actor const& actor, Instant now)
{
    Deed const deed{"draft.add", "draft", actor, now};
    return officer_does(ledger, deed, [&](Account const& officer) -> result<void> {
        auto const made = make_additions(ledger, changes, refused, officer.login, now);
        if (!made)
            return made.error();
        for (auto const& change : *made) {
            if (auto const added = insert_change(ledger, change, PublicationId::none); !added)
                return added;
            if (auto const audited = audit(ledger, deed, text_of(change)); !audited)
                return audited;
        }
        return {};
    });
}

result<void> draft_removal(Ledger& ledger, ListEntryId entry, std::string const& reason, Actor const& actor, Instant now)
{
    Deed const deed{"draft.add", "draft", actor, now};
    return officer_does(ledger, deed, [&](Account const& officer) -> result<void> {
        auto const change = make_removal(ledger, entry, reason, officer.login, now);
        if (!change)
            return change.error();
        if (auto const added = insert_change(ledger, *change, PublicationId::none); !added)
            return added;
        return audit(ledger, deed, text_of(*change));
    });
}

result<void> drop_change(Ledger& ledger, ChangeId change, Actor const& actor, Instant now)
{
    Deed const deed{"draft.drop", "draft", actor, now};
    return officer_does(ledger, deed, [&](Account const&) -> result<void> {
        auto const draft = read_draft(ledger);
        if (!draft)
            return draft.error();
        auto const found = std::find_if(draft->begin(), draft->end(), [&](Change const& each) { return each.id == change; });
        if (found == draft->end())
            return errc::not_found;
        if (auto const gone = ledger.database().execute("DELETE FROM list_changes WHERE id = ?", change); !gone)
            return gone;
        return audit(ledger, deed, text_of(*found));
    });
}

result<std::vector<policy::ListEntry>> school_entries_with(Ledger& ledger, SchoolList list, std::vector<Change> const& changes)
{
    auto entries = school_entries(ledger, list);
    if (!entries)
        return entries;
    std::unordered_map<std::string, Change const*> last; // of each place; a host has no slash
    for (auto const& change : changes)
        if (change.list == list)
            last[change.host + change.path] = &change;
    std::erase_if(*entries, [&](policy::ListEntry const& entry) { return last.contains(entry.host + entry.path); });
    for (auto const& change : changes) {
        if (change.list != list || change.kind != ChangeKind::add || last[change.host + change.path] != &change)
            continue;
        policy::ListEntry entry;
        entry.host = change.host;
        entry.path = change.path;
        entries->push_back(std::move(entry));
    }
    return entries;
}

} // namespace gatehouse::store
