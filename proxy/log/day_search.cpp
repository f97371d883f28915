#include "proxy/log/day_search.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/day_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace gatehouse::log {
namespace {

using std::chrono::microseconds;

constexpr int reader_patience = 250;

/// A stored number as an enumerator; one that a damaged file could hold beyond the last becomes the first.
template <class Enum>
Enum enumerator(std::uint64_t value, Enum last)
{
    return value <= static_cast<std::uint64_t>(last) ? static_cast<Enum>(value) : Enum{};
}

policy::SignalSet signals_of(std::uint64_t bits)
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

std::uint64_t id_of(Block const& block, std::uint32_t row, std::uint64_t at)
{
    constexpr std::uint64_t arrival_mask = (std::uint64_t{1} << arrival_bits) - 1;
    return (at << arrival_bits) | ((static_cast<std::uint64_t>(block.first) + row) & arrival_mask);
}

void set_number(StoredRecord& record, Column column, std::uint64_t value)
{
    switch (column) {
    case Column::elapsed: record.elapsed = microseconds{value}; break;
    case Column::device_kind: record.device_kind = enumerator(value, policy::DeviceKind::personal); break;
    case Column::confidence: record.confidence = enumerator(value, policy::Confidence::password); break;
    case Column::port: record.port = static_cast<std::uint16_t>(value); break;
    case Column::status: record.status = static_cast<unsigned>(value); break;
    case Column::sent: record.bytes_to_client = value; break;
    case Column::received: record.bytes_from_client = value; break;
    case Column::code: record.code = enumerator(value, ResultCode::tcp_aborted); break;
    case Column::verdict: record.verdict = enumerator(value, policy::Verdict::block); break;
    case Column::tls: record.tls = enumerator(value, policy::TlsAction::terminate); break;
    case Column::signals: record.signals = signals_of(value); break;
    case Column::list_line: record.list_line = static_cast<std::uint32_t>(value); break;
    default: break;
    }
}

/// Column::at comes with the row's number.
constexpr std::array plain_numbers{Column::elapsed, Column::device_kind, Column::confidence, Column::port, Column::status,
    Column::sent, Column::received, Column::code, Column::verdict, Column::tls, Column::signals, Column::list_line};

/// True for the texts that a decision goes by.
bool decides(std::size_t field)
{
    constexpr std::array deciding{&StoredRecord::user, &StoredRecord::role, &StoredRecord::group, &StoredRecord::network,
        &StoredRecord::device, &StoredRecord::method, &StoredRecord::scheme, &StoredRecord::host, &StoredRecord::path};
    return std::find(deciding.begin(), deciding.end(), text_fields[field].stored) != deciding.end();
}

} // namespace

std::uint64_t word_number(sqlite3* database, std::string_view text)
{
    auto find = prepare(database, "SELECT id FROM word WHERE text = ?");
    if (!find)
        return 0;
    bind_text(find->get(), 1, text);
    return sqlite3_step(find->get()) == SQLITE_ROW ? static_cast<std::uint64_t>(sqlite3_column_int64(find->get(), 0)) : 0;
}

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

DayReader::DayReader(Database database, Day day, BlockReader cells, Statement word, Statement host)
    : database_{std::move(database)}
    , day_{day}
    , cells_{std::move(cells)}
    , words_{std::move(word)}
    , hosts_{std::move(host)}
{
}

result<DayReader> DayReader::open(std::filesystem::path const& dir, Day day)
{
    auto database = open_database(day_file_path(dir, day).string(), SQLITE_OPEN_READONLY);
    if (!database)
        return database.error();
    sqlite3_busy_timeout(database->get(), reader_patience);
    // One transaction for everything that follows: the writer may join blocks meanwhile.
    if (auto const error = execute(database->get(), "BEGIN"))
        return error;
    auto const version = query_integer(database->get(), "PRAGMA user_version");
    if (!version)
        return version.error();
    if (*version != schema_version)
        return sqlite_error(SQLITE_NOTADB);
    auto cells = BlockReader::open(database->get());
    if (!cells)
        return cells.error();
    auto word = prepare(database->get(), "SELECT text FROM word WHERE id = ?");
    if (!word)
        return word.error();
    auto host = prepare(database->get(), "SELECT name FROM host WHERE id = ?");
    if (!host)
        return host.error();
    return DayReader{std::move(*database), day, std::move(*cells), std::move(*word), std::move(*host)};
}

