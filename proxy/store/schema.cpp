#include "proxy/store/schema.hpp"

#include "proxy/store/schema_first.hpp"

#include <array>
#include <vector>

namespace gatehouse::store {
namespace {

// Changes of rules and timetable, beside those of lists. Who signs in elsewhere, and the account for the day when nobody can. Keys for programs.
// Searches of the access log that somebody comes back to, and what for and how long marketing looks at it.
constexpr char const* version_6 = R"sql(
CREATE TABLE policy_changes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    publication INTEGER REFERENCES publications (id),
    outcome     INTEGER NOT NULL DEFAULT 0,
    edited      INTEGER NOT NULL,
    row_key     TEXT NOT NULL,
    text        TEXT NOT NULL,
    after       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    made_at     INTEGER NOT NULL,
    made_by     TEXT NOT NULL,
    applied     INTEGER, -- place among all that went live
    back_row    TEXT NOT NULL DEFAULT '',
    back_text   TEXT NOT NULL DEFAULT '',
    back_after  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX policy_changes_by_publication ON policy_changes (publication, id);
CREATE UNIQUE INDEX policy_changes_applied ON policy_changes (applied) WHERE applied IS NOT NULL;

ALTER TABLE accounts ADD COLUMN sign_on TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN break_glass INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX accounts_by_sign_on ON accounts (sign_on) WHERE sign_on <> '';

-- other places that a page needs, one a line
ALTER TABLE unblock_requests ADD COLUMN terms_also TEXT NOT NULL DEFAULT '';

CREATE TABLE api_tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL REFERENCES accounts (id),
    name       TEXT NOT NULL,
    token      TEXT NOT NULL UNIQUE,
    may_change INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    last_used  INTEGER,
    ended_at   INTEGER
) STRICT;
CREATE INDEX api_tokens_by_account ON api_tokens (account);

CREATE TABLE log_views (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES accounts (id),
    name    TEXT NOT NULL,
    query   TEXT NOT NULL,
    UNIQUE (account, name)
) STRICT;
CREATE TABLE log_purposes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX log_purposes_by_account ON log_purposes (account, until);
)sql";

// The time by which records go, and whether the clock has leapt.
constexpr char const* version_7 = R"sql(
CREATE TABLE believed_time (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    at        INTEGER NOT NULL,
    leap_seen INTEGER NOT NULL
) STRICT;
)sql";

// Whether the school's sign-on brought the person here: then no password of ours proves anything.
constexpr char const* version_8 = R"sql(
ALTER TABLE sessions ADD COLUMN by_sign_on INTEGER NOT NULL DEFAULT 0;
)sql";

// Which incidents somebody has looked at.
constexpr char const* version_9 = R"sql(
ALTER TABLE accounts ADD COLUMN incidents_seen INTEGER NOT NULL DEFAULT 0;
)sql";

// Who answers for an entry of the school's lists, what it came from, and who looked at it last.
constexpr char const* version_10 = R"sql(
ALTER TABLE school_entries ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE school_entries ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE school_entries ADD COLUMN reviewed_at INTEGER;
ALTER TABLE school_entries ADD COLUMN reviewed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE school_entries ADD COLUMN review_note TEXT NOT NULL DEFAULT '';
UPDATE school_entries SET owner = added_by;
CREATE INDEX school_entries_by_review ON school_entries (review_by) WHERE removed_at IS NULL;
ALTER TABLE list_changes ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE list_changes ADD COLUMN reference TEXT NOT NULL DEFAULT '';
UPDATE list_changes SET owner = made_by;
)sql";

// What was last of a kind is asked of the audit every few seconds (notices.cpp). When the policy and the filter were reviewed (clause 15).
constexpr char const* version_11 = R"sql(
CREATE INDEX audit_by_action ON audit (action, sequence);
CREATE TABLE reviews (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    INTEGER NOT NULL,
    done_on TEXT NOT NULL, -- a day of the school's calendar
    note    TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;
)sql";

// When an account was closed, and when the person was taken out of it (forgotten_accounts.hpp).
constexpr char const* version_12 = R"sql(
ALTER TABLE accounts ADD COLUMN disabled_at INTEGER;
ALTER TABLE accounts ADD COLUMN forgotten_at INTEGER;
UPDATE accounts SET disabled_at = coalesce(
    (SELECT max(at) FROM audit WHERE action = 'account.disable' AND object = 'account:' || accounts.id),
    CAST(strftime('%s', 'now') AS INTEGER)) WHERE disabled = 1;
CREATE INDEX accounts_closed ON accounts (disabled_at) WHERE disabled = 1 AND forgotten_at IS NULL;
)sql";

