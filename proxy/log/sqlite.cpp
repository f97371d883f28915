#include "proxy/log/sqlite.hpp"

#include <string>

namespace gatehouse::log {
namespace {

class SqliteCategory : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "sqlite"; }
    std::string message(int code) const override { return sqlite3_errstr(code); }
};

} // namespace

error_code sqlite_error(int code)
{
    static SqliteCategory const category;
    return {code, category};
}

bool is_damage(error_code const& error)
{
    auto const primary = error.value() & 0xff;
    return error.category() == sqlite_error(0).category() && (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB);
}

result<Database> open_database(std::string const& path, int flags)
{
    sqlite3* raw = nullptr;
    auto const code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database{raw}; // given even where opening failed
    if (code != SQLITE_OK)
        return sqlite_error(code);
    return database;
}

error_code execute(sqlite3* database, char const* sql)
{
    auto const code = sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? error_code{} : sqlite_error(code);
}

result<Statement> prepare(sqlite3* database, std::string_view sql)
{
    sqlite3_stmt* raw = nullptr;
    auto const code
        = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK)
        return sqlite_error(code);
    return Statement{raw};
}

result<std::int64_t> query_integer(sqlite3* database, std::string_view sql)
{
    auto statement = prepare(database, sql);
    if (!statement)
        return statement.error();
    auto const code = sqlite3_step(statement->get());
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_error(code);
    return code == SQLITE_ROW ? sqlite3_column_int64(statement->get(), 0) : 0;
}

error_code step_once(sqlite3_stmt* statement)
{
    auto const code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? error_code{} : sqlite_error(code);
}

void bind_text(sqlite3_stmt* statement, int number, std::string_view text)
{
    // An empty view may be null, which SQLite would bind as NULL.
    sqlite3_bind_text(statement, number, text.empty() ? "" : text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

std::string_view column_text(sqlite3_stmt* statement, int column)
{
    auto const* text = reinterpret_cast<char const*>(sqlite3_column_text(statement, column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return text ? std::string_view{text, size} : std::string_view{};
}

} // namespace gatehouse::log
