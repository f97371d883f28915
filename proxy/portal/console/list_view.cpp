#include "proxy/portal/console/list_view.hpp"

namespace gatehouse::portal::console {

store::SchoolList chosen_list(std::string_view text)
{
    return store::parse_school_list(text).value_or(store::SchoolList::block);
}

Field owner_field(std::string value, std::vector<Problem> const& problems)
{
    return {Field::Kind::text, "owner", "Who answers for it?", "A user name or a name.", std::move(value), {},
        problem_with(problems, "owner"), "", 200};
}

Field reference_field(std::string value, std::vector<Problem> const& problems)
{
    return {Field::Kind::text, "reference", "What does it come from?",
        "The reference of a request or a report, such as K7QF-3M9P, if there is one.", std::move(value), {},
        problem_with(problems, "reference"), "", 100};
}

Field review_field(std::string value, std::vector<Problem> const& problems)
{
    return {
        Field::Kind::date, "review", "Look at it again by", "", std::move(value), {}, problem_with(problems, "review"), "", 10};
}

std::optional<policy::Date> review_of(Visit const& visit, std::vector<Problem>& problems)
{
    auto const review = policy::Date::parse(visit.form("review"));
    if (review && visit.now.local.date < *review)
        return *review;
    problems.push_back({"review", "Choose a day after today"});
    return std::nullopt;
}

Cell reference_cell(std::string const& reference, std::optional<store::Referred> const& referred)
{
    if (!referred)
        return {reference};
    bool const is_request = referred->kind == store::Referred::Kind::request;
    return {reference, (is_request ? "/request?id=" : "/report?id=") + std::to_string(referred->id)};
}

} // namespace gatehouse::portal::console
