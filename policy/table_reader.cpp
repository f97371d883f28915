#include "policy/table_reader.hpp"

#include "policy/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

bool is_id(std::string_view text)
{
    constexpr std::size_t longest = 64;
    auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !text.empty() && text.size() <= longest && text.front() != '-' && std::all_of(text.begin(), text.end(), is_letter);
}

Word make_word(std::string text, toml::source_region const& place)
{
    return {std::move(text), place.begin.line, place.begin.column};
}

} // namespace

TableReader::TableReader(toml::table const& table, std::string const& file, std::vector<Problem>& problems)
    : table_(table)
    , file_(file)
    , problems_(problems)
{
}

void TableReader::complain_at(toml::source_region const& place, std::string message, std::string suggestion) const
{
    problems_.push_back(
        {Problem::Severity::error, file_, place.begin.line, place.begin.column, std::move(message), std::move(suggestion)});
}

void TableReader::complain_at(Word const& word, std::string message, std::string suggestion) const
{
    problems_.push_back({Problem::Severity::error, file_, word.line, word.column, std::move(message), std::move(suggestion)});
}

void TableReader::complain(std::string message, std::string suggestion) const
{
    complain_at(table_.source(), std::move(message), std::move(suggestion));
}

std::uint32_t TableReader::line() const
{
    return table_.source().begin.line;
}

void TableReader::wrong_type(toml::node const& node, std::string_view key, std::string_view wanted) const
{
    complain_at(node.source(), fmt::format("\"{}\" must be {}", key, wanted));
}

bool TableReader::must_be_one_of(Word const& word, std::string_view kind, std::span<std::string_view const> names) const
{
    if (std::find(names.begin(), names.end(), word.text) != names.end())
        return true;
    complain_at(word, fmt::format("there is no {} \"{}\"", kind, word.text), suggest(word.text, names));
    return false;
}

toml::node const* TableReader::ask(std::string_view key, Need need)
{
    asked_.push_back(key);
    auto const* node = table_.get(key);
    if (!node && need == Need::required)
        complain(fmt::format("\"{}\" is missing", key));
    return node;
}

void TableReader::finish()
{
    for (auto const& [key, node] : table_)
        if (std::find(asked_.begin(), asked_.end(), key.str()) == asked_.end())
            complain_at(key.source(), fmt::format("unknown key \"{}\"", key.str()), suggest(key.str(), asked_));
}

Word TableReader::word(std::string_view key, Need need)
{
    auto const* node = ask(key, need);
    if (!node)
        return {};
    auto const* value = node->as_string();
    if (!value) {
        wrong_type(*node, key, "a string");
        return {};
    }
    if (value->get().empty() && need == Need::required)
        complain_at(node->source(), fmt::format("\"{}\" is empty", key));
    return make_word(value->get(), node->source());
}

std::string TableReader::id(std::string_view key)
{
    auto const written = word(key, Need::required);
    if (!written.text.empty() && !is_id(written.text))
        complain_at(written, fmt::format("\"{}\" is not a name", written.text),
            "write lower-case letters, digits and hyphens, at most 64");
    return written.text;
}

std::vector<Word> TableReader::words(std::string_view key, Need need)
{
    std::vector<Word> read;
    auto const* node = ask(key, need);
    if (!node)
        return read;
    auto const* values = node->as_array();
    if (!values) {
        wrong_type(*node, key, "a list of strings, as [\"a\", \"b\"]");
        return read;
    }
    for (auto const& value : *values) {
        if (auto const* text = value.as_string())
            read.push_back(make_word(text->get(), value.source()));
        else
            wrong_type(value, key, "a list of strings");
    }
    if (read.empty() && values->empty() && need == Need::required)
        complain_at(node->source(), fmt::format("\"{}\" is empty", key));
    return read;
}

bool TableReader::flag(std::string_view key, bool otherwise)
{
    auto const* node = ask(key, Need::optional);
    if (!node)
        return otherwise;
    if (!node->is_boolean())
        wrong_type(*node, key, "true or false");
    return node->value_or(otherwise);
}

unsigned TableReader::number(std::string_view key, unsigned max)
{
    auto const* node = ask(key, Need::optional);
    if (!node)
        return 0;
    auto const value = node->value_exact<std::int64_t>();
    if (value && *value >= 0 && *value <= max)
        return static_cast<unsigned>(*value);
    wrong_type(*node, key, fmt::format("a whole number from 0 to {}", max));
    return 0;
}

Verdict TableReader::verdict(std::string_view key)
{
    static constexpr std::array<std::string_view, 2> names{"allow", "block"};
    auto const written = word(key, Need::required);
    if (!written.text.empty() && written.text != names[0] && written.text != names[1])
        complain_at(written, fmt::format("\"{}\" must be \"allow\" or \"block\"", key), suggest(written.text, names));
    return written.text == "allow" ? Verdict::allow : Verdict::block;
}

std::optional<Date> TableReader::date(std::string_view key, Need need)
{
    auto const* node = ask(key, need);
    if (!node)
        return std::nullopt;
    if (auto const* value = node->as_date()) {
        auto const day = value->get();
        return Date{static_cast<std::int16_t>(day.year), day.month, day.day};
    }
    auto const parsed = Date::parse(node->value_or(std::string_view{}));
    if (parsed)
        return *parsed;
    wrong_type(*node, key, "a date, as \"2026-11-24\"");
    return std::nullopt;
}

std::uint16_t TableReader::minute(std::string_view key, bool may_be_midnight)
{
    auto const* node = ask(key, Need::required);
    if (!node)
        return 0;
    if (auto const* value = node->as_time())
        return static_cast<std::uint16_t>(value->get().hour * 60 + value->get().minute);
    auto const text = node->value_or(std::string_view{});
    if (may_be_midnight && text == "24:00")
        return 24 * 60;
    auto const parsed = parse_minute(text);
    if (!parsed)
        wrong_type(*node, key, "a time of the day, as \"10:40\"");
    return parsed ? *parsed : std::uint16_t{0};
}

std::vector<toml::table const*> TableReader::tables(std::string_view key)
{
    std::vector<toml::table const*> read;
    auto const* node = ask(key, Need::optional);
    if (!node)
        return read;
    if (!node->is_array_of_tables() && !(node->is_array() && node->as_array()->empty())) {
        wrong_type(*node, key, fmt::format("written as [[{}]]", key));
        return read;
    }
    for (auto const& entry : *node->as_array())
        read.push_back(entry.as_table());
    return read;
}

toml::table const* TableReader::table(std::string_view key)
{
    auto const* node = ask(key, Need::optional);
    if (!node)
        return nullptr;
    if (!node->is_table())
        wrong_type(*node, key, fmt::format("a table, as [{}]", key));
    return node->as_table();
}

} // namespace gatehouse::policy
