#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/language_choice.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/portal/portal_pages.hpp"
#include "proxy/portal/router.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

using enum Method;
using Role = store::ConsoleRole;
namespace con = console;

constexpr Route portal_table[] = {
    {get, "/", show_welcome},
    {get, "/proxy.pac", show_pac},
    {get, "/wpad.dat", show_pac},
    {get, "/ca.crt", show_ca},
    {get, "/device", show_device},
    {get, "/try", show_try},
    {get, "/blocked", show_blocked_again},
    {get, "/ask", show_ask},
    {post, "/ask", take_ask},
    {get, "/status/", show_request_status},
    {post, "/withdraw", withdraw},
    {get, "/tell", show_tell},
    {post, "/tell", take_tell},
    {get, "/told", show_told},
    {get, "/help", show_help},
    {get, "/accessibility", show_accessibility},
    {get, "/language", choose_language},
    {get, "/assets/", show_asset},
};

constexpr auto anyone = Access::open();
constexpr auto signed_in = Access::signed_in();
constexpr auto officer = Access::roles(Role::officer);
constexpr auto deciders = Access::roles(Role::officer, Role::headteacher, Role::chief_executive);
constexpr auto heads = Access::roles(Role::headteacher, Role::chief_executive);
constexpr auto grant_readers = Access::roles(Role::officer, Role::headteacher, Role::ict_lead, Role::auditor);
constexpr auto grant_enders = Access::roles(Role::officer, Role::headteacher);
constexpr auto list_readers = Access::roles(Role::officer, Role::ict_lead, Role::headteacher, Role::auditor);
constexpr auto report_readers = Access::roles(Role::officer, Role::dsl, Role::headteacher, Role::chief_executive);
constexpr auto incident_readers = Access::roles(Role::officer, Role::dsl, Role::headteacher, Role::ict_lead, Role::auditor);
constexpr auto inspection_readers = Access::roles(Role::officer, Role::ict_lead, Role::headteacher, Role::dpo, Role::auditor);
constexpr auto permission_readers = Access::roles(Role::officer, Role::headteacher, Role::dsl, Role::ict_lead, Role::auditor);
constexpr auto supervision_readers
    = Access::roles(Role::officer, Role::dsl, Role::headteacher, Role::chief_executive, Role::supervisor, Role::auditor);
constexpr auto supervision_makers = Access::roles(Role::officer, Role::dsl);
constexpr auto supervision_enders = Access::roles(Role::officer, Role::dsl, Role::headteacher, Role::chief_executive);
constexpr auto supervisors = Access::roles(Role::officer, Role::dsl, Role::headteacher, Role::supervisor);
constexpr auto traffic_readers
    = Access::roles(Role::ict_lead, Role::officer, Role::headteacher, Role::dsl, Role::dpo, Role::auditor);
constexpr auto check_runners = Access::roles(Role::officer, Role::headteacher, Role::ict_lead, Role::dsl, Role::auditor);
constexpr auto governors_readers
    = Access::roles(Role::officer, Role::headteacher, Role::ict_lead, Role::dsl, Role::dpo, Role::chief_executive, Role::auditor);
constexpr auto hold_readers = Access::roles(Role::ict_lead, Role::headteacher, Role::chief_executive);
constexpr auto headteacher = Access::roles(Role::headteacher);
constexpr auto review_readers
    = Access::roles(Role::headteacher, Role::officer, Role::chief_executive, Role::ict_lead, Role::dsl, Role::dpo, Role::auditor);
constexpr auto privacy_readers = Access::roles(Role::dpo, Role::headteacher, Role::auditor, Role::ict_lead);
constexpr auto marketing = Access::roles(Role::marketing);
constexpr auto purpose_enders = Access::roles(Role::marketing, Role::headteacher, Role::dpo);
constexpr auto dpo = Access::roles(Role::dpo);
constexpr auto ict_lead = Access::roles(Role::ict_lead);
constexpr auto log_readers = Access::roles(Role::ict_lead, Role::officer, Role::dsl, Role::marketing);
constexpr auto audit_readers = Access::roles(Role::dpo, Role::auditor, Role::headteacher, Role::ict_lead, Role::chief_executive);

