#include "policy/readers.hpp"
#include "policy/selector.hpp"
#include "policy/suggest.hpp"
#include "policy/target.hpp"
#include "policy/unit.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

std::vector<Selector> read_column(TableReader& reader, Policy const& policy, std::string_view column, Need need)
{
    std::vector<Selector> selectors;
    for (auto const& word : reader.words(column, need)) {
        auto answer = read_selector(policy, column, word.text);
        if (auto* selector = std::get_if<Selector>(&answer)) {
            selectors.push_back(std::move(*selector));
            continue;
        }
        auto& problem = std::get<SelectorProblem>(answer);
        reader.complain_at(word, std::move(problem.message), std::move(problem.suggestion));
    }
    return selectors;
}

/// Ids of what else can decide; a rule of such a name could not be told apart in the records.
void must_not_be_reserved(TableReader const& reader, std::string_view id)
{
    for (std::string_view const prefix : {"override-", "restriction-", "default-"})
        if (id.starts_with(prefix))
            reader.complain(fmt::format("a rule's id cannot begin with \"{}\"", prefix));
    if (id == "sealed" || id == "default" || id == "virus")
        reader.complain(fmt::format("a rule cannot be called \"{}\"", id));
}

/// Everything but the action, which differs between tables.
void read_columns(TableReader& reader, std::string const& file, Policy& policy, Rule& rule)
{
    rule.id = reader.id();
    must_not_be_reserved(reader, rule.id);
    rule.clause = reader.text("clause");
    rule.reason = reader.text("reason", Need::required);
    rule.who = read_column(reader, policy, "who", Need::required);
    rule.what = read_column(reader, policy, "what", Need::required);
    rule.where = read_column(reader, policy, "where", Need::optional);
    rule.when = read_column(reader, policy, "when", Need::optional);
    rule.keeping = {reader.text("owner"), reader.text("request"), reader.date("review_by")};
    rule.source = {file, reader.line()};
    for (auto const& selector : rule.what)
        if (selector.kind == Selector::Kind::pattern)
            policy.url_patterns.add(selector.value);
}

void read_rule(TableReader& reader, std::string const& file, Policy& policy)
{
    Rule rule;
    read_columns(reader, file, policy, rule);
    rule.action = reader.verdict("action");
    policy.rules.push_back(std::move(rule));
    must_be_new(reader, policy.rules, "rule");
}

/// Paths and searches are seen only inside an inspected connection, so they cannot decide whether to look inside.
void must_need_no_path(TableReader const& reader, InspectionRule const& rule)
{
    for (auto const& selector : rule.what)
        if (selector.kind == Selector::Kind::url || selector.kind == Selector::Kind::search
            || selector.kind == Selector::Kind::pattern)
            reader.complain(fmt::format(
                "\"{}\" cannot decide about inspection: paths and searches are seen only by inspecting", to_text(selector)));
}

void read_inspection_rule(TableReader& reader, std::string const& file, Policy& policy)
{
    InspectionRule rule;
    read_columns(reader, file, policy, rule);
    static constexpr std::array<std::string_view, 3> actions{"do-not-inspect", "inspect", "refuse"}; // in the order of Inspection
    auto const action = reader.word("action", Need::required);
    if (!action.text.empty() && reader.must_be_one_of(action, "action", actions))
        rule.wanted = static_cast<Inspection>(std::find(actions.begin(), actions.end(), action.text) - actions.begin());
    must_need_no_path(reader, rule);
    policy.inspection.push_back(std::move(rule));
    must_be_new(reader, policy.inspection, "inspection entry");
}

Host read_host(TableReader& reader, Word const& word)
{
    auto const host = Host::parse(word.text);
    if (!host || host->is_address()) {
        if (!word.text.empty())
            reader.complain_at(word, fmt::format("\"{}\" is no host name", word.text));
        return {};
    }
    return *host;
}

void read_safe_search(TableReader& reader, std::string const& file, Policy& policy)
{
    SafeSearch entry;
    entry.id = reader.id();
    for (auto const& word : reader.words("hosts", Need::required))
        entry.hosts.emplace_back(read_host(reader, word).text());
    entry.use = read_host(reader, reader.word("use", Need::required));
    entry.who = read_column(reader, policy, "who", Need::required);
    entry.source = {file, reader.line()};
    policy.safe_search.push_back(std::move(entry));
    must_be_new(reader, policy.safe_search, "safe search entry");
}

std::string read_name(
    TableReader& reader, std::string_view key, std::string_view kind, std::vector<std::string_view> const& names)
{
    auto const word = reader.word(key);
    if (!word.text.empty())
        reader.must_be_one_of(word, kind, names);
    return word.text;
}

