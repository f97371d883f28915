#include "proxy/store/notices.hpp"

#include "policy/term_list.hpp"
#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/machine_rows.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view a_report = "A report waits for you. Please look at it today.";
constexpr std::string_view urgent_report = "Somebody may need help now. Please look at the report at once.";
constexpr std::string_view one_key = "A permission for pupils waits for your key.";
constexpr std::string_view a_case = "Supervised use of the web is proposed for somebody and waits for your decision.";

constexpr std::string_view a_role
    = "Somebody is to have a role that decides, and a second person has to say yes. Say no if you did not expect that.";

constexpr std::string_view an_emergency
    = "Somebody signed in with the account for emergencies. If you did not expect that, look at it now.";

constexpr std::string_view a_decision
    = "The online safety officer has looked at a request for a blocked site. You say yes or no.";

/// A kind with how its newest waiting thing is found: one number, which grows with each.
struct Source {
    NoticeKind kind;
    std::string_view newest;    ///< ?1: the role; empty: `find` does it
    std::string_view more = {}; ///< ?1: what `newest` found; a line for the mail
    result<std::optional<std::int64_t>> (*find)(Ledger& ledger, ConsoleRole role, Instant now) = nullptr;
    std::optional<Urgent> reports = {}; ///< which of them: one by one, not by the newest
};

/// Of the requests that wait for this role's decision. One may become the chief executive's because the headteacher joins those who ask, so for them
/// each of these counts.
result<std::optional<std::int64_t>> newest_to_decide(Ledger& ledger, ConsoleRole role, Instant)
{
    using Waiting = std::pair<RequestId, std::int64_t>;
    auto const waiting = ledger.database().collect(
        "SELECT r.id, max(e.id) FROM unblock_requests r JOIN unblock_requests a ON a.id = r.id OR (?1 = 6 AND a.merged_into = "
        "r.id)"
        " JOIN unblock_events e ON e.request = a.id WHERE r.state = 1 GROUP BY r.id ORDER BY 2 DESC",
        [](Statement const& row) {
            return Waiting{row.id<RequestId>(0), row.integer(1)};
        },
        role);
    if (!waiting)
        return waiting.error();
    for (auto const& [request, newest] : *waiting) {
        auto const decider = decider_of(ledger, request);
        if (!decider)
            return decider.error();
        if (*decider == role)
            return std::optional{newest};
    }
    return std::optional<std::int64_t>{};
}

template <class Id>
result<std::optional<std::int64_t>> as_number(result<Id> const& id)
{
    return id ? result<std::optional<std::int64_t>>{number(*id)} : result<std::optional<std::int64_t>>{id.error()};
}

result<std::optional<std::int64_t>> newest_role_of_chief(Ledger& ledger, ConsoleRole, Instant now)
{
    return as_number(newest_role_for_chief(ledger, now));
}

result<std::optional<std::int64_t>> newest_hold_of_chief(Ledger& ledger, ConsoleRole, Instant now)
{
    return as_number(newest_hold_for_chief(ledger, now));
}

constexpr std::string_view proposals
    = "SELECT coalesce(max(r.id), 0) FROM restrictions r WHERE r.state = 0 AND (?1 = 6) = EXISTS (SELECT 1 FROM account_logins l"
      " JOIN accounts a ON a.id = l.account JOIN accounts b ON b.person = a.person WHERE l.login = r.user AND b.console_role = "
      "2)";

// A new password or way to sign in of somebody with a role lets whoever gave it act in their place; so does a role that is given at the command line,
// which counts at once. What is set up there before anybody has signed in is told to nobody. Rows of closing, opening and forgetting say the role that the
// account had: by the time they are read it may have none. Rows of linking and parting say those of all accounts concerned.
constexpr std::string_view changed_accounts
    = "SELECT coalesce(max(sequence), 0) FROM audit WHERE ?1 > 0 AND (account > 0 OR sequence > (SELECT min(sequence) FROM audit"
      " WHERE action = 'sign-in')) AND (action IN ('account.set-role', 'account.confirm-role', 'account.second-factor-clear')"
      " OR (action = 'account.confirm-access' AND account = 0)"
      " OR (action = 'account.add' AND detail NOT LIKE 'console role none%')"
      " OR (action IN ('account.disable', 'account.enable', 'account.forget', 'account.link', 'account.unlink') AND detail LIKE"
      " 'role %') OR (action IN ('account.reset-password', 'account.set-sign-on', 'account.rename') AND EXISTS (SELECT 1 FROM"
      " accounts a WHERE a.console_role <> 0 AND a.id = CAST(substr(object, 9) AS INTEGER))))"; // behind "account:"
