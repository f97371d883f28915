// What each route of the console does for a program, and what it reads. Kept true by a test that compares it with the forms that the pages show.
#include "proxy/portal/api.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

using enum Method;

constexpr ApiField id{"id", "Number", true};
constexpr ApiField version{"version", "Of the record as it was read; another one means that somebody was faster", true};
constexpr ApiField own_password{"password", "Of the account that the key belongs to", true};
constexpr ApiField why{"why", "Why it is changed, for the history", true};
constexpr ApiField when_live{"when", "\"draft\": with the other changes of the draft; \"now\": at once"};

constexpr ApiField of_id[]{id};
constexpr ApiField of_step[]{id, version};
constexpr ApiField shown[]{{"show", "Which of them"}};
constexpr ApiField recommendation[]{id, version, {"advice", "\"approve\" or \"refuse\"", true},
    {"text", "Why, for the headteacher", true},
    {"scope", "For whom it opens: \"person\", \"group\", \"network\", \"role\", \"other-group\" or \"everyone\""},
    {"group", "The group, if it opens for one"}, {"target", "The site or part of it that opens"},
    {"also", "Other sites that the page needs", false, true}, {"when", "any, lessons, breaks, outside or period:NAME"},
    {"day", "From which day on; empty: at once"}, {"until", "How long"}};
constexpr ApiField closing[]{id, version, {"reason", "Why it is closed", true}};
constexpr ApiField merging[]{id, version, {"into", "Number of the request that it is the same as", true}};
constexpr ApiField decision[]{
    id, version, {"decision", "\"approve\" or \"refuse\"", true}, {"reason", "For the person who asked"}};
constexpr ApiField grant_end[]{id, {"reason", "Why it ends", true}};
constexpr ApiField permission[]{{"user", "User name of one pupil"}, {"group", "group:ID, if no pupil is named"},
    {"what", "service:ID or category:ID", true}, {"where", "network:ID; empty: anywhere at school"},
    {"reason", "The activity, and who leads it", true}};
constexpr ApiField permission_key[]{
    id, version, {"days", "How long the key holds", true}, {"measures", "The officer's: what is in place"}};
constexpr ApiField permission_close[]{id, version, {"reason", "Why it is closed", true}};
constexpr ApiField rule_order[]{{"by", "\"clause\": by the clause of the school's policy"}};
constexpr ApiField rule_name[]{{"id", "Name of the rule", true}};
constexpr ApiField rule_or_new[]{{"id", "Name of the rule; left out: a new one"}};
constexpr ApiField rule[]{{"row", "Name of the rule that is changed; empty: a new one"}, {"id", "Its name", true},
    {"who", "Roles, group:ID, everyone", false, true}, {"people", "User names, one on a line"},
    {"subjects", "category:ID, everything", false, true}, {"services", "service:ID", false, true},
    {"what", "Sites and other selectors, one on a line"}, {"where", "network:ID, device:KIND, device-id:ID", false, true},
    {"when", "lesson, break, lunch, outside, closed, weekday:DAY, period:NAME", false, true},
    {"action", "\"allow\" or \"block\"", true}, {"reason", "What people read", true}, {"clause", "Of the school's policy"},
    {"owner", "Who answers for it"}, {"request", "Number of the request or report that asked for it"},
    {"review_by", "Day to look at it again, YYYY-MM-DD"}, {"after", "Name of the rule that it comes after; empty: first"}, why};
constexpr ApiField rule_removal[]{{"id", "Name of the rule", true}, why};
constexpr ApiField service_name[]{{"id", "Name of the service", true}};
constexpr ApiField service[]{{"id", "Name of the service", true},
    {"role-ROLE", "For each role: \"rules\", \"blocked\", \"breaks\" or \"open\""},
    {"reason", "What people read who find it closed", true}, why};
constexpr ApiField group[]{{"group", "Whose week: ID of a group; empty: everyone's"},
    {"show", "\"live\": as it runs; empty: with the changes of the draft"}};
