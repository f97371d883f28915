#include "proxy/log/search.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/day_search.hpp"

#include <boost/system/errc.hpp>

#include <algorithm>
#include <limits>

namespace gatehouse::log {
namespace {

namespace errc = boost::system::errc;
using clock = std::chrono::steady_clock;

constexpr std::size_t largest_page = 10000;
constexpr auto any_id = std::numeric_limits<std::int64_t>::max();

/// Days that the query could find rows in. A day before `from` is kept if it ends after it; rows never lie outside their day's file.
bool concerns(SearchQuery const& query, std::optional<RowKey> const& cursor, Day day)
{
    if (cursor && day > cursor->day)
        return false;
    if (query.to && Instant{day} >= *query.to)
        return false;
    return !query.from || Instant{day + std::chrono::days{1}} > *query.from;
}

} // namespace

result<SearchPage> search(std::filesystem::path const& log_dir, SearchQuery const& query)
{
    std::optional<RowKey> cursor;
    if (!query.cursor.empty()) {
        cursor = parse_row_key(query.cursor);
        if (!cursor)
            return make_error_code(errc::invalid_argument);
    }
    auto const days = list_days(log_dir);
    if (!days)
        return make_error_code(errc::io_error);
    auto const give_up = clock::now() + query.budget;
    auto const limit = std::clamp<std::size_t>(query.limit, 1, largest_page);
    SearchPage page;
    bool is_first = true;
    for (auto const day : *days) {
        if (!concerns(query, cursor, day))
            continue;
        if (!std::exchange(is_first, false) && clock::now() >= give_up) {
            page.complete = false;
            page.next = to_text(RowKey{day, any_id});
            return page;
        }
        auto const before = cursor && cursor->day == day ? cursor->id : any_id;
        auto reader = DayReader::open(log_dir, day);
        auto const whole = page.rows.size();
        // One row more than asked for tells whether another page follows.
        if (!reader || reader->search(query, before, limit + 1 - whole, page.rows)) {
            page.rows.resize(whole); // what a damaged cell left half read is no record of anything
            ++page.unreadable_days;
        }
        if (page.rows.size() > limit)
            break;
    }
    if (page.rows.size() > limit) {
        page.rows.resize(limit);
        page.next = page.rows.back().key;
    }
    return page;
}

result<std::optional<StoredRecord>> read_row(std::filesystem::path const& log_dir, std::string_view key)
{
    auto const parsed = parse_row_key(key);
    if (!parsed)
        return make_error_code(errc::invalid_argument);
    if (!std::filesystem::exists(day_file_path(log_dir, parsed->day)))
        return std::optional<StoredRecord>{};
    auto reader = DayReader::open(log_dir, parsed->day);
    if (!reader)
        return make_error_code(errc::io_error);
    auto row = reader->read(parsed->id);
    if (!row)
        return make_error_code(errc::io_error);
    return row;
}

} // namespace gatehouse::log