constexpr std::string_view accounts_kind = "roles";

constexpr std::string_view not_them
    = "Somebody was given another way into an account that decides, and a second person says that it is not them. The account is "
      "closed and opens nothing. Look at what was done with it, and talk to whoever gave it.";
constexpr std::string_view refusals
    = "SELECT coalesce(max(sequence), 0) FROM audit WHERE action = 'account.refuse-access' AND ?1 > 0";
/// Those about a headteacher.
constexpr std::string_view refusals_of_heads
    = "SELECT coalesce(max(sequence), 0) FROM audit WHERE action = 'account.refuse-access' AND ?1 > 0 AND EXISTS (SELECT 1 FROM "
      "accounts a WHERE a.console_role = 2 AND a.id = CAST(substr(object, 9) AS INTEGER))";

constexpr std::string_view machine_text
    = "Somebody at the command line of the machine changed what the gateway looks into, its certificate, how long records are "
      "kept or to whom it sends mail, or day files of the access log were deleted or damaged. If you did not expect that, ask "
      "the ICT lead.";

constexpr std::string_view newest_of = "SELECT coalesce(max(a.sequence), 0)", of_any_role = " AND ?1 > 0";
constexpr auto machine_query = [] {
    std::array<char, newest_of.size() + machine_rows.size() + of_any_role.size()> text{};
    auto* end = text.data();
    for (auto const part : {newest_of, machine_rows, of_any_role})
        end = std::copy(part.begin(), part.end(), end);
    return text;
}();
constexpr std::string_view machine_changes{machine_query.data(), machine_query.size()};

constexpr std::string_view emergencies
    = "SELECT coalesce(max(sequence), 0) FROM audit WHERE action = 'break-glass.used' AND ?1 > 0";

constexpr std::string_view a_head
    = "The head of the audit today. Keep this mail: with such lines in a file, gatehouse audit verify --heads FILE finds out "
      "whether the audit was cut or written anew.";
constexpr std::string_view heads = "SELECT coalesce(max(sequence), 0) FROM audit WHERE action = 'audit.head-kept' AND ?1 > 0";
constexpr std::string_view head_line = "SELECT detail FROM audit WHERE sequence = ?1";

