// What each route of the console does for a program, and what it reads. Kept true by a test that compares it with the forms that the pages show.
#include "proxy/portal/api.hpp"
#include "proxy/portal/limits.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

using enum Method;

constexpr ApiShape number{ApiShape::Kind::number};
constexpr ApiShape a_day{ApiShape::Kind::day};
constexpr ApiShape a_minute{ApiShape::Kind::minute};
constexpr ApiShape a_clock{ApiShape::Kind::clock};
constexpr ApiShape yes_or_no{ApiShape::Kind::flag};
constexpr ApiShape texts{ApiShape::Kind::text, {}, true};
/// Characters, as the form has them.
constexpr ApiShape text(std::size_t longest)
{
    return {ApiShape::Kind::text, {}, false, longest};
}
constexpr ApiShape one_of(std::string_view values)
{
    return {ApiShape::Kind::text, values};
}
constexpr ApiShape some_of(std::string_view values)
{
    return {ApiShape::Kind::text, values, true};
}
constexpr ApiShape one_number_of(std::string_view values)
{
    return {ApiShape::Kind::number, values};
}
constexpr auto a_role = one_of("none|officer|headteacher|ict-lead|dsl|dpo|chief-executive|marketing|auditor|supervisor");

constexpr ApiField id{"id", "Number", true, number};
constexpr ApiField version{"version", "Of the record as it was read; another one means that somebody was faster", true, number};
constexpr ApiField own_password{"password", "Of the account that the key belongs to", true, text(256)};
constexpr ApiField why{"why", "Why it is changed, for the history", true};
constexpr ApiField stood{
    "stood", "As the form had it, so that nothing is taken if its subject changed meanwhile; left out: taken", false, text(64)};
constexpr ApiField when_live{"when", "With the other changes of the draft, or at once", false, one_of("draft|now")};

constexpr ApiField of_id[]{id};
constexpr ApiField page_number{"page", "Which fifty of them: 1, 2, ...", false, number};
constexpr ApiField of_page[]{page_number};
constexpr ApiField of_inspection[]{{"apps", "Which fifty of the apps: 1, 2, ...", false, number},
    {"devices", "Which fifty of the devices: 1, 2, ...", false, number}};
constexpr ApiField of_privacy[]{{"gone", "Which fifty rows of what went: 1, 2, ...", false, number},
    {"page", "Which fifty purposes: 1, 2, ...", false, number}};
constexpr ApiField of_id_and_page[]{id, page_number};
constexpr ApiField of_same[]{id, {"find", "Part of a site or of a reference", false}, page_number};
constexpr ApiField of_requests[]{{"show", "Those in which state; left out: those that wait for this role", false,
                                     one_of("submitted|recommended|approved|refused|closed|withdrawn|expired|merged")},
    page_number};
constexpr ApiField of_grants[]{{"show", "Those that have ended too", false, one_of("|all")}, page_number};
constexpr ApiField of_reports[]{{"show", "Those that are done", false, one_of("|handled")}, page_number};
constexpr ApiField recommendation[]{id, version, {"advice", "Whether it opens", true, one_of("open|keep")},
    {"text", "Why, for the headteacher", true, text(2000)},
    {"scope", "For whom it opens", false, one_of("person|group|network|role|other-group|everyone")},
    {"group", "The group, if it opens for one", false, text(64)},
    {"target", "The site or part of it that opens", false, text(1000)}, {"also", "Other sites that the page needs", false, texts},
    {"when", "any, lessons, breaks, outside or period:NAME", false, text(64)},
    {"day", "From which day on; left out: at once", false, a_day},
    {"until", "How long", false, one_of("lesson|hour|day|week|month|term|year")},
    {"left_out", "Of how many of the others who asked it was read that nothing opens for them", false, texts}};
constexpr ApiField closing[]{id, version, {"reason", "Why it is closed", true, text(1000)}};
constexpr ApiField merging[]{id, version, {"into", "Number of the request that it is the same as", true, number},
    {"find", "As on the page that it comes from", false}, page_number};
