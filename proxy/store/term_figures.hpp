#pragma once
// What the store has of some weeks, in numbers and without any person: for the governors' report.

#include "proxy/store/ledger.hpp"

namespace gatehouse::store {

/// Requests to open sites of one topic (the category that they were closed for; "none" for others).
struct TopicFigures {
    std::string category;
    std::int64_t asked = 0, opened = 0, refused = 0, waiting = 0;
    std::optional<std::int64_t>
        hours_to_decide; ///< of those answered (neither withdrawn nor expired), on average, rounded; none was
};

struct CountOf {
    std::string name;
    std::int64_t count = 0;
};

struct TermFigures {
    std::vector<TopicFigures> topics; ///< most asked first
    std::vector<CountOf> incidents;   ///< by kind, most first
    std::vector<CountOf> reports;     ///< by about: "site", "pupil"
    std::int64_t reports_open = 0;    ///< of them, now
    std::int64_t supervised = 0;      ///< cases that were confirmed
    std::int64_t supervised_refused = 0;
    std::int64_t supervised_in_force = 0;    ///< cases in force at some time, as they really ended
    std::int64_t supervised_ended_early = 0; ///< before the day on which they were to end
    std::int64_t permissions = 0;            ///< with two keys, that were asked for
    std::int64_t publications = 0;           ///< of lists, rules and timetable, that went live
    std::int64_t records_read = 0;           ///< audited readings of personal records, each with a purpose
    std::int64_t downloads = 0;              ///< of the access log, which may name nobody, and of everything about one person
};

/// `from` is inclusive, `to` exclusive. Errors: those of the database.
result<TermFigures> term_figures(Ledger& ledger, Instant from, Instant to);

} // namespace gatehouse::store