constexpr std::array sources{
    Source{{"requests", ConsoleRole::officer, "a request waits", "Somebody asked for a site that is blocked.", "/requests"},
        "SELECT coalesce(max(e.id), 0) FROM unblock_events e JOIN unblock_requests r ON r.id = e.request WHERE r.state = 0 AND "
        "?1 > 0"},
    Source{{"reports", ConsoleRole::officer, "a report waits", a_report, "/reports"}, {}, {}, {}, Urgent::no},
    Source{{"key-officer", ConsoleRole::officer, "a permission waits for your key", one_key, "/permissions"},
        "SELECT coalesce(max(id), 0) FROM permissions WHERE closed_at IS NULL AND officer IS NULL AND ?1 > 0"},
    Source{{"publications", ConsoleRole::officer, "a publication was refused",
               "A publication did not go live when its time came: it did not fit the policy, or whoever published it is no "
               "officer any "
               "more. Its changes are in the draft again.",
               "/history"},
        // not by its number: one with a lower number may be refused later
        "SELECT coalesce(max(sequence), 0) FROM audit WHERE action = 'publication.refuse' AND ?1 > 0"},
    Source{{"decisions", ConsoleRole::headteacher, "a request waits for your decision", a_decision, "/requests"}, {}, {},
        newest_to_decide},
    Source{{"reports-staff", ConsoleRole::headteacher, "a report waits", a_report, "/reports"}, {}, {}, {}, Urgent::no},
    Source{{"key-head", ConsoleRole::headteacher, "a permission waits for your key", one_key, "/permissions"},
        "SELECT coalesce(max(id), 0) FROM permissions WHERE closed_at IS NULL AND head IS NULL AND ?1 > 0"},
    Source{{"cases", ConsoleRole::headteacher, "supervised use waits for your decision", a_case, "/supervision"}, proposals},
    Source{
        {accounts_kind, ConsoleRole::headteacher, "an account with a role was changed",
            "An account with a role in these pages was made, changed or closed, or it got another user name, password or way to "
            "sign in. If you did not expect that, look at it: whoever gives a way to sign in could sign in as that person. "
            "The page Roles shows the accounts that decide nothing because of that, until when, and who says whether it "
            "is really them.",
            "/audit?action=account."},
        changed_accounts},
    Source{{"not-them", ConsoleRole::headteacher, "a second person says that it is not them", not_them, "/roles"}, refusals},
    Source{{"not-them-dpo", ConsoleRole::dpo, "a second person says that it is not them", not_them,
               "/audit?action=account.refuse-access"},
        refusals},
    Source{{"not-them-dsl", ConsoleRole::dsl, "a second person says that it is not them", not_them, "/"}, refusals},
    Source{{"not-them-head", ConsoleRole::chief_executive, "a second person says that it is not them", not_them, "/roles"},
        refusals_of_heads},
    Source{{"role-asked", ConsoleRole::headteacher, "a role waits for a second person", a_role, "/roles"},
        "SELECT coalesce(max(id), 0) FROM role_grants WHERE state = 0 AND ?1 > 0"},
    Source{
        {"lists-asked", ConsoleRole::headteacher, "sites that nobody looks into wait for a second person",
            "Somebody wants the gateway to look into some sites no longer, and a second person has to say yes. Say no if you did "
            "not expect that.",
            "/history"},
        "SELECT coalesce(max(id), 0) FROM publications WHERE state = 4 AND ?1 > 0"},
    Source{{"rules", ConsoleRole::headteacher, "the rules were changed",
               "Rules or the timetable of the web filter were changed. The history says what, by whom and why.", "/history"},
        "SELECT coalesce(max(applied), 0) FROM policy_changes WHERE ?1 > 0"},
    Source{{"emergency", ConsoleRole::headteacher, "the emergency account was used", an_emergency, "/audit?action=break-glass."},
        emergencies},
    Source{{"emergency-dpo", ConsoleRole::dpo, "the emergency account was used", an_emergency, "/audit?action=break-glass."},
        emergencies},
    Source{
        {"machine", ConsoleRole::headteacher, "the machine's owner changed the gateway", machine_text, "/audit?action=machine."},
        machine_changes},
    Source{{"machine-dpo", ConsoleRole::dpo, "the machine's owner changed the gateway", machine_text, "/audit?action=machine."},
        machine_changes},
    Source{{"clock", ConsoleRole::ict_lead, "the clock of the gateway has leapt",
               "The clock of the gateway went ahead by more than a week. Old records are kept for a day, so that a wrong clock "
               "deletes "
               "nothing. Look whether it is right.",
               "/audit?action=clock."},
        "SELECT coalesce(max(sequence), 0) FROM audit WHERE action = 'clock.leap' AND ?1 > 0"},
    Source{{"lists", ConsoleRole::ict_lead, "lists could not be updated",
               "An update of the lists was refused in whole or in part; the last good ones stay in force. Run `gatehouse lists "
               "update` "
               "by hand: it says which, and why.",
               "/status"},
        "SELECT coalesce(max(sequence), 0) FROM audit WHERE action = 'lists.update-failed' AND ?1 > 0"},
    Source{{"decisions-head", ConsoleRole::chief_executive, "a request waits for your decision", a_decision, "/requests"}, {}, {},
        newest_to_decide},
    Source{{"reports-head", ConsoleRole::chief_executive, "a report waits", a_report, "/reports"}, {}, {}, {}, Urgent::no},
    Source{{"role-asked-chief", ConsoleRole::chief_executive, "a role waits for you", a_role, "/roles"}, {}, {},
        newest_role_of_chief},
    Source{
        {"access-chief", ConsoleRole::chief_executive, "an account waits for your word",
            "Somebody was given another way into an account that decides, and nobody else could say whether it is really "
            "them, or the only other one has not for a day. Ask the person, then say yes or no. Until then the account decides "
            "nothing.",
            "/roles"},
        {}, {}, newest_hold_of_chief},
    Source{{"cases-head", ConsoleRole::chief_executive, "supervised use waits for your decision", a_case, "/supervision"},
        proposals},
    Source{{"reports-pupil", ConsoleRole::dsl, "a report waits", a_report, "/reports"}, {}, {}, {}, Urgent::no},
    Source{{"urgent-pupil", ConsoleRole::dsl, "please look now", urgent_report, "/reports"}, {}, {}, {}, Urgent::yes},
    Source{{"urgent-staff", ConsoleRole::headteacher, "please look now", urgent_report, "/reports"}, {}, {}, {}, Urgent::yes},
    Source{{"urgent-head", ConsoleRole::chief_executive, "please look now", urgent_report, "/reports"}, {}, {}, {}, Urgent::yes},
    Source{{"urgent-officer", ConsoleRole::officer, "please look now", urgent_report, "/reports"}, {}, {}, {}, Urgent::yes},
    Source{{"heads-dpo", ConsoleRole::dpo, "the head of the audit", a_head, "/audit"}, heads, head_line},
    Source{{"heads-governors", ConsoleRole::auditor, "the head of the audit", a_head, "/audit"}, heads, head_line}};

