#include "policy/selector.hpp"

#include "policy/parse.hpp"
#include "policy/self_check.hpp"
#include "policy/suggest.hpp"
#include "policy/url_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

using Kind = Selector::Kind;
using Answer = std::variant<Selector, SelectorProblem>;

struct Prefix {
    std::string_view column;
    Kind kind;
};

/// Kinds written with a prefix, by column; the prefix itself is prefix_of(kind).
constexpr std::array<Prefix, 15> prefixes{{
    {"who", Kind::group},
    {"who", Kind::user},
    {"what", Kind::category},
    {"what", Kind::service},
    {"what", Kind::list},
    {"what", Kind::host},
    {"what", Kind::url},
    {"what", Kind::signal},
    {"what", Kind::search},
    {"what", Kind::pattern},
    {"where", Kind::network},
    {"where", Kind::device_kind},
    {"where", Kind::device},
    {"when", Kind::period},
    {"when", Kind::weekday},
}};

std::vector<std::string_view> signal_names()
{
    std::vector<std::string_view> names;
    for (unsigned i = 0; i < signal_count; ++i)
        names.push_back(to_text(static_cast<Signal>(i)));
    return names;
}

std::vector<std::string_view> period_names(Timetable const& timetable)
{
    std::vector<std::string_view> names;
    for (auto const& period : timetable.periods)
        names.push_back(period.name);
    return names;
}