constexpr ApiField decision[]{id, version,
    {"decision", "Send it back to the officer with a question, or decide", true, one_of("approve|refuse|send-back")},
    {"reason", "For the person who asked", false, text(1000)}};
constexpr ApiField grant_end[]{id, {"reason", "Why it ends", true}};
constexpr ApiField permission[]{{"user", "User name of one pupil", false, text(128)}, {"group", "group:ID, if no pupil is named"},
    {"what", "service:ID or category:ID", true}, {"where", "network:ID; empty: anywhere at school"},
    {"reason", "The activity, and who leads it", true, text(1000)}};
constexpr ApiField permission_key[]{id, version, {"days", "How long the key holds", true, one_number_of("1|7|42|98")},
    {"measures", "The officer's: what is in place", false, text(1000)}};
constexpr ApiField permission_close[]{id, version, {"reason", "Why it is closed", true}};
constexpr ApiField rule_order[]{{"by", "By the clause of the school's policy", false, one_of("|clause")}};
constexpr ApiField rule_name[]{{"id", "Name of the rule", true, text(64)}};
constexpr ApiField rule_or_new[]{{"id", "Name of the rule; left out: a new one", false, text(64)}};
constexpr ApiField rule[]{{"row", "Name of the rule that is changed; empty: a new one", false, text(64)},
    {"id", "Its name", true, text(64)}, {"who", "Roles, group:ID, everyone", false, texts},
    {"people", "User names, one on a line", false, text(2000)}, {"subjects", "category:ID, everything", false, texts},
    {"services", "service:ID", false, texts}, {"what", "Sites and other selectors, one on a line", false, text(8000)},
    {"where", "network:ID, device:KIND, device-id:ID", false, texts},
    {"when", "lesson, break, lunch, outside, closed, weekday:DAY, period:NAME", false, texts},
    {"action", "What the rule does", true, one_of("allow|block")}, {"reason", "What people read", true},
    {"clause", "Of the school's policy", false, text(20)}, {"owner", "Who answers for it", false, text(64)},
    {"request", "Number of the request or report that asked for it", false, text(64)},
    {"review_by", "Day to look at it again", false, a_day},
    {"after", "Name of the rule that it comes after; empty: first", false, text(64)}, stood, why};
constexpr ApiField rule_removal[]{{"id", "Name of the rule", true, text(64)}, stood, why};
constexpr ApiField service_name[]{{"id", "Name of the service", true, text(64)}};
constexpr ApiField service[]{{"id", "Name of the service", true, text(64)},
    {"role-ROLE", "For each role, with its ID in the place of ROLE", false, one_of("rules|blocked|breaks|open")},
    {"reason", "What people read who find it closed", true}, stood, why};
constexpr ApiField group[]{{"group", "Whose week: ID of a group; empty: everyone's", false, text(64)},
    {"show", "As it runs; left out: with the changes of the draft", false, one_of("|live")}};
constexpr ApiField calendar_file[]{
    {"file", "Text of an iCalendar file; as multipart/form-data the file", true, text(longest_upload)},
    {"terms", "Parts of the names of terms, one on a line; the other days are closed", false, text(1000)},
    {"only", "Parts of the names of the other days that are taken, one on a line; empty: all", false, text(1000)},
    {"from", "First day", false, a_day}, {"to", "Last day", false, a_day}};
constexpr ApiField calendar_days[]{{"days", "\"term FIRST LAST NAME\" or \"closure FIRST LAST NAME\"", true, texts}, why};
constexpr ApiField timetable_row[]{
    {"table", "Which table", true, one_of("period|closure|term")}, {"row", "Key of the row; left out: a new one"}};
