#pragma once
// The pages of the console, one handler for each address of routes.cpp. Every one works without JavaScript.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

// home.cpp
task<Response> show_home(Visit const& visit);

// sign_in.cpp
task<Response> show_sign_in(Visit const& visit);
task<Response> take_sign_in(Visit const& visit);
task<Response> take_sign_out(Visit const& visit);
/// Where to go after signing in: one of our own addresses or the start page, never another site.
std::string safe_next(std::string_view next);
/// Of the page that asks for the code and then goes on to `next`, which is safe.
std::string code_address(std::string const& next);

// school_sign_on.cpp: to the provider and back
task<Response> begin_school_sign_on(Visit const& visit);
task<Response> end_school_sign_on(Visit const& visit);

// second_factor.cpp
task<Response> show_code(Visit const& visit);
task<Response> take_code(Visit const& visit);
task<Response> show_second_factor(Visit const& visit);
task<Response> show_second_factor_picture(Visit const& visit);
task<Response> begin_second_factor(Visit const& visit);
task<Response> confirm_second_factor(Visit const& visit);
task<Response> remove_second_factor(Visit const& visit);
/// True if the settings want a code of this role and the account has none yet.
bool must_set_up_code(Visit const& visit);

// account.cpp
task<Response> show_account(Visit const& visit);
task<Response> take_end_sessions(Visit const& visit);

// tokens.cpp
task<Response> show_tokens(Visit const& visit);
task<Response> take_token(Visit const& visit);
task<Response> take_token_end(Visit const& visit);

task<Response> take_end_session(Visit const& visit);
task<Response> show_password(Visit const& visit);
task<Response> take_password(Visit const& visit);

// accounts.cpp: those of others, for the ICT lead
task<Response> show_accounts(Visit const& visit);
task<Response> show_one_account(Visit const& visit);
task<Response> show_account_form(Visit const& visit);
task<Response> take_new_account(Visit const& visit);
task<Response> take_account_role(Visit const& visit);
task<Response> take_account_state(Visit const& visit);
task<Response> take_account_sign_on(Visit const& visit);
task<Response> take_account_code(Visit const& visit);
task<Response> take_account_forget(Visit const& visit); ///< account_end.cpp
// role_grants.cpp
task<Response> show_roles(Visit const& visit);
task<Response> show_role_grant(Visit const& visit);
task<Response> take_role_decision(Visit const& visit);
// given_access.cpp
task<Response> show_access_hold(Visit const& visit);
task<Response> take_access_word(Visit const& visit);
task<Response> take_access_password(Visit const& visit);
/// To whom it happened, where a page waits for that word.
Response show_held(Visit const& visit);
// accounts.cpp
task<Response> take_new_password(Visit const& visit);

// requests.cpp: queue and page; triage.cpp: what the officer recommends; closing.cpp: their other two steps; decision.cpp: yes or no
task<Response> show_requests(Visit const& visit);
task<Response> show_request(Visit const& visit);
task<Response> take_recommendation(Visit const& visit);
task<Response> show_close(Visit const& visit);
task<Response> take_close(Visit const& visit);
task<Response> show_merge(Visit const& visit);
task<Response> take_merge(Visit const& visit);
task<Response> take_decision(Visit const& visit);

// grants.cpp
task<Response> show_grants(Visit const& visit);
task<Response> show_grant(Visit const& visit);
task<Response> take_grant_end(Visit const& visit);

// permissions.cpp: two keys
task<Response> show_permissions(Visit const& visit);
task<Response> show_permission(Visit const& visit);
task<Response> show_permission_proposal(Visit const& visit);
task<Response> take_permission_proposal(Visit const& visit);
task<Response> take_permission_key(Visit const& visit);
task<Response> take_permission_close(Visit const& visit);

// supervision.cpp: who is under supervised use; supervision_steps.cpp: what is done about it
task<Response> show_supervisions(Visit const& visit);
task<Response> show_supervision(Visit const& visit);
task<Response> show_supervision_proposal(Visit const& visit);
task<Response> take_supervision_proposal(Visit const& visit);
task<Response> take_supervision_decision(Visit const& visit);
task<Response> take_supervision_end_proposal(Visit const& visit);
task<Response> take_supervision_end(Visit const& visit);
task<Response> take_supervision_start(Visit const& visit);
task<Response> take_supervision_stop(Visit const& visit);