constexpr ApiField calendar_file[]{{"file", "Text of an iCalendar file; as multipart/form-data the file", true},
    {"terms", "Parts of the names of terms, one on a line; the other days are closed"},
    {"only", "Parts of the names of the other days that are taken, one on a line; empty: all"}, {"from", "YYYY-MM-DD: first day"},
    {"to", "YYYY-MM-DD: last day"}};
constexpr ApiField calendar_days[]{{"days", "\"term FIRST LAST NAME\" or \"closure FIRST LAST NAME\"", true, true}, why};
constexpr ApiField timetable_row[]{
    {"table", "\"period\", \"closure\" or \"term\"", true}, {"row", "Key of the row; left out: a new one"}};
constexpr ApiField timetable_edit[]{{"table", "\"period\", \"closure\" or \"term\"", true},
    {"row", "Key of the row; empty: a new one"}, {"name", "Its name", true}, {"first", "First day"},
    {"last", "Last day; empty: one day"}, {"kind", "Of a period: lesson, break, lunch, outside"}, {"start", "Of a period"},
    {"end", "Of a period"}, {"weekdays", "Of a period", false, true}, {"groups", "Of a period; none: everyone", false, true},
    why};
constexpr ApiField timetable_removal[]{
    {"table", "\"period\", \"closure\" or \"term\"", true}, {"row", "Key of the row", true}, {"reason", "Why it goes", true}};
constexpr ApiField list_search[]{{"list", "\"school-block\", \"school-allow\", \"school-private\" or \"all\""},
    {"find", "Part of a site, a reason or a reference"}, {"who", "Part of who added it or answers for it"},
    {"only", "\"overdue\": those that should have been looked at again"}, {"page", "Which fifty of them: 1, 2, ..."}};
constexpr ApiField list_form[]{{"list", "Which list is chosen beforehand"}, {"target", "Sites that stand there beforehand"},
    {"reason", "As in the form"}, {"reference", "As in the form"}, {"when", "As in the form"}};
constexpr ApiField list_add[]{{"list", "\"school-block\", \"school-allow\" or \"school-private\"", true},
    {"target", "Sites, one on a line; also lines of a hosts file, and rules like ||example.org^"},
    {"file", "More of them; as multipart/form-data also a file"}, {"reason", "Why", true},
    {"review", "YYYY-MM-DD: looked at again by then", true}, {"rest", "\"yes\": lines that cannot be taken are left out"},
    {"owner", "Who answers for it: a user name or a name; empty: the account"},
    {"reference", "Of the request or report that it comes from"}, when_live};
constexpr ApiField list_review[]{id, {"why", "Why it stays", true}, {"review", "YYYY-MM-DD: looked at again by then", true},
    {"owner", "Who answers for it: a user name or a name", true},
    {"reference", "Of the request or report that it comes from; empty: none"}};
constexpr ApiField list_remove[]{id, {"list", "Its list"}, {"reason", "Why it goes", true}, when_live};
constexpr ApiField draft_page[]{{"page", "Which fifty changes of lists: 1, 2, ..."}};
constexpr ApiField publication_page[]{id, {"page", "Which fifty changes of lists: 1, 2, ..."}};
constexpr ApiField days[]{{"days", "How many days are looked at"}};
constexpr ApiField publication[]{{"message", "What the change is for", true}, {"due", "YYYY-MM-DDTHH:MM; empty: now"}};
constexpr ApiField before[]{{"before", "Those with a lower number"}};
constexpr ApiField report_read[]{id, {"purpose", "Why the person's name is looked at", true}};
constexpr ApiField report_note[]{id, {"note", "What was done", true}};
constexpr ApiField report_outcome[]{id, {"outcome", "What came of it", true}};
constexpr ApiField incidents[]{{"user", "User name"}, {"device", "Device"}, {"host", "Site"},
    {"purpose", "Why somebody is looked for"}, {"before", "Those with a lower number"}};
constexpr ApiField supervision[]{{"user", "User name", true}, {"reason", "What happened", true},
    {"against", "What speaks against it"}, {"weeks", "How long", true}};
