#include "proxy/portal/console/edit_view.hpp"

#include "proxy/digest.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/spoken_selector.hpp"

#include <algorithm>
#include <map>

namespace gatehouse::portal::console {

namespace {

using policy::Edit;
using policy::EditedTable;

char const* table_title(EditedTable table)
{
    switch (table) {
    case EditedTable::rule: return "Rule";
    case EditedTable::period: return "Period";
    case EditedTable::closure: return "Closed days";
    case EditedTable::term: return "Term";
    }
    return "";
}

/// The key on whose line a complaint stands.
std::string key_at(std::string_view text, std::uint32_t line)
{
    for (; line > 1 && !text.empty(); --line)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    return std::string(text.substr(0, std::min(text.find(' '), text.size())));
}

Words key_title(std::string_view key)
{
    static std::map<std::string_view, char const*> const titles{{"id", "Name"}, {"name", "Name"}, {"clause", "Clause"},
        {"who", "Who"}, {"what", "What"}, {"where", "Where"}, {"when", "When"}, {"action", "Then"},
        {"owner", "Who answers for it"}, {"request", "What asked for it"}, {"review_by", "Look at it again by"},
        {"reason", "What people read"}, {"kind", "Kind"}, {"start", "From"}, {"end", "Until"}, {"weekdays", "Days"},
        {"groups", "For"}, {"first", "First day"}, {"last", "Last day"}};
    auto const found = titles.find(key);
    return found == titles.end() ? Words(key) : Words(found->second);
}

std::string hash_of(std::string_view stood)
{
    return hex_of(sha256_of(stood));
}

/// A value of a row: the words that rows may say are ours, names are the school's.
Words spoken_value(policy::Policy const& policy, std::string const& key, std::string const& value)
{
    if (key == "action")
        return value == "allow" ? "Open" : "Blocked";
    if (key == "who" || key == "what" || key == "where" || key == "when")
        return spoken_selector(policy, key, value);
    if (key == "groups")
        return spoken_selector(policy, "who", "group:" + value);
    if (key == "kind" || key == "weekdays")
        return Words::perhaps_ours(value);
    auto const date
        = key == "first" || key == "last" || key == "review_by" ? policy::Date::parse(value) : policy::errc::bad_local_time;
    return date ? shown_date(*date) : Words(value);
}

using Spoken = std::vector<std::pair<std::string, Words>>;

/// Every key with what it says, in the order of the row.
Spoken spoken_parts(policy::Policy const& policy, std::string const& text)
{
    Spoken spoken;
    for (auto const& part : policy::parts_of(text)) {
        std::vector<Words> values;
        for (auto const& value : part.values)
            values.push_back(spoken_value(policy, part.key, value));
        spoken.emplace_back(part.key, joined(values));
    }
    return spoken;
}

Words value_in(Spoken const& parts, std::string const& key)
{
    auto const found = std::find_if(parts.begin(), parts.end(), [&](auto const& part) { return part.first == key; });
    return found == parts.end() ? Words() : found->second;
}

/// What stood there, live and with the draft, when these were made one after the other.
std::vector<store::RowMarks> marks_of(
    policy::Policy const& live, policy::Policy const& with_draft, std::vector<Edit> const& edits)
{
    std::vector<store::RowMarks> marks(edits.size());
    auto scratch = with_draft;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        auto const& edit = edits[i];
        if (!edit.row.empty())
            marks[i] = {store::row_mark(policy::standing_row(live, edit.table, edit.row)),
                store::row_mark(policy::standing_row(scratch, edit.table, edit.row))};
        if (i + 1 == edits.size())
            break;
        policy::apply(scratch, edit);
        scratch.prepare();
    }
    return marks;
}

/// "lunch" of a row, or "pupils-chat".
std::string name_in(std::string const& text)
{
    for (auto const& part : policy::parts_of(text))
        if ((part.key == "id" || part.key == "name") && !part.values.empty())
            return part.values.front();
    return {};
}

} // namespace

task<std::shared_ptr<policy::Policy const>> policy_with_draft(Visit const& visit)
{
    auto& site = visit.site;
    auto const build = [&site] { return site.services.preview_draft(store::AccountId::none); };
    auto const preview = co_await run_aside(site, build);
    if (preview.policy)
        co_return preview.policy;
    co_return site.services.current_policy();
}

task<EditedPolicy> policy_to_edit(Visit const& visit)
{
    // The mark first: what comes in between makes it another one, and is never overlooked.
    auto const read_mark = [](store::Ledger& ledger) { return store::edits_mark(ledger); };
    auto const seen = co_await visit.site.services.store.call(read_mark);
    auto const policy = co_await policy_with_draft(visit);
    co_return EditedPolicy{policy, seen ? *seen : std::string{}};
}

std::vector<Problem> problems_with(policy::Policy const& with_draft, std::vector<Edit> const& edits)
{
    std::vector<Problem> problems;
    auto scratch = with_draft;
    for (auto const& edit : edits) {
        for (auto const& wrong : policy::apply(scratch, edit).problems) {
            auto key = wrong.line == 0 ? std::string{} : key_at(edit.text, wrong.line);
            problems.push_back({key.starts_with('[') ? std::string{} : std::move(key), problem_text(wrong)});
        }
        scratch.prepare();
    }
    return problems;
}

