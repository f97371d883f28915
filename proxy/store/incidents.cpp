#include "proxy/store/incidents.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/pseudonyms.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

// Kept as numbers.
static_assert(static_cast<int>(detect::IncidentKind::ip_literal) == 0 && static_cast<int>(detect::IncidentKind::burst) == 8);
static_assert(static_cast<int>(detect::Grade::signal) == 0 && static_cast<int>(detect::Grade::confirmed) == 2);

constexpr std::string_view incident_columns
    = "id, at, last_at, count, kind, grade, address, user, role, network, device, confidence, host, port,"
      " protocol, evidence, decision, user_driven";

IncidentRow read_incident(Statement const& row)
{
    IncidentRow read;
    read.id = row.id<IncidentId>(0);
    read.last_at = row.instant(2);
    read.count = row.integer(3);
    auto& incident = read.incident;
    incident.at = row.instant(1);
    incident.kind = row.id<detect::IncidentKind>(4);
    incident.grade = row.id<detect::Grade>(5);
    if (auto const client = policy::IpAddress::parse(row.text(6)))
        incident.client = *client;
    incident.user = row.text(7);
    incident.role = row.text(8);
    incident.network = row.text(9);
    incident.device = row.text(10);
    incident.confidence = row.id<policy::Confidence>(11);
    incident.host = row.text(12);
    incident.port = static_cast<std::uint16_t>(row.integer(13));
    incident.protocol = row.text(14);
    incident.evidence = row.text(15);
    incident.decision_id = row.text(16);
    incident.user_driven = row.flag(17);
    return read;
}

Instant instant_of(detect::Incident const& incident)
{
    return std::chrono::floor<std::chrono::seconds>(incident.at);
}

enum class Repeats : std::uint8_t { no, yes };

/// A row of the same attempt, not older than the window: it counts on. The stronger grade stays.
result<Repeats> count_on(Database& database, detect::Incident const& incident)
{
    auto const at = instant_of(incident);
    auto const counted
        = database.execute("UPDATE incidents SET count = count + 1, last_at = max(last_at, ?1), grade = max(grade, ?2) WHERE id "
                           "= (SELECT max(id) FROM incidents"
                           " WHERE address = ?3 AND kind = ?4 AND host = ?5 AND user = ?6 AND last_at > ?7 AND last_at <= ?8)",
            at, incident.grade, incident.client.to_text(), incident.kind, incident.host, incident.user, at - incident_window,
            at + incident_window);
    if (!counted)
        return counted.error();
    return database.changed_rows() == 1 ? Repeats::yes : Repeats::no;
}

result<void> add_incident(Database& database, detect::Incident const& incident)
{
    auto const counted = count_on(database, incident);
    if (!counted)
        return counted.error();
    if (*counted == Repeats::yes)
        return {};
    return database.execute(
        "INSERT INTO incidents (at, last_at, kind, grade, address, user, role, network, device, confidence, host, port, "
        "protocol, evidence,"
        " decision, user_driven) VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        instant_of(incident), incident.kind, incident.grade, incident.client.to_text(), incident.user, incident.role,
        incident.network, incident.device, incident.confidence, incident.host, std::int64_t{incident.port}, incident.protocol,
        incident.evidence, incident.decision_id, incident.user_driven);
}

/// Without those of the reader, who would else get short pages, or an empty one in front of older rows.
result<std::vector<IncidentRow>> select_incidents(Database& database, IncidentFilter const& filter, PersonNames const& reader)
{
    auto own = '\n' + reader.person + '\n';
    for (auto const& login : reader.logins)
        own += login + '\n';
    static std::string const sql = fmt::format(
        "SELECT {} FROM incidents WHERE (?1 = '' OR lower(user) = ?1) AND (?2 = '' OR device = ?2) AND (?3 = '' OR network = ?3)"
        " AND (?4 = '' OR address = ?4) AND (?5 = '' OR host = ?5) AND (?6 IS NULL OR kind = ?6) AND (?7 IS NULL OR grade >= ?7)"
        " AND (?8 IS NULL OR last_at >= ?8) AND (?9 IS NULL OR at < ?9) AND (?10 = 0 OR id < ?10)"
        " AND (user = '' OR instr(?12, char(10) || lower(trim(user)) || char(10)) = 0) ORDER BY id DESC LIMIT ?11",
        incident_columns);
    return database.collect(sql, read_incident, folded_name(filter.user), filter.device, filter.network, filter.address,
        filter.host, filter.kind, filter.at_least, filter.from, filter.until, filter.before,
        static_cast<std::int64_t>(filter.limit), own);
}