constexpr ApiField supervision_form[]{{"user", "User name that stands there beforehand"}};
constexpr ApiField supervision_decision[]{id, version, {"decision", "\"confirm\" or \"refuse\"", true}, {"reason", "Why not"}};
constexpr ApiField supervision_end[]{id, version, {"reason", "Why it ends", true}};
constexpr ApiField supervision_answer[]{id, version, {"decision", "\"end\" or \"keep\"", true}, {"reason", "Why it is kept"}};
constexpr ApiField supervision_start[]{id, {"device", "At which device", true}, {"length", "Minutes", true}};
constexpr ApiField supervision_stop[]{id, {"supervision", "Number of the supervision", true}};
constexpr ApiField log_search[]{{"last", "\"hour\", \"day\", \"week\" or \"month\" up to now"}, {"from", "YYYY-MM-DDTHH:MM"},
    {"to", "YYYY-MM-DDTHH:MM"}, {"person", "User name"}, {"device", "Device"}, {"client", "Address"},
    {"host", "Site, or a part of its name"}, {"category", "Category"}, {"searches", "List of search terms"}, {"rule", "Rule"},
    {"decision", "Number on a block page"}, {"verdict", "\"allow\" or \"block\""}, {"purpose", "Why somebody is looked for"},
    {"columns", "Which columns", false, true}, {"cursor", "Where the next page begins"}};
constexpr ApiField log_purpose[]{{"purpose", "What the log is looked at for", true}, {"days", "How long", true}};
constexpr ApiField log_view[]{{"name", "Of the search", true}, {"query", "What is searched for, as in the address of the page"}};
constexpr ApiField row[]{{"key", "Of a row of the access log", true}, {"purpose", "Why the person's name is looked at"}};
constexpr ApiField check[]{{"url", "Site"}, {"role", "Role"}, {"group", "Group"}, {"network", "Network"}, {"device", "Device"},
    {"at", "YYYY-MM-DDTHH:MM"}};
constexpr ApiField term[]{{"from", "YYYY-MM-DD"}, {"to", "YYYY-MM-DD"}};
constexpr ApiField review[]{
    {"kind", "\"policy\" or \"filtering\"", true}, {"on", "YYYY-MM-DD", true}, {"note", "What came of it", true}};
constexpr ApiField person[]{{"person", "User name", true}, {"purpose", "Which request it answers", true}, own_password,
    {"at", "As the page says it"}, {"proof", "As the page says it, instead of the password"},
    {"others", "Names of others that are taken out too, one a line"}, {"mine", "Names of the person that stay, one a line"}};
constexpr ApiField person_file[]{{"person", "User name", true}, {"purpose", "Which request it answers", true},
    {"at", "As the page says it", true}, {"proof", "As the page says it", true}, {"seen", "As the page says it", true},
    {"others", "Names of others that are taken out too, one a line"}, {"mine", "Names of the person that stay, one a line"},
    {"leave", "Keys of texts that are left out"}, {"why", "Why they are left out"}};
constexpr ApiField audit[]{{"action", "Beginning of its action, such as \"unblock.\""}, {"by", "User name of who did it"},
    {"about", "Part of whom or what it is about, or of its words"}, {"from", "YYYY-MM-DD"}, {"to", "YYYY-MM-DD"},
    {"before", "Rows with a lower number"}};
constexpr ApiField account[]{{"name", "As people know it", true}, {"login", "User name", true},
    {"person", "User name of their other account"}, {"role", "In the console"}, {"subject", "On the web"},
    {"group", "On the web"}, {"sign_on", "Name at the provider of the school's sign-on"}, own_password};
constexpr ApiField account_role[]{id, {"role", "In the console", true}, own_password};
constexpr ApiField second_word[]{
    id, {"decision", "\"confirm\" or \"refuse\"", true}, {"reason", "Needed when it is refused"}, own_password};
constexpr ApiField access_confirmation[]{
    id, {"newest", "Number of the newest that was given, as it was read", true}, own_password};
constexpr ApiField account_state[]{
    id, {"disabled", "\"yes\" or \"no\"", true}, {"sure", "Password of the account that the key belongs to", true}};