error_code DayReader::search(SearchQuery const& query, std::int64_t before, std::size_t room, std::vector<StoredRecord>& rows)
{
    auto const day_query = make_day_query(database_.get(), query, day_, static_cast<std::uint64_t>(before));
    if (!day_query)
        return day_query.error();
    if (day_query->matches_nothing)
        return {};
    auto const blocks = cells_.blocks(day_query->from, day_query->to);
    if (!blocks)
        return blocks.error();
    std::vector<Found> found;
    for (auto const& block : *blocks) {
        // Blocks overlap where the clock was set back: those that could still hold newer rows are looked at too.
        if (found.size() == room && static_cast<std::uint64_t>(block.newest) < found.back().id >> arrival_bits)
            break;
        if (auto const error = match(*day_query, block, found))
            return error;
        std::sort(found.begin(), found.end(), [](auto& left, auto& right) { return left.id > right.id; });
        found.resize(std::min(found.size(), room));
    }
    return read_rows(found, query.fields, rows);
}

/// Adds the rows of a block that match.
error_code DayReader::match(DayQuery const& query, Block const& block, std::vector<Found>& found)
{
    std::vector<std::uint32_t> rows(block.rows);
    std::iota(rows.begin(), rows.end(), 0U);
    if (auto const error = keep_matching(query, block, rows); error || rows.empty())
        return error;
    auto const times = cells_.numbers(block, Column::at);
    if (!times)
        return times.error();
    for (auto const row : rows) {
        auto const at = (*times)[row];
        auto const id = id_of(block, row, at);
        auto const time = static_cast<std::int64_t>(at);
        if (time >= query.from && time <= query.to && id < query.before)
            found.push_back({id, block, row});
    }
    return {};
}

error_code DayReader::keep_matching(DayQuery const& query, Block const& block, std::vector<std::uint32_t>& rows)
{
    for (auto const& wanted : query.wanted) {
        auto const numbers = cells_.numbers(block, wanted.column);
        if (!numbers)
            return numbers.error();
        numbers->keep(rows, wanted.ids);
        if (rows.empty())
            return {};
    }
    if (query.only_blocked || query.only_allowed) {
        auto const verdicts = cells_.numbers(block, Column::verdict);
        if (!verdicts)
            return verdicts.error();
        constexpr auto blocked = static_cast<std::uint64_t>(policy::Verdict::block);
        if (query.only_blocked)
            verdicts->keep(rows, [](std::uint64_t verdict) { return verdict == blocked; });
        if (query.only_allowed)
            verdicts->keep(rows, [](std::uint64_t verdict) { return verdict != blocked; });
    }
    if (!query.decision.empty() && !rows.empty()) {
        auto const decisions = cells_.texts(block, column_of(&AccessRecord::decision_id));
        if (!decisions)
            return decisions.error();
        std::erase_if(rows, [&](auto row) { return (*decisions)[row] != query.decision; });
    }
    return query.part.empty() || rows.empty() ? error_code{} : keep_with_text(query, block, rows);
}

/// Keeps the rows that hold the text in any of five columns.
error_code DayReader::keep_with_text(DayQuery const& query, Block const& block, std::vector<std::uint32_t>& rows)
{
    struct Place {
        Column column;
        IdSet const& ids;
    };
    std::vector<std::uint32_t> others = rows, holding;
    auto const take = [&](auto const& fits) {
        std::erase_if(others, [&](auto row) {
            if (!fits(row))
                return false;
            holding.push_back(row);
            return true;
        });
    };
    for (auto const& place :
        {Place{column_of(&AccessRecord::host), query.hosts_with}, Place{column_of(&AccessRecord::sni), query.words_with},
            Place{column_of(&AccessRecord::user_agent), query.words_with}}) {
        if (place.ids.empty())
            continue;
        auto const numbers = cells_.numbers(block, place.column);
        if (!numbers)
            return numbers.error();
        take([&](auto row) { return place.ids((*numbers)[row]); });
    }
    for (auto const column : {column_of(&AccessRecord::path), column_of(&AccessRecord::search)}) {
        auto const texts = cells_.texts(block, column);
        if (!texts)
            return texts.error();
        take([&](auto row) { return contains_ignoring_case((*texts)[row], query.part); });
    }
    rows = std::move(holding);
    return {};
}