// The numbers in the statements above.
static_assert(static_cast<int>(ConsoleRole::none) == 0 && static_cast<int>(ConsoleRole::headteacher) == 2
    && static_cast<int>(ConsoleRole::chief_executive) == 6);
static_assert(static_cast<int>(PublicationState::waiting) == 4);
static_assert(static_cast<int>(RequestState::submitted) == 0 && static_cast<int>(RequestState::recommended) == 1);

constexpr auto kinds = [] {
    std::array<NoticeKind, sources.size()> all{};
    std::transform(sources.begin(), sources.end(), all.begin(), [](Source const& source) { return source.kind; });
    return all;
}();

/// What is newer than what was told of its kind.
result<std::optional<DueNotice>> newer_than_told(Ledger& ledger, Source const& source, NoticeKind const& kind, Instant now)
{
    auto& database = ledger.database();
    auto const number_of = [](Statement const& row) { return row.integer(0); };
    auto const newest
        = source.find != nullptr ? source.find(ledger, kind.role, now) : database.first(source.newest, number_of, kind.role);
    auto const told = database.first("SELECT newest FROM notices WHERE kind = ?", number_of, kind.id);
    if (!newest || !told)
        return newest ? told.error() : newest.error();
    if (newest->value_or(0) <= told->value_or(0))
        return std::optional<DueNotice>{};
    DueNotice due{&kind, **newest};
    if (source.more.empty())
        return std::optional{std::move(due)};
    auto more = database.first(
        source.more, [](Statement const& row) { return row.text(0); }, due.newest);
    if (!more)
        return more.error();
    due.more = more->value_or(std::string{});
    return std::optional{std::move(due)};
}

result<std::optional<DueNotice>> of_reports(Ledger& ledger, Urgent urgent, NoticeKind const& kind, Instant now)
{
    auto untold = untold_reports(ledger, kind.role, urgent, now);
    if (!untold)
        return untold.error();
    if (untold->empty())
        return std::optional<DueNotice>{};
    return std::optional{DueNotice{&kind, number(untold->back()), {}, std::move(*untold)}};
}

} // namespace

std::span<NoticeKind const> notice_kinds()
{
    return kinds;
}

result<std::vector<DueNotice>> due_notices(Ledger& ledger, std::span<ConsoleRole const> roles, Instant now)
{
    std::vector<DueNotice> due;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        auto const& kind = kinds[i];
        if (std::find(roles.begin(), roles.end(), kind.role) == roles.end())
            continue;
        auto const& reports = sources[i].reports;
        auto found = reports ? of_reports(ledger, *reports, kind, now) : newer_than_told(ledger, sources[i], kind, now);
        if (!found)
            return found.error();
        if (*found)
            due.push_back(std::move(**found));
    }
    return due;
}

result<void> mark_told(Ledger& ledger, DueNotice const& notice, Instant now)
{
    return ledger.transact([&]() -> result<void> {
        if (!notice.reports.empty())
            return note_reports_told(ledger, notice.kind->role, notice.reports);
        auto const marked = ledger.database().execute(
            "INSERT INTO notices (kind, newest) VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET newest = max(newest, ?2)",
            notice.kind->id, notice.newest);
        bool const is_of_accounts = notice.kind->id == accounts_kind;
        return marked && is_of_accounts ? note_holds_mailed(ledger, notice.newest, now) : marked;
    });
}

result<void> note_untold(Ledger& ledger, DueNotice const& notice, std::string const& why, Instant now)
{
    if (!notice.kind->id.starts_with("machine"))
        return {};
    auto const about = fmt::format("about row {}, to the {}: ", notice.newest, to_text(notice.kind->role));
    return ledger.transact([&]() -> result<void> {
        auto const known = count_rows(
            ledger, "SELECT count(*) FROM audit WHERE action = 'mail.not-sent' AND substr(detail, 1, length(?1)) = ?1", about);
        if (!known || *known > 0)
            return known ? result<void>{} : result<void>{known.error()};
        return audit(ledger, {"mail.not-sent", "mail", system_actor, now}, about + why);
    });
}

} // namespace gatehouse::store