// When supervised use was over: refused, or ended before its time. Nobody sits beside somebody any more then.
constexpr char const* version_13 = R"sql(
ALTER TABLE restrictions ADD COLUMN ended_at INTEGER;
UPDATE restrictions SET ended_at = (SELECT max(at) FROM audit WHERE object = 'restriction:' || restrictions.id
    AND action = CASE state WHEN 3 THEN 'restriction.confirm-end' ELSE 'restriction.refuse' END) WHERE state IN (3, 4);
UPDATE supervisions SET ended_at = max(starts_at, (SELECT r.ended_at FROM restrictions r WHERE r.id = restriction))
    WHERE ended_at IS NULL AND ends_at > (SELECT r.ended_at FROM restrictions r WHERE r.id = restriction AND r.state = 3);
)sql";

// Roles that two people give (role_grants.hpp), and the role before the last change.
constexpr char const* version_14 = R"sql(
ALTER TABLE accounts ADD COLUMN role_before INTEGER NOT NULL DEFAULT 0;
CREATE TABLE role_grants (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL REFERENCES accounts (id),
    role       INTEGER NOT NULL,
    state      INTEGER NOT NULL DEFAULT 0,
    asked_at   INTEGER NOT NULL,
    asked_by   INTEGER NOT NULL REFERENCES accounts (id),
    decided_at INTEGER,
    decided_by INTEGER REFERENCES accounts (id),
    answer     TEXT NOT NULL DEFAULT '',
    CHECK (asked_by <> account),
    CHECK (decided_by IS NULL OR (decided_by <> asked_by AND decided_by <> account))
) STRICT;
CREATE UNIQUE INDEX role_grants_waiting ON role_grants (account) WHERE state = 0;
)sql";

// Ways in that somebody else gave an account which decides (given_access.hpp). given_by: NULL is the machine's owner.
constexpr char const* version_15 = R"sql(
CREATE TABLE given_access (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    account      INTEGER NOT NULL REFERENCES accounts (id),
    kind         INTEGER NOT NULL,
    given_at     INTEGER NOT NULL,
    given_by     INTEGER REFERENCES accounts (id),
    confirmed_at INTEGER,
    confirmed_by INTEGER REFERENCES accounts (id),
    CHECK (given_by IS NULL OR given_by <> account),
    CHECK (confirmed_by IS NULL OR (confirmed_by <> account AND confirmed_by IS NOT given_by))
) STRICT;
CREATE INDEX given_access_unconfirmed ON given_access (account, given_at) WHERE confirmed_at IS NULL;
)sql";

// Publications that wait for a second person: who asked, and who said yes.
constexpr char const* version_16 = R"sql(
ALTER TABLE publications ADD COLUMN asked_by INTEGER REFERENCES accounts (id);
ALTER TABLE publications ADD COLUMN confirmed_by INTEGER REFERENCES accounts (id) CHECK (confirmed_by IS NULL OR confirmed_by <> asked_by);
)sql";

// A saved search that everybody who may read the log sees.
constexpr char const* version_17 = R"sql(
ALTER TABLE log_views ADD COLUMN shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1));
)sql";

// Who was told of a way in that somebody else gave: the 24 hours begin then (told_by: who saw it in the console, NULL is the mail; audited: the last row
// of the audit before its own). The "no" of a second person, which closes the account.
constexpr char const* version_18 = R"sql(
ALTER TABLE given_access ADD COLUMN audited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE given_access ADD COLUMN told_at INTEGER;
ALTER TABLE given_access ADD COLUMN told_by INTEGER REFERENCES accounts (id)
    CHECK (told_by IS NULL OR (told_by <> account AND told_by IS NOT given_by));
ALTER TABLE given_access ADD COLUMN refused_at INTEGER CHECK (refused_at IS NULL OR confirmed_at IS NULL);
ALTER TABLE given_access ADD COLUMN refused_by INTEGER REFERENCES accounts (id)
    CHECK (refused_by IS NULL OR (refused_by <> account AND refused_by IS NOT given_by));
ALTER TABLE given_access ADD COLUMN refusal TEXT NOT NULL DEFAULT '';
UPDATE given_access SET told_at = given_at;
ALTER TABLE accounts ADD COLUMN access_refused INTEGER NOT NULL DEFAULT 0 CHECK (access_refused IN (0, 1));
)sql";

// Every role that an account had until a moment ago (second_person.hpp): the last one alone would be forgotten with the next change.
constexpr char const* version_19 = R"sql(
CREATE TABLE former_roles (
    account INTEGER NOT NULL REFERENCES accounts (id),
    role    INTEGER NOT NULL,
    lost_at INTEGER NOT NULL,
    PRIMARY KEY (account, role)
) STRICT, WITHOUT ROWID;
INSERT INTO former_roles SELECT id, role_before, role_changed_at FROM accounts WHERE role_before <> 0 AND role_changed_at IS NOT NULL;
ALTER TABLE accounts DROP COLUMN role_before;
)sql";

