#include "proxy/log/day_search.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/day_query.hpp"
#include "proxy/log/day_schema.hpp"
#include "proxy/log/fields.hpp"

#include <fmt/format.h>

#include <charconv>

namespace gatehouse::log {
namespace {

using std::chrono::microseconds;

constexpr int busy_milliseconds = 250;
constexpr int first_text_column = number_column_count;
constexpr int client_text_column = number_column_count + static_cast<int>(text_fields.size());
constexpr int upstream_text_column = client_text_column + 1;

/// A stored number as an enumerator; one that a damaged file could hold beyond the last becomes the first.
template <class Enum>
Enum enumerator(sqlite3_stmt* row, int column, Enum last)
{
    auto const value = sqlite3_column_int64(row, column);
    return value >= 0 && value <= static_cast<std::int64_t>(last) ? static_cast<Enum>(value) : Enum{};
}

policy::SignalSet signals_of(std::int64_t bits)
{
    policy::SignalSet signals;
    for (unsigned i = 0; i < policy::signal_count; ++i)
        if ((bits >> i) & 1)
            signals.add(static_cast<policy::Signal>(i));
    return signals;
}

policy::IpAddress address_of(std::string_view text)
{
    auto const address = policy::IpAddress::parse(text);
    return address ? *address : policy::IpAddress{};
}

StoredRecord record_of(sqlite3_stmt* row, Day day)
{
    auto const number = [row](int column) { return sqlite3_column_int64(row, column); };
    StoredRecord record;
    record.key = to_text(RowKey{day, number(0)});
    record.at = Instant{day} + microseconds{number(0) + number(1)};
    record.elapsed = microseconds{number(2)};
    record.device_kind = enumerator(row, 5, policy::DeviceKind::personal);
    record.confidence = enumerator(row, 6, policy::Confidence::password);
    record.port = static_cast<std::uint16_t>(number(7));
    record.status = static_cast<unsigned>(number(8));
    record.bytes_to_client = static_cast<std::uint64_t>(number(9));
    record.bytes_from_client = static_cast<std::uint64_t>(number(10));
    record.code = enumerator(row, 11, ResultCode::tcp_aborted);
    record.verdict = enumerator(row, 12, policy::Verdict::block);
    record.tls = enumerator(row, 13, policy::TlsAction::terminate);
    record.signals = signals_of(number(14));
    record.list_line = static_cast<std::uint32_t>(number(15));
    int column = first_text_column;
    for (auto const& field : text_fields)
        record.*field.stored = column_text(row, column++);
    record.client = address_of(column_text(row, client_text_column));
    record.upstream = address_of(column_text(row, upstream_text_column));
    return record;
}

} // namespace

std::string to_text(RowKey const& key)
{
    return fmt::format("{}.{}", to_text(key.day), key.id);
}

std::optional<RowKey> parse_row_key(std::string_view text)
{
    auto const dot = text.find('.');
    if (dot == std::string_view::npos)
        return std::nullopt;
    auto const day = parse_day(text.substr(0, dot));
    auto const digits = text.substr(dot + 1);
    std::int64_t id = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (!day || error != std::errc{} || end != digits.data() + digits.size() || id < 0)
        return std::nullopt;
    return RowKey{*day, id};
}

result<DayReader> DayReader::open(std::filesystem::path const& dir, Day day)
{
    auto database = open_database(day_file_path(dir, day).string(), SQLITE_OPEN_READONLY);
    if (!database)
        return database.error();
    sqlite3_busy_timeout(database->get(), busy_milliseconds);
    auto const version = query_integer(database->get(), "PRAGMA user_version");
    if (!version)
        return version.error();
    if (*version != schema_version)
        return sqlite_error(SQLITE_NOTADB);
    return DayReader{std::move(*database), day};
}

error_code DayReader::search(SearchQuery const& query, std::int64_t before, std::size_t room, std::vector<StoredRecord>& rows)
{
    auto const day_query = make_day_query(database_.get(), query, day_, before);
    if (!day_query)
        return day_query.error();
    if (day_query->matches_nothing)
        return {};
    auto ids = day_query->select_ids(database_.get(), room);
    if (!ids)
        return ids.error();
    auto whole = prepare(database_.get(), select_sql());
    if (!whole)
        return whole.error();
    for (;;) {
        auto code = sqlite3_step(ids->get());
        if (code != SQLITE_ROW)
            return code == SQLITE_DONE ? error_code{} : sqlite_error(code);
        sqlite3_bind_int64(whole->get(), 1, sqlite3_column_int64(ids->get(), 0));
        code = sqlite3_step(whole->get());
        if (code != SQLITE_ROW)
            return sqlite_error(code == SQLITE_DONE ? SQLITE_CORRUPT : code);
        rows.push_back(record_of(whole->get(), day_));
        sqlite3_reset(whole->get());
    }
}

result<std::optional<StoredRecord>> DayReader::read(std::int64_t id)
{
    auto whole = prepare(database_.get(), select_sql());
    if (!whole)
        return whole.error();
    sqlite3_bind_int64(whole->get(), 1, id);
    auto const code = sqlite3_step(whole->get());
    if (code == SQLITE_DONE)
        return std::optional<StoredRecord>{};
    if (code != SQLITE_ROW)
        return sqlite_error(code);
    return std::optional{record_of(whole->get(), day_)};
}

} // namespace gatehouse::log
