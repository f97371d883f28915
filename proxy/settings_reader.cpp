#include "proxy/settings_reader.hpp"

#include "policy/suggest.hpp"
#include "policy/unit.hpp"
#include "proxy/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace gatehouse {
namespace {

using policy::Unit;

constexpr std::array duration_units{
    Unit{"", 1000}, Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
constexpr std::uint64_t longest_duration = 3650ULL * 86'400'000; // ten years, in milliseconds

/// A number or a text of the document as text, for values that may be written either way.
std::optional<std::string> scalar_text(toml::node const& node)
{
    if (auto const text = node.value_exact<std::string>())
        return text;
    if (auto const number = node.value_exact<std::int64_t>())
        return fmt::format("{}", *number);
    return std::nullopt;
}

std::filesystem::path against(std::filesystem::path const& base, std::string_view text)
{
    return text.empty() ? std::filesystem::path{} : (base / text).lexically_normal();
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text)
{
    auto const count = policy::parse_with_unit(text, duration_units);
    if (!count || *count > longest_duration)
        return std::nullopt;
    return std::chrono::milliseconds{static_cast<std::int64_t>(*count)};
}

std::optional<std::size_t> parse_size(std::string_view text)
{
    return policy::parse_with_unit(text, policy::size_units);
}

std::optional<Endpoint> parse_endpoint(std::string_view text)
{
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto host = text.substr(0, colon);
    auto const port = text.substr(colon + 1);
    bool const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    auto const address = policy::IpAddress::parse(host);
    if (!address || address->is_v4() == bracketed)
        return std::nullopt;
    Endpoint endpoint{*address, 0};
    auto const [end, ec] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (ec != std::errc{} || end != port.data() + port.size())
        return std::nullopt;
    return endpoint;
}

SettingsReader::SettingsReader(toml::table const& table, std::string const& file, std::vector<policy::Problem>& problems)
    : table_{table}
    , file_{file}
    , problems_{problems}
{
}

toml::node const* SettingsReader::take(std::string_view key)
{
    known_.push_back(key);
    return table_.get(key);
}

void SettingsReader::complain_at(toml::source_position place, std::string message, std::string suggestion)
{
    problems_.push_back(
        {policy::Problem::Severity::error, file_, place.line, place.column, std::move(message), std::move(suggestion)});
}

void SettingsReader::complain(std::string_view key, std::string message, std::string suggestion)
{
    auto const* const node = table_.get(key);
    complain_at((node ? node->source() : table_.source()).begin, std::move(message), std::move(suggestion));
}

void SettingsReader::wrong_kind(std::string_view key, toml::node const& node, std::string_view wanted)
{
    complain_at(node.source().begin, fmt::format("`{}` must be {}", key, wanted), {});
}

void SettingsReader::read(std::string_view key, std::string& into)
{
    auto const* const node = take(key);
    if (!node)
        return;
    if (auto const text = node->value_exact<std::string>())
        into = *text;
    else
        wrong_kind(key, *node, "a text in quotes");
}

void SettingsReader::read(std::string_view key, bool& into)
{
    auto const* const node = take(key);
    if (!node)
        return;
    if (auto const value = node->value_exact<bool>())
        into = *value;
    else
        wrong_kind(key, *node, "true or false");
}

void SettingsReader::read(std::string_view key, unsigned& into)
{
    auto const* const node = take(key);
    if (!node)
        return;
    auto const value = node->value_exact<std::int64_t>();
    if (value && *value >= 0 && *value <= 100'000)
        into = static_cast<unsigned>(*value);
    else
        wrong_kind(key, *node, "a whole number from 0 to 100000");
}

void SettingsReader::read_count(std::string_view key, std::size_t& into)
{
    auto const* const node = take(key);
    if (!node)
        return;
    auto const value = node->value_exact<std::int64_t>();
    if (value && *value >= 1 && *value <= 10'000'000)
        into = static_cast<std::size_t>(*value);
    else
        wrong_kind(key, *node, "a whole number from 1 to 10000000");
}

void SettingsReader::read_size(std::string_view key, std::size_t& into)
{
    auto const* const node = take(key);
    if (!node)
        return;
    auto const text = scalar_text(*node);
    auto const size = text ? parse_size(*text) : std::nullopt;
    if (size && *size >= 1)
        into = *size;
    else
        wrong_kind(key, *node, "a size such as \"64KiB\" or \"8MiB\" (a bare number counts bytes)");
}

void SettingsReader::read(std::string_view key, std::chrono::milliseconds& into)
{
    auto const* const node = take(key);
    if (!node)
        return;
    auto const text = scalar_text(*node);
    auto const duration = text ? parse_duration(*text) : std::nullopt;
    if (duration && duration->count() > 0)
        into = *duration;
    else
        wrong_kind(key, *node, "a time above zero such as \"10s\" or \"250ms\" (a bare number counts seconds)");
}

void SettingsReader::read(std::string_view key, std::chrono::seconds& into)
{
    std::chrono::milliseconds precise{into};
    auto const before = problems_.size();
    read(key, precise);
    if (problems_.size() != before)
        return;
    into = std::chrono::duration_cast<std::chrono::seconds>(precise);
    if (into != precise)
        complain(key, fmt::format("`{}` must be whole seconds", key));
}

void SettingsReader::read(std::string_view key, Endpoint& into)
{
    auto const* const node = take(key);
    if (!node)
        return;
    auto const text = node->value_exact<std::string>();
    if (auto const endpoint = text ? parse_endpoint(*text) : std::nullopt)
        into = *endpoint;
    else
        wrong_kind(key, *node, "an address with port such as \"127.0.0.1:3128\" or \"[::1]:3128\"");
}

template <class Take>
void SettingsReader::each_text(std::string_view key, std::string_view wanted, Take const& take_text)
{
    auto const* const node = take(key);
    if (!node)
        return;
    auto const* const array = node->as_array();
    if (!array)
        return wrong_kind(key, *node, fmt::format("a list in brackets, each entry {}", wanted));
    for (auto const& entry : *array) {
        auto const text = scalar_text(entry);
        if (!text || !take_text(*text))
            wrong_kind(key, entry, fmt::format("a list, each entry {}", wanted));
    }
}

void SettingsReader::read(std::string_view key, std::vector<Endpoint>& into)
{
    std::vector<Endpoint> found;
    each_text(key, "an address with port such as \"127.0.0.1:3128\"", [&](std::string const& text) {
        auto const endpoint = parse_endpoint(text);
        if (endpoint)
            found.push_back(*endpoint);
        return endpoint.has_value();
    });
    if (has(key))
        into = std::move(found);
}

void SettingsReader::read(std::string_view key, std::vector<std::string>& into)
{
    std::vector<std::string> found;
    each_text(key, "a text in quotes", [&](std::string const& text) {
        found.push_back(text);
        return !text.empty();
    });
    if (has(key))
        into = std::move(found);
}

void SettingsReader::read(std::string_view key, std::vector<std::uint16_t>& into)
{
    std::vector<std::uint16_t> found;
    each_text(key, "a port from 1 to 65535", [&](std::string const& text) {
        std::uint16_t port = 0;
        auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
        found.push_back(port);
        return ec == std::errc{} && end == text.data() + text.size() && port != 0;
    });
    if (has(key))
        into = std::move(found);
}

void SettingsReader::read(std::string_view key, std::vector<policy::Network>& into)
{
    std::vector<policy::Network> found;
    each_text(key, "a network such as \"10.1.0.0/16\" without bits beyond its prefix", [&](std::string const& text) {
        auto const network = policy::Network::parse(text);
        if (network)
            found.push_back(*network);
        return network.has_value();
    });
    if (has(key))
        into = std::move(found);
}

void SettingsReader::read(std::string_view key, std::filesystem::path& into, std::filesystem::path const& base)
{
    std::string text;
    read(key, text);
    if (has(key))
        into = against(base, text);
}

void SettingsReader::read(std::string_view key, std::vector<std::filesystem::path>& into, std::filesystem::path const& base)
{
    std::vector<std::string> texts;
    read(key, texts);
    for (auto const& text : texts)
        into.push_back(against(base, text));
}

toml::table const* SettingsReader::table(std::string_view key)
{
    auto const* const node = take(key);
    if (!node)
        return nullptr;
    auto const* const found = node->as_table();
    if (!found)
        wrong_kind(key, *node, fmt::format("a table: write [{}] on a line of its own", key));
    return found;
}

void SettingsReader::in_table(std::string_view key, std::function<void(SettingsReader&)> const& read)
{
    auto const* const found = table(key);
    if (!found)
        return;
    SettingsReader reader{*found, file_, problems_};
    read(reader);
    reader.finish();
}

void SettingsReader::each_table(std::string_view key, std::function<void(SettingsReader&)> const& read)
{
    auto const* const node = take(key);
    if (!node)
        return;
    auto const* const array = node->as_array();
    if (!array || !array->is_array_of_tables())
        return wrong_kind(key, *node, fmt::format("a list of tables: write [[...{}]] on lines of their own", key));
    for (auto const& each : *array) {
        SettingsReader reader{*each.as_table(), file_, problems_};
        read(reader);
        reader.finish();
    }
}

void SettingsReader::finish()
{
    for (auto const& [key, node] : table_) {
        if (std::find(known_.begin(), known_.end(), key.str()) != known_.end())
            continue;
        complain_at(key.source().begin, fmt::format("unknown key `{}`", key.str()), policy::suggest(key.str(), known_));
    }
}

} // namespace gatehouse
