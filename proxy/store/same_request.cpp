#include "proxy/store/same_request.hpp"

#include "proxy/store/unblock_rows.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view fits = "WHERE r.state IN (?1, ?2) AND r.id <> ?3"
                                  " AND (?4 = '' OR instr(lower(r.host || r.path || char(10) || r.reference), lower(?4)) > 0)";

} // namespace

result<std::vector<UnblockRequest>> list_same(Ledger& ledger, SameSearch const& search, std::size_t limit, std::size_t skipped)
{
    auto const than = load_request(ledger, search.than);
    if (!than)
        return than.error();
    static std::string const sql
        = fmt::format("{}{} ORDER BY r.host IN (?5, ?6) DESC, r.id LIMIT ?7 OFFSET ?8", select_request(), fits);
    std::string const bare{without_www(than->request.host)};
    auto const read = [](Statement const& row) { return read_request_row(row).request; };
    return ledger.database().collect(sql, read, RequestState::submitted, RequestState::recommended, search.than, search.part,
        bare, "www." + bare, static_cast<std::int64_t>(limit), static_cast<std::int64_t>(skipped));
}

result<std::size_t> count_same(Ledger& ledger, SameSearch const& search)
{
    static std::string const sql = fmt::format("SELECT count(*) FROM unblock_requests r {}", fits);
    auto const read = [](Statement const& row) { return static_cast<std::size_t>(row.integer(0)); };
    auto const found
        = ledger.database().first(sql, read, RequestState::submitted, RequestState::recommended, search.than, search.part);
    if (!found)
        return found.error();
    return found->value_or(0);
}

} // namespace gatehouse::store