// school_lists.cpp, list_add.cpp, list_entry.cpp
task<Response> show_lists(Visit const& visit);
task<Response> show_list_add(Visit const& visit);
task<Response> take_list_add(Visit const& visit);
task<Response> show_list_entry(Visit const& visit);
task<Response> take_list_review(Visit const& visit);
task<Response> take_list_remove(Visit const& visit);

// rules.cpp: all of them; rule_form.cpp: one; services_page.cpp: as switches; timetable.cpp, timetable_form.cpp. Changes go into the draft
task<Response> show_rules(Visit const& visit);
task<Response> show_rule(Visit const& visit);
task<Response> show_rule_form(Visit const& visit);
task<Response> take_rule_form(Visit const& visit);
task<Response> take_rule_removal(Visit const& visit);
task<Response> show_services(Visit const& visit);
task<Response> show_service(Visit const& visit);
task<Response> take_service(Visit const& visit);
task<Response> show_timetable(Visit const& visit);
task<Response> show_timetable_form(Visit const& visit);
task<Response> take_timetable_form(Visit const& visit);
task<Response> take_timetable_removal(Visit const& visit);
task<Response> show_calendar_import(Visit const& visit); // calendar_import.cpp
task<Response> take_calendar_file(Visit const& visit);
task<Response> take_calendar_days(Visit const& visit);

// draft.cpp: changes before they are live; history.cpp: what was published
task<Response> show_draft(Visit const& visit);
task<Response> show_draft_change(Visit const& visit);
task<Response> take_draft_drop(Visit const& visit);
task<Response> show_draft_edit(Visit const& visit);
task<Response> take_draft_edit_drop(Visit const& visit);
task<Response> show_draft_effect(Visit const& visit);
task<Response> take_draft_publish(Visit const& visit);
task<Response> show_history(Visit const& visit);
task<Response> show_publication(Visit const& visit);
task<Response> take_undo(Visit const& visit);
task<Response> take_cancel(Visit const& visit);
task<Response> take_publication_decision(Visit const& visit);

// reports.cpp
task<Response> show_reports(Visit const& visit);
task<Response> show_report(Visit const& visit);
task<Response> read_report(Visit const& visit);
task<Response> take_up_report(Visit const& visit);
task<Response> take_report_note(Visit const& visit);
task<Response> take_report_outcome(Visit const& visit);

// checks.cpp: the filter tried; governors.cpp: the term in numbers
task<Response> show_checks(Visit const& visit);
task<Response> show_check_run(Visit const& visit);
task<Response> take_check_run(Visit const& visit);
task<Response> show_governors(Visit const& visit);
task<Response> show_governors_pdf(Visit const& visit);

// reviews.cpp: when the policy and the filter were reviewed
task<Response> show_reviews(Visit const& visit);
task<Response> take_review(Visit const& visit);

// privacy.cpp: retention; subject_pages.cpp: everything about one person, looked at and as a file
task<Response> show_privacy(Visit const& visit);
task<Response> take_subject_access(Visit const& visit);
task<Response> take_subject_file(Visit const& visit);

// records.cpp: incidents; audit.cpp; log_pages.cpp: search, export; why.cpp: explanations; status_page.cpp; traffic.cpp: charts
task<Response> show_incidents(Visit const& visit);
task<Response> show_audit(Visit const& visit);
task<Response> export_audit(Visit const& visit);
task<Response> take_audit_verify(Visit const& visit);
task<Response> show_log(Visit const& visit);
task<Response> take_log_purpose(Visit const& visit); // log_purpose.cpp
task<Response> take_log_purpose_end(Visit const& visit);
task<Response> take_log_view(Visit const& visit);
task<Response> take_log_view_sharing(Visit const& visit);
task<Response> take_log_view_removal(Visit const& visit);
task<Response> export_log(Visit const& visit);
task<Response> show_live_log(Visit const& visit);
task<Response> stream_live_log(Visit const& visit);
task<Response> show_why(Visit const& visit);
task<Response> show_check(Visit const& visit);
task<Response> show_status(Visit const& visit);
task<Response> show_inspection(Visit const& visit);
task<Response> show_traffic(Visit const& visit);

} // namespace gatehouse::portal::console
