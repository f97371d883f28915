#include "proxy/log/day_store.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/day_schema.hpp"
#include "proxy/log/fields.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>

namespace gatehouse::log {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;

/// Bound of each table of known words in memory; beyond it, it is begun anew and words are looked up in the file again.
constexpr std::size_t known_words = 65536;
/// Rows this near to the newest one are numbered after it; older ones (the clock was set back) take their own place.
constexpr std::int64_t near_enough = 1'000'000;
constexpr std::string_view magic{"SQLite format 3\0", 16};

constexpr char settings_sql[] = "PRAGMA page_size = 4096;"
                                "PRAGMA journal_mode = WAL;"
                                "PRAGMA synchronous = NORMAL;"
                                "PRAGMA wal_autocheckpoint = 4000;" // pages: one checkpoint each 16 MB
                                "PRAGMA cache_size = -16000;"       // KiB
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
    for (unsigned i = 1; fs::exists(aside); ++i)
        aside = path.string() + ".damaged." + std::to_string(i);
    std::error_code ignored;
    fs::rename(path, aside, ignored);
}

error_code step_once(sqlite3_stmt* statement)
{
    auto const code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? error_code{} : sqlite_error(code);
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
    auto const tables = query_integer(database, "SELECT count(*) FROM sqlite_schema");
    if (!tables)
        return tables.error();
    if (*tables != 0)
        return sqlite_error(SQLITE_NOTADB);
    return execute(database, ("BEGIN IMMEDIATE;" + schema_sql() + "COMMIT;").c_str());
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

DayStore::DayStore(Database database, fs::path path, Day day)
    : database_{std::move(database)}
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
    std::unique_ptr<DayStore> store{new DayStore{std::move(*database), path, day}};
    if (auto const error = store->prepare_statements())
        return error;
    if (auto const error = store->remember_file())
        return error;
    return store;
}

error_code DayStore::prepare_statements()
{
    struct Wanted {
        Statement DayStore::*statement;
        std::string sql;
    };
    std::array<Wanted, 7> const wanted{{
        {&DayStore::begin_, "BEGIN IMMEDIATE"},
        {&DayStore::commit_, "COMMIT"},
        {&DayStore::insert_, insert_sql()},
        {&DayStore::find_word_, "SELECT id FROM word WHERE text = ?"},
        {&DayStore::add_word_, "INSERT INTO word(text) VALUES (?)"},
        {&DayStore::find_host_, "SELECT id FROM host WHERE reversed = ?"},
        {&DayStore::add_host_, "INSERT INTO host(reversed, name) VALUES (?, ?)"},
    }};
    for (auto const& [statement, sql] : wanted) {
        auto prepared = prepare(database_.get(), sql);
        if (!prepared)
            return prepared.error();
        this->*statement = std::move(*prepared);
    }
    auto const newest = query_integer(database_.get(), "SELECT coalesce(max(id), -1) FROM access");
    if (!newest)
        return newest.error();
    last_id_ = *newest;
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
        if (auto const error = insert(*row))
            return error;
    return step_once(commit_.get());
}

std::int64_t DayStore::next_id(std::int64_t at) const
{
    return at > last_id_ || last_id_ - at > near_enough ? at : last_id_ + 1;
}

error_code DayStore::insert(AccessRecord const& record)
{
    auto const at = std::chrono::floor<microseconds>(record.at - day_).count();
    bind_numbers(record);
    if (auto const error = bind_texts(record))
        return error;
    auto id = next_id(at);
    for (std::int64_t step = 1;; step *= 2) { // doubling, so that a crowded moment is left soon
        sqlite3_bind_int64(insert_.get(), 1, id);
        sqlite3_bind_int64(insert_.get(), 2, at - id);
        auto const error = step_once(insert_.get());
        if (!error)
            break;
        if (error.value() != SQLITE_CONSTRAINT_ROWID && error.value() != SQLITE_CONSTRAINT_PRIMARYKEY)
            return error;
        id += step;
    }
    last_id_ = id;
    return {};
}

void DayStore::bind_numbers(AccessRecord const& record)
{
    auto* const row = insert_.get();
    sqlite3_bind_int64(row, 3, record.elapsed.count());
    sqlite3_bind_int(row, 6, static_cast<int>(record.device_kind));
    sqlite3_bind_int(row, 7, static_cast<int>(record.confidence));
    sqlite3_bind_int(row, 8, record.port);
    sqlite3_bind_int64(row, 9, record.status);
    sqlite3_bind_int64(row, 10, static_cast<std::int64_t>(record.bytes_to_client));
    sqlite3_bind_int64(row, 11, static_cast<std::int64_t>(record.bytes_from_client));
    sqlite3_bind_int(row, 12, static_cast<int>(record.code));
    sqlite3_bind_int(row, 13, static_cast<int>(record.verdict));
    sqlite3_bind_int(row, 14, static_cast<int>(record.tls));
    sqlite3_bind_int64(row, 15, record.signals.bits());
    sqlite3_bind_int64(row, 16, record.list_line);
}

error_code DayStore::bind_texts(AccessRecord const& record)
{
    if (auto const error = bind_word(client_column + 1, record.client.to_text()))
        return error;
    bool const was_contacted = record.upstream != policy::IpAddress{};
    if (auto const error = bind_word(upstream_column + 1, was_contacted ? record.upstream.to_text() : std::string{}))
        return error;
    int column = number_column_count;
    for (auto const& field : text_fields) {
        auto const text = record.*field.seen;
        ++column;
        error_code error;
        if (field.kept == Kept::in_row)
            bind_text(insert_.get(), column, text);
        else
            error = field.kept == Kept::as_host ? bind_host(column, text) : bind_word(column, text);
        if (error)
            return error;
    }
    return {};
}

error_code DayStore::bind_word(int column, std::string_view text)
{
    if (text.empty()) {
        sqlite3_bind_null(insert_.get(), column);
        return {};
    }
    auto const number = number_of(words_, find_word_.get(), add_word_.get(), text);
    if (!number)
        return number.error();
    sqlite3_bind_int64(insert_.get(), column, *number);
    return {};
}

error_code DayStore::bind_host(int column, std::string_view host)
{
    if (host.empty()) {
        sqlite3_bind_null(insert_.get(), column);
        return {};
    }
    auto const reversed = reversed_labels(host);
    bind_text(add_host_.get(), 2, host);
    auto const number = number_of(hosts_, find_host_.get(), add_host_.get(), reversed);
    if (!number)
        return number.error();
    sqlite3_bind_int64(insert_.get(), column, *number);
    return {};
}

/// The number of a text in its table: known, or found in the file, or added to it.
result<std::int64_t> DayStore::number_of(Numbers& known, sqlite3_stmt* find, sqlite3_stmt* add, std::string_view text)
{
    scratch_ = text;
    if (auto const hit = known.find(scratch_); hit != known.end())
        return hit->second;
    bind_text(find, 1, text);
    auto const code = sqlite3_step(find);
    auto number = code == SQLITE_ROW ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_error(code);
    if (code == SQLITE_DONE) {
        bind_text(add, 1, text);
        if (auto const error = step_once(add))
            return error;
        number = sqlite3_last_insert_rowid(database_.get());
    }
    if (known.size() >= known_words)
        known.clear();
    known.emplace(scratch_, number);
    return number;
}

} // namespace gatehouse::log
