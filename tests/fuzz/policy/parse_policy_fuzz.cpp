// parse_policy: whatever the three files say, it ends with a policy or with complaints that can be printed; a policy without errors
// can be linted, checked and asked. The input is the three texts one after the other, separated by lines of "=====".
#include "policy/explanation.hpp"
#include "policy/parse.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace gatehouse::policy;

std::string take_part(std::string_view& rest)
{
    constexpr std::string_view separator = "=====\n";
    auto const end = rest.find(separator);
    std::string part{rest.substr(0, end)};
    rest.remove_prefix(end == rest.npos ? rest.size() : end + separator.size());
    return part;
}

std::chrono::sys_seconds to_instant(LocalTime const& time)
{
    return std::chrono::sys_seconds{std::chrono::minutes{time.minute}};
}

void use(Policy const& policy)
{
    static_cast<void>(lint(policy));
    static_cast<void>(check_expectations(policy, &to_instant));
    auto const subject = policy.subject_at(IpAddress::from_v4(0x0a000001));
    auto const target = Target::parse_url("http://www.example.org/a/b?q=c&u=http://d.example").value();
    Moment const now{{{2026, 11, 24}, 600}, {}};
    Query const query{subject, target, now, {}};
    auto const decision = decide(policy, query);
    auto const explanation = explain(policy, query);
    if (explanation.verdict != decision.verdict || explanation.rule != rule_id(policy, decision))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const text(data, data + size);
    std::string_view rest = text;
    PolicySources sources{{"policy.toml", take_part(rest)}, {"timetable.toml", {}}, {"lists.toml", {}}, {"content.toml", {}}};
    sources.timetable.text = take_part(rest);
    sources.lists.text = take_part(rest);
    sources.content.text = take_part(rest);
    auto const parsed = parse_policy(sources);
    for (auto const& problem : parsed.problems)
        if (to_text(problem, sources).empty())
            std::abort();
    if (parsed.ok())
        use(parsed.policy);
    return 0;
}