/// `also_held`: what names no child, decides nothing and takes nothing from anybody else, and one's own account but its ways in; /account/password, since a
/// first password has to be changed before anything opens. Rules and with them drafts and the history may name a pupil, the page of what is looked into
/// shows devices. Everything else waits while the account does (store/given_access.hpp).
constexpr Route console_table[] = {
    {get, "/", con::show_home, signed_in.also_held(), "Start"},
    {get, "/sign-in", con::show_sign_in, anyone},
    {post, "/sign-in", con::take_sign_in, anyone},
    {get, "/sign-in/school", con::begin_school_sign_on, anyone},
    {get, "/sign-in/school/back", con::end_school_sign_on, anyone},
    {get, "/sign-in/code", con::show_code, anyone},
    {post, "/sign-in/code", con::take_code, anyone},
    {post, "/sign-out", con::take_sign_out, anyone},
    {get, "/requests", con::show_requests, deciders, "Requests"},
    {get, "/request", con::show_request, deciders},
    {post, "/request/recommend", con::take_recommendation, officer},
    {get, "/request/close", con::show_close, officer},
    {post, "/request/close", con::take_close, officer},
    {get, "/request/merge", con::show_merge, officer},
    {post, "/request/merge", con::take_merge, officer},
    {post, "/request/decide", con::take_decision, heads},
    {get, "/grants", con::show_grants, grant_readers, "Grants"},
    {get, "/grant", con::show_grant, grant_readers},
    {post, "/grant/end", con::take_grant_end, grant_enders},
    {get, "/permissions", con::show_permissions, permission_readers, "Permissions"},
    {get, "/permission", con::show_permission, permission_readers},
    {get, "/permission/new", con::show_permission_proposal, grant_enders},
    {post, "/permission/new", con::take_permission_proposal, grant_enders},
    {post, "/permission/key", con::take_permission_key, grant_enders},
    {post, "/permission/close", con::take_permission_close, grant_enders},
    {get, "/rules", con::show_rules, list_readers, "Rules"},
    {get, "/rules/one", con::show_rule, list_readers},
    {get, "/rules/edit", con::show_rule_form, officer},
    {post, "/rules/edit", con::take_rule_form, officer},
    {post, "/rules/remove", con::take_rule_removal, officer},
    {get, "/services", con::show_services, list_readers.also_held(), "Services"},
    {get, "/services/one", con::show_service, list_readers.also_held()},
    {post, "/services/one", con::take_service, officer.also_held()},
    {get, "/timetable", con::show_timetable, list_readers.also_held()},
    {get, "/timetable/edit", con::show_timetable_form, officer.also_held()},
    {post, "/timetable/edit", con::take_timetable_form, officer.also_held()},
    {post, "/timetable/remove", con::take_timetable_removal, officer.also_held()},
    {get, "/timetable/import", con::show_calendar_import, officer.also_held()},
    {post, "/timetable/import", con::take_calendar_file, officer.also_held()},
    {post, "/timetable/import/days", con::take_calendar_days, officer.also_held()},
    {get, "/lists", con::show_lists, list_readers.also_held(), "School lists"},
    {get, "/lists/add", con::show_list_add, officer.also_held()},
    {post, "/lists/add", con::take_list_add, officer.also_held()},
    {get, "/lists/entry", con::show_list_entry, list_readers.also_held()},
    {post, "/lists/review", con::take_list_review, officer},
    {post, "/lists/remove", con::take_list_remove, officer.also_held()},
    {get, "/draft", con::show_draft, list_readers, "Draft"},
    {get, "/draft/change", con::show_draft_change, list_readers},
    {post, "/draft/drop", con::take_draft_drop, officer},
    {get, "/draft/edit", con::show_draft_edit, list_readers},
    {post, "/draft/edit/drop", con::take_draft_edit_drop, officer},
    {get, "/draft/effect", con::show_draft_effect, list_readers},
    {post, "/draft/publish", con::take_draft_publish, officer},
    {get, "/history", con::show_history, list_readers},
    {get, "/history/one", con::show_publication, list_readers},
    {post, "/history/undo", con::take_undo, officer},
    {post, "/history/cancel", con::take_cancel, officer},
    {post, "/history/decide", con::take_publication_decision, grant_enders},
    {get, "/reports", con::show_reports, report_readers, "Reports"},
    {get, "/report", con::show_report, report_readers},
    {post, "/report/read", con::read_report, report_readers},
    {post, "/report/take-up", con::take_up_report, report_readers},
    {post, "/report/note", con::take_report_note, report_readers},
    {post, "/report/handle", con::take_report_outcome, report_readers},
    {get, "/incidents", con::show_incidents, incident_readers, "Incidents"},
    {get, "/supervision", con::show_supervisions, supervision_readers, "Supervised use"},
    {get, "/supervision/one", con::show_supervision, supervision_readers},
    {get, "/supervision/propose", con::show_supervision_proposal, supervision_makers},
    {post, "/supervision/propose", con::take_supervision_proposal, supervision_makers},
    {post, "/supervision/decide", con::take_supervision_decision, heads},
    {post, "/supervision/propose-end", con::take_supervision_end_proposal, supervision_enders},
    {post, "/supervision/confirm-end", con::take_supervision_end, supervision_enders},
    {post, "/supervision/start", con::take_supervision_start, supervisors},
    {post, "/supervision/stop", con::take_supervision_stop, supervisors},
    {get, "/log", con::show_log, log_readers, "Access log"},
    {post, "/log/purpose", con::take_log_purpose, marketing},
    {post, "/log/purpose/end", con::take_log_purpose_end, purpose_enders},
    {post, "/log/views", con::take_log_view, log_readers},
    {post, "/log/views/share", con::take_log_view_sharing, log_readers},
    {post, "/log/views/remove", con::take_log_view_removal, log_readers},
    {get, "/log/export", con::export_log, log_readers},
    {get, "/log/live", con::show_live_log, log_readers},
    {get, "/log/live/events", con::stream_live_log, log_readers},
    {get, "/why", con::show_why, log_readers},
    {get, "/traffic", con::show_traffic, traffic_readers.also_held(), "Traffic"},
    {get, "/inspection", con::show_inspection, inspection_readers, "Looking inside"},
    {get, "/check", con::show_check, signed_in.also_held(), "Check a site"},
    {get, "/checks", con::show_checks, check_runners.also_held(), "Checks"},
    {get, "/checks/run", con::show_check_run, check_runners.also_held()},
    {post, "/checks/run", con::take_check_run, check_runners.also_held()},
    {get, "/governors", con::show_governors, governors_readers.also_held(), "For governors"},
    {get, "/governors/pdf", con::show_governors_pdf, governors_readers.also_held()},
    {get, "/reviews", con::show_reviews, review_readers.also_held(), "Reviews"},
    {post, "/reviews", con::take_review, headteacher},
    {get, "/privacy", con::show_privacy, privacy_readers, "Privacy"},
    {post, "/privacy/person", con::take_subject_access, dpo},
    {post, "/privacy/person/file", con::take_subject_file, dpo},
    {get, "/status", con::show_status, signed_in.also_held(), "Status"},
    {get, "/audit", con::show_audit, audit_readers, "Audit"},
    {get, "/audit/export", con::export_audit, audit_readers},
    {post, "/audit/verify", con::take_audit_verify, audit_readers},
    {get, "/roles", con::show_roles, hold_readers, "Roles"},
    {get, "/roles/one", con::show_role_grant, hold_readers},
    {post, "/roles/decide", con::take_role_decision, hold_readers},
    {get, "/roles/access", con::show_access_hold, hold_readers},
    {post, "/roles/access", con::take_access_word, hold_readers},
    {post, "/roles/access/password", con::take_access_password, hold_readers},
    {get, "/accounts", con::show_accounts, ict_lead, "Accounts"},
    {get, "/accounts/one", con::show_one_account, ict_lead},
    {get, "/accounts/add", con::show_account_form, ict_lead},
    {post, "/accounts/add", con::take_new_account, ict_lead},
    {post, "/accounts/role", con::take_account_role, ict_lead},
    {post, "/accounts/state", con::take_account_state, ict_lead},
    {post, "/accounts/sign-on", con::take_account_sign_on, ict_lead},
    {post, "/accounts/code", con::take_account_code, ict_lead},
    {post, "/accounts/forget", con::take_account_forget, ict_lead},
    {post, "/accounts/password", con::take_new_password, ict_lead},
    {get, "/account", con::show_account, signed_in.also_held()},
    {post, "/account/end-session", con::take_end_session, signed_in.also_held()},
    {post, "/account/end-sessions", con::take_end_sessions, signed_in.also_held()},
    {get, "/account/tokens", con::show_tokens, signed_in},
    {post, "/account/tokens", con::take_token, signed_in},
    {post, "/account/tokens/end", con::take_token_end, signed_in.also_held()},
    {get, "/account/second-factor", con::show_second_factor, signed_in},
    {get, "/account/second-factor/picture.svg", con::show_second_factor_picture, signed_in},
    {post, "/account/second-factor/begin", con::begin_second_factor, signed_in},
    {post, "/account/second-factor/confirm", con::confirm_second_factor, signed_in},
    {post, "/account/second-factor/remove", con::remove_second_factor, signed_in},
    {get, "/account/password", con::show_password, signed_in.also_held()},
    {post, "/account/password", con::take_password, signed_in.also_held()},
    {get, "/help", show_help, anyone},
    {get, "/accessibility", show_accessibility, anyone},
    {get, "/language", choose_language, anyone},
    {get, "/assets/", show_asset, anyone},
};

