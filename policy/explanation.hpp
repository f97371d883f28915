#pragma once
// A decision in words: every step of the evaluation in order, why it did or did not decide, and the facts a person needs.
// Block page, access log, console and `gatehouse explain` all render this.

#include "policy/alias.hpp"

namespace gatehouse::policy {

/// One step: a sealed list, restriction, override, rule or default that was looked at.
struct Step {
    Stage stage = Stage::rule;
    std::string id; ///< rule, override or restriction id; "default-pupil"
    bool decided = false;
    std::string because; ///< "who: pupil is not staff", "matches: role pupil, service instagram, at any time"
};

struct Explanation {
    Verdict verdict = Verdict::block;
    TlsAction tls = TlsAction::terminate;
    std::string safe_search;      ///< id of the entry; empty: the site itself is reached
    std::string safe_search_host; ///< what is connected to instead
    std::string inspection;       ///< "inspect", "name-only"; empty where there is nothing to decide
    std::string inspection_by;    ///< id of the entry or category that decided; "default-pupil"; empty if the device decided
    std::string inspection_why;   ///< plain English, with what is lost
    Stage stage = Stage::role_default;
    std::string rule; ///< id of what decided
    std::string clause;
    std::string reason;   ///< plain English for the person
    std::string category; ///< id, empty if the target is in none
    std::string category_title;
    std::string service; ///< id
    std::string service_title;
    std::string list; ///< id; empty for sealed lists (never displayed)
    std::string list_file;
    std::uint32_t list_line = 0;
    std::string period; ///< "break", "lesson-2", "outside"
    PeriodKind period_kind = PeriodKind::outside;
    std::string period_until;  ///< "11:00"; empty if nothing changes today
    std::string allowed_from;  ///< "HH:MM" today at which the same question would be allowed, if there is one; else empty
    std::string search;        ///< what is searched for; empty if it is no search
    std::string search_engine; ///< "Google"
    std::string term_list;     ///< id of the most severe list that speaks of it
    std::string severity;      ///< of that list: "note", "concern", "urgent"
    std::string term;          ///< the entry of that list
    std::string phrase_list;   ///< id of the list that weighed most; empty if no page was read
    int score = 0;             ///< what the page's phrases weighed
    std::string file_kind;     ///< "program"; empty unless a file was closed for what it is
    bool by_file = false;      ///< a file was closed, the site is open
    bool by_virus = false;     ///< something harmful was found in it
    std::string wrapper;       ///< title of the service that shows another site, "Google Translate"
    std::string wrapped_host;  ///< that site; empty if a sealed list names it
    bool sealed = false;       ///< no request form may be offered
    bool may_ask = true;       ///< false for sealed content, restrictions, searches and test sites: there is no site to open
    bool is_test = false;      ///< the target is a test site (self_check.hpp)
    bool by_search = false;    ///< a rule about searches decided
    bool by_writing = false;   ///< what the person wrote was read
    std::string
        alias; ///< another name of the site, or the address it leads to, by which it is closed; empty if a sealed list names it
    bool names_unasked = false; ///< open, as far as can be told before it is visited: then its other names are looked up
    std::vector<Step> steps;
};

/// Runs the same evaluation as decide() while writing the steps down; verdict and rule are identical to decide()'s.
Explanation explain(Policy const& policy, Query const& query);

/// Of a decision that was made already: also of one about what a page says, which nobody can make again without the page.
Explanation explain(Policy const& policy, Query const& query, Decision const& made);

/// Of a site that another of its names closed: `query` is about the site itself, as it was asked before. Rule and reason are those of `closed`; the hour at
/// which the site opens is one at which nothing of what it leads to closes it.
Explanation explain(Policy const& policy, Query const& query, ClosedByName const& closed, LeadsTo const& leads);

/// As `explain` where some of what the site's name leads to is known, which may close it (judge_names).
Explanation explain_by_names(Policy const& policy, Query const& query, LeadsTo const& leads);

/// The id of what decided, without the steps: "blocked-social-media", "override-17", "default-pupil".
std::string_view rule_id(Policy const& policy, Decision const& decision);

std::string to_text(Explanation const& explanation);
/// A JSON object with at least verdict, rule, clause, reason, category, list, period, steps.
std::string to_json(Explanation const& explanation);

} // namespace gatehouse::policy
