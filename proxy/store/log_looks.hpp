#pragma once
// A look at the access log: on record before it is made if it has a purpose, and never at the reader's own rows.

#include "proxy/store/accounts.hpp"
#include "proxy/store/pseudonyms.hpp"

namespace gatehouse::store {

struct LogLook {
    Actor actor;
    std::string action; ///< "access-log.read"
    std::string object; ///< "person:amy", "access-log"
    std::string person; ///< whom the look names; empty: nobody
    std::string detail; ///< what for, in the audit; empty: nobody is named, and no row is left
    Instant now{};
};

/// Who looks, for what they are not to see.
class LogReader {
public:
    LogReader(std::vector<std::string> own, Pseudonyms pseudonyms)
        : own_{std::move(own)}
        , pseudonyms_{pseudonyms}
    {
    }
    /// One of the logins that any of the reader's accounts has or had.
    bool is_own(std::string_view user) const;
    std::string pseudonym_of(std::string_view user) const { return pseudonyms_.of(user); }

private:
    std::vector<std::string> own_; ///< as folded_name() has them
    Pseudonyms pseudonyms_;
};

/// ICT lead, officer, DSL and marketing.
/// Errors: `errc::not_permitted`, `conflict_of_interest` (the reader's own name), those of the audit.
result<LogReader> begin_log_look(Ledger& ledger, LogLook const& look);

} // namespace gatehouse::store
