// What people wrote in the records about somebody, and what that person searched for: what has to be looked at before it goes out.
#include "proxy/portal/console/subject_access.hpp"

#include "proxy/log/search.hpp"

#include <fmt/chrono.h>
#include <unordered_set>

namespace gatehouse::portal::console {

namespace {

constexpr std::size_t most_log_rows = 200'000; ///< of the access log about one person

std::string day_of(store::Instant at)
{
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::time_point{at}));
}

struct Texts {
    std::vector<FreeText> all;

    void add(std::string key, Words where, std::string& text, store::Writing writing = store::Writing::text)
    {
        if (!text.empty())
            all.push_back({std::move(key), std::move(where), &text, writing});
    }
};

/// Each search once, in the order in which they are met.
void gather_searches(SubjectRows& found)
{
    std::unordered_set<std::string_view> seen;
    for (auto const& row : found.rows)
        if (!row.search.empty() && seen.insert(row.search).second)
            found.searches.push_back({row.search, row.search});
}

} // namespace

result<SubjectRows> rows_of(
    std::filesystem::path const& log_dir, policy::Policy const& policy, std::string const& person, store::Instant before)
{
    log::SearchQuery query;
    query.person = person;
    query.to = before;
    query.limit = 10'000;
    query.budget = std::chrono::minutes(1);
    SubjectRows found;
    do {
        auto page = log::search(log_dir, query);
        if (!page)
            return page.error();
        for (auto& row : page->rows) {
            log::hide_sealed(row, policy);
            found.rows.push_back(std::move(row));
        }
        found.whole = found.whole && page->unreadable_days == 0;
        query.cursor = page->next;
    } while (!query.cursor.empty() && found.rows.size() < most_log_rows);
    found.whole = found.whole && query.cursor.empty();
    gather_searches(found);
    return found;
}

std::vector<FreeText> free_texts(store::SubjectRecords& records, SubjectRows& log)
{
    Texts texts;
    for (auto& each : records.requests) {
        texts.add("site-" + each.reference, words("Request {}: the address", each.reference), each.url, store::Writing::search);
        texts.add("why-" + each.reference, words("Request {}: why the person asked", each.reference), each.why);
        texts.add("advice-" + each.reference, words("Request {}: what the officer recommended", each.reference), each.advice);
        texts.add("answer-" + each.reference, words("Request {}: the answer", each.reference), each.answer);
    }
    for (auto& each : records.reports)
        texts.add("report-" + each.reference, words("Report {}, which the person wrote", each.reference), each.text);
    std::size_t number = 0;
    for (auto& each : records.restrictions) {
        auto const day = day_of(each.from);
        auto const key = fmt::format("{}-{}", ++number, day);
        texts.add("use-reason-" + key, words("Supervised use from {}: the reason", day), each.reason);
        texts.add("use-against-" + key, words("Supervised use from {}: what speaks against it", day), each.against);
        texts.add("use-end-" + key, words("Supervised use from {}: why it ended", day), each.end_reason);
    }
    for (auto& each : records.permissions) {
        auto const id = std::to_string(store::number(each.id));
        texts.add("permission-reason-" + id, words("Permission {}: the reason", id), each.reason);
        texts.add("permission-measures-" + id, words("Permission {}: the security measures", id), each.measures);
        texts.add("permission-end-" + id, words("Permission {}: why it was closed", id), each.close_reason);
    }
    number = 0;
    for (auto& each : records.purposes)
        texts.add(fmt::format("purpose-{}", ++number), words("Purpose of looking at the access log from {}", day_of(each.from)),
            each.purpose);
    number = 0;
    for (auto& each : records.incidents)
        texts.add(fmt::format("attempt-{}-{}", ++number, day_of(each.at)),
            words("Attempt to get round the filter of {}: what was seen", day_of(each.at)), each.evidence,
            store::Writing::search);
    number = 0;
    for (auto& each : log.searches)
        texts.add(fmt::format("search-{}", ++number), "What the person searched for", each.text, store::Writing::search);
    return std::move(texts.all);
}

} // namespace gatehouse::portal::console
