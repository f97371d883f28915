// Everything about one person, for a request for access: what somebody wrote is shown beside what would go out, then it becomes a file.
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/subject_access.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/audit.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

constexpr std::chrono::minutes looking_at{60};                 ///< how long the own password proves it, while somebody looks
constexpr char const* why_left = "It is about somebody else."; ///< goes into the file, which is in English

/// What was asked for, on every step of the way.
struct Asked {
    std::string person, purpose, others, mine;
    std::int64_t at = 0; ///< when the own password was given, in seconds
};

Asked read_asked(Visit const& visit)
{
    Asked asked{trimmed_value(visit.request.form, "person"), trimmed_value(visit.request.form, "purpose"),
        trimmed_value(visit.request.form, "others"), trimmed_value(visit.request.form, "mine"), 0};
    auto const at = visit.form("at");
    std::from_chars(at.data(), at.data() + at.size(), asked.at);
    return asked;
}

/// That this reader proved who they are for this very question at that time; of this process only.
std::string proof_text(Visit const& visit, Asked const& asked)
{
    return fmt::format("subject\n{}\n{}\n{}\n{}\n{}", visit.session_token, store::number(visit.session->account.id), asked.person,
        asked.purpose, asked.at);
}

bool is_proved(Visit const& visit, Asked const& asked)
{
    auto const age = visit.instant() - store::Instant{std::chrono::seconds{asked.at}};
    return asked.at > 0 && age >= std::chrono::seconds{0} && age < looking_at
        && visit.site.tokens.fits(proof_text(visit, asked), visit.form("proof"));
}

std::vector<std::string> lines_of(std::string const& text)
{
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);)
        if (line.find_first_not_of(" \t\r") != std::string::npos)
            lines.push_back(std::move(line));
    return lines;
}

/// Names that stand in the rules, and people who have a device of their own, are known too.
void add_names_of_policy(Visit const& visit, store::KnownPeople& known)
{
    auto const policy = visit.site.services.current_policy ? visit.site.services.current_policy() : nullptr;
    if (!policy)
        return;
    auto const& own = known.own.logins;
    auto const add = [&](std::string const& user) {
        if (!user.empty() && std::find(own.begin(), own.end(), user) == own.end())
            known.others.logins.push_back(user);
    };
    for (auto const& rule : policy->rules)
        for (auto const& who : rule.who)
            if (who.kind == policy::Selector::Kind::user)
                add(who.value);
    for (auto const& device : policy->devices)
        add(device.user);
}

struct Reviewed {
    FreeText of;
    std::string kept; ///< as it was written
    std::vector<std::string> doubtful;
};

/// Everything about the person, with which the page is made and then the file.
struct Everything {
    store::SubjectRecords records;
    SubjectRows log;
};

store::Redactor redactor_for(Visit const& visit, Asked const& asked, store::KnownPeople known)
{
    add_names_of_policy(visit, known);
    for (auto& line : lines_of(asked.others))
        known.others.full.push_back(std::move(line));
    for (auto& line : lines_of(asked.mine))
        known.own.full.push_back(std::move(line));
    return store::Redactor{known.own, known.others};
}

/// Names in the addresses of pages, which are too many to be looked at one by one: they are counted. On a thread that may be busy for a while.
int redact_addresses(store::Redactor const& redactor, SubjectRows& log)
{
    std::unordered_map<std::string, std::string> done; // path -> as it goes out
    std::unordered_set<std::string> addresses;
    for (auto& row : log.rows) {
        auto const [place, is_new] = done.try_emplace(row.path);
        if (is_new)
            place->second = redactor.redact(row.path).text;
        if (addresses.insert(row.host + row.path).second) {
            ++log.addresses;
            log.addresses_changed += place->second == row.path ? 0U : 1U;
        }
        row.path = place->second;
    }
    return 0;
}

/// Takes the names out of it; what is there twice stays comparable by `seen`.
std::vector<Reviewed> redact_texts(store::Redactor const& redactor, Everything& all)
{
    std::vector<Reviewed> reviewed;
    for (auto& text : free_texts(all.records, all.log)) {
        auto redacted = redactor.redact(*text.text, text.writing);
        auto kept = std::exchange(*text.text, std::move(redacted.text));
        reviewed.push_back({std::move(text), std::move(kept), std::move(redacted.doubtful)});
    }
    return reviewed;
}

/// What was on the page, so that nothing goes out that nobody has looked at.
std::string seen_text(std::vector<Reviewed> const& reviewed)
{
    std::string all = "texts";
    for (auto const& each : reviewed)
        all += fmt::format("\n{}:{}:{}", each.of.key, each.of.text->size(), *each.of.text);
    return all;
}

using Kind = Field::Kind;