bool is_open(Visit const& visit, Route const& route)
{
    return route.access.permits(visit.session->account.console_role) && (route.access.permits_held() || !visit.is_held());
}

} // namespace

std::span<Route const> portal_routes()
{
    return portal_table;
}
std::span<Route const> console_routes()
{
    return console_table;
}

std::vector<View> menu_of(Visit const& visit)
{
    std::vector<View> items;
    for (auto const& route : console_table) {
        if (route.menu.empty() || !is_open(visit, route))
            continue;
        View item;
        item.text("href", route.path)
            .text("text", say(visit.language, route.menu))
            .flag("current", route.path == visit.request.path);
        items.push_back(item);
    }
    return items;
}

bool opens(Visit const& visit, std::string_view address)
{
    auto const path = address.substr(0, address.find('?'));
    return std::any_of(std::begin(console_table), std::end(console_table),
        [&](Route const& route) { return route.method == get && route.path == path && is_open(visit, route); });
}

Words role_title(store::ConsoleRole role)
{
    switch (role) {
    case Role::none: return "no role";
    case Role::officer: return "online safety officer";
    case Role::headteacher: return "headteacher";
    case Role::ict_lead: return "ICT lead";
    case Role::dsl: return "safeguarding lead";
    case Role::dpo: return "data protection officer";
    case Role::chief_executive: return "chief executive";
    case Role::marketing: return "marketing and communications";
    case Role::auditor: return "auditor";
    case Role::supervisor: return "member of staff who supervises";
    }
    return "no role";
}

} // namespace gatehouse::portal
