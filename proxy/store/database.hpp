#pragma once
// SQLite behind values: prepared statements that are cached, parameters bound by type only, results as result<T>.
// Belongs to one thread at a time; knows nothing of the tables.

#include "proxy/store/errc.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace gatehouse::store {

/// A prepared statement borrowed from the database's cache; reset when it goes.
/// Lifetime: must not outlive its Database. Only one borrower of the same SQL text at a time.
class Statement {
public:
    Statement(sqlite3* connection, sqlite3_stmt* statement)
        : connection_{connection}
        , statement_{statement}
    {
    }
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    /// Binds to the next parameter, in order. Text is copied.
    void bind(std::int64_t value);
    void bind(std::string_view value);
    void bind(bool value) { bind(std::int64_t{value ? 1 : 0}); }
    void bind(std::chrono::sys_seconds value) { bind(std::int64_t{value.time_since_epoch().count()}); }
    void bind_null();
    template <class T>
    requires std::is_enum_v<T>
    void bind(T value) { bind(static_cast<std::int64_t>(value)); }
    template <class T>
    void bind(std::optional<T> const& value)
    {
        if (value)
            bind(*value);
        else
            bind_null();
    }

    /// Runs to the next row. True: a row is there; false: done.
    result<bool> step();

    std::int64_t integer(int column) const;
    std::string text(int column) const; ///< also for blobs; empty for null
    bool flag(int column) const { return integer(column) != 0; }
    bool is_null(int column) const;
    std::chrono::sys_seconds instant(int column) const { return std::chrono::sys_seconds{std::chrono::seconds{integer(column)}}; }
    std::optional<std::chrono::sys_seconds> optional_instant(int column) const;
    template <class Id>
    Id id(int column) const
    {
        return static_cast<Id>(integer(column));
    }

private:
    sqlite3* connection_;
    sqlite3_stmt* statement_;
    int next_parameter_ = 1;
    int bind_error_ = 0;
};

struct DatabaseOptions {
    std::chrono::milliseconds busy_timeout{5000}; ///< waiting for another process's write
    bool check_integrity = true;                  ///< PRAGMA integrity_check at open
    bool read_only = false;                       ///< of a file that is there; changes are refused with `errc::io`
};

class Database {
public:
    /// Opens or creates: WAL, synchronous=FULL, foreign keys on, trusted schema off.
    /// Errors: `errc::corrupt`, `io`, `full`, `locked`.
    static result<Database> open(std::filesystem::path const& file, DatabaseOptions const& options);

    /// Errors: `errc::bad_statement`.
    result<Statement> prepare(std::string_view sql);

    /// Prepares, binds the arguments in order and runs a statement that returns no rows.
    template <class... Arguments>
    result<void> execute(std::string_view sql, Arguments const&... arguments);

    /// Prepares, binds and collects every row by `read(Statement const&)`.
    template <class Read, class... Arguments>
    auto collect(std::string_view sql, Read read, Arguments const&... arguments)
        -> result<std::vector<decltype(read(std::declval<Statement const&>()))>>;

    /// The first row, or nothing.
    template <class Read, class... Arguments>
    auto first(std::string_view sql, Read read, Arguments const&... arguments)
        -> result<std::optional<decltype(read(std::declval<Statement const&>()))>>;

    /// Runs several statements without parameters (schema).
    result<void> run_script(std::string const& sql);

    std::int64_t last_row_id() const;
    std::int64_t changed_rows() const; ///< by the last statement
    bool in_transaction() const;
    /// True once after a failure that leaves the connection in doubt (EIO at a commit): close it and open again.
    bool is_in_doubt() const { return in_doubt_; }

private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Database(sqlite3* connection)
        : connection_{connection}
    {
    }

    std::unique_ptr<sqlite3, Close> connection_;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> statements_; // after connection_: finalized first
    bool in_doubt_ = false;
    friend class Transaction;
};

/// BEGIN IMMEDIATE ... COMMIT; rolls back when it goes without commit().
/// Lifetime: must not outlive its Database.
class Transaction {
public:
    static result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    result<void> commit();

private:
    explicit Transaction(Database& database)
        : database_{&database}
    {
    }
    Database* database_;
};

template <class... Arguments>
result<void> Database::execute(std::string_view sql, Arguments const&... arguments)
{
    auto statement = prepare(sql);
    if (!statement)
        return statement.error();
    (statement->bind(arguments), ...);
    auto const stepped = statement->step();
    if (!stepped)
        return stepped.error();
    return {};
}

template <class Read, class... Arguments>
auto Database::collect(std::string_view sql, Read read, Arguments const&... arguments)
    -> result<std::vector<decltype(read(std::declval<Statement const&>()))>>
{
    auto statement = prepare(sql);
    if (!statement)
        return statement.error();
    (statement->bind(arguments), ...);
    std::vector<decltype(read(std::declval<Statement const&>()))> rows;
    for (;;) {
        auto const stepped = statement->step();
        if (!stepped)
            return stepped.error();
        if (!*stepped)
            return rows;
        rows.push_back(read(*statement));
    }
}

template <class Read, class... Arguments>
auto Database::first(std::string_view sql, Read read, Arguments const&... arguments)
    -> result<std::optional<decltype(read(std::declval<Statement const&>()))>>
{
    using Row = decltype(read(std::declval<Statement const&>()));
    auto statement = prepare(sql);
    if (!statement)
        return statement.error();
    (statement->bind(arguments), ...);
    auto const stepped = statement->step();
    if (!stepped)
        return stepped.error();
    if (!*stepped)
        return std::optional<Row>{};
    return std::optional<Row>{read(*statement)};
}

} // namespace gatehouse::store