std::vector<Field> hidden_fields(Visit const& visit, Asked const& asked)
{
    return {{Kind::hidden, "person", "", "", asked.person}, {Kind::hidden, "purpose", "", "", asked.purpose},
        {Kind::hidden, "at", "", "", std::to_string(asked.at)},
        {Kind::hidden, "proof", "", "", visit.site.tokens.token_for(proof_text(visit, asked))}};
}

/// A search without anybody's name in it needs no line of its own.
bool is_plain_search(Reviewed const& each)
{
    return each.of.key.starts_with("search-") && each.doubtful.empty() && each.kept == *each.of.text;
}

Table search_table(std::vector<Reviewed> const& reviewed)
{
    Table table;
    table.caption = "Other searches, which go out as they were typed";
    table.head = {"Search"};
    table.empty = "There are none.";
    table.folded = true;
    for (auto const& each : reviewed)
        if (is_plain_search(each))
            table.rows.push_back({{each.kept}});
    return table;
}

Table text_table(std::vector<Reviewed> const& reviewed)
{
    Table table;
    table.caption = "What somebody wrote";
    table.head = {"Where it stands", "As it is kept", "As it goes out", "May be a name: look"};
    table.empty = "Nothing that somebody wrote is kept about this person.";
    for (auto const& each : reviewed) {
        if (is_plain_search(each))
            continue;
        std::vector<Words> doubtful(each.doubtful.begin(), each.doubtful.end());
        table.rows.push_back(
            {{each.of.where}, {each.kept}, {*each.of.text}, {doubtful.empty() ? Words{"-"} : joined(std::move(doubtful))}});
    }
    return table;
}

Part names_form(Visit const& visit, Asked const& asked)
{
    Form form;
    form.action = "/privacy/person";
    form.button = "Show it again";
    form.csrf = visit.csrf();
    form.is_secondary = true;
    form.fields = hidden_fields(visit, asked);
    form.fields.push_back({Kind::area, "others", "Names of others that are still there", "One a line. They are taken out too.",
        asked.others, {}, "", "", 2000});
    form.fields.push_back(
        {Kind::area, "mine", "Names of this person that were taken out", "One a line. They stay.", asked.mine, {}, "", "", 2000});
    return portal::form(form);
}

Part file_form(
    Visit const& visit, Asked const& asked, std::vector<Reviewed> const& reviewed, std::vector<Problem> const& problems)
{
    Form form;
    form.action = "/privacy/person/file";
    form.button = "Make the file";
    form.csrf = visit.csrf();
    form.fields = hidden_fields(visit, asked);
    form.fields.push_back({Kind::hidden, "others", "", "", asked.others});
    form.fields.push_back({Kind::hidden, "mine", "", "", asked.mine});
    form.fields.push_back({Kind::hidden, "seen", "", "", visit.site.tokens.token_for(seen_text(reviewed))});
    if (!reviewed.empty()) {
        Field leave{Kind::checkboxes, "leave", "Leave these out", "The file says that they are left out, and why."};
        for (auto const& each : reviewed)
            if (!is_plain_search(each))
                leave.options.push_back({each.of.key, each.of.where, *each.of.text});
        for (auto const& [name, value] : visit.request.form)
            if (name == "leave")
                leave.chosen.push_back(value);
        form.fields.push_back(std::move(leave));
        auto why = trimmed_value(visit.request.form, "why");
        form.fields.push_back({Kind::text, "why", "Why are they left out?", "It stands in the file.",
            why.empty() ? std::string{why_left} : why, {}, problem_with(problems, "why"), "off", 300});
    }
    return portal::form(form);
}

struct Reviewing {
    std::vector<Reviewed> const& texts;
    std::vector<Problem> problems = {};
};

Response review_page(Visit const& visit, Asked const& asked, Everything const& all, Reviewing const& reviewing)
{
    auto const& [reviewed, problems] = reviewing;
    auto const& log = all.log;
    Page page;
    page.title = "Everything about one person";
    page.back = "/privacy";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, asked.person));
    page.parts.push_back(
        paragraph("Read what goes out beside what is kept. Names that the gateway knows are replaced by [another person]; "
                  "a text can tell of somebody without a name."));
    if (auto const& others = all.records.other_logins; !others.empty())
        page.parts.push_back(
            warning(words("This person has other user names too: {}. What is kept under them is not in here: ask "
                          "for each of them.",
                joined({others.begin(), others.end()}))));
    page.parts.push_back(portal::table(text_table(reviewed)));
    if (!reviewed.empty())
        page.parts.push_back(names_form(visit, asked));
    page.parts.push_back(
        paragraph("A first name or surname in small letters stays in a search: it stands in the last column, for you to judge."));
    page.parts.push_back(portal::table(search_table(reviewed)));
    page.parts.push_back(
        paragraph("The file also has the person's account, the addresses from which they signed in, attempts to get round the "
                  "filter, and their rows of the access log up to now."));
    page.parts.push_back(paragraph(words(
        "Names of others are taken out of the addresses of pages too. These are too many to be shown here, so nobody looks at "
        "them one by one before they go out. Addresses that were changed: {} of {}.",
        shown_number(log.addresses_changed), shown_number(log.addresses))));
    page.parts.push_back(file_form(visit, asked, reviewed, problems));
    return show(visit, page);
}