/// What could stand behind the prefix of that kind.
std::vector<std::string_view> values_of(Policy const& policy, Kind kind)
{
    switch (kind) {
    case Kind::group: return ids_of(policy.groups);
    case Kind::category: return ids_of(policy.categories);
    case Kind::service: return ids_of(policy.services);
    case Kind::list: return ids_of(policy.lists);
    case Kind::signal: return signal_names();
    case Kind::search: return ids_of(policy.term_lists);
    case Kind::network: return ids_of(policy.networks);
    case Kind::device_kind: return {"school", "personal", "unknown"};
    case Kind::device: return ids_of(policy.devices);
    case Kind::period: return period_names(policy.timetable);
    case Kind::weekday: return {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    default: return {};
    }
}

/// Test sites follow the rules about their category, so that they tell how those are; a rule about one would make it tell of itself alone.
std::optional<SelectorProblem> test_site_problem(Policy const& policy, Host const& host)
{
    if (!is_self_check(host))
        return std::nullopt;
    auto const category = self_check_category(policy, host);
    return SelectorProblem{fmt::format("\"{}\" is a test site of the filter, which no rule may name", host.text()),
        category == none ? "" : fmt::format("write \"category:{}\"", policy.categories[category].id)};
}

Answer finish(Policy const& policy, Kind kind, std::string value)
{
    Selector selector{kind, std::move(value), 0};
    selector.index = policy.index_of(selector);
    return selector;
}

Answer read_host(Policy const& policy, std::string_view value)
{
    auto const host = Host::parse(value);
    if (!host)
        return SelectorProblem{fmt::format("\"{}\" is not a host: {}", value, host.error().message()), {}};
    if (auto problem = test_site_problem(policy, *host))
        return std::move(*problem);
    return finish(policy, Kind::host, std::string(host->text()));
}

/// "example.org/path", also with the scheme that people paste.
Answer read_url(Policy const& policy, std::string_view value)
{
    for (std::string_view const scheme : {"https://", "http://"})
        if (value.starts_with(scheme))
            value.remove_prefix(scheme.size());
    auto const slash = value.find('/');
    if (slash == value.npos)
        return SelectorProblem{fmt::format("\"{}\" has no path", value), fmt::format("write \"host:{}\"", value)};
    auto const host = Host::parse(value.substr(0, slash));
    if (!host)
        return SelectorProblem{fmt::format("\"{}\" is not a host: {}", value.substr(0, slash), host.error().message()), {}};
    if (auto problem = test_site_problem(policy, *host))
        return std::move(*problem);
    UrlPath const path{value.substr(slash)};
    if (path.is_cut())
        return SelectorProblem{"the path is too long", {}};
    return finish(policy, Kind::url, std::string(host->text()) + std::string(path.text()));
}

/// Only rules have patterns: they are compiled once, when the files are read.
Answer read_pattern(Policy const& policy, std::string_view value)
{
    UrlPatterns patterns;
    if (auto fault = patterns.add(std::string(value)); !fault.empty())
        return SelectorProblem{fmt::format("\"{}\" is no pattern: {}", value, fault), {}};
    return finish(policy, Kind::pattern, std::string(value));
}

Answer read_value(Policy const& policy, Kind kind, std::string_view value)
{
    if (value.empty())
        return SelectorProblem{fmt::format("nothing stands behind \"{}\"", prefix_of(kind)), {}};
    if (kind == Kind::user)
        return finish(policy, kind, folded_user(value));
    if (kind == Kind::host)
        return read_host(policy, value);
    if (kind == Kind::url)
        return read_url(policy, value);
    if (kind == Kind::pattern)
        return read_pattern(policy, value);
    auto const names = values_of(policy, kind);
    if (std::find(names.begin(), names.end(), value) != names.end())
        return finish(policy, kind, std::string(value));
    auto const prefix = prefix_of(kind);
    return SelectorProblem{
        fmt::format("there is no {} \"{}\"", prefix.substr(0, prefix.size() - 1), value), suggest(value, names)};
}

/// Whole words of a column: without a prefix.
Answer read_plain(Policy const& policy, std::string_view column, std::string_view text)
{
    std::vector<std::string_view> words;
    if (column == "who") {
        if (text == "everyone")
            return finish(policy, Kind::everyone, {});
        words = ids_of(policy.roles);
        words.push_back("everyone");
        if (policy.role(text))
            return finish(policy, Kind::role, std::string(text));
    } else if (column == "what") {
        if (text == "everything")
            return finish(policy, Kind::everything, {});
        words = {"everything"};
    } else if (column == "when") {
        if (text == "closed")
            return finish(policy, Kind::closed, {});
        words = {"lesson", "break", "lunch", "outside", "closed"};
        if (parse_period_kind(text))
            return finish(policy, Kind::period_kind, std::string(text));
    }
    for (auto const& prefix : prefixes) { // the value alone, its prefix forgotten
        auto const values = prefix.column == column ? values_of(policy, prefix.kind) : std::vector<std::string_view>{};
        if (std::find(values.begin(), values.end(), text) != values.end())
            return SelectorProblem{fmt::format("\"{}\" needs to say what it is", text),
                fmt::format("did you mean \"{}{}\"?", prefix_of(prefix.kind), text)};
    }
    return SelectorProblem{fmt::format("\"{}\" cannot stand in \"{}\"", text, column), suggest(text, words)};
}

} // namespace

Answer read_selector(Policy const& policy, std::string_view column, std::string_view text)
{
    auto const colon = text.find(':');
    if (colon == text.npos)
        return read_plain(policy, column, text);
    auto const written = text.substr(0, colon + 1);
    std::vector<std::string_view> known;
    for (auto const& prefix : prefixes) {
        if (prefix.column == column && prefix_of(prefix.kind) == written)
            return read_value(policy, prefix.kind, text.substr(colon + 1));
        if (prefix.column == column)
            known.push_back(prefix_of(prefix.kind));
    }
    return SelectorProblem{fmt::format("\"{}\" cannot stand in \"{}\"", written, column), suggest(written, known)};
}

std::variant<Selector, std::string> parse_selector(Policy const& policy, std::string_view column, std::string_view text)
{
    auto answer = read_selector(policy, column, text);
    if (auto* selector = std::get_if<Selector>(&answer)) {
        if (selector->kind == Kind::pattern) // compiled when the files are read
            return std::string{"only the rules of policy.toml have patterns"};
        return std::move(*selector);
    }
    auto const& problem = std::get<SelectorProblem>(answer);
    return problem.suggestion.empty() ? problem.message : problem.message + "; " + problem.suggestion;
}

} // namespace gatehouse::policy
