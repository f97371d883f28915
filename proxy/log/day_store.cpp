#include "proxy/log/day_store.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/day_schema.hpp"
#include "proxy/log/day_upgrade.hpp"
#include "proxy/log/squid_format.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace gatehouse::log {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic{"SQLite format 3\0", 16};

constexpr char settings_sql[] = "PRAGMA page_size = 4096;"
                                "PRAGMA journal_mode = WAL;"
                                "PRAGMA synchronous = NORMAL;"
                                "PRAGMA wal_autocheckpoint = 4000;" // pages: one checkpoint each 16 MB
                                "PRAGMA cache_size = -4000;" // KiB: it holds the end of the file and most of the dictionaries
                                "PRAGMA temp_store = MEMORY;";
constexpr int busy_milliseconds = 1000; // someone else may hold the file for a moment

void remove_journals(fs::path const& path)
{
    std::error_code ignored;
    fs::remove(path.string() + "-wal", ignored);
    fs::remove(path.string() + "-shm", ignored);
}

/// Moves a broken file out of the way, keeping it for a look.
void rename_damaged(fs::path const& path)
{
    auto aside = path.string() + ".damaged";
    std::error_code ignored;
    for (unsigned i = 1; fs::exists(aside, ignored); ++i)
        aside = path.string() + ".damaged." + std::to_string(i);
    fs::rename(path, aside, ignored);
}

/// Gives the connection our tables; fails as damaged if it has others.
error_code take_over(sqlite3* database)
{
    sqlite3_busy_timeout(database, busy_milliseconds);
    if (auto const error = execute(database, settings_sql))
        return error;
    auto const version = query_integer(database, "PRAGMA user_version");
    if (!version)
        return version.error();
    if (*version == schema_version)
        return {};
    if (*version == 1)
        return upgrade_version_1(database, [] { return true; });
    auto const tables = query_integer(database, "SELECT count(*) FROM sqlite_schema");
    if (!tables)
        return tables.error();
    if (*tables != 0)
        return sqlite_error(SQLITE_NOTADB);
    return execute(database, fmt::format("BEGIN IMMEDIATE;{}{}COMMIT;", dictionary_sql, block_sql).c_str());
}

} // namespace

std::string reversed_labels(std::string_view host)
{
    std::string reversed;
    reversed.reserve(host.size() + 1);
    while (!host.empty()) {
        auto const dot = host.rfind('.');
        auto const label = dot == std::string_view::npos ? host : host.substr(dot + 1);
        reversed += label;
        reversed += '.';
        host = dot == std::string_view::npos ? std::string_view{} : host.substr(0, dot);
    }
    return reversed;
}

DayStore::DayStore(Database database, BlockWriter blocks, fs::path path, Day day)
    : database_{std::move(database)}
    , blocks_{std::move(blocks)}
    , path_{std::move(path)}
    , day_{day}
{
}

result<std::unique_ptr<DayStore>> DayStore::open(fs::path const& dir, Day day, bool& replaced)
{
    auto const path = day_file_path(dir, day);
    auto store = open_ours(path, day);
    if (store || !is_damage(store.error()))
        return store;
    replaced = true;
    rename_damaged(path);
    remove_journals(path);
    return open_ours(path, day);
}

result<std::unique_ptr<DayStore>> DayStore::open_ours(fs::path const& path, Day day)
{
    auto database = open_database(path.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!database)
        return database.error();
    if (auto const error = take_over(database->get()))
        return error;
    auto blocks = BlockWriter::open(database->get());
    if (!blocks)
        return blocks.error();
    std::unique_ptr<DayStore> store{new DayStore{std::move(*database), std::move(*blocks), path, day}};
    if (auto const error = store->prepare_statements())
        return error;
    if (auto const error = store->remember_file())
        return error;
    return store;
}

error_code DayStore::prepare_statements()
{
    Statement find_word, add_word, find_host, add_host;
    struct Wanted {
        Statement& statement;
        char const* sql;
    };
    for (auto const& [statement, sql] :
        {Wanted{begin_, "BEGIN IMMEDIATE"}, Wanted{commit_, "COMMIT"}, Wanted{find_word, "SELECT id FROM word WHERE text = ?"},
            Wanted{add_word, "INSERT INTO word(text) VALUES (?)"}, Wanted{find_host, "SELECT id FROM host WHERE reversed = ?"},
            Wanted{add_host, "INSERT INTO host(reversed, name) VALUES (?, ?)"}}) {
        auto prepared = prepare(database_.get(), sql);
        if (!prepared)
            return prepared.error();
        statement = std::move(*prepared);
    }
    words_ = Words{std::move(find_word), std::move(add_word)};
    hosts_ = Words{std::move(find_host), std::move(add_host)};
    return {};
}

