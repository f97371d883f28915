#include "proxy/store/audit_sight.hpp"

#include "proxy/store/report_routes.hpp"

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

/// Whose work it is to see who read what, and why. Theirs too is kept back where it is about themselves.
bool oversees(ConsoleRole role)
{
    return role == ConsoleRole::headteacher || role == ConsoleRole::chief_executive || role == ConsoleRole::dpo;
}

result<void> add_reports(Ledger& ledger, ReportSight const& reports, AuditSight& sight)
{
    std::string seen;
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
    if (auto const added = add_reports(ledger, *reports, sight); !added)
        return added.error();
    return sight;
}

} // namespace gatehouse::store
