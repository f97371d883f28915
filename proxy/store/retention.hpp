#pragma once
// Every table with a person in it belongs to a class of record. Records of most classes go once their time is over, visibly: each removal is counted in
// the audit. What is open stays, however old it is. Of an account the person goes and a row without a name stays (forgotten_accounts.hpp).

#include "proxy/store/ledger.hpp"

#include <map>
#include <span>

namespace gatehouse::store {

/// What ends a record of a class.
enum class Ends : std::uint8_t {
    by_time, ///< days after it was closed, as the settings say
    itself,  ///< within hours or days: sessions, counters of wrong passwords
    owner,   ///< by the person whose it is
    never,
};

struct RecordClass {
    std::string_view id; ///< "incidents"; of those that end by time, the key of the settings
    Ends ends = Ends::never;
    std::vector<std::string_view> tables;
};
/// All classes, in the order in which they are shown and go: what others refer to comes after them.
std::span<RecordClass const> record_classes();
/// Tables that hold nobody.
std::span<std::string_view const> tables_without_people();

/// What is kept of a class of record.
struct ClassKept {
    RecordClass const* of = nullptr;
    std::int64_t rows = 0, open = 0;
    std::optional<Instant> oldest;
};
result<std::vector<ClassKept>> what_is_kept(Ledger& ledger, Instant now);

/// The instants before which closed records go, by class; one that is not there: none of that class goes.
using PurgeBefore = std::map<std::string_view, Instant>;

/// How many of each class went; classes of which none did are not there.
struct Purged {
    std::vector<std::pair<std::string_view, std::int64_t>> counts;

    std::int64_t of(std::string_view id) const;
    std::int64_t all() const;
    std::string text() const; ///< "3 incidents, 1 supervised_use"
};
/// One transaction with one audit row, if anything went. A request stays as long as its grant, or one that it follows, is open; a grant as long as
/// the request or permission that it belongs to.
result<Purged> purge_records(Ledger& ledger, PurgeBefore const& before, Instant now);

} // namespace gatehouse::store
