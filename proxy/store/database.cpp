#include "proxy/store/database.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>
#include <utility>

namespace gatehouse::store {
namespace {

bool is_lack_of_space(int system)
{
    return system == ENOSPC || system == EFBIG || system == EDQUOT;
}

/// Did a write fail for want of space? sqlite3_system_errno is overwritten by the rollback that follows, so the files themselves are asked.
bool has_no_space(sqlite3* connection)
{
    if (is_lack_of_space(sqlite3_system_errno(connection)))
        return true;
    int const questions[] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};
    for (int const question : questions) {
        sqlite3_file* file = nullptr;
        int last = 0;
        if (sqlite3_file_control(connection, "main", question, &file) != SQLITE_OK || file == nullptr
            || file->pMethods == nullptr)
            continue;
        if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last) == SQLITE_OK && is_lack_of_space(last))
            return true;
    }
    return false;
}

/// SQLite's answer as ours. A write that fails for want of space is told apart, because trying again later is right for it alone.
errc errc_of(sqlite3* connection, int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL: return errc::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::locked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return errc::corrupt;
    case SQLITE_CONSTRAINT: return errc::constraint;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY: return errc::io;
    case SQLITE_IOERR:
        // Only a failed write: after a failed sync what the file said last does not matter.
        return code != SQLITE_IOERR_FSYNC && has_no_space(connection) ? errc::full : errc::io;
    default: return errc::bad_statement;
    }
}

/// The file with mode 0600 before SQLite sees it; its journal files inherit the mode. One that is there is left alone: closing it would take
/// away the locks of another connection of this process.
bool make_private(std::filesystem::path const& file)
{
    if (std::error_code failure; std::filesystem::exists(file, failure))
        return true;
    int const descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return false;
    ::close(descriptor);
    return true;
}

} // namespace

Statement::Statement(Statement&& other) noexcept
    : connection_{other.connection_}
    , statement_{std::exchange(other.statement_, nullptr)}
    , next_parameter_{other.next_parameter_}
    , bind_error_{other.bind_error_}
{
}

Statement::~Statement()
{
    if (statement_ == nullptr)
        return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void Statement::bind(std::int64_t value)
{
    bind_error_ |= sqlite3_bind_int64(statement_, next_parameter_++, value);
}

void Statement::bind(std::string_view value)
{
    // An empty view may have no address, which SQLite would take for NULL.
    char const* const data = value.data() == nullptr ? "" : value.data();
    bind_error_ |= sqlite3_bind_text64(statement_, next_parameter_++, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind_null()
{
    bind_error_ |= sqlite3_bind_null(statement_, next_parameter_++);
}

result<bool> Statement::step()
{
    if (bind_error_ != SQLITE_OK)
        return errc::bad_statement;
    int const code = sqlite3_step(statement_);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return errc_of(connection_, code);
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const
{
    // sqlite3_column_blob after _bytes: embedded NUL bytes come back as they went in.
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    auto const* const data = static_cast<char const*>(sqlite3_column_blob(statement_, column));
    return data == nullptr ? std::string{} : std::string{data, size};
}

bool Statement::is_null(int column) const
{
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::chrono::sys_seconds> Statement::optional_instant(int column) const
{
    if (is_null(column))
        return std::nullopt;
    return instant(column);
}

void Database::Close::operator()(sqlite3* connection) const
{
    sqlite3_close_v2(connection);
}
void Database::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

result<Database> Database::open(std::filesystem::path const& file, DatabaseOptions const& options)
{
    if (!options.read_only && !make_private(file))
        return errno == ENOSPC || errno == EDQUOT ? errc::full : errc::io;
    sqlite3* raw = nullptr;
    int const access = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int const flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int const code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    Database database{raw};
    if (code != SQLITE_OK)
        return errc_of(raw, code);
    sqlite3_busy_timeout(raw, static_cast<int>(options.busy_timeout.count()));
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    std::string const mode = options.read_only ? "" : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;";
    auto const settings
        = database.run_script(mode + "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;");
    if (!settings)
        return settings.error();
    if (!options.check_integrity)
        return database;
    auto const report = database.first("PRAGMA integrity_check(1)", [](Statement const& row) { return row.text(0); });
    if (!report)
        return report.error();
    if (*report != std::optional<std::string>{"ok"})
        return errc::corrupt;
    return database;
}

result<Statement> Database::prepare(std::string_view sql)
{
    auto const found = statements_.find(std::string{sql});
    if (found != statements_.end()) {
        if (sqlite3_stmt_busy(found->second.get()) != 0)
            return errc::bad_statement; // borrowed already
        return Statement{connection_.get(), found->second.get()};
    }
    sqlite3_stmt* raw = nullptr;
    int const code = sqlite3_prepare_v3(
        connection_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK)
        return errc_of(connection_.get(), code);
    statements_.emplace(std::string{sql}, raw);
    return Statement{connection_.get(), raw};
}

result<void> Database::run_script(std::string const& sql)
{
    int const code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return errc_of(connection_.get(), code);
    return {};
}

std::int64_t Database::last_row_id() const
{
    return sqlite3_last_insert_rowid(connection_.get());
}
std::int64_t Database::changed_rows() const
{
    return sqlite3_changes64(connection_.get());
}
bool Database::in_transaction() const
{
    return sqlite3_get_autocommit(connection_.get()) == 0;
}

result<Transaction> Transaction::begin(Database& database)
{
    if (auto const begun = database.execute("BEGIN IMMEDIATE"); !begun)
        return begun.error();
    return Transaction{database};
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_{std::exchange(other.database_, nullptr)}
{
}

Transaction::~Transaction()
{
    // SQLite may have rolled back by itself (disk full); then there is nothing left to do.
    if (database_ != nullptr && database_->in_transaction())
        (void)database_->execute("ROLLBACK");
}

result<void> Transaction::commit()
{
    auto const committed = database_->execute("COMMIT");
    if (!committed) {
        // After a failed sync nobody knows what is on the disk; only a new connection that reads the journal again does.
        database_->in_doubt_ = committed.error() == errc::io;
        return committed;
    }
    database_ = nullptr;
    return committed;
}

} // namespace gatehouse::store