/// "user:amy", "device:laptop-7", or all of them.
std::string object_of(IncidentFilter const& filter)
{
    return !filter.user.empty()   ? "user:" + filter.user
        : !filter.device.empty()  ? "device:" + filter.device
        : !filter.address.empty() ? "address:" + filter.address
                                  : "incidents";
}

void hide_names(std::vector<IncidentRow>& rows, Pseudonyms const& pseudonyms, std::vector<std::string> const& personal_devices)
{
    for (auto& row : rows) {
        row.pseudonym = pseudonyms.of(row.incident.user);
        row.incident.user.clear();
        row.incident.client = {};
        if (std::find(personal_devices.begin(), personal_devices.end(), row.incident.device) != personal_devices.end())
            row.incident.device.clear();
    }
}

} // namespace

result<void> add_incidents(Ledger& ledger, std::span<detect::Incident const> incidents)
{
    return ledger.transact([&]() -> result<void> {
        for (auto const& incident : incidents)
            if (auto const added = add_incident(ledger.database(), incident); !added)
                return added;
        return {};
    });
}

result<std::vector<IncidentRow>> search_incidents(Ledger& ledger, IncidentFilter const& filter, IncidentReader const& reader)
{
    Deed const deed{"incidents.read", object_of(filter), reader.actor, reader.now};
    bool const names_somebody = !filter.user.empty() || !filter.device.empty() || !filter.address.empty();
    bool const has_purpose = !reader.purpose.empty();
    return carry_out(ledger, deed, [&]() -> result<std::vector<IncidentRow>> {
        auto const account = require_role(ledger, reader.actor,
            {ConsoleRole::officer, ConsoleRole::dsl, ConsoleRole::ict_lead, ConsoleRole::headteacher, ConsoleRole::auditor,
                ConsoleRole::chief_executive});
        if (!account)
            return account.error();
        auto const decider = decider_about(ledger, filter.user);
        if (!decider)
            return decider.error();
        if (account->console_role == ConsoleRole::chief_executive && *decider != account->console_role)
            return errc::not_permitted;
        auto const names = names_of(ledger, *account);
        if (!names)
            return names.error();
        if (names->has_login(filter.user))
            return errc::conflict_of_interest;
        if ((names_somebody || has_purpose) && !is_plain_text(reader.purpose, 500))
            return errc::invalid_value;
        if (has_purpose)
            if (auto const audited = audit(ledger, deed, reader.purpose); !audited)
                return audited.error();
        auto rows = select_incidents(ledger.database(), filter, *names);
        if (!rows)
            return rows;
        std::erase_if(*rows, [&](IncidentRow const& row) { return names->has_login(row.incident.user); });
        if (!has_purpose)
            hide_names(*rows, Pseudonyms{ledger.chain(), reader.now}, reader.personal_devices);
        return rows;
    });
}

result<std::size_t> count_new_incidents(Ledger& ledger, Account const& reader)
{
    auto const names = names_of(ledger, reader);
    if (!names)
        return names.error();
    using PerUser = std::pair<std::string, std::int64_t>;
    auto const found = ledger.database().collect(
        "SELECT user, count(*) FROM incidents WHERE id > (SELECT incidents_seen FROM accounts WHERE id = ?) AND grade >= ?"
        " GROUP BY user",
        [](Statement const& row) {
            return PerUser{row.text(0), row.integer(1)};
        },
        reader.id, detect::Grade::attempt);
    if (!found)
        return found.error();
    std::size_t count = 0;
    for (auto const& [user, attempts] : *found)
        count += names->has_login(user) ? 0 : static_cast<std::size_t>(attempts);
    return count;
}

result<void> mark_incidents_seen(Ledger& ledger, AccountId reader)
{
    return ledger.database().execute(
        "UPDATE accounts SET incidents_seen = newest FROM (SELECT coalesce(max(id), 0) AS newest FROM incidents)"
        " WHERE accounts.id = ? AND incidents_seen < newest",
        reader);
}

result<std::int64_t> count_incidents(Ledger& ledger, Instant from, Instant until)
{
    auto const count = ledger.database().first(
        "SELECT count(*) FROM incidents WHERE at >= ? AND at < ?", [](Statement const& row) { return row.integer(0); }, from,
        until);
    if (!count)
        return count.error();
    return count->value_or(0);
}

} // namespace gatehouse::store