constexpr ApiField timetable_edit[]{{"table", "Which table", true, one_of("period|closure|term")},
    {"row", "Key of the row; empty: a new one"}, {"name", "Its name", true, text(100)}, {"first", "First day", false, a_day},
    {"last", "Last day; left out: one day", false, a_day}, {"kind", "Of a period", false, one_of("lesson|break|lunch|outside")},
    {"start", "Of a period", false, a_clock}, {"end", "Of a period", false, a_clock},
    {"weekdays", "Of a period", false, some_of("monday|tuesday|wednesday|thursday|friday|saturday|sunday")},
    {"groups", "Of a period; none: everyone", false, texts}, stood, why};
constexpr ApiField timetable_removal[]{{"table", "Which table", true, one_of("period|closure|term")},
    {"row", "Key of the row", true}, {"reason", "Why it goes", true}, stood};
constexpr ApiField list_search[]{{"list", "Which list", false, one_of("school-block|school-allow|school-private|all")},
    {"find", "Part of a site, a reason or a reference"}, {"who", "Part of who added it or answers for it", false, text(200)},
    {"only", "Those that should have been looked at again", false, one_of("|overdue")},
    {"page", "Which fifty of them: 1, 2, ...", false, number}};
constexpr ApiField list_form[]{
    {"list", "Which list is chosen beforehand", false, one_of("school-block|school-allow|school-private")},
    {"target", "Sites that stand there beforehand", false, text(longest_upload)}, {"reason", "As in the form"},
    {"reference", "As in the form", false, text(100)}, {"when", "As in the form", false, one_of("draft|now")}};
constexpr ApiField list_add[]{{"list", "Which list", true, one_of("school-block|school-allow|school-private")},
    {"target", "Sites, one on a line; also lines of a hosts file, and rules like ||example.org^", false, text(longest_upload)},
    {"file", "More of them; as multipart/form-data also a file", false, text(longest_upload)}, {"reason", "Why", true},
    {"review", "Looked at again by then", true, a_day}, {"rest", "Lines that cannot be taken are left out", false, yes_or_no},
    {"owner", "Who answers for it: a user name or a name; empty: the account", false, text(200)},
    {"reference", "Of the request or report that it comes from", false, text(100)}, when_live};
constexpr ApiField list_review[]{id, {"why", "Why it stays", true}, {"review", "Looked at again by then", true, a_day},
    {"owner", "Who answers for it: a user name or a name", true, text(200)},
    {"reference", "Of the request or report that it comes from; empty: none", false, text(100)}};
constexpr ApiField list_remove[]{id, {"list", "Its list", false, one_of("school-block|school-allow|school-private")},
    {"reason", "Why it goes", true}, stood, when_live};
constexpr ApiField draft_page[]{{"page", "Which fifty changes of lists: 1, 2, ...", false, number},
    {"whose", "Whose changes were looked at in what would change", false, one_of("own|all")},
    {"seen", "Mark of the draft that was looked at there; the page says if the draft is another one by now", false, number}};
constexpr ApiField publication_page[]{id, {"page", "Which fifty changes of lists: 1, 2, ...", false, number}};
constexpr ApiField days[]{{"days", "How many days are looked at", false, number}};
constexpr ApiField effect[]{{"days", "How many days are looked at", false, number},
    {"whose", "Whose changes of the draft: the own ones alone, or everybody's; otherwise everybody's", false, one_of("own|all")}};
constexpr ApiField publication[]{{"message", "What the change is for", true}, {"due", "When; left out: now", false, a_minute},
    {"whose", "Needed where others have changes in the draft: whose are published", false, one_of("own|all")},
    {"seen",
        "As the page of the draft has it; if the draft is another one by now, 422 and nothing is published. Left out: whatever "
        "there is",
        false, number}};
constexpr ApiField before[]{{"before", "Those with a lower number", false, number}};
constexpr ApiField report_read[]{id, {"purpose", "Why the person's name is looked at", true, text(300)}};
constexpr ApiField report_note[]{id, {"note", "What was done", true, text(1000)}};
constexpr ApiField report_outcome[]{id, {"outcome", "What came of it", true, text(1000)}};
constexpr ApiField incidents[]{{"user", "User name", false, text(64)}, {"device", "Device", false, text(64)},
    {"host", "Site", false, text(253)}, {"purpose", "Why somebody is looked for", false, text(200)},
    {"before", "Those with a lower number", false, number}};
