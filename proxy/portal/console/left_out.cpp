#include "proxy/portal/console/left_out.hpp"

#include "proxy/portal/console/seen_part.hpp"

namespace gatehouse::portal::console {

std::size_t count_left_out(Visit const& visit, RequestCase const& found, store::Recommendation const& terms)
{
    std::size_t count = 0;
    for (std::size_t i = 0; terms.allow && i < found.merged.size(); ++i) {
        auto const opens = opens_for_asker(visit, found.merged[i], terms, found.groups[i]);
        count += opens == store::Opening::elsewhere || opens == store::Opening::for_others ? 1 : 0;
    }
    return count;
}

Words left_out_text(Visit const& visit, RequestCase const& found, std::optional<store::Recommendation> const& terms)
{
    auto const count = terms ? count_left_out(visit, found, *terms) : 0;
    if (count == 0)
        return {};
    return words(
        "Others who asked for the same: {}. For so many of them this opens nothing: {}. Their pages will say so, and that "
        "they can ask again.",
        found.merged.size(), count);
}

void check_left_out(
    Visit const& visit, RequestCase const& found, store::Recommendation const& terms, std::vector<Problem>& problems)
{
    // By the number, so that one more who asks meanwhile is told of as well.
    auto const count = count_left_out(visit, found, terms);
    if (count > 0 && visit.form(left_out) != std::to_string(count))
        problems.push_back({std::string(left_out), left_out_text(visit, found, terms)});
}

Field left_out_field(
    Visit const& visit, RequestCase const& found, store::Recommendation const& terms, std::vector<Problem> const& problems)
{
    return {Field::Kind::checkboxes, std::string(left_out), "Not everybody who asked would get something",
        "Choose for whom and what opens so that it is for them too, or send it as it is.", "",
        {{std::to_string(count_left_out(visit, found, terms)), "Send it all the same", ""}}, problem_with(problems, left_out)};
}

} // namespace gatehouse::portal::console
