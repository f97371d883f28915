#pragma once
// What the machine's owner changes alone, in files or at the command line: the certificate, what is looked into, how long records are kept, to whom mail
// goes. Nobody can be made to ask a second person there, so each change leaves a row in the audit, which notices.hpp tells of.

#include "proxy/store/accounts.hpp"

#include <span>

namespace gatehouse::store {

struct MachineFact {
    std::string_view action; ///< "machine.ca", "machine.inspection", "machine.retention", "machine.mail"
    std::string text;        ///< how it is now, for a person
    std::string whole = {};  ///< all that counts, where `text` does not say all of it; a digest of it is kept
};

/// A row for each that differs from the newest row of its action; none for what is as it was.
result<void> keep_machine_state(Ledger& ledger, std::vector<MachineFact> const& facts, Instant now);

/// Of the notices about such changes, those that these roles get by no mail: a row for each change that they were not told of (`mail.not-sent`), once.
/// Errors: those of the database.
result<void> note_unreached(Ledger& ledger, std::span<ConsoleRole const> roles, std::string const& why, Instant now);

} // namespace gatehouse::store
