#include "proxy/log/day_query.hpp"

#include "policy/host.hpp"
#include "proxy/log/day_schema.hpp"
#include "proxy/log/day_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::log {
namespace {

using std::chrono::microseconds;

/// From so many rows of a domain with several hosts, walking the day by time finds a page sooner than sorting them.
constexpr std::int64_t many_rows = 20000;
constexpr std::size_t longest_text = 1000;

/// Adds one condition after the other; the first narrow one names the index.
class Builder {
public:
    Builder(sqlite3* database, DayQuery& into)
        : database_{database}
        , into_{into}
    {
    }

    error_code word(char const* column, std::string const& text, char const* index)
    {
        if (text.empty() || into_.matches_nothing)
            return {};
        auto const id = find("SELECT id FROM word WHERE text = ?", text);
        if (!id)
            return id.error();
        into_.matches_nothing = *id == 0;
        add(fmt::format("{} = ?", column), *id);
        use(index);
        return {};
    }

    error_code host(std::string const& domain);
    void verdict(policy::Verdict verdict);
    void decision(std::string const& id);
    void text(std::string const& part);

private:
    void add(std::string const& condition, std::variant<std::int64_t, std::string> value)
    {
        into_.conditions += " AND " + condition;
        into_.values.push_back(std::move(value));
    }
    void use(char const* index)
    {
        if (index && into_.index == "NOT INDEXED")
            into_.index = fmt::format("INDEXED BY {}", index);
    }
    result<std::int64_t> find(std::string_view sql, std::string_view text);
    result<std::int64_t> count_in_range(std::string_view sql, std::string const& from, std::string const& to);

    sqlite3* database_;
    DayQuery& into_;
};

/// First column of the first row, zero if there is none.
result<std::int64_t> first_integer(sqlite3_stmt* statement)
{
    auto const code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_error(code);
    return code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
}

result<std::int64_t> Builder::find(std::string_view sql, std::string_view text)
{
    auto statement = prepare(database_, sql);
    if (!statement)
        return statement.error();
    bind_text(statement->get(), 1, text);
    return first_integer(statement->get());
}

result<std::int64_t> Builder::count_in_range(std::string_view sql, std::string const& from, std::string const& to)
{
    auto statement = prepare(database_, sql);
    if (!statement)
        return statement.error();
    bind_text(statement->get(), 1, from);
    bind_text(statement->get(), 2, to);
    return first_integer(statement->get());
}

/// The range of reversed names that holds a domain and everything below it: '/' is the character after '.'.
std::string end_of_domain(std::string reversed)
{
    reversed.back() = '/';
    return reversed;
}

std::string canonical_domain(std::string_view typed)
{
    if (typed.substr(0, 2) == "*.")
        typed.remove_prefix(2);
    if (typed.substr(0, 1) == ".")
        typed.remove_prefix(1);
    auto const host = policy::Host::parse(typed);
    return std::string{host ? host->text() : typed};
}

error_code Builder::host(std::string const& domain)
{
    if (domain.empty() || into_.matches_nothing)
        return {};
    auto const from = reversed_labels(canonical_domain(domain));
    if (from.empty()) {
        into_.matches_nothing = true;
        return {};
    }
    auto const to = end_of_domain(from);
    auto const hosts
        = count_in_range("SELECT count(*) FROM (SELECT 1 FROM host WHERE reversed >= ? AND reversed < ? LIMIT 2)", from, to);
    if (!hosts)
        return hosts.error();
    into_.matches_nothing = *hosts == 0;
    bool is_busy = false;
    if (*hosts > 1 && into_.index == "NOT INDEXED") {
        auto const sql = fmt::format("SELECT count(*) FROM (SELECT 1 FROM access INDEXED BY access_host WHERE host IN "
                                     "(SELECT id FROM host WHERE reversed >= ? AND reversed < ?) LIMIT {})",
            many_rows);
        auto const rows = count_in_range(sql, from, to);
        if (!rows)
            return rows.error();
        is_busy = *rows == many_rows;
    }
    // With "=" the index gives the rows in the order of time; with IN they must be sorted.
    add(fmt::format("host {} (SELECT id FROM host WHERE reversed >= ? AND reversed < ?)", *hosts == 1 ? "=" : "IN"), from);
    into_.values.emplace_back(to);
    if (!is_busy)
        use("access_host");
    return {};
}

void Builder::verdict(policy::Verdict verdict)
{
    if (verdict == policy::Verdict::block) {
        into_.conditions += fmt::format(" AND {}", is_blocked); // literally, or the partial index would not be seen to fit
        use("access_blocked");
    } else {
        add("verdict = ?", static_cast<std::int64_t>(verdict));
    }
}

void Builder::decision(std::string const& id)
{
    if (id.empty())
        return;
    into_.conditions += fmt::format(" AND {}", is_blocked);
    add("decision = ?", id);
    into_.index = "INDEXED BY access_decision";
}

void Builder::text(std::string const& part)
{
    if (part.empty())
        return;
    std::string pattern = "%";
    for (auto const character : part.substr(0, longest_text)) {
        if (character == '%' || character == '_' || character == '\\')
            pattern += '\\';
        pattern += character;
    }
    pattern += '%';
    add("(path LIKE ? ESCAPE '\\' OR host IN (SELECT id FROM host WHERE name LIKE ? ESCAPE '\\') "
        "OR sni IN (SELECT id FROM word WHERE text LIKE ? ESCAPE '\\') "
        "OR user_agent IN (SELECT id FROM word WHERE text LIKE ? ESCAPE '\\'))",
        pattern);
    for (int i = 0; i < 3; ++i)
        into_.values.emplace_back(pattern);
}

/// What was typed as an address, in the one form in which it is kept; something that no row holds if it is none.
std::string canonical_client(std::string const& typed)
{
    if (typed.empty())
        return {};
    auto const address = policy::IpAddress::parse(typed);
    return address ? address->to_text() : typed;
}

void add_time(DayQuery& into, SearchQuery const& query, Day day, std::int64_t before)
{
    constexpr std::int64_t from_the_start = 0;
    auto const microsecond_of = [day](Instant at) { return std::chrono::ceil<microseconds>(at - day).count(); };
    into.values.emplace_back(query.from ? std::max(from_the_start, microsecond_of(*query.from)) : from_the_start);
    into.values.emplace_back(query.to ? std::min(before, microsecond_of(*query.to)) : before);
}

} // namespace

