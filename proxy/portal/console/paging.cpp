#include "proxy/portal/console/paging.hpp"

#include "proxy/portal/form_data.hpp"

namespace gatehouse::portal::console {

namespace {

std::string address_of(Visit const& visit, std::string_view path, std::string_view name, std::size_t number)
{
    auto query = visit.request.query;
    std::erase_if(query, [&](auto const& field) { return field.first == name || field.first == "done"; });
    query.emplace_back(name, std::to_string(number));
    return with_query(path, query);
}

} // namespace

Paging paging_of(std::string_view asked, std::size_t all)
{
    Paging paging{1, all};
    auto const number = parse_id(asked);
    if (number && *number > 0)
        paging.number = std::min(static_cast<std::size_t>(*number), paging.last_number());
    return paging;
}

Words more_lines(std::size_t count)
{
    return count == 1 ? Words("And one more line.") : words("And {} more lines.", count);
}

void add_paging(Page& page, Visit const& visit, Paging const& paging, std::string_view path, PagedTable const& table)
{
    if (paging.last_number() == 1)
        return;
    page.parts.push_back(paragraph(
        words("{} to {} of {}", shown_number(paging.skipped() + 1), shown_number(paging.end()), shown_number(paging.all))));
    bool const has_next = paging.number < paging.last_number();
    auto const address = [&](std::size_t number) { return address_of(visit, path, table.name, number); };
    page.parts.push_back(pages({"Previous page", paging.number == 1 ? std::string() : address(paging.number - 1)},
        {"Next page", has_next ? address(paging.number + 1) : std::string()}, table.caption));
}

} // namespace gatehouse::portal::console
