// The first steps of the schema (schema.hpp).
#include "proxy/store/schema_first.hpp"

#include <array>

namespace gatehouse::store {
namespace {

// Enumerations are kept as their numbers: their enumerators are only ever added at the end.
constexpr char const* version_1 = R"sql(
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    previous BLOB NOT NULL,
    digest   BLOB NOT NULL,
    at       INTEGER NOT NULL,
    account  INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    address  TEXT NOT NULL,
    action   TEXT NOT NULL,
    object   TEXT NOT NULL,
    detail   TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_object ON audit (object, sequence);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;

CREATE TABLE accounts (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    login           TEXT NOT NULL UNIQUE,
    display_name    TEXT NOT NULL,
    person          TEXT NOT NULL,
    console_role    INTEGER NOT NULL,
    subject_role    TEXT NOT NULL,
    groups          TEXT NOT NULL,
    password        TEXT NOT NULL,
    disabled        INTEGER NOT NULL DEFAULT 0,
    must_change     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    role_changed_at INTEGER,
    last_sign_in    INTEGER
) STRICT;
CREATE INDEX accounts_by_person ON accounts (person);
-- Every login that an account has had: a renamed account is still recognised, and nobody takes its old name.
CREATE TABLE account_logins (
    login   TEXT PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_logins_by_account ON account_logins (account);

CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL REFERENCES accounts (id),
    token      TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    address    TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account);

CREATE TABLE throttles (
    key     TEXT PRIMARY KEY,
    wrong   INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_age ON throttles (last_at);
CREATE TABLE known_addresses (
    login   TEXT NOT NULL,
    address TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (login, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE overrides (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    request     INTEGER NOT NULL,
    clause      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    who_column  TEXT NOT NULL,
    what_column TEXT NOT NULL,
    where_column TEXT NOT NULL,
    when_column TEXT NOT NULL,
    starts_at   INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    approved_by TEXT NOT NULL,
    ended_at    INTEGER,
    ended_by    TEXT NOT NULL DEFAULT '',
    end_reason  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX overrides_live ON overrides (ends_at) WHERE ended_at IS NULL;

CREATE TABLE unblock_requests (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    reference    TEXT NOT NULL UNIQUE,
    status_token TEXT NOT NULL,
    state        INTEGER NOT NULL,
    version      INTEGER NOT NULL DEFAULT 1,
    submitted_at INTEGER NOT NULL,
    user TEXT NOT NULL, role TEXT NOT NULL, user_group TEXT NOT NULL,
    device TEXT NOT NULL, network TEXT NOT NULL, address TEXT NOT NULL, claimed_name TEXT NOT NULL,
    account      INTEGER REFERENCES accounts (id), -- of the requester, where the user has one
    url TEXT NOT NULL, host TEXT NOT NULL, path TEXT NOT NULL, why TEXT NOT NULL,
    decision TEXT NOT NULL, category TEXT NOT NULL, list TEXT NOT NULL, rule TEXT NOT NULL, clause TEXT NOT NULL,
    merged_into  INTEGER REFERENCES unblock_requests (id),
    terms_allow  INTEGER, -- null: nothing recommended yet
    terms_text TEXT NOT NULL DEFAULT '', terms_scope INTEGER NOT NULL DEFAULT 0, terms_scope_value TEXT NOT NULL DEFAULT '',
    terms_host TEXT NOT NULL DEFAULT '', terms_path TEXT NOT NULL DEFAULT '', terms_when TEXT NOT NULL DEFAULT '',
    terms_from INTEGER NOT NULL DEFAULT 0, terms_until INTEGER NOT NULL DEFAULT 0, terms_clause TEXT NOT NULL DEFAULT '',
    reviewer     INTEGER REFERENCES accounts (id),
    approver     INTEGER REFERENCES accounts (id),
    answer       TEXT NOT NULL DEFAULT '',
    decided_at   INTEGER,
    override     INTEGER REFERENCES overrides (id),
    CHECK (reviewer IS NULL OR approver IS NULL OR reviewer <> approver),
    CHECK (account IS NULL OR reviewer IS NULL OR account <> reviewer),
    CHECK (account IS NULL OR approver IS NULL OR account <> approver)
) STRICT;
CREATE INDEX unblock_requests_by_state ON unblock_requests (state, id);
CREATE INDEX unblock_requests_by_host ON unblock_requests (host, state);
CREATE INDEX unblock_requests_by_address ON unblock_requests (address, submitted_at);
CREATE INDEX unblock_requests_merged ON unblock_requests (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE unblock_events (
    id      INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES unblock_requests (id),
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    event   TEXT NOT NULL,
    text    TEXT NOT NULL
) STRICT;
CREATE INDEX unblock_events_by_request ON unblock_events (request, id);

CREATE TABLE school_entries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    list       INTEGER NOT NULL,
    host       TEXT NOT NULL,
    path       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    review_by  TEXT NOT NULL,
    added_at   INTEGER NOT NULL,
    added_by   TEXT NOT NULL,
    removed_at INTEGER,
    removed_by TEXT NOT NULL DEFAULT '',
    remove_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX school_entries_live ON school_entries (list, host, path) WHERE removed_at IS NULL;
CREATE TRIGGER school_entries_are_kept BEFORE DELETE ON school_entries BEGIN SELECT RAISE(ABORT, 'list entries are never removed'); END;

CREATE TABLE reports (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    at        INTEGER NOT NULL,
    about     INTEGER NOT NULL,
    about_person TEXT NOT NULL, url TEXT NOT NULL, text TEXT NOT NULL,
    user TEXT NOT NULL, device TEXT NOT NULL, network TEXT NOT NULL, address TEXT NOT NULL, decision TEXT NOT NULL,
    route     INTEGER NOT NULL,
    state     INTEGER NOT NULL DEFAULT 0,
    handled_by TEXT NOT NULL DEFAULT '',
    outcome   TEXT NOT NULL DEFAULT '',
    handled_at INTEGER
) STRICT;
CREATE INDEX reports_by_route ON reports (route, state, id);
CREATE INDEX reports_by_address ON reports (address, at);

CREATE TABLE incidents (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    count   INTEGER NOT NULL DEFAULT 1,
    kind INTEGER NOT NULL, grade INTEGER NOT NULL,
    address TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, network TEXT NOT NULL, device TEXT NOT NULL,
    confidence INTEGER NOT NULL,
    host TEXT NOT NULL, port INTEGER NOT NULL, protocol TEXT NOT NULL, evidence TEXT NOT NULL, decision TEXT NOT NULL,
    user_driven INTEGER NOT NULL
) STRICT;
CREATE INDEX incidents_by_attempt ON incidents (address, kind, host, last_at);
CREATE INDEX incidents_by_user ON incidents (user, id);
CREATE INDEX incidents_by_device ON incidents (device, id);
CREATE INDEX incidents_by_time ON incidents (at);

CREATE TABLE restrictions (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    user      TEXT NOT NULL,
    clause    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    state     INTEGER NOT NULL,
    version   INTEGER NOT NULL DEFAULT 1,
    proposer  INTEGER NOT NULL REFERENCES accounts (id),
    confirmer INTEGER REFERENCES accounts (id),
    end_proposer INTEGER REFERENCES accounts (id),
    ender     INTEGER REFERENCES accounts (id),
    end_reason TEXT NOT NULL DEFAULT '',
    CHECK (confirmer IS NULL OR confirmer <> proposer),
    CHECK (ender IS NULL OR ender <> end_proposer)
) STRICT;
CREATE INDEX restrictions_by_user ON restrictions (user);
)sql";

// Reports that the gateway makes itself say how soon somebody has to look: 0 for those of people, otherwise 1 and the severity.
constexpr char const* version_2 = R"sql(
ALTER TABLE reports ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0;
)sql";

// Changes of the school's lists before they are live, and what was published together. `publication` is null for what is in the draft.
constexpr char const* version_3 = R"sql(
CREATE TABLE publications (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    state   INTEGER NOT NULL,
    message TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    due_at  INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    note    TEXT NOT NULL DEFAULT '',
    undoes  INTEGER REFERENCES publications (id)
) STRICT;
CREATE INDEX publications_pending ON publications (due_at, id) WHERE state = 0;
CREATE TABLE list_changes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    publication INTEGER REFERENCES publications (id),
    kind        INTEGER NOT NULL,
    outcome     INTEGER NOT NULL DEFAULT 0,
    list        INTEGER NOT NULL,
    host        TEXT NOT NULL,
    path        TEXT NOT NULL,
    reason      TEXT NOT NULL,
    review_by   TEXT NOT NULL,
    entry       INTEGER REFERENCES school_entries (id),
    made_at     INTEGER NOT NULL,
    made_by     TEXT NOT NULL
) STRICT;
CREATE INDEX list_changes_by_publication ON list_changes (publication, id);
)sql";

// A code beside the password. Secrets are in base 32; `totp_step` is that of the last code taken, so that none is taken twice.
constexpr char const* version_4 = R"sql(
ALTER TABLE accounts ADD COLUMN totp_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN totp_waiting TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN needs_code INTEGER NOT NULL DEFAULT 0;
CREATE TABLE recovery_codes (
    account INTEGER NOT NULL REFERENCES accounts (id),
    code    TEXT NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (account, code)
) STRICT, WITHOUT ROWID;
)sql";

// Supervised use: what speaks against it, and the times at which a member of staff sits beside. Permissions that take two keys. What people were
// told by e-mail. Reports that somebody has taken up, and what followed. Runs of the checks.
constexpr char const* version_5 = R"sql(
ALTER TABLE restrictions ADD COLUMN against TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN theme TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN taken_up_by TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN taken_up_at INTEGER;
CREATE TABLE report_notes (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    report INTEGER NOT NULL REFERENCES reports (id),
    at     INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    text   TEXT NOT NULL
) STRICT;
CREATE INDEX report_notes_by_report ON report_notes (report, id);
CREATE TABLE supervisions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    restriction INTEGER NOT NULL REFERENCES restrictions (id),
    device      TEXT NOT NULL,
    account     INTEGER NOT NULL REFERENCES accounts (id),
    starts_at   INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL,
    ended_at    INTEGER
) STRICT;
CREATE INDEX supervisions_by_restriction ON supervisions (restriction, id);
CREATE INDEX supervisions_live ON supervisions (ends_at) WHERE ended_at IS NULL;

CREATE TABLE permissions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL DEFAULT 1,
    who TEXT NOT NULL, what_column TEXT NOT NULL, where_column TEXT NOT NULL,
    clause  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    head    INTEGER REFERENCES accounts (id), head_at INTEGER NOT NULL DEFAULT 0, head_until INTEGER NOT NULL DEFAULT 0,
    officer INTEGER REFERENCES accounts (id), officer_at INTEGER NOT NULL DEFAULT 0, officer_until INTEGER NOT NULL DEFAULT 0,
    measures TEXT NOT NULL DEFAULT '',
    granted INTEGER REFERENCES overrides (id),
    closed_at INTEGER,
    closed_by TEXT NOT NULL DEFAULT '',
    close_reason TEXT NOT NULL DEFAULT '',
    CHECK (head IS NULL OR officer IS NULL OR head <> officer)
) STRICT;
CREATE TABLE check_runs (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    good    INTEGER NOT NULL,
    look    INTEGER NOT NULL,
    gaps    INTEGER NOT NULL,
    found   TEXT NOT NULL
) STRICT;
CREATE TABLE notices (
    kind   TEXT PRIMARY KEY,
    newest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array<char const*, 5> first_steps{version_1, version_2, version_3, version_4, version_5};

} // namespace

std::span<char const* const> first_schema_steps()
{
    return first_steps;
}

} // namespace gatehouse::store