constexpr ApiField supervision[]{{"user", "User name", true, text(128)}, {"reason", "What happened", true, text(1000)},
    {"against", "What speaks against it", false, text(1000)}, {"weeks", "How long", true, one_number_of("1|2|6")}};
constexpr ApiField supervision_form[]{{"user", "User name that stands there beforehand"}};
constexpr ApiField supervision_decision[]{
    id, version, {"decision", "What is decided", true, one_of("confirm|refuse")}, {"reason", "Why not", false, text(1000)}};
constexpr ApiField supervision_end[]{id, version, {"reason", "Why it ends", true, text(1000)}};
constexpr ApiField supervision_answer[]{
    id, version, {"decision", "What is decided", true, one_of("end|keep")}, {"reason", "Why it is kept", false, text(1000)}};
constexpr ApiField supervision_start[]{
    id, {"device", "At which device", true, text(64)}, {"length", "Minutes", true, one_number_of("30|60|120")}};
constexpr ApiField supervision_stop[]{id, {"supervision", "Number of the supervision", true, number}};
constexpr ApiField log_search[]{{"last", "So long up to now", false, one_of("|hour|day|week|month")},
    {"from", "From then on", false, a_minute}, {"to", "Before then", false, a_minute}, {"person", "User name", false, text(64)},
    {"device", "Device", false, text(64)}, {"client", "Address", false, text(45)},
    {"host", "Site, with everything below it", false, text(253)}, {"category", "Category", false, text(64)},
    {"searches", "List of search terms", false, text(64)}, {"rule", "Rule", false, text(64)},
    {"decision", "Number on a block page", false, text(64)}, {"verdict", "How it was decided", false, one_of("|allow|block")},
    {"purpose", "Why somebody is looked for", false, text(200)},
    {"columns", "Which columns", false,
        some_of("when|verdict|site|who|rule|clause|category|service|list|group|period|client|method|status|bytes|took|refusal|"
                "decision|why")},
    {"cursor", "Where the next page begins"}};
constexpr ApiField live_search[]{{"person", "User name", false, text(64)}, {"device", "Device", false, text(64)},
    {"client", "Address", false, text(45)}, {"host", "Site, with everything below it", false, text(253)},
    {"category", "Category", false, text(64)}, {"searches", "List of search terms", false, text(64)},
    {"rule", "Rule", false, text(64)}, {"verdict", "How it was decided", false, one_of("|allow|block")},
    {"purpose", "Why somebody is looked for; with it people have their names", false, text(200)}};
constexpr ApiField log_purpose[]{
    {"purpose", "What the log is looked at for", true}, {"days", "How long", true, one_number_of("1|7|14")}};
constexpr ApiField log_view[]{{"name", "Of the search", true, text(100)},
    {"query", "What is searched for, as in the address of the page", false, text(2000)}};
constexpr ApiField log_view_sharing[]{{"view", "Number of the saved search", true, number},
    {"shared", "Whether everybody who may read the log sees it", true, yes_or_no}};
constexpr ApiField row[]{{"key", "Of a row of the access log", true}, {"purpose", "Why the person's name is looked at"}};
constexpr ApiField check[]{{"url", "Site", false, text(1000)}, {"role", "Role"}, {"group", "Group"}, {"network", "Network"},
    {"device", "Device"}, {"at", "When; left out: now", false, a_minute}};
constexpr ApiField term[]{{"from", "First day", false, a_day}, {"to", "Last day", false, a_day}};
constexpr ApiField review[]{{"kind", "What was reviewed", true, one_of("policy|filtering")}, {"on", "Day", true, a_day},
    {"note", "What came of it", true, text(300)}};