// A key for a phone that is not confirmed yet belongs to the session that asked for it, and how long ago a person showed the school's sign-on who they
// are is kept with the session that came of it. A name that is typed where pupils sit is nobody's who decides.
// Ways into accounts of marketing and auditors hold them from now on; nobody was to be told of those before.
constexpr char const* version_20 = R"sql(
ALTER TABLE sessions ADD COLUMN totp_waiting TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN totp_waiting_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET proved_at = created_at;
ALTER TABLE accounts DROP COLUMN totp_waiting;
UPDATE given_access SET told_at = given_at WHERE told_at IS NULL AND confirmed_at IS NULL AND refused_at IS NULL
    AND account IN (SELECT id FROM accounts WHERE console_role IN (7, 8));
ALTER TABLE unblock_requests ADD COLUMN from_pupils INTEGER NOT NULL DEFAULT 0 CHECK (from_pupils IN (0, 1));
)sql";

// Which role was told of which report by mail: an older one may come to somebody who was told of a newer. Until now the newest of each kind was noted, which
// says of each queue what its own role was told; of one that somebody else reads in their place they are told once more.
constexpr char const* version_21 = R"sql(
CREATE TABLE reports_told (
    report INTEGER NOT NULL REFERENCES reports (id),
    role   INTEGER NOT NULL,
    PRIMARY KEY (report, role)
) STRICT, WITHOUT ROWID;
INSERT INTO reports_told SELECT r.id, r.route FROM reports r JOIN notices n ON n.kind = CASE r.route
    WHEN 1 THEN iif(r.urgency = 3, 'urgent-officer', 'reports')
    WHEN 2 THEN iif(r.urgency = 3, 'urgent-staff', 'reports-staff')
    WHEN 4 THEN iif(r.urgency = 3, 'urgent-pupil', 'reports-pupil')
    WHEN 6 THEN iif(r.urgency = 3, 'urgent-head', 'reports-head') END WHERE r.state = 0 AND r.id <= n.newest;
DELETE FROM notices WHERE kind = 'reports' OR kind LIKE 'reports-%' OR kind LIKE 'urgent-%';
-- all that says who sees one, most urgent first: neither their texts are read nor are they sorted
DROP INDEX reports_by_route;
-- the earliest clock since a row (drafts_in_doubt.cpp), without the rows themselves
CREATE INDEX audit_by_sequence ON audit (sequence, at);
CREATE INDEX reports_by_state ON reports (state, urgency, id, about, about_person, route, taken_up_by, handled_by);
)sql";

// Refused publications are told by the row of their refusal: all that are there were told, but from the first one on with a higher number than what was.
constexpr char const* version_22 = R"sql(
UPDATE notices SET newest = coalesce(
    (SELECT min(sequence) - 1 FROM audit WHERE action = 'publication.refuse' AND CAST(substr(object, 13) AS INTEGER) > newest),
    (SELECT max(sequence) FROM audit WHERE action = 'publication.refuse'), 0) WHERE kind = 'publications';
)sql";

// What stood in the place of a row when its change was drafted.
constexpr char const* version_23 = R"sql(
ALTER TABLE policy_changes ADD COLUMN stood_live TEXT NOT NULL DEFAULT '';
ALTER TABLE policy_changes ADD COLUMN stood_drafted TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::array<char const*, 18> later_steps{version_6, version_7, version_8, version_9, version_10, version_11, version_12,
    version_13, version_14, version_15, version_16, version_17, version_18, version_19, version_20, version_21, version_22,
    version_23};

std::vector<char const*> all_steps()
{
    auto const first = first_schema_steps();
    std::vector<char const*> steps(first.begin(), first.end());
    steps.insert(steps.end(), later_steps.begin(), later_steps.end());
    return steps;
}

} // namespace

std::span<char const* const> schema_steps()
{
    static std::vector<char const*> const steps = all_steps();
    return steps;
}

result<void> migrate(Database& database, std::span<char const* const> steps)
{
    auto const read_version
        = [&] { return database.first("PRAGMA user_version", [](Statement const& row) { return row.integer(0); }); };
    for (;;) {
        auto transaction = Transaction::begin(database);
        if (!transaction)
            return transaction.error();
        // Inside the transaction: another process may be upgrading as well.
        auto const found = read_version();
        if (!found)
            return found.error();
        auto const version = static_cast<std::size_t>(found->value_or(0));
        if (version > steps.size())
            return errc::newer_schema;
        if (version == steps.size())
            return {};
        auto const number = "PRAGMA user_version=" + std::to_string(version + 1);
        if (auto const made = database.run_script(steps[version] + number); !made)
            return made;
        if (auto const committed = transaction->commit(); !committed)
            return committed;
    }
}

} // namespace gatehouse::store