error_code DayStore::remember_file()
{
    struct stat status { };
    if (::stat(path_.c_str(), &status) != 0)
        return {errno, boost::system::system_category()};
    device_ = status.st_dev;
    inode_ = status.st_ino;
    size_ = status.st_size;
    return {};
}

bool DayStore::is_intact()
{
    struct stat status { };
    if (::stat(path_.c_str(), &status) != 0 || status.st_dev != device_ || status.st_ino != inode_
        || status.st_size < size_) // SQLite never makes a file shorter without VACUUM
        return false;
    size_ = status.st_size;
    // Read through SQLite's own descriptor: closing another one of the same file would drop its locks (POSIX advisory locks).
    sqlite3_file* file = nullptr;
    std::array<char, magic.size()> head{};
    sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return file && file->pMethods && file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0) == SQLITE_OK
        && std::string_view{head.data(), head.size()} == magic;
}

void DayStore::put_aside() const
{
    struct stat status { };
    if (::stat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_)
        rename_damaged(path_);
}

void DayStore::sync()
{
    sqlite3_file* journal = nullptr;
    sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
    if (journal && journal->pMethods)
        journal->pMethods->xSync(journal, SQLITE_SYNC_NORMAL);
}

void DayStore::seal()
{
    sqlite3_busy_timeout(
        database_.get(), 0); // a reader in the way: then the file keeps its journal, which readers understand too
    execute(database_.get(), "PRAGMA journal_mode = DELETE");
}

error_code DayStore::write(std::span<AccessRecord const* const> rows)
{
    if (auto const error = step_once(begin_.get()))
        return error;
    for (auto const* row : rows)
        if (auto const error = add(*row))
            return error;
    if (auto const error = blocks_.store())
        return error;
    return step_once(commit_.get());
}

error_code DayStore::add(AccessRecord const& record)
{
    add_numbers(record);
    if (auto const error = add_address(Column::client, record.client))
        return error;
    if (auto const error = add_address(Column::upstream, record.upstream))
        return error;
    if (auto const error = add_texts(record))
        return error;
    return blocks_.row_added();
}

void DayStore::add_numbers(AccessRecord const& record)
{
    auto& columns = blocks_.columns();
    auto const count = [](auto time) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.count())); };
    columns.add_number(Column::at, count(std::chrono::floor<std::chrono::microseconds>(record.at - day_)));
    columns.add_number(Column::elapsed, count(record.elapsed));
    columns.add_number(Column::device_kind, static_cast<std::uint64_t>(record.device_kind));
    columns.add_number(Column::confidence, static_cast<std::uint64_t>(record.confidence));
    columns.add_number(Column::port, record.port);
    columns.add_number(Column::status, record.status);
    columns.add_number(Column::sent, record.bytes_to_client);
    columns.add_number(Column::received, record.bytes_from_client);
    columns.add_number(Column::code, static_cast<std::uint64_t>(record.code));
    columns.add_number(Column::verdict, static_cast<std::uint64_t>(record.verdict));
    columns.add_number(Column::tls, static_cast<std::uint64_t>(record.tls));
    columns.add_number(Column::signals, record.signals.bits());
    columns.add_number(Column::list_line, record.list_line);
}

error_code DayStore::add_address(Column column, policy::IpAddress const& address)
{
    address_.clear();
    if (column == Column::client || address != policy::IpAddress{})
        append_address(address_, address);
    auto const number = number_of(column, Kept::as_word, address_.view());
    if (!number)
        return number.error();
    blocks_.columns().add_number(column, *number);
    return {};
}

error_code DayStore::add_texts(AccessRecord const& record)
{
    for (std::size_t field = 0; field < text_fields.size(); ++field) {
        auto const text = record.*text_fields[field].seen;
        auto const column = column_of_field(field);
        if (text_fields[field].kept == Kept::in_row) {
            blocks_.columns().add_text(column, text);
            continue;
        }
        auto const number = number_of(column, text_fields[field].kept, text);
        if (!number)
            return number.error();
        blocks_.columns().add_number(column, *number);
    }
    return {};
}

/// The number of a text in its table, zero for the empty one.
result<std::uint64_t> DayStore::number_of(Column column, Kept kept, std::string_view text)
{
    if (text.empty())
        return 0U;
    auto const place = text.size() + 3 * static_cast<unsigned char>(text.front()) + 5 * static_cast<unsigned char>(text.back());
    auto& recent = recent_[index_of(column)][place % recent_texts];
    if (recent.text == text)
        return recent.number;
    auto& table = kept == Kept::as_host ? hosts_ : words_;
    auto number = table.remembered(text);
    if (number == 0) {
        auto const found = kept == Kept::as_host ? table.number_of(text, reversed_labels(text)) : table.number_of(text, text);
        if (!found)
            return found.error();
        number = *found;
    }
    recent.text = text;
    recent.number = static_cast<std::uint64_t>(number);
    return recent.number;
}

} // namespace gatehouse::log
