// How long it takes to find the audit whole: on the store's own connection, as the pages did, and beside it; and how long a search for a word
// that stands nowhere holds the store up, over all rows and slice by slice. usage: audit_bench [ROWS]

#include "proxy/store/audit_search.hpp"
#include "proxy/store/audit_watch.hpp"
#include "proxy/store/ledger.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

template <class Work>
void measure(char const* what, Work work)
{
    auto const begun = std::chrono::steady_clock::now();
    auto const found = work();
    Milliseconds const taken = std::chrono::steady_clock::now() - begun;
    fmt::print("{:<44} {:>9.2f} ms  {} rows, {}\n", what, taken.count(), found ? found->rows : 0,
        found && found->intact ? "whole" : "NOT WHOLE");
}

/// The longest of all slices counts: so long does anybody else wait.
void measure_searches(Ledger& ledger)
{
    AuditFilter filter;
    filter.about = "nowhere to be found";
    auto const begun = std::chrono::steady_clock::now();
    auto const all = list_audit(ledger, filter);
    Milliseconds const linear = std::chrono::steady_clock::now() - begun;
    fmt::print("{:<44} {:>9.2f} ms  {} found\n", "before: a search over all rows", linear.count(), all ? all->size() : 0);
    Milliseconds longest{};
    std::size_t slices = 0;
    do {
        auto const from = std::chrono::steady_clock::now();
        auto const slice = search_audit(ledger, filter);
        longest = std::max<Milliseconds>(longest, std::chrono::steady_clock::now() - from);
        filter.before = slice ? slice->older : 0;
        ++slices;
    } while (filter.before != 0);
    fmt::print("{:<44} {:>9.2f} ms  {} slices\n", "after: the longest slice of it", longest.count(), slices);
}

bool fill(Ledger& ledger, std::int64_t rows)
{
    for (std::int64_t done = 0; done < rows; done += 1000) {
        auto const filled = ledger.transact([&]() -> result<void> {
            for (std::int64_t row = done; row < std::min(rows, done + 1000); ++row)
                if (auto const written = append_audit(ledger,
                        {Instant{std::chrono::seconds{1795516800 + row}}, AccountId::none, "o.smith", "10.0.0.9", "log.search",
                            fmt::format("user:pupil.{}", row % 1200), "Looking after somebody, as the safeguarding lead asked."});
                    !written)
                    return written;
            return {};
        });
        if (!filled)
            return false;
    }
    return true;
}

int run(std::int64_t rows)
{
    auto folder = (std::filesystem::temp_directory_path() / "gatehouse-audit-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr)
        return 1;
    auto ledger = Ledger::open({folder, {}});
    if (!ledger || !fill(*ledger, rows))
        return 1;
    AuditWatch watch{folder};
    measure("before: all rows, on the store's thread", [&] { return verify_audit(*ledger); });
    measure("after: the first look, beside the store", [&] { return watch.look(); });
    if (!fill(*ledger, 10))
        return 1;
    measure("after: a look with 10 new rows", [&] { return watch.look(); });
    measure("after: every row again, beside the store", [&] { return watch.look_at_all(); });
    measure_searches(*ledger);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return 0;
}

} // namespace
} // namespace gatehouse::store

int main(int count, char** arguments)
{
    return gatehouse::store::run(count > 1 ? std::atoll(arguments[1]) : 200'000);
}