/// Adds the rows whole, block by block, since a block's cells are read one after the other.
error_code DayReader::read_rows(std::span<Found const> found, SearchQuery::Fields fields, std::vector<StoredRecord>& rows)
{
    auto const old_size = rows.size();
    rows.resize(old_size + found.size());
    std::vector<Found const*> of_block;
    std::vector<StoredRecord*> records;
    std::vector<bool> is_read(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (is_read[i])
            continue;
        of_block.clear();
        records.clear();
        for (auto j = i; j < found.size(); ++j)
            if (found[j].block.first == found[i].block.first) {
                of_block.push_back(&found[j]);
                records.push_back(&rows[old_size + j]);
                is_read[j] = true;
            }
        if (auto const error = read_block(found[i].block, of_block, fields, records))
            return error;
    }
    return {};
}

error_code DayReader::read_block(
    Block const& block, std::span<Found const*> found, SearchQuery::Fields fields, std::span<StoredRecord*> rows)
{
    for (std::size_t i = 0; i < found.size(); ++i) {
        rows[i]->key = to_text(RowKey{day_, static_cast<std::int64_t>(found[i]->id)});
        rows[i]->at = Instant{day_} + microseconds{found[i]->id >> arrival_bits};
    }
    for (auto const column : plain_numbers) {
        auto const numbers = cells_.numbers(block, column);
        if (!numbers)
            return numbers.error();
        for (std::size_t i = 0; i < found.size(); ++i)
            set_number(*rows[i], column, (*numbers)[found[i]->row]);
    }
    for (auto const column : {Column::client, Column::upstream}) {
        auto const numbers = cells_.numbers(block, column);
        if (!numbers)
            return numbers.error();
        for (std::size_t i = 0; i < found.size(); ++i)
            (column == Column::client ? rows[i]->client : rows[i]->upstream) = address_of(words_[(*numbers)[found[i]->row]]);
    }
    for (std::size_t field = 0; field < text_fields.size(); ++field) {
        if (fields == SearchQuery::Fields::of_decision && !decides(field))
            continue;
        if (auto const error = read_field(block, field, found, rows))
            return error;
    }
    return {};
}

error_code DayReader::read_field(
    Block const& block, std::size_t field, std::span<Found const*> found, std::span<StoredRecord*> rows)
{
    auto const& [seen, stored, column, kept] = text_fields[field];
    if (kept == Kept::in_row) {
        auto const texts = cells_.texts(block, column_of_field(field));
        if (!texts)
            return texts.error();
        for (std::size_t i = 0; i < found.size(); ++i)
            rows[i]->*stored = (*texts)[found[i]->row];
        return {};
    }
    auto const numbers = cells_.numbers(block, column_of_field(field));
    if (!numbers)
        return numbers.error();
    auto& table = kept == Kept::as_host ? hosts_ : words_;
    for (std::size_t i = 0; i < found.size(); ++i)
        rows[i]->*stored = table[(*numbers)[found[i]->row]];
    return {};
}

std::string const& DayReader::Texts::operator[](std::uint64_t number)
{
    static std::string const nothing;
    if (number == 0)
        return nothing;
    if (auto const known = remembered_.find(number); known != remembered_.end())
        return known->second;
    if (remembered_.size() >= most_remembered)
        remembered_.clear();
    sqlite3_reset(find_.get());
    sqlite3_bind_int64(find_.get(), 1, static_cast<std::int64_t>(number));
    auto text = sqlite3_step(find_.get()) == SQLITE_ROW ? std::string{column_text(find_.get(), 0)} : std::string{};
    return remembered_.emplace(number, std::move(text)).first->second;
}

result<std::optional<StoredRecord>> DayReader::read(std::int64_t id)
{
    auto const wanted = static_cast<std::uint64_t>(id);
    auto const at = static_cast<std::int64_t>(wanted >> arrival_bits);
    auto const blocks = cells_.blocks(at, at);
    if (!blocks)
        return blocks.error();
    for (auto const& block : *blocks) {
        auto const times = cells_.numbers(block, Column::at);
        if (!times)
            return times.error();
        for (std::uint32_t row = 0; row < block.rows; ++row) {
            if (id_of(block, row, (*times)[row]) != wanted)
                continue;
            std::vector<StoredRecord> rows;
            if (auto const error = read_rows(std::array{Found{wanted, block, row}}, SearchQuery::Fields::all, rows))
                return error;
            return std::optional{std::move(rows.front())};
        }
    }
    return std::optional<StoredRecord>{};
}

} // namespace gatehouse::log