void read_expectation(TableReader& reader, std::string const& file, Policy& policy)
{
    Expectation expectation;
    auto const role = reader.word("who", Need::required);
    if (!role.text.empty())
        reader.must_be_one_of(role, "role", ids_of(policy.roles));
    expectation.role = role.text;
    expectation.group = read_name(reader, "group", "group", ids_of(policy.groups));
    expectation.user = folded_user(reader.text("user"));
    expectation.network = read_name(reader, "network", "network", ids_of(policy.networks));
    expectation.device = read_name(reader, "device", "device", ids_of(policy.devices));
    auto const at = reader.word("at", Need::required);
    auto const time = LocalTime::parse(at.text);
    if (time)
        expectation.at = *time;
    else if (!at.text.empty())
        reader.complain_at(at, fmt::format("\"{}\": {}", at.text, time.error().message()));
    auto const url = reader.word("url", Need::required);
    if (auto const target = Target::parse_url(url.text); !target && !url.text.empty())
        reader.complain_at(url, fmt::format("\"{}\": {}", url.text, target.error().message()));
    expectation.url = url.text;
    expectation.verdict = reader.verdict("verdict");
    auto rules = ids_of(policy.rules);
    for (auto const& entry : policy.roles)
        rules.push_back(entry.default_id);
    rules.push_back("sealed");
    expectation.rule = read_name(reader, "rule", "rule", rules);
    expectation.source = {file, reader.line()};
    policy.expectations.push_back(std::move(expectation));
}

void read_file_rule(TableReader& reader, std::string const& file, Policy& policy)
{
    FileRule rule;
    read_columns(reader, file, policy, rule);
    rule.action = reader.verdict("action");
    for (auto const& word : reader.words("kinds", Need::optional))
        if (reader.must_be_one_of(word, "kind of file", file_kind_words))
            rule.kinds.add(*parse_file_kind(word.text));
    auto const size = reader.word("larger_than");
    rule.larger_than = parse_with_unit(size.text, size_units).value_or(0);
    if (rule.larger_than == 0 && !size.text.empty())
        reader.complain_at(size, fmt::format("\"{}\" is no size", size.text), "write as \"500KiB\", \"20MiB\" or \"1GiB\"");
    if (rule.kinds.empty() && rule.larger_than == 0)
        reader.complain("it needs \"kinds\" or \"larger_than\"");
    policy.file_rules.push_back(std::move(rule));
    must_be_new(reader, policy.file_rules, "file entry");
}

void read_content_rule(TableReader& reader, std::string const& name, Policy& policy)
{
    ContentRule rule;
    read_columns(reader, name, policy, rule);
    auto const known = ids_of(policy.phrase_lists);
    for (auto const& word : reader.words("phrases", Need::required))
        if (reader.must_be_one_of(word, "phrase list", known))
            rule.lists.push_back(static_cast<std::uint16_t>(std::find(known.begin(), known.end(), word.text) - known.begin()));
    rule.limit = static_cast<int>(reader.number("limit", max_phrase_weight));
    if (rule.limit == 0)
        reader.complain("\"limit\" must be given and above zero");
    static constexpr std::array<std::string_view, 2> actions{"block", "tell"}; // in the order of ContentAction
    auto const action = reader.word("action");
    if (!action.text.empty() && reader.must_be_one_of(action, "action", actions))
        rule.then = action.text == "tell" ? ContentAction::tell : ContentAction::close;
    policy.content_rules.push_back(std::move(rule));
    must_be_new(reader, policy.content_rules, "content entry");
}

} // namespace

void read_content_rules(TableReader& file, std::string const& name, Draft draft)
{
    auto& policy = draft.policy;
    for (auto const* table : file.tables("prompt")) {
        TableReader reader{*table, name, draft.problems};
        PromptRule rule;
        read_columns(reader, name, policy, rule);
        reader.finish();
        policy.prompts.push_back(std::move(rule));
        must_be_new(reader, policy.prompts, "prompt entry");
    }
    for (auto const* table : file.tables("content")) {
        TableReader reader{*table, name, draft.problems};
        read_content_rule(reader, name, policy);
        reader.finish();
    }
    for (auto const* table : file.tables("file")) {
        TableReader reader{*table, name, draft.problems};
        read_file_rule(reader, name, policy);
        reader.finish();
    }
    if (policy.file_rules.size() > max_file_rules)
        file.complain(fmt::format("there are more than {} file entries", max_file_rules));
    if (policy.content_rules.size() > max_content_rules)
        file.complain(fmt::format("there are more than {} content entries", max_content_rules));
}

void read_rules(TableReader& file, std::string const& name, Draft draft)
{
    for (auto const* table : file.tables("rule")) {
        TableReader reader{*table, name, draft.problems};
        read_rule(reader, name, draft.policy);
        reader.finish();
    }
    for (auto const* table : file.tables("inspection")) {
        TableReader reader{*table, name, draft.problems};
        read_inspection_rule(reader, name, draft.policy);
        reader.finish();
    }
    for (auto const* table : file.tables("safe_search")) {
        TableReader reader{*table, name, draft.problems};
        read_safe_search(reader, name, draft.policy);
        reader.finish();
    }
    for (auto const* table : file.tables("expect")) {
        TableReader reader{*table, name, draft.problems};
        read_expectation(reader, name, draft.policy);
        reader.finish();
    }
    if (draft.policy.rules.size() >= none || draft.policy.inspection.size() >= none || draft.policy.safe_search.size() >= none)
        file.complain("there are too many rules");
}

} // namespace gatehouse::policy
