#pragma once
// What one reader of the audit is not shown: what was written about themselves, and reports that are not theirs to read. Private to this folder.

#include "proxy/store/audit.hpp"

namespace gatehouse::store {

/// As values of the search, so that what is kept back is neither found nor counted by its words.
struct AuditSight {
    AccountId reader = AccountId::none;
    std::string about_reader{"\n"}; ///< the objects that are, or concern, the reader: each between line feeds
    std::string seen_reports{"[]"}; ///< numbers of the reports that they see, as a JSON array
    std::string own_looks{"[]"};    ///< how a look at the access log names a device or an address of theirs, as a JSON array
};
/// Nobody: nothing is kept back. Errors: `errc::not_permitted`.
result<AuditSight> audit_sight(Ledger& ledger, std::optional<AuditReader> const& reader);

} // namespace gatehouse::store
