// A run of the checks as text, to be kept.
#include "proxy/checks/self_checks.hpp"

#include <boost/json.hpp>

namespace gatehouse::checks {
namespace {

namespace json = boost::json;

std::string text_of(json::object const& object, std::string_view key)
{
    auto const* const value = object.if_contains(key);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// Sentences; older runs have them in one text.
std::vector<std::string> texts_of(json::object const& object, std::string_view key)
{
    auto const* const value = object.if_contains(key);
    std::vector<std::string> texts;
    if (value && value->is_array()) {
        for (auto const& each : value->get_array())
            if (each.is_string())
                texts.emplace_back(each.get_string());
    } else if (auto text = text_of(object, key); !text.empty()) {
        texts.push_back(std::move(text));
    }
    return texts;
}

State state_of(std::string_view text)
{
    return text == "good" ? State::good : text == "look" ? State::look : State::gap;
}

} // namespace

std::string to_json(std::vector<SelfCheck> const& checks)
{
    json::array rows;
    for (auto const& check : checks)
        rows.push_back({{"id", check.id}, {"question", check.question},
            {"finding", json::array(check.findings.begin(), check.findings.end())}, {"advice", check.advice},
            {"state", to_text(check.state)}});
    return json::serialize(rows);
}

std::optional<std::vector<SelfCheck>> from_json(std::string_view text)
{
    boost::system::error_code failure;
    auto const parsed = json::parse(text, failure);
    if (failure || !parsed.is_array())
        return std::nullopt;
    std::vector<SelfCheck> checks;
    for (auto const& row : parsed.get_array()) {
        if (!row.is_object())
            return std::nullopt;
        auto const& object = row.get_object();
        checks.push_back({text_of(object, "id"), text_of(object, "question"), texts_of(object, "finding"),
            text_of(object, "advice"), state_of(text_of(object, "state"))});
    }
    return checks;
}

} // namespace gatehouse::checks