constexpr ApiField person[]{{"person", "User name", true, text(64)}, {"purpose", "Which request it answers", true, text(300)},
    own_password, {"at", "As the page says it", false, number}, {"proof", "As the page says it, instead of the password"},
    {"others", "Names of others that are taken out too, one a line", false, text(2000)},
    {"mine", "Names of the person that stay, one a line", false, text(2000)}};
constexpr ApiField person_file[]{{"person", "User name", true, text(64)},
    {"purpose", "Which request it answers", true, text(300)}, {"at", "As the page says it", true, number},
    {"proof", "As the page says it", true}, {"seen", "As the page says it", true},
    {"others", "Names of others that are taken out too, one a line", false, text(2000)},
    {"mine", "Names of the person that stay, one a line", false, text(2000)},
    {"leave", "Keys of texts that are left out", false, texts}, {"why", "Why they are left out", false, text(300)}};
constexpr ApiField audit[]{{"action", "Beginning of its action, such as \"unblock.\"", false, text(60)},
    {"by", "User name of who did it", false, text(64)},
    {"about", "Part of whom or what it is about, or of its words", false, text(200)}, {"from", "First day", false, a_day},
    {"to", "Last day", false, a_day}, {"before", "Rows with a lower number", false, number}};
constexpr ApiField account[]{{"name", "As people know it", true, text(100)}, {"login", "User name", true, text(64)},
    {"person", "User name of their other account", false, text(64)}, {"role", "In the console", false, a_role},
    {"subject", "On the web"}, {"group", "On the web"},
    {"sign_on", "Name at the provider of the school's sign-on", false, text(254)}, own_password};
constexpr ApiField account_role[]{id, {"role", "In the console", true, a_role}, own_password};
constexpr ApiField second_word[]{id, {"decision", "What is decided", true, one_of("confirm|refuse")},
    {"reason", "Needed when it is refused", false, text(1000)}, own_password};
constexpr ApiField access_word[]{id, {"newest", "Number of the newest that was given, as it was read", true, number},
    {"decision", "Whether it is really them", true, one_of("confirm|refuse")},
    {"reason", "Needed when it is not", false, text(1000)}, own_password};
constexpr ApiField account_state[]{id, {"disabled", "Whether it is closed", true, yes_or_no},
    {"sure", "Password of the account that the key belongs to", true, text(256)}};
constexpr ApiField role_password[]{id, own_password};
constexpr ApiField account_password[]{id, {"proof", "Password of the account that the key belongs to", true, text(256)}};
constexpr ApiField account_code[]{id, {"known", "Password of the account that the key belongs to", true, text(256)}};
constexpr ApiField account_forget[]{id, {"reason", "Why now, without names", true, text(300)},
    {"gone", "Password of the account that the key belongs to", true, text(256)}};
constexpr ApiField account_sign_on[]{id, {"sign_on", "Name at the provider; empty takes it away", false, text(254)},
    {"same", "Password of the account that the key belongs to", true, text(256)}};
constexpr ApiField session[]{{"session", "Number", true, number},
    {"account", "Whose, if it is not the own account", false, number},
    {"session_proof", "Password of the account that the key belongs to, if the place is somebody else's", false, text(256)}};
constexpr ApiField token_end[]{{"token", "Number of the key", true, number},
    {"account", "Whose, if it is not the own account", false, number},
    {"key_proof", "Password of the account that the key belongs to, if the ended key is somebody else's", false, text(256)}};