/// What was ticked is emptied, and told of.
std::vector<LeftOut> leave_out(Visit const& visit, std::vector<Reviewed> const& reviewed)
{
    auto why = trimmed_value(visit.request.form, "why");
    if (why.empty())
        why = why_left;
    std::vector<LeftOut> left_out;
    for (std::size_t place = 0; place < reviewed.size(); ++place) {
        auto const& each = reviewed[place];
        auto const is_ticked = [&](auto const& field) { return field.first == "leave" && field.second == each.of.key; };
        if (std::any_of(visit.request.form.begin(), visit.request.form.end(), is_ticked)) {
            each.of.text->clear();
            left_out.push_back({each.of.where.english(), why});
        }
    }
    return left_out;
}

/// The log up to the moment at which it was asked for, so that the file has what was looked at. Errors: also those of log::search.
task<result<Everything>> read_everything(Visit const& visit, Asked const& asked)
{
    auto const work = [asked, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::read_subject(ledger, asked.person, asked.purpose, actor, now); };
    auto records = co_await visit.site.services.store.call(work);
    if (!records)
        co_return records.error();
    auto const search
        = [dir = visit.site.services.settings.log_dir, person = records->user, policy = visit.site.services.current_policy(),
              before = store::Instant{std::chrono::seconds{asked.at}}] { return rows_of(dir, *policy, person, before); };
    auto rows = co_await run_gently(visit.site, search);
    if (!rows)
        co_return rows.error();
    co_return Everything{std::move(*records), std::move(*rows)};
}

Response show_unread(Visit const& visit, error_code const& failure)
{
    if (failure.category() == store::make_error_code(store::errc::not_found).category())
        return show_failure(visit, failure);
    return show_message(visit, 503, "The access log cannot be read", "Ask the ICT lead to look at the Status page.");
}

task<Response> make_file(Visit const& visit, Asked const& asked, Everything const& all, std::vector<LeftOut> const& left_out)
{
    auto detail = fmt::format("{}; {} texts left out", asked.purpose, left_out.size());
    auto const note = [object = "user:" + all.records.user, detail, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::record_event(ledger, actor, "subject.export", object, detail, now); };
    if (auto const noted = co_await visit.site.services.store.call(note); !noted)
        co_return show_failure(visit, noted.error());
    co_return Response{200, "application/json", subject_json(all.records, all.log, left_out, visit.instant()),
        {{"Content-Disposition", "attachment; filename=\"everything-about-one-person.json\""}}};
}

} // namespace

task<Response> take_subject_access(Visit const& visit)
{
    auto asked = read_asked(visit);
    std::vector<Problem> problems;
    if (asked.person.empty())
        problems.push_back({"person", "Write whose records you want"});
    if (asked.purpose.empty())
        problems.push_back({"purpose", "Write why"});
    if (problems.empty() && !is_proved(visit, asked)) {
        if (auto const unproved = co_await find_unproved(visit, "password"))
            problems.push_back(*unproved);
        asked.at = visit.instant().time_since_epoch().count();
    }
    if (!problems.empty())
        co_return co_await privacy_page(visit, problems);
    auto all = co_await read_everything(visit, asked);
    if (!all)
        co_return show_unread(visit, all.error());
    auto const redactor = redactor_for(visit, asked, all->records.known);
    auto const reviewed = redact_texts(redactor, *all);
    auto const take_out = [&redactor, &log = all->log] { return redact_addresses(redactor, log); };
    co_await run_gently(visit.site, take_out);
    co_return review_page(visit, asked, *all, {reviewed});
}

task<Response> take_subject_file(Visit const& visit)
{
    auto const asked = read_asked(visit);
    if (!is_proved(visit, asked)) {
        auto const over = one_problem("password", "An hour is over since you showed that it is you. Ask again");
        co_return co_await privacy_page(visit, over);
    }
    auto all = co_await read_everything(visit, asked);
    if (!all)
        co_return show_unread(visit, all.error());
    auto const redactor = redactor_for(visit, asked, all->records.known);
    auto const reviewed = redact_texts(redactor, *all);
    auto const take_out = [&redactor, &log = all->log] { return redact_addresses(redactor, log); };
    co_await run_gently(visit.site, take_out);
    if (!visit.site.tokens.fits(seen_text(reviewed), visit.form("seen"))) {
        auto const changed = one_problem("leave", "Something was written in the meantime. Look at it once more");
        co_return review_page(visit, asked, *all, {reviewed, changed});
    }
    auto const left_out = leave_out(visit, reviewed);
    co_return co_await make_file(visit, asked, *all, left_out);
}

} // namespace gatehouse::portal::console
