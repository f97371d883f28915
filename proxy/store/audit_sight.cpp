#include "proxy/store/audit_sight.hpp"

#include "proxy/store/report_routes.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

struct Concerned {
    std::string object, user;
};

/// Deeds about a person that name a number of their own. Supervised use by the rows that began it, which stay longer than the record.
constexpr std::string_view numbered_deeds
    = "SELECT substr(detail, 1, instr(detail, ': ') - 1), substr(object, 6) FROM audit WHERE action = 'restriction.propose'"
      " UNION ALL SELECT 'supervision:' || s.id, r.user FROM supervisions s JOIN restrictions r ON r.id = s.restriction"
      " UNION ALL SELECT 'permission:' || id, substr(who, 6) FROM permissions WHERE who LIKE 'user:%'";

void add_object(AuditSight& sight, std::string_view object)
{
    sight.about_reader += object;
    sight.about_reader += '\n';
}

result<void> add_deeds(Ledger& ledger, PersonNames const& names, AuditSight& sight)
{
    for (auto const* kind : {"user:", "person:"}) {
        add_object(sight, kind + names.person);
        for (auto const& login : names.logins)
            add_object(sight, kind + login);
    }
    auto const read = [](Statement const& row) { return Concerned{row.text(0), row.text(1)}; };
    auto const deeds = ledger.database().collect(numbered_deeds, read);
    if (!deeds)
        return deeds.error();
    for (auto const& each : *deeds)
        if (names.has_login(each.user))
            add_object(sight, each.object);
    return {};
}

/// Addresses from which nobody but them came in: what somebody looks up there is theirs. Where several people sign in, it is nobody's.
result<std::vector<std::string>> own_addresses(Ledger& ledger, PersonNames const& names)
{
    auto const read = [](Statement const& row) { return Concerned{row.text(0), row.text(1)}; };
    auto const known = ledger.database().collect("SELECT address, login FROM known_addresses ORDER BY address", read);
    if (!known)
        return known.error();
    std::vector<std::string> own;
    for (auto each = known->begin(); each != known->end();) {
        auto const& address = each->object;
        auto const end = std::find_if(each, known->end(), [&](Concerned const& other) { return other.object != address; });
        if (std::all_of(each, end, [&](Concerned const& one) { return names.has_login(one.user); }))
            own.push_back(address);
        each = end;
    }
    return own;
}

/// A device or an address as incidents are looked up by it, and as the words of a look at the access log name it (log_search.cpp).
result<void> add_own(Ledger& ledger, std::string_view kind, std::string_view name, AuditSight& sight)
{
    auto const folded = folded_name(name);
    add_object(sight, fmt::format("{}:{}", kind, folded));
    auto const read = [](Statement const& row) { return row.text(0); };
    auto const quoted = ledger.database().first("SELECT json_quote(?)", read, fmt::format("; {}: {};", kind, folded));
    if (!quoted)
        return quoted.error();
    auto& looks = sight.own_looks;
    looks.insert(looks.size() - 1, (looks.size() > 2 ? "," : "") + quoted->value_or("\"\""));
    return {};
}

result<void> add_devices(Ledger& ledger, AuditReader const& reader, PersonNames const& names, AuditSight& sight)
{
    auto addresses = own_addresses(ledger, names);
    if (!addresses)
        return addresses.error();
    for (auto const& device : reader.devices) {
        if (!names.has_login(device.user))
            continue;
        if (auto const added = add_own(ledger, "device", device.id, sight); !added)
            return added;
        addresses->push_back(device.address);
    }
    for (auto const& address : *addresses)
        if (auto const added = add_own(ledger, "address", address, sight); !added)
            return added;
    return {};
}

/// Whose work it is to see who read what, and why. Theirs too is kept back where it is about themselves.
bool oversees(ConsoleRole role)
{
    return role == ConsoleRole::headteacher || role == ConsoleRole::chief_executive || role == ConsoleRole::dpo;
}

struct GoneReport {
    std::string object;
    bool is_about_head = false,
         may_be_about_head = false; ///< the second: it did not go to them as one about a member of staff does
};

/// By the rows that began them, which stay longer than the record; whom they named is gone with it.
constexpr std::string_view gone_reports
    = "SELECT object, detail LIKE 'about headteacher,%', detail LIKE '%, to chief-executive'"
      " OR (detail LIKE 'about staff,%' AND detail NOT LIKE '%, to headteacher') FROM audit WHERE action = 'report.submit'"
      " AND CAST(substr(object, 8) AS INTEGER) NOT IN (SELECT id FROM reports)";

/// For who oversees; a headteacher not those that were, or may have been, about one.
result<void> add_gone_reports(Ledger& ledger, ReportSight const& reports, std::string& seen, AuditSight& sight)
{
    if (!oversees(reports.account.console_role))
        return {};
    auto const gone = ledger.database().collect(gone_reports, [](Statement const& row) {
        return GoneReport{row.text(0), row.flag(1), row.flag(2)};
    });
    if (!gone)
        return gone.error();
    bool const is_head = reports.readers.is_head(reports.names);
    for (auto const& each : *gone)
        if (is_head && each.is_about_head)
            add_object(sight, each.object);
        else if (!is_head || !each.may_be_about_head)
            seen += fmt::format("{}{}", seen.empty() ? "" : ",", each.object.substr(std::string_view{"report:"}.size()));
    return {};
}

result<void> add_reports(Ledger& ledger, ReportSight const& reports, AuditSight& sight)
{
    std::string seen;
    if (auto const added = add_gone_reports(ledger, reports, seen, sight); !added)
        return added;
    for (auto const state : {ReportState::open, ReportState::handled}) {
        auto const all = ledger.database().collect(brief_reports, read_brief_report, state);
        if (!all)
            return all.error();
        for (auto const& each : *all) {
            if (reports.is_about_reader(each))
                add_object(sight, fmt::format("report:{}", number(each.id)));
            else if (oversees(reports.account.console_role) || reports.sees(each))
                seen += fmt::format("{}{}", seen.empty() ? "" : ",", number(each.id));
        }
    }
    sight.seen_reports = '[' + seen + ']';
    return {};
}

} // namespace

result<AuditSight> audit_sight(Ledger& ledger, std::optional<AuditReader> const& reader)
{
    if (!reader)
        return AuditSight{};
    auto const reports = report_sight(ledger, reader->account, reader->now);
    if (!reports)
        return reports.error();
    AuditSight sight;
    sight.reader = reader->account;
    if (auto const added = add_deeds(ledger, reports->names, sight); !added)
        return added.error();
    if (auto const added = add_devices(ledger, *reader, reports->names, sight); !added)
        return added.error();
    if (auto const added = add_reports(ledger, *reports, sight); !added)
        return added.error();
    return sight;
}

} // namespace gatehouse::store
