// What people wrote in the records about somebody: what has to be looked at before it goes out.
#include "proxy/portal/console/subject_access.hpp"

#include <fmt/chrono.h>

namespace gatehouse::portal::console {

namespace {

std::string day_of(store::Instant at)
{
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::time_point{at}));
}

struct Texts {
    std::vector<FreeText> all;

    void add(std::string key, Words where, std::string& text)
    {
        if (!text.empty())
            all.push_back({std::move(key), std::move(where), &text});
    }
};

} // namespace

std::vector<FreeText> free_texts(store::SubjectRecords& records)
{
    Texts texts;
    for (auto& each : records.requests) {
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
    return std::move(texts.all);
}

} // namespace gatehouse::portal::console