constexpr ApiWords word_table[]{
    {get, "/", "What waits"},
    {get, "/requests", "Requests to open a site", of_requests},
    {get, "/request", "One request", of_id},
    {post, "/request/recommend", "The officer's recommendation", recommendation},
    {get, "/request/close", "The form that closes a request", of_id},
    {post, "/request/close", "Close a request without a decision", closing},
    {get, "/request/merge", "Requests that may be the same", of_same},
    {post, "/request/merge", "Make a request part of another", merging},
    {post, "/request/decide", "The headteacher's decision", decision},
    {get, "/grants", "What is open for a time", of_grants},
    {get, "/grant", "One grant", of_id},
    {post, "/grant/end", "End a grant", grant_end},
    {get, "/permissions", "Permissions with two keys", of_page},
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
    {get, "/draft/effect", "What the draft would have changed in the last days", effect},
    {post, "/draft/publish", "Publish the draft", publication},
    {get, "/history", "What was published", before},
    {get, "/history/one", "One publication", publication_page},
    {post, "/history/undo", "Take a publication back", of_id},
    {post, "/history/cancel", "Call off one that is to come", of_id},
    {post, "/history/decide", "Confirm or refuse sites that nobody looks into, which somebody else published", second_word},
    {get, "/reports", "Reports of content and concerns", of_reports},
    {get, "/report", "One report", of_id},
    {post, "/report/read", "Read who a report is about", report_read},
    {post, "/report/take-up", "Take a report up", of_id},
    {post, "/report/note", "Note what was done", report_note},
    {post, "/report/handle", "Close a report with its outcome", report_outcome},
    {get, "/incidents", "Attempts to get round the filter", incidents},
    {get, "/supervision", "Supervised use"},
    {get, "/supervision/one", "One restriction", of_id_and_page},
    {get, "/supervision/propose", "The form that proposes one", supervision_form},
    {post, "/supervision/propose", "Propose supervised use", supervision},
    {post, "/supervision/decide", "Confirm or refuse it", supervision_decision},
    {post, "/supervision/propose-end", "Propose its end", supervision_end},
    {post, "/supervision/confirm-end", "Confirm its end or keep it", supervision_answer},
    {post, "/supervision/start", "Sit beside somebody at a device", supervision_start},
    {post, "/supervision/stop", "Get up again", supervision_stop},
    {get, "/log", "Search the access log", log_search},
    {get, "/log/export", "The same as CSV", log_search, ApiWords::Gives::csv},
    {get, "/log/live/events", "The rows of a search as they are written, as server-sent events", live_search,
        ApiWords::Gives::events},
    {post, "/log/purpose", "State what marketing looks at the log for", log_purpose},
    {post, "/log/purpose/end", "End that before its time", of_id},
    {post, "/log/views", "Save a search", log_view},
    {post, "/log/views/share", "Let everybody who may read the log see a saved search, or its owner only", log_view_sharing},
    {post, "/log/views/remove", "Remove a saved search", of_id},
    {get, "/why", "Why a row was decided so", row},
    {get, "/traffic", "Requests by hour, site, category and group", days},
    {get, "/inspection", "What is looked into, and what is not", of_inspection},
    {get, "/check", "Would a site open, for whom and when?", check},
    {get, "/checks", "Runs of the checks", of_page},
    {get, "/checks/run", "One run", of_id},
    {post, "/checks/run", "Run the checks"},
    {get, "/governors", "The governors' report", term},
    {get, "/governors/pdf", "The same as a PDF", term, ApiWords::Gives::pdf},
    {get, "/reviews", "When the policy and the filter were reviewed, and have to be again"},
    {post, "/reviews", "Write down that a review was done", review},
    {get, "/privacy", "How long records are kept", of_privacy},
    {post, "/privacy/person", "What would go out about one person", person},
    {post, "/privacy/person/file", "Everything about one person, as a file", person_file, ApiWords::Gives::file},
    {get, "/status", "What runs, and whether it is well"},
    {get, "/audit", "Decisions about people and policy", audit},
    {get, "/audit/export", "The same as CSV", audit, ApiWords::Gives::csv},
    {post, "/audit/verify", "Read every row of the chain again"},
    {get, "/roles", "Roles that two people give", of_page},
    {get, "/roles/one", "One role that was asked for", of_id},
    {post, "/roles/decide", "Confirm or refuse a role that somebody else asked for", second_word},
    {get, "/roles/access", "What somebody else gave one account to sign in with, while it decides nothing", of_id},
    {post, "/roles/access", "Say that it is really them, or that it is not", access_word},
    {post, "/roles/access/password", "Give it another first password, after a no", role_password},
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
