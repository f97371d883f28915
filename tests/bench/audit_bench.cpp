// How long it takes to find the audit whole: on the store's own connection, as the pages did, and beside it; and how long a search for a word
// that stands nowhere holds the store up, over all rows and slice by slice, also for a reader from whom something is kept back. usage: audit_bench [ROWS]

#include "proxy/store/accounts.hpp"
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

void measure_slices(Ledger& ledger, char const* what, AuditFilter filter)
{
    Milliseconds longest{};
    std::size_t slices = 0;
    do {
        auto const from = std::chrono::steady_clock::now();
        auto const slice = search_audit(ledger, filter);
        longest = std::max<Milliseconds>(longest, std::chrono::steady_clock::now() - from);
        filter.before = slice ? slice->older : 0;
        ++slices;
    } while (filter.before != 0);
    fmt::print("{:<44} {:>9.2f} ms  {} slices\n", what, longest.count(), slices);
}

void measure_search(Ledger& ledger, char const* what, AuditFilter const& filter, std::int64_t span)
{
    auto const begun = std::chrono::steady_clock::now();
    auto const slice = search_audit(ledger, filter, span);
    Milliseconds const taken = std::chrono::steady_clock::now() - begun;
    fmt::print("{:<44} {:>9.2f} ms  {}\n", what, taken.count(), slice ? "done" : slice.error().message());
}

/// The longest of all slices counts: so long does anybody else wait. What a reader is not shown is found out anew for each slice: one of a single row
/// is little else.
void measure_searches(Ledger& ledger, AuditReader reader)
{
    AuditFilter filter;
    filter.about = "nowhere to be found";
    auto const begun = std::chrono::steady_clock::now();
    auto const all = list_audit(ledger, filter);
    Milliseconds const linear = std::chrono::steady_clock::now() - begun;
    fmt::print("{:<44} {:>9.2f} ms  {} found\n", "before: a search over all rows", linear.count(), all ? all->size() : 0);
    measure_slices(ledger, "after: the longest slice of it", filter);
    filter.reader = std::move(reader);
    measure_slices(ledger, "the longest slice, for a reader", filter);
    measure_search(ledger, "of it, what the reader is not shown", filter, 1);
}

constexpr Instant first_day{std::chrono::seconds{1795516800}};

result<AccountId> add_person(Ledger& ledger, std::string login, ConsoleRole role)
{
    NewAccount account;
    account.display_name = "Somebody " + login;
    account.login = std::move(login);
    account.console_role = role;
    account.subject_role = "staff";
    auto const added
        = add_account(ledger, account, PasswordHash{"not a hash"}, {AccountId::none, "command-line:root", ""}, first_day);
    if (!added)
        return added.error();
    return added->id;
}

/// A school of years: 200 accounts, some of which read reports, 5,000 reports, of half of which the record is gone. Nobody: it could not be made.
result<AuditReader> fill_school(Ledger& ledger)
{
    auto const head = add_person(ledger, "h.brown", ConsoleRole::headteacher);
    for (int person = 0; person < 200; ++person)
        if (auto const added
            = add_person(ledger, fmt::format("person.{}", person), person % 50 == 0 ? ConsoleRole::officer : ConsoleRole::none);
            !added)
            return added.error();
    auto const told = ledger.transact([&]() -> result<void> {
        for (int report = 1; report <= 5000; ++report) {
            AuditEntry const row{first_day, AccountId::none, "portal", "", "report.submit", fmt::format("report:{}", report),
                "about site, to officer"};
            if (auto const written = append_audit(ledger, row); !written)
                return written;
            if (report % 2 != 0)
                continue;
            auto const kept
                = ledger.database().execute("INSERT INTO reports (id, reference, at, about, about_person, url, text, user, "
                                            "device, network, address, decision, route, state)"
                                            " VALUES (?1, 'R' || ?1, ?2, 0, '', '', 'A picture.', '', '', '', '', '', ?3, 1)",
                    std::int64_t{report}, first_day, ConsoleRole::officer);
            if (!kept)
                return kept;
        }
        return {};
    });
    if (!told || !head)
        return !told ? told.error() : head.error();
    AuditReader reader{*head, first_day, {}};
    for (int device = 0; device < 1000; ++device)
        reader.devices.push_back({fmt::format("person.{}", device), fmt::format("tablet-{}", device), "10.0.7.7"});
    return reader;
}

bool fill(Ledger& ledger, std::int64_t rows)
{
    for (std::int64_t done = 0; done < rows; done += 1000) {
        auto const filled = ledger.transact([&]() -> result<void> {
            for (std::int64_t row = done; row < std::min(rows, done + 1000); ++row)
                if (auto const written = append_audit(ledger,
                        {first_day + std::chrono::seconds{row}, AccountId::none, "o.smith", "10.0.0.9", "log.search",
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
    auto const reader = fill_school(*ledger);
    if (!reader)
        return 1;
    AuditWatch watch{folder};
    measure("before: all rows, on the store's thread", [&] { return verify_audit(*ledger); });
    measure("after: the first look, beside the store", [&] { return watch.look(); });
    if (!fill(*ledger, 10))
        return 1;
    measure("after: a look with 10 new rows", [&] { return watch.look(); });
    measure("after: every row again, beside the store", [&] { return watch.look_at_all(); });
    measure_searches(*ledger, *reader);
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
