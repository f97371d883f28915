#include "proxy/store/audit.hpp"

#include "proxy/digest.hpp"
#include "proxy/store/acting.hpp"
#include "proxy/store/audit_search.hpp"
#include "proxy/store/audit_sight.hpp"
#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/ledger.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace gatehouse::store {
namespace {

struct ChainedRow {
    AuditRow row;
    std::string previous, digest; ///< 32 bytes each
};

constexpr std::string_view audit_columns = "sequence, previous, digest, at, account, actor, address, action, object, detail";

ChainedRow read_chained(Statement const& statement)
{
    ChainedRow chained;
    auto& row = chained.row;
    row.sequence = statement.integer(0);
    chained.previous = statement.text(1);
    chained.digest = statement.text(2);
    row.at = statement.instant(3);
    row.account = statement.id<AccountId>(4);
    row.actor = statement.text(5);
    row.address = statement.text(6);
    row.action = statement.text(7);
    row.object = statement.text(8);
    row.detail = statement.text(9);
    return chained;
}

std::string bytes_of(AuditDigest const& digest)
{
    return {digest.begin(), digest.end()};
}

AuditDigest digest_from(std::string const& bytes)
{
    AuditDigest digest{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

/// Walks the chain from behind a row up to which it is known.
class Verifier {
public:
    Verifier(AuditChain const& chain, AuditHead const& known)
        : chain_{chain}
        , head_{chain.read_head()}
        , previous_{known.digest}
    {
        found_.rows = known.count;
    }
    std::optional<AuditHead> const& head() const { return head_; }
    AuditHead reached() const { return {found_.rows, previous_}; }

    /// A row that was read already is another now.
    void miss(std::int64_t sequence, std::string problem) { fail(sequence, std::move(problem)); }

    /// False: this row is bad, stop.
    bool accept(ChainedRow const& chained)
    {
        auto const expected = found_.rows + 1;
        if (chained.row.sequence != expected)
            return fail(expected, fmt::format("row {} is missing", expected));
        if (chained.previous != bytes_of(previous_))
            return fail(expected, fmt::format("row {} does not follow the row before it", expected));
        auto const digest = chain_.digest_of(expected, previous_, chained.row);
        if (chained.digest != bytes_of(digest))
            return fail(expected, fmt::format("row {} was changed", expected));
        previous_ = digest;
        found_.rows = expected;
        if (head_ && head_->count == expected && head_->digest != digest)
            return fail(expected, not_the_signed(expected));
        return true;
    }
    static std::string not_the_signed(std::int64_t sequence)
    {
        return fmt::format("row {} is not the one that was signed", sequence);
    }

    bool failed() const { return !found_.problem.empty(); }

    AuditVerification finish()
    {
        if (found_.problem.empty() && !head_)
            fail(std::nullopt, "the signed head is missing or was changed");
        if (found_.problem.empty() && head_->count > found_.rows)
            fail(found_.rows + 1, fmt::format("rows {} to {} were cut off", found_.rows + 1, head_->count));
        found_.intact = found_.problem.empty();
        found_.head_digest = hex_of(previous_);
        return found_;
    }

private:
    bool fail(std::optional<std::int64_t> row, std::string problem)
    {
        found_.first_bad = row;
        found_.problem = std::move(problem);
        return false;
    }

    AuditChain const& chain_;
    std::optional<AuditHead> head_;
    AuditDigest previous_{};
    AuditVerification found_;
};

result<std::optional<std::string>> digest_at(Database& database, std::int64_t sequence)
{
    return database.first(
        "SELECT digest FROM audit WHERE sequence = ?", [](Statement const& row) { return row.text(0); }, sequence);
}

/// Of the rows that are not read again: that the last one is there as it was, and the one that the head signs.
result<void> look_back(Database& database, AuditHead const& known, Verifier& verifier)
{
    if (known.count == 0)
        return {};
    auto const last = digest_at(database, known.count);
    if (!last)
        return last.error();
    auto const& head = verifier.head();
    if (!*last) {
        auto const newest
            = database.first("SELECT coalesce(max(sequence), 0) FROM audit", [](Statement const& row) { return row.integer(0); });
        if (!newest)
            return newest.error();
        auto const gone = newest->value_or(0) < known.count ? newest->value_or(0) + 1 : known.count;
        verifier.miss(gone, fmt::format("rows {} to {} were cut off", gone, known.count));
    } else if (**last != bytes_of(known.digest))
        verifier.miss(known.count, fmt::format("row {} was changed", known.count));
    else if (head && head->count > 0 && head->count <= known.count) {
        auto const signed_row = digest_at(database, head->count);
        if (!signed_row)
            return signed_row.error();
        if (*signed_row != std::optional{bytes_of(head->digest)})
            verifier.miss(head->count, Verifier::not_the_signed(head->count));
    }
    return {};
}

AuditRow read_whole_row(Statement const& statement)
{
    auto chained = read_chained(statement);
    chained.row.digest = hex_of(digest_from(chained.digest));
    return std::move(chained.row);
}

/// How much of a row is kept back (AuditSight in ?10 to ?13), as a KeptBack. The one deed whose object is a bare name is the command line's.
constexpr std::string_view kept_back
    = "CASE WHEN ?10 = 0 OR account IN (SELECT id FROM accounts WHERE person = (SELECT person FROM accounts WHERE id = ?10)) "
      "THEN 0"
      " WHEN instr(?11, char(10) || iif(action LIKE 'log.read%' AND instr(object, ':') = 0, 'person:', '') || lower(object) || "
      "char(10)) > 0 THEN 2"
      " WHEN action LIKE 'access-log.%' AND EXISTS"
      " (SELECT 1 FROM json_each(?13) WHERE instr(lower(detail) || ';', value) > 0) THEN 2"
      " WHEN action LIKE 'report.%' AND CAST(substr(object, 8) AS INTEGER) NOT IN (SELECT value FROM json_each(?12)) THEN 1"
      " ELSE 0 END";
static_assert(static_cast<int>(KeptBack::words) == 1 && static_cast<int>(KeptBack::row) == 2);

AuditRow read_shown_row(Statement const& statement)
{
    auto row = read_whole_row(statement);
    row.kept_back = statement.id<KeptBack>(10);
    if (row.kept_back != KeptBack::nothing)
        for (auto* text : {&row.object, &row.detail, &row.address})
            text->clear();
    if (row.kept_back == KeptBack::row) {
        row.account = AccountId::none;
        row.actor.clear();
        row.action.clear();
    }
    return row;
}

/// What fits the filter of the rows above that number, newest first.
result<std::vector<AuditRow>> rows_above(Ledger& ledger, AuditFilter const& filter, std::int64_t floor)
{
    static std::string const sql
        = fmt::format("SELECT {0}, {1} FROM audit WHERE (?1 = '' OR (substr(action, 1, length(?1)) = ?1 AND {1} < 2))"
                      " AND (?2 = '' OR ((lower(actor) = lower(?2) OR account IN (SELECT account FROM "
                      "account_logins WHERE login IN (lower(?2), ?8))) AND {1} < 2))"
                      " AND (?3 = '' OR (instr(lower(object || char(10) || detail), lower(?3)) > 0 AND {1} = 0))"
                      " AND (?4 IS NULL OR at >= ?4) AND (?5 IS NULL OR at < ?5)"
                      " AND sequence < ?6 AND sequence > ?9 ORDER BY sequence DESC LIMIT ?7",
            audit_columns, kept_back);
    auto const sight = audit_sight(ledger, filter.reader);
    if (!sight)
        return sight.error();
    auto const before = filter.before == 0 ? std::numeric_limits<std::int64_t>::max() : filter.before;
    return ledger.database().collect(sql, read_shown_row, filter.action_prefix, filter.actor, filter.about, filter.from,
        filter.until, before, static_cast<std::int64_t>(filter.limit),
        filter.actor.empty() ? std::string{} : login_digest(ledger.chain(), folded_name(filter.actor)), floor, sight->reader,
        sight->about_reader, sight->seen_reports, sight->own_looks);
}

} // namespace

result<void> append_audit(Ledger& ledger, AuditEntry const& entry)
{
    auto& database = ledger.database();
    if (!database.in_transaction())
        return errc::no_transaction;
    // Read back each time rather than remembered: another process may have written in between.
    auto const last
        = database.first("SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1", [](Statement const& row) {
              return AuditHead{row.integer(0), digest_from(row.text(1))};
          });
    if (!last)
        return last.error();
    auto const head = last->value_or(AuditHead{});
    auto const digest = ledger.chain().digest_of(head.count + 1, head.digest, entry);
    ledger.head_is_behind();
    return database.execute("INSERT INTO audit (sequence, previous, digest, at, account, actor, address, action, object, detail)"
                            " VALUES (?, CAST(? AS BLOB), CAST(? AS BLOB), ?, ?, ?, ?, ?, ?, ?)",
        head.count + 1, bytes_of(head.digest), bytes_of(digest), entry.at, entry.account, entry.actor, entry.address,
        entry.action, entry.object, entry.detail);
}

result<void> record_event(
    Ledger& ledger, Actor const& actor, std::string action, std::string object, std::string detail, Instant now)
{
    Deed const deed{action, object, actor, now};
    return ledger.transact([&] { return audit(ledger, deed, detail); });
}

result<std::vector<AuditRow>> list_audit(Ledger& ledger, AuditFilter const& filter)
{
    return rows_above(ledger, filter, 0);
}

result<AuditSlice> search_audit(Ledger& ledger, AuditFilter const& filter, std::int64_t span)
{
    auto const newest = ledger.database().first(
        "SELECT coalesce(max(sequence), 0) FROM audit", [](Statement const& row) { return row.integer(0); });
    if (!newest)
        return newest.error();
    auto const count = newest->value_or(0);
    AuditSlice slice;
    slice.last = filter.before == 0 ? count : std::min(count, filter.before - 1);
    auto const floor = std::max<std::int64_t>(0, slice.last - span); // numbers have no gaps
    auto rows = rows_above(ledger, filter, floor);
    if (!rows)
        return rows.error();
    slice.rows = std::move(*rows);
    bool const is_full = !slice.rows.empty() && slice.rows.size() >= filter.limit;
    slice.first = is_full ? slice.rows.back().sequence : floor + 1;
    slice.older = slice.first > 1 ? slice.first : 0;
    if (slice.last < 1)
        slice.first = slice.last = slice.older = 0;
    return slice;
}

result<std::size_t> count_audit_of(Ledger& ledger, std::string_view action)
{
    auto const read = [](Statement const& row) { return static_cast<std::size_t>(row.integer(0)); };
    auto const found = ledger.database().first("SELECT count(*) FROM audit WHERE action = ?", read, action);
    if (!found)
        return found.error();
    return found->value_or(0);
}

result<std::vector<AuditRow>> list_audit_of(Ledger& ledger, std::string_view action, std::size_t limit, std::size_t skipped)
{
    static std::string const sql
        = fmt::format("SELECT {} FROM audit WHERE action = ? ORDER BY sequence DESC LIMIT ? OFFSET ?", audit_columns);
    return ledger.database().collect(
        sql, read_whole_row, action, static_cast<std::int64_t>(limit), static_cast<std::int64_t>(skipped));
}

result<AuditVerification> verify_audit(Ledger& ledger)
{
    AuditHead reached;
    return verify_audit_from(ledger.database(), ledger.chain(), {}, reached);
}

result<AuditVerification> verify_audit_from(
    Database& database, AuditChain const& chain, AuditHead const& known, AuditHead& reached)
{
    // The head is read first: rows that another process appends while we read are beyond it and do no harm.
    Verifier verifier{chain, known};
    if (auto const done = look_back(database, known, verifier); !done)
        return done.error();
    static std::string const sql = fmt::format("SELECT {} FROM audit WHERE sequence > ? ORDER BY sequence", audit_columns);
    auto statement = database.prepare(sql);
    if (!statement)
        return statement.error();
    statement->bind(known.count);
    while (!verifier.failed()) {
        auto const stepped = statement->step();
        if (!stepped)
            return stepped.error();
        if (!*stepped || !verifier.accept(read_chained(*statement)))
            break;
    }
    reached = verifier.reached();
    return verifier.finish();
}

} // namespace gatehouse::store
