#include "proxy/log/day_schema.hpp"

#include "proxy/log/fields.hpp"

#include <fmt/format.h>

namespace gatehouse::log {
namespace {

/// Indexes follow what people search by. All but those of busy columns are partial, so rows without a value cost nothing.
constexpr char indexes[] = R"(
CREATE INDEX access_person ON access(person) WHERE person IS NOT NULL;
CREATE INDEX access_device ON access(device) WHERE device IS NOT NULL;
CREATE INDEX access_client ON access(client);
CREATE INDEX access_host ON access(host) WHERE host IS NOT NULL;
CREATE INDEX access_category ON access(category) WHERE category IS NOT NULL;
CREATE INDEX access_service ON access(service) WHERE service IS NOT NULL;
CREATE INDEX access_rule ON access(rule) WHERE rule IS NOT NULL;
CREATE INDEX access_blocked ON access(verdict) WHERE verdict = 1;
CREATE INDEX access_decision ON access(decision) WHERE verdict = 1;
)";

std::string selected(TextField const& field)
{
    switch (field.kept) {
    case Kept::in_row: return field.column;
    case Kept::as_host: return fmt::format("(SELECT name FROM host WHERE host.id = access.{})", field.column);
    case Kept::as_word: return fmt::format("(SELECT text FROM word WHERE word.id = access.{})", field.column);
    }
    return field.column;
}

} // namespace

std::string schema_sql()
{
    std::string sql = "CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
                      "CREATE TABLE host(id INTEGER PRIMARY KEY, reversed TEXT NOT NULL UNIQUE, name TEXT NOT NULL);"
                      "CREATE TABLE access(id INTEGER PRIMARY KEY, shift INTEGER, elapsed INTEGER, client INTEGER, "
                      "upstream INTEGER, device_kind INTEGER, confidence INTEGER, port INTEGER, status INTEGER, "
                      "sent INTEGER, received INTEGER, code INTEGER, verdict INTEGER, tls INTEGER, signals INTEGER, "
                      "list_line INTEGER";
    for (auto const& field : text_fields)
        sql += fmt::format(", {} {}", field.column, field.kept == Kept::in_row ? "TEXT" : "INTEGER");
    sql += ");";
    sql += indexes;
    sql += fmt::format("PRAGMA user_version = {};", schema_version);
    return sql;
}

std::string insert_sql()
{
    auto sql = fmt::format("INSERT INTO access({}", number_columns);
    for (auto const& field : text_fields)
        sql += fmt::format(", {}", field.column);
    sql += ") VALUES (?";
    for (std::size_t i = 1; i < number_column_count + text_fields.size(); ++i)
        sql += ", ?";
    sql += ")";
    return sql;
}

std::string select_sql()
{
    auto sql = fmt::format("SELECT {}", number_columns);
    for (auto const& field : text_fields)
        sql += ", " + selected(field);
    sql += ", (SELECT text FROM word WHERE word.id = access.client), "
           "(SELECT text FROM word WHERE word.id = access.upstream) FROM access WHERE id = ?";
    return sql;
}

} // namespace gatehouse::log
