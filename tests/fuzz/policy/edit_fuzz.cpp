// edit: whatever a row of the console says, it is refused and the policy is as before, or it stands there and reads back as it is written. The first line
// is the table and the row that is changed.
#include "policy/edit.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace gatehouse::policy;

Policy const& school()
{
    static Policy const policy = [] {
        PolicySources const sources{{"policy.toml",
                                        "school = \"S\"\nunknown_role = \"pupil\"\n[[role]]\nid = \"pupil\"\ntitle = "
                                        "\"P\"\ndefault = \"allow\"\ndefault_reason = \"r\"\nfails = \"closed\"\n"
                                        "[[category]]\nid = \"games\"\ntitle = \"G\"\n[[rule]]\nid = \"a\"\nwho = "
                                        "[\"pupil\"]\nwhat = [\"category:games\"]\naction = \"block\"\nreason = \"r\"\n"},
            {"timetable.toml", "[[period]]\nname = \"lunch\"\nkind = \"lunch\"\nstart = \"12:00\"\nend = \"13:00\"\n"},
            {"lists.toml", ""}};
        auto parsed = parse_policy(sources);
        if (!parsed.ok())
            std::abort();
        return std::move(parsed.policy);
    }();
    return policy;
}

std::string all_of(Policy const& policy)
{
    std::string text;
    for (auto const& rule : policy.rules)
        text += written(rule);
    for (auto const& period : policy.timetable.periods)
        text += written(period);
    for (auto const& closure : policy.timetable.closures)
        text += written(closure);
    for (auto const& term : policy.timetable.terms)
        text += written(term);
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const input(data, data + size);
    auto const end = std::min(input.find('\n'), input.size());
    auto const space = std::min(input.find(' '), end);
    auto const table = parse_edited_table(std::string_view{input}.substr(0, space));
    if (!table)
        return 0;
    Edit const edit{*table, space < end ? input.substr(space + 1, end - space - 1) : std::string{},
        end < input.size() ? input.substr(end + 1) : std::string{}, "a"};
    static_cast<void>(parts_of(edit.text));
    auto policy = school();
    auto const before = all_of(policy);
    auto const outcome = apply(policy, edit);
    policy.prepare();
    if (!outcome.changed) {
        if (all_of(policy) != before)
            std::abort();
        return 0;
    }
    auto const text = written_row(policy, *table, outcome.row);
    auto again = policy;
    if (!outcome.row.empty() && (text.empty() || apply(again, {*table, outcome.row, text, {}}).row != outcome.row))
        std::abort();
    static_cast<void>(lint(policy));
    if (!apply(policy, outcome.back).changed || all_of(policy) != before)
        std::abort();
    return 0;
}
