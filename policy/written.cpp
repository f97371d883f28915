// Rows of the configuration files, written.
#include "policy/edit.hpp"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

/// A basic string (TOML 1.0, "String").
std::string in_quotes(std::string_view text)
{
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
            out += c;
    }
    return out + '"';
}

std::string line(std::string_view key, std::string_view value)
{
    return value.empty() ? std::string{} : fmt::format("{} = {}\n", key, in_quotes(value));
}

std::string list(std::string_view key, std::vector<std::string> const& values)
{
    std::string inner;
    for (auto const& value : values)
        inner += (inner.empty() ? "" : ", ") + in_quotes(value);
    return values.empty() ? std::string{} : fmt::format("{} = [{}]\n", key, inner);
}

std::vector<std::string> words_of(std::vector<Selector> const& selectors)
{
    std::vector<std::string> words;
    for (auto const& selector : selectors)
        words.push_back(to_text(selector));
    return words;
}

template <class Span>
std::string written_span(std::string_view table, Span const& span)
{
    return fmt::format("[[{}]]\n", table) + line("name", span.name) + line("first", span.first.to_text())
        + line("last", span.last.to_text());
}

std::string written(Keeping const& keeping)
{
    return line("owner", keeping.owner) + line("request", keeping.request)
        + line("review_by", keeping.review_by ? keeping.review_by->to_text() : std::string{});
}

std::string joined(std::vector<std::string> const& words)
{
    std::string text;
    for (auto const& word : words)
        text += (text.empty() ? "" : ",") + word;
    return text;
}

} // namespace

std::string key_of(Rule const& rule)
{
    return rule.id;
}

std::string key_of(Period const& period)
{
    return fmt::format("{} {}-{} {:x} {}", period.name, minute_to_text(period.start), minute_to_text(period.end), period.weekdays,
        joined(period.groups));
}

std::string key_of(Closure const& closure)
{
    return closure.first.to_text() + ' ' + closure.name;
}

std::string key_of(Term const& term)
{
    return term.first.to_text() + ' ' + term.name;
}

RuleText text_of(Rule const& rule)
{
    return {rule.id, rule.clause, rule.reason, words_of(rule.who), words_of(rule.what), words_of(rule.where), words_of(rule.when),
        rule.action, rule.keeping};
}

std::string written(RuleText const& rule)
{
    return "[[rule]]\n" + line("id", rule.id) + line("clause", rule.clause) + list("who", rule.who) + list("what", rule.what)
        + list("where", rule.where) + list("when", rule.when) + line("action", to_text(rule.action)) + line("reason", rule.reason)
        + written(rule.keeping);
}

std::string written(Rule const& rule)
{
    return written(text_of(rule));
}

std::string written(Period const& period)
{
    std::vector<std::string> weekdays;
    for (unsigned day = 0; day < 7; ++day)
        if (period.weekdays >> day & 1U)
            weekdays.emplace_back(weekday_to_text(day));
    return "[[period]]\n" + line("name", period.name) + line("kind", to_text(period.kind))
        + line("start", minute_to_text(period.start)) + line("end", minute_to_text(period.end)) + list("weekdays", weekdays)
        + list("groups", period.groups);
}

std::string written(Closure const& closure)
{
    return written_span("closure", closure);
}

std::string written(Term const& term)
{
    return written_span("term", term);
}

} // namespace gatehouse::policy
