#include "proxy/log/day_query.hpp"

#include "policy/host.hpp"
#include "policy/subject.hpp"
#include "proxy/log/day_schema.hpp"
#include "proxy/log/day_store.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>

namespace gatehouse::log {
namespace {

using std::chrono::microseconds;

constexpr std::size_t longest_text = 1000;

/// The numbers that a statement finds for its bound texts.
result<IdSet> find_ids(sqlite3* database, std::string_view sql, std::initializer_list<std::string_view> texts)
{
    auto statement = prepare(database, sql);
    if (!statement)
        return statement.error();
    int number = 0;
    for (auto const text : texts)
        bind_text(statement->get(), ++number, text);
    IdSet ids;
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement->get())) == SQLITE_ROW)
        ids.add(sqlite3_column_int64(statement->get(), 0));
    if (code != SQLITE_DONE)
        return sqlite_error(code);
    return ids;
}

/// Adds one condition after the other.
class Builder {
public:
    Builder(sqlite3* database, DayQuery& into)
        : database_{database}
        , into_{into}
    {
    }

    error_code word(Column column, std::string const& text)
    {
        if (text.empty())
            return {};
        return add(column, find_ids(database_, "SELECT id FROM word WHERE text = ?", {text}));
    }
    /// User names are folded before they come into the log, and people type them as they see them.
    error_code person(Column column, std::string const& typed)
    {
        if (typed.empty())
            return {};
        return add(column, find_ids(database_, "SELECT id FROM word WHERE text IN (?, ?)", {typed, policy::folded_user(typed)}));
    }
    error_code host(std::string const& domain);
    error_code text(std::string const& part);

private:
    error_code add(Column column, result<IdSet> ids)
    {
        if (!ids)
            return ids.error();
        into_.matches_nothing |= ids->empty();
        into_.wanted.push_back({column, std::move(*ids)});
        return {};
    }

    sqlite3* database_;
    DayQuery& into_;
};

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
    return domain.empty() ? error_code{} : add(column_of(&AccessRecord::host), hosts_below(database_, canonical_domain(domain)));
}

char small(char character)
{
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

error_code Builder::text(std::string const& part)
{
    if (part.empty())
        return {};
    std::string pattern = "%";
    for (auto const character : part.substr(0, longest_text)) {
        if (character == '%' || character == '_' || character == '\\')
            pattern += '\\';
        pattern += character;
        into_.part += small(character);
    }
    pattern += '%';
    auto hosts = find_ids(database_, "SELECT id FROM host WHERE name LIKE ? ESCAPE '\\'", {pattern});
    if (!hosts)
        return hosts.error();
    auto words = find_ids(database_, "SELECT id FROM word WHERE text LIKE ? ESCAPE '\\'", {pattern});
    if (!words)
        return words.error();
    into_.hosts_with = std::move(*hosts);
    into_.words_with = std::move(*words);
    return {};
}

/// What was typed as an address, in the one form in which it is kept; something that no row holds if it is none.
std::string canonical_client(std::string const& typed)
{
    if (typed.empty())
        return {};
    auto const address = policy::IpAddress::parse(typed);
    return address ? address->to_text() : typed;
}

void add_time(DayQuery& into, SearchQuery const& query, Day day)
{
    auto const microsecond_of = [day](Instant at) { return std::chrono::ceil<microseconds>(at - day).count(); };
    into.from = query.from ? microsecond_of(*query.from) : 0;
    into.to = query.to ? microsecond_of(*query.to) - 1 : std::numeric_limits<std::int64_t>::max();
    into.to = std::min(into.to, static_cast<std::int64_t>(into.before >> arrival_bits));
}

} // namespace

void IdSet::add(std::int64_t id)
{
    constexpr std::int64_t most = 1 << 30; // more can only come from a damaged file
    if (id <= 0 || id > most)
        return;
    only_ = static_cast<std::uint64_t>(id);
    if (bits_.size() <= only_)
        bits_.resize(only_ + 1);
    size_ += !bits_[only_];
    bits_[only_] = true;
}

bool contains_ignoring_case(std::string_view text, std::string_view part)
{
    return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char left, char right) {
        return small(left) == right;
    }) != text.end();
}

/// A range of reversed names: '/' is the character after '.'.
result<IdSet> hosts_below(sqlite3* database, std::string_view domain)
{
    auto const from = reversed_labels(domain);
    if (from.empty())
        return IdSet{};
    auto to = from;
    to.back() = '/';
    return find_ids(database, "SELECT id FROM host WHERE reversed >= ? AND reversed < ?", {from, to});
}

result<DayQuery> make_day_query(sqlite3* database, SearchQuery const& query, Day day, std::uint64_t before)
{
    DayQuery into;
    into.before = before;
    add_time(into, query, day);
    into.only_blocked = query.verdict == policy::Verdict::block || !query.decision.empty();
    into.only_allowed = query.verdict == policy::Verdict::allow;
    into.decision = query.decision;
    Builder builder{database, into};
    for (auto const& error : {builder.person(column_of(&AccessRecord::user), query.person),
             builder.word(column_of(&AccessRecord::device), query.device),
             builder.word(Column::client, canonical_client(query.client)), builder.host(query.host),
             builder.word(column_of(&AccessRecord::service), query.service),
             builder.word(column_of(&AccessRecord::category), query.category),
             builder.word(column_of(&AccessRecord::term_list), query.term_list),
             builder.word(column_of(&AccessRecord::rule), query.rule),
             builder.word(column_of(&AccessRecord::network), query.network), builder.text(query.text)})
        if (error)
            return error;
    return into;
}

} // namespace gatehouse::log
