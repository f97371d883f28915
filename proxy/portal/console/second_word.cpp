#include "proxy/portal/console/second_word.hpp"

#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"

namespace gatehouse::portal::console {

Part second_word_form(
    Visit const& visit, std::string action, std::int64_t id, WordChoice choice, std::vector<Problem> const& problems)
{
    std::vector<Option> options;
    if (!choice.only_refuse)
        options.push_back({"confirm", std::move(choice.confirm), std::move(choice.confirm_hint)});
    options.push_back({"refuse", std::move(choice.refuse), std::move(choice.refuse_hint)});
    Form form;
    form.action = std::move(action);
    form.button = "Send";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(id)},
        {Field::Kind::radios, "decision", "Your decision", std::move(choice.hint), std::string(visit.form("decision")),
            std::move(options), problem_with(problems, "decision")},
        {Field::Kind::area, "reason", "Your reason", "Needed when you refuse.", std::string(visit.form("reason")), {},
            problem_with(problems, "reason"), "", 1000}};
    form.fields.insert(form.fields.begin() + 1, choice.also.begin(), choice.also.end());
    add_proof(form, visit, "password", problems);
    return portal::form(form);
}

task<SecondWord> read_second_word(Visit const& visit)
{
    auto const decision = visit.form("decision");
    SecondWord word{decision == "confirm", trimmed_value(visit.request.form, "reason"), {}};
    if (!word.confirms && decision != "refuse")
        word.problems.push_back({"decision", "Choose what you decide"});
    if (decision == "refuse" && word.reason.empty())
        word.problems.push_back({"reason", "Write why you refuse"});
    if (word.problems.empty())
        if (auto const wrong = co_await find_unproved(visit, "password"))
            word.problems.push_back(*wrong);
    co_return word;
}

} // namespace gatehouse::portal::console
