#pragma once
// Long tables fifty rows at a time: which of them "?page=2" means, how many there are in all, and the way to the others.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

inline constexpr std::size_t rows_of_page = 50;

/// One page of a table of `all` rows.
struct Paging {
    std::size_t number = 1, all = 0;

    std::size_t last_number() const { return all == 0 ? 1 : (all + rows_of_page - 1) / rows_of_page; }
    std::size_t skipped() const { return (number - 1) * rows_of_page; }
    std::size_t end() const { return std::min(all, skipped() + rows_of_page); }
};
/// `asked`: as in the query. What is no number is the first page, what lies behind the last one is the last.
Paging paging_of(std::string_view asked, std::size_t all);

/// Those of the page.
template <class Row>
std::vector<Row> rows_on(Paging const& paging, std::vector<Row> const& rows)
{
    auto const at = [&](std::size_t row) { return rows.begin() + static_cast<std::ptrdiff_t>(row); };
    return {at(paging.skipped()), at(paging.end())};
}

/// A page of a table that the store counts and reads.
template <class Row>
struct PageOf {
    Paging paging;
    std::vector<Row> rows;
};
/// `count()` and `read(limit, skipped)` ask the store, both in one job. Errors: theirs.
template <class Count, class Read>
auto read_page(std::string_view asked, Count const& count, Read const& read)
    -> result<PageOf<typename decltype(read(rows_of_page, rows_of_page))::value_type::value_type>>
{
    auto const all = count();
    if (!all)
        return all.error();
    auto const paging = paging_of(asked, *all);
    auto rows = read(rows_of_page, paging.skipped());
    if (!rows)
        return rows.error();
    return PageOf<typename decltype(rows)::value_type::value_type>{paging, std::move(*rows)};
}

/// Which table of its page it is, where there are several.
struct PagedTable {
    std::string_view name = "page"; ///< in the query
    Words caption = {};
};
/// "51 to 100 of 2,000", and links to the pages before and after of `path` that keep the rest of the query. Nothing where there is only one.
void add_paging(Page& page, Visit const& visit, Paging const& paging, std::string_view path, PagedTable const& table = {});

/// Under the first rows of a list: how many of it are not shown.
Words more_lines(std::size_t count);

} // namespace gatehouse::portal::console