constexpr ApiField account_password[]{id, {"proof", "Password of the account that the key belongs to", true}};
constexpr ApiField account_code[]{id, {"known", "Password of the account that the key belongs to", true}};
constexpr ApiField account_forget[]{
    id, {"reason", "Why now, without names", true}, {"gone", "Password of the account that the key belongs to", true}};
constexpr ApiField account_sign_on[]{id, {"sign_on", "Name at the provider; empty takes it away"},
    {"same", "Password of the account that the key belongs to", true}};
constexpr ApiField session[]{{"session", "Number", true}, {"account", "Whose, if it is not the own account"}};
constexpr ApiField token_end[]{{"token", "Number of the key", true}, {"account", "Whose, if it is not the own account"}};

constexpr ApiWords word_table[]{
    {get, "/", "What waits"},
    {get, "/requests", "Requests to open a site", shown},
    {get, "/request", "One request", of_id},
    {post, "/request/recommend", "The officer's recommendation", recommendation},
    {get, "/request/close", "The form that closes a request", of_id},
    {post, "/request/close", "Close a request without a decision", closing},
    {get, "/request/merge", "Requests that may be the same", of_id},
    {post, "/request/merge", "Make a request part of another", merging},
    {post, "/request/decide", "The headteacher's decision", decision},
    {get, "/grants", "What is open for a time", shown},
    {get, "/grant", "One grant", of_id},
    {post, "/grant/end", "End a grant", grant_end},
    {get, "/permissions", "Permissions with two keys"},
    {get, "/permission", "One permission", of_id},
    {get, "/permission/new", "The form of a new permission"},
    {post, "/permission/new", "Propose a permission", permission},
    {post, "/permission/key", "Give a key", permission_key},
    {post, "/permission/close", "Close a permission", permission_close},
    {get, "/rules", "The rules", rule_order},
    {get, "/rules/one", "One rule", rule_name},
    {get, "/rules/edit", "The form of a rule", rule_or_new},
    {post, "/rules/edit", "Put a rule into the draft", rule},
    {post, "/rules/remove", "Put a rule's removal into the draft", rule_removal},
    {get, "/services", "What the rules say of each service"},
    {get, "/services/one", "One service", service_name},
    {post, "/services/one", "Put a service's switches into the draft", service},
    {get, "/timetable", "The timetable", group},
    {get, "/timetable/edit", "The form of a row of the timetable", timetable_row},
    {post, "/timetable/edit", "Put a row of the timetable into the draft", timetable_edit},
    {post, "/timetable/remove", "Put its removal into the draft", timetable_removal},
    {get, "/timetable/import", "The form that takes a calendar"},
    {post, "/timetable/import", "Show what a calendar would change", calendar_file},
    {post, "/timetable/import/days", "Put days of a calendar into the draft", calendar_days},
    {get, "/lists", "The school's own lists", list_search},
    {get, "/lists/add", "The form that adds sites", list_form},
    {post, "/lists/add", "Add sites", list_add},
    {get, "/lists/entry", "One entry", of_id},
    {post, "/lists/review", "Keep an entry that was looked at again", list_review},
    {post, "/lists/remove", "Take an entry off its list", list_remove},
    {get, "/draft", "Changes that are not live yet", draft_page},
    {get, "/draft/change", "One change of a list", of_id},
    {post, "/draft/drop", "Take it out of the draft", of_id},
    {get, "/draft/edit", "One change of rules or timetable", of_id},
    {post, "/draft/edit/drop", "Take it out of the draft", of_id},
    {get, "/draft/effect", "What the draft would have changed in the last days", days},
    {post, "/draft/publish", "Publish the draft", publication},
    {get, "/history", "What was published", before},
    {get, "/history/one", "One publication", publication_page},
    {post, "/history/undo", "Take a publication back", of_id},
    {post, "/history/cancel", "Call off one that is to come", of_id},
    {post, "/history/decide", "Confirm or refuse sites that nobody looks into, which somebody else published", second_word},
    {get, "/reports", "Reports of content and concerns", shown},
    {get, "/report", "One report", of_id},
    {post, "/report/read", "Read who a report is about", report_read},
    {post, "/report/take-up", "Take a report up", of_id},
    {post, "/report/note", "Note what was done", report_note},
    {post, "/report/handle", "Close a report with its outcome", report_outcome},
    {get, "/incidents", "Attempts to get round the filter", incidents},
    {get, "/supervision", "Supervised use"},
    {get, "/supervision/one", "One restriction", of_id},
    {get, "/supervision/propose", "The form that proposes one", supervision_form},
    {post, "/supervision/propose", "Propose supervised use", supervision},
    {post, "/supervision/decide", "Confirm or refuse it", supervision_decision},
    {post, "/supervision/propose-end", "Propose its end", supervision_end},
    {post, "/supervision/confirm-end", "Confirm its end or keep it", supervision_answer},
    {post, "/supervision/start", "Sit beside somebody at a device", supervision_start},
    {post, "/supervision/stop", "Get up again", supervision_stop},
    {get, "/log", "Search the access log", log_search},
    {get, "/log/export", "The same as CSV", log_search},
    {post, "/log/purpose", "State what marketing looks at the log for", log_purpose},
    {post, "/log/purpose/end", "End that before its time", of_id},
    {post, "/log/views", "Save a search", log_view},
    {post, "/log/views/remove", "Remove a saved search", of_id},
    {get, "/why", "Why a row was decided so", row},
    {get, "/traffic", "Requests by hour, site, category and group", days},
    {get, "/inspection", "What is looked into, and what is not"},
    {get, "/check", "Would a site open, for whom and when?", check},
    {get, "/checks", "Runs of the checks"},
    {get, "/checks/run", "One run", of_id},
    {post, "/checks/run", "Run the checks"},
    {get, "/governors", "The governors' report", term},
    {get, "/governors/pdf", "The same as a PDF", term},
    {get, "/reviews", "When the policy and the filter were reviewed, and have to be again"},
    {post, "/reviews", "Write down that a review was done", review},
    {get, "/privacy", "How long records are kept"},
    {post, "/privacy/person", "What would go out about one person", person},
    {post, "/privacy/person/file", "Everything about one person, as a file", person_file},
    {get, "/status", "What runs, and whether it is well"},
    {get, "/audit", "Decisions about people and policy", audit},
    {get, "/audit/export", "The same as CSV", audit},
    {post, "/audit/verify", "Read every row of the chain again"},
    {get, "/roles", "Roles that two people give"},
    {get, "/roles/one", "One role that was asked for", of_id},
    {post, "/roles/decide", "Confirm or refuse a role that somebody else asked for", second_word},
    {get, "/roles/access", "What somebody else gave one account to sign in with, while it decides nothing", of_id},
    {post, "/roles/access", "Confirm that it is really them", access_confirmation},
    {get, "/accounts", "Accounts"},
    {get, "/accounts/one", "One account", of_id},
    {get, "/accounts/add", "The form of a new account"},
    {post, "/accounts/add", "Make an account", account},
    {post, "/accounts/role", "Change its role", account_role},
    {post, "/accounts/state", "Close or open it", account_state},
    {post, "/accounts/password", "Give it a first password", account_password},
    {post, "/accounts/code", "Take its second factor off", account_code},
    {post, "/accounts/forget", "Take the person out of a closed one, for good", account_forget},
    {post, "/accounts/sign-on", "Its name at the provider of the school's sign-on", account_sign_on},
    {get, "/account", "The own account"},
    {post, "/account/end-session", "Sign out one place", session},
    {post, "/account/end-sessions", "Sign out everywhere"},
    {post, "/account/tokens/end", "End a key", token_end},
};

} // namespace

ApiWords const* words_of(Route const& route)
{
    auto const found = std::find_if(std::begin(word_table), std::end(word_table),
        [&](ApiWords const& words) { return words.method == route.method && words.path == route.path; });
    return found == std::end(word_table) ? nullptr : found;
}

std::span<ApiWords const> all_api_words()
{
    return word_table;
}

} // namespace gatehouse::portal
