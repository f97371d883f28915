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

State state_of(std::string_view text)
{
    return text == "good" ? State::good : text == "look" ? State::look : State::gap;
}

} // namespace

std::string to_json(std::vector<SelfCheck> const& checks)
{
    json::array rows;
    for (auto const& check : checks)
        rows.push_back({{"id", check.id}, {"question", check.question}, {"finding", check.finding}, {"advice", check.advice},
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
        checks.push_back({text_of(object, "id"), text_of(object, "question"), text_of(object, "finding"),
            text_of(object, "advice"), state_of(text_of(object, "state"))});
    }
    return checks;
}

} // namespace gatehouse::checks
