#include "tools/ctl/explain_batch.hpp"

#include "policy/suggest.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iostream>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;
using question::Question;

struct Key {
    std::string_view name;
    std::string Question::*field;
};

constexpr std::array keys{Key{"url", &Question::url}, Key{"role", &Question::role}, Key{"user", &Question::user},
    Key{"network", &Question::network}, Key{"device", &Question::device}, Key{"address", &Question::address},
    Key{"at", &Question::at}};

/// A text, or a list of texts. False if it is something else.
bool read_texts(json::value const& value, std::vector<std::string>& texts)
{
    if (auto const* const one = value.if_string()) {
        texts.emplace_back(one->data(), one->size());
        return true;
    }
    auto const* const many = value.if_array();
    if (many == nullptr || !std::all_of(many->begin(), many->end(), [](auto const& item) { return item.is_string(); }))
        return false;
    for (auto const& item : *many)
        texts.emplace_back(item.get_string().data(), item.get_string().size());
    return true;
}

Complaint unknown_key(std::string_view name)
{
    std::vector<std::string_view> known{"group", "alias"};
    for (auto const& key : keys)
        known.emplace_back(key.name);
    auto const hint = policy::suggest(name, known);
    return fmt::format("there is no key \"{}\"{}{}", name, hint.empty() ? "" : "; ", hint);
}

/// Fills the question; an empty text if the line is one.
Complaint read_question(std::string_view line, Question& question)
{
    error_code ec;
    auto const value = json::parse(json::string_view{line.data(), line.size()}, ec);
    if (ec)
        return "not JSON: " + ec.message();
    auto const* const object = value.if_object();
    if (object == nullptr)
        return "a question is an object";
    for (auto const& [name, member] : *object) {
        auto const found = std::find_if(keys.begin(), keys.end(), [&, &name = name](Key const& key) { return name == key.name; });
        bool const is_alias = name == "alias";
        if (found == keys.end() && !is_alias && name != "group")
            return unknown_key({name.data(), name.size()});
        if (found == keys.end()) {
            if (!read_texts(member, is_alias ? question.aliases : question.groups))
                return fmt::format("\"{}\" is neither a text nor a list of texts", is_alias ? "alias" : "group");
            continue;
        }
        auto const* const text = member.if_string();
        if (text == nullptr)
            return fmt::format("\"{}\" is not a text", found->name);
        (question.*(found->field)).assign(text->data(), text->size());
    }
    return question.url.empty() ? "the key \"url\" is missing" : Complaint{};
}

} // namespace

int explain_lines(std::istream& in, std::ostream& out,
    std::function<std::variant<question::Answer, question::Complaint>(Question const&)> const& answer)
{
    int status = success;
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos)
            continue;
        Question question;
        auto complaint = read_question(line, question);
        if (complaint.empty()) {
            auto const answered = answer(question);
            if (auto const* const found = std::get_if<question::Answer>(&answered)) {
                out << policy::to_json(found->explanation) << '\n';
                continue;
            }
            complaint = std::get<question::Complaint>(answered).text;
        }
        status = failure;
        out << json::serialize(json::object{{"ok", false}, {"error", fmt::format("line {}: {}", number, complaint)}}) << '\n';
    }
    return status;
}

} // namespace gatehouse::ctl