result<DayQuery> make_day_query(sqlite3* database, SearchQuery const& query, Day day, std::int64_t before)
{
    DayQuery into;
    add_time(into, query, day, before);
    Builder builder{database, into};
    builder.decision(query.decision);
    // The narrowest first: the first index named is walked. A school has few networks, so that one is not worth an index.
    for (auto const& error :
        {builder.word("person", query.person, "access_person"), builder.word("device", query.device, "access_device"),
            builder.word("client", canonical_client(query.client), "access_client"), builder.host(query.host),
            builder.word("service", query.service, "access_service"), builder.word("category", query.category, "access_category"),
            builder.word("rule", query.rule, "access_rule"), builder.word("network", query.network, nullptr)})
        if (error)
            return error;
    if (query.verdict)
        builder.verdict(*query.verdict);
    builder.text(query.text);
    return into;
}

result<Statement> DayQuery::select_ids(sqlite3* database, std::size_t room) const
{
    auto statement
        = prepare(database, fmt::format("SELECT id FROM access {} WHERE {} ORDER BY id DESC LIMIT ?", index, conditions));
    if (!statement)
        return statement;
    int number = 0;
    for (auto const& value : values) {
        ++number;
        if (auto const* integer = std::get_if<std::int64_t>(&value))
            sqlite3_bind_int64(statement->get(), number, *integer);
        else
            sqlite3_bind_text(statement->get(), number, std::get<std::string>(value).data(),
                static_cast<int>(std::get<std::string>(value).size()), SQLITE_TRANSIENT);
    }
    sqlite3_bind_int64(statement->get(), number + 1, static_cast<std::int64_t>(room));
    return statement;
}

} // namespace gatehouse::log
