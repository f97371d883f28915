#include "proxy/store/subject_access.hpp"

#include "proxy/detect/incident.hpp"
#include "proxy/store/acting.hpp"
#include "proxy/store/forgotten_accounts.hpp"

namespace gatehouse::store {
namespace {

result<void> read_requests(Database& database, SubjectRecords& records)
{
    auto const read = [](Statement const& row) {
        return RequestOfSubject{
            row.text(0), row.text(1), row.text(2), row.instant(3), row.id<RequestState>(4), row.text(5), row.text(6)};
    };
    auto rows = database.collect("SELECT reference, url, why, submitted_at, state, answer, terms_text FROM unblock_requests "
                                 "WHERE lower(user) = ? ORDER BY id",
        read, records.user);
    if (!rows)
        return rows.error();
    records.requests = std::move(*rows);
    return {};
}

result<void> read_reports(Database& database, SubjectRecords& records)
{
    auto const read = [](Statement const& row) {
        return ReportOfSubject{row.text(0), row.instant(1), row.flag(2), row.text(3), row.id<ReportState>(4)};
    };
    auto rows = database.collect(
        "SELECT reference, at, lower(user) = ?1, CASE WHEN lower(user) = ?1 THEN text ELSE '' END, state FROM reports"
        " WHERE lower(user) = ?1 OR lower(trim(about_person)) = ?1 ORDER BY id",
        read, records.user);
    if (!rows)
        return rows.error();
    records.reports = std::move(*rows);
    return {};
}

result<void> read_incidents(Database& database, SubjectRecords& records)
{
    auto const read = [](Statement const& row) {
        return IncidentOfSubject{row.instant(0), row.instant(1), std::string{detect::to_text(row.id<detect::IncidentKind>(2))},
            row.text(3), row.text(4), row.text(5), row.text(6), row.integer(7)};
    };
    auto rows = database.collect(
        "SELECT at, last_at, kind, host, evidence, device, network, count FROM incidents WHERE lower(user) = ? ORDER BY id", read,
        records.user);
    if (!rows)
        return rows.error();
    records.incidents = std::move(*rows);
    return {};
}

result<void> read_restrictions(Ledger& ledger, SubjectRecords& records)
{
    auto const read = [](Statement const& row) { return row.id<RestrictionId>(0); };
    auto const ids = ledger.database().collect("SELECT id FROM restrictions WHERE user = ? ORDER BY id", read, records.user);
    if (!ids)
        return ids.error();
    for (auto const id : *ids) {
        auto const row = find_restriction(ledger, id);
        auto times = list_supervisions(ledger, id);
        if (!row || !times)
            return row ? times.error() : row.error();
        records.restrictions.push_back(
            {row->from, row->until, row->ended_at, row->state, row->clause, row->reason, row->against, row->end_reason});
        for (auto& each : *times) {
            each.by.clear();
            records.supervisions.push_back(std::move(each));
        }
    }
    return {};
}

result<void> read_permissions(Ledger& ledger, SubjectRecords& records)
{
    auto all = list_permissions(ledger, 10'000);
    if (!all)
        return all.error();
    for (auto& permission : *all)
        if (folded_name(permission.who) == "user:" + records.user) {
            permission.made_by.clear();
            permission.closed_by.clear();
            for (auto* key : {&permission.headteacher, &permission.officer})
                if (*key)
                    (*key)->by.clear();
            records.permissions.push_back(std::move(permission));
        }
    return {};
}

result<void> read_other_logins(Database& database, SubjectRecords& records)
{
    auto logins = database.collect(
        "SELECT DISTINCT theirs.login FROM account_logins l JOIN accounts a ON a.id = l.account JOIN "
        "accounts b ON b.person = a.person JOIN account_logins theirs ON theirs.account = b.id"
        " WHERE l.login = ?1 AND theirs.login <> ?1 AND b.forgotten_at IS NULL ORDER BY 1",
        [](Statement const& row) { return row.text(0); }, records.user);
    if (!logins)
        return logins.error();
    records.other_logins = std::move(*logins);
    return {};
}

result<void> read_sign_ins(Ledger& ledger, SubjectRecords& records)
{
    auto& database = ledger.database();
    auto purposes = database.collect(
        "SELECT p.purpose, p.from_at, coalesce(p.ended_at, p.until) FROM log_purposes p JOIN account_logins l ON l.account = "
        "p.account"
        " WHERE l.login IN (?, ?) ORDER BY p.id",
        [](Statement const& row) {
            return PurposeOfSubject{row.text(0), row.instant(1), row.instant(2)};
        },
        records.user, login_digest(ledger.chain(), records.user));
    auto addresses = database.collect(
        "SELECT address, max(last_at) FROM known_addresses WHERE login IN (?1, ?1 || ' code') GROUP BY address ORDER BY 2",
        [](Statement const& row) {
            return AddressOfSubject{row.text(0), row.instant(1)};
        },
        records.user);
    if (!purposes || !addresses)
        return !purposes ? purposes.error() : addresses.error();
    records.purposes = std::move(*purposes);
    records.addresses = std::move(*addresses);
    return {};
}

} // namespace

result<SubjectRecords> read_subject(
    Ledger& ledger, std::string const& user, std::string const& purpose, Actor const& actor, Instant now)
{
    SubjectRecords records;
    records.user = folded_name(user);
    if (records.user.empty() || !is_plain_text(user, 128) || !is_plain_text(purpose, 500))
        return errc::invalid_value;
    Deed const deed{"subject.read", "user:" + records.user, actor, now};
    return carry_out(ledger, deed, [&]() -> result<SubjectRecords> {
        auto const account = require_role(ledger, actor, {ConsoleRole::dpo});
        if (!account)
            return account.error();
        auto const names = names_of(ledger, *account);
        if (!names)
            return names.error();
        if (names->has_login(records.user))
            return errc::conflict_of_interest;
        if (auto const audited = audit(ledger, deed, purpose); !audited)
            return audited.error();
        auto known_account = find_account(ledger, records.user);
        if (!known_account && known_account.error() == errc::not_found)
            known_account = find_forgotten(ledger, records.user);
        if (known_account)
            records.account = std::move(*known_account);
        auto& database = ledger.database();
        for (auto const& done : {read_other_logins(database, records), read_requests(database, records),
                 read_reports(database, records), read_incidents(database, records), read_restrictions(ledger, records),
                 read_permissions(ledger, records), read_sign_ins(ledger, records)})
            if (!done)
                return done.error();
        auto known = known_people(ledger, records.user);
        if (!known)
            return known.error();
        records.known = std::move(*known);
        return records;
    });
}

} // namespace gatehouse::store