task<std::optional<Response>> draft_them(Visit const& visit, EditedPolicy const& base, store::NewPolicyChanges changes)
{
    changes.stood = marks_of(*visit.site.services.current_policy(), *base.policy, changes.edits);
    changes.seen = base.seen;
    auto const work = [changes = std::move(changes), actor = visit.actor(), now = visit.instant()](
                          store::Ledger& ledger) { return store::draft_policy_changes(ledger, changes, actor, now); };
    auto const drafted = co_await visit.site.services.store.call(work);
    if (!drafted && drafted.error() == store::errc::stale)
        co_return std::nullopt;
    co_return drafted ? after_drafting(visit) : show_failure(visit, drafted.error());
}

task<Response> until_drafted(Visit const& visit, DraftAttempt attempt)
{
    constexpr int most_attempts = 5;
    for (int i = 0; i < most_attempts; ++i) {
        auto answer = co_await attempt(visit);
        if (answer)
            co_return std::move(*answer);
    }
    co_return show_failure(visit, store::errc::stale);
}

Words title_of(store::PolicyChange const& change)
{
    auto const& edit = change.edit;
    auto name = edit.table == EditedTable::rule && !edit.row.empty() ? edit.row : name_in(edit.text);
    return words("{}: {}", table_title(edit.table), name.empty() ? edit.row : name);
}

Part policy_changes_table(
    Site const& site, Words caption, std::vector<store::PolicyChange> const& changes, std::string const& address)
{
    Table table;
    table.caption = std::move(caption);
    table.head = {"What", "Change", "Reason", "By", "When"};
    for (auto const& change : changes) {
        auto const& edit = change.edit;
        bool const needless = change.outcome == store::ChangeOutcome::not_needed;
        Cell what = edit.row.empty() ? Cell{"New##comes into the file", {}, "green"}
            : edit.text.empty()      ? Cell{"Goes", {}, "grey"}
                                     : Cell{"Changed", {}, "purple"};
        if (needless)
            what.text = words("{}, was so already", what.text);
        table.rows.push_back(
            {{title_of(change), address.empty() ? std::string{} : address + std::to_string(store::number(change.id))},
                std::move(what), {change.reason}, {change.made_by}, {shown_time(site, change.made_at)}});
    }
    return portal::table(table);
}

Part difference(policy::Policy const& policy, Edit const& edit, std::string const& before)
{
    auto const was = spoken_parts(policy, before), is = spoken_parts(policy, edit.text);
    Table table{.caption = "Before and after", .head = {"Part", "Before", "After"}, .rows = {}};
    auto const add = [&](Words const& title, Words const& left, Words const& right) {
        bool const same = left.english() == right.english();
        auto const shown = [](Words const& value) { return value.empty() ? Words("-") : value; };
        table.rows.push_back({{title}, {shown(left)}, {same ? Words("the same") : shown(right), {}, same ? "grey" : ""}});
    };
    for (auto const& [key, value] : is.empty() ? was : is)
        add(key_title(key), value_in(was, key), value_in(is, key));
    for (auto const& [key, value] : was)
        if (!is.empty() && value_in(is, key).empty())
            add(key_title(key), value, {});
    if (edit.table == EditedTable::rule && !edit.text.empty())
        add("Place", {}, edit.after.empty() ? Words("first") : words("after {}", edit.after));
    return portal::table(table);
}

std::vector<std::string> ticked(Visit const& visit, std::string_view name, std::vector<std::string> otherwise)
{
    return visit.request.method == Method::post ? values_of(visit.request.form, name) : std::move(otherwise);
}

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        constexpr std::string_view blank = " \t\r";
        line.remove_prefix(std::min(line.find_first_not_of(blank), line.size()));
        line = line.substr(0, line.find_last_not_of(blank) + 1);
        if (!line.empty())
            lines.emplace_back(line);
    }
    return lines;
}

Field stood_field(std::string_view stood)
{
    return {Field::Kind::hidden, "stood", "", "", hash_of(stood)};
}

bool is_mark_of_another(std::string_view mark, std::string_view stood)
{
    return !mark.empty() && mark != hash_of(stood);
}

void add_if_changed(std::vector<Problem>& problems, Visit const& visit, std::string_view stood, std::string name)
{
    if (is_mark_of_another(visit.form("stood"), stood))
        problems.push_back({"",
            words("{} has changed since you opened this form. What you typed is still here: look at what is live and at the "
                  "draft, then send it again.",
                std::move(name))});
}

Field why_field(Visit const& visit, std::vector<Problem> const& problems)
{
    return {Field::Kind::area, "why", "Why is it changed?", "For the history; people do not see it.",
        std::string(visit.form("why")), {}, problem_with(problems, "why"), "", 500};
}

} // namespace gatehouse::portal::console
