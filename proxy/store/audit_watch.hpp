#pragma once
// Whether the audit is whole, asked beside the store: on a connection of its own that only reads, so that a long audit holds nobody up. What was found
// whole is remembered with its place, and read again only when somebody asks for all of it.

#include "proxy/store/audit.hpp"
#include "proxy/store/audit_chain.hpp"

#include <mutex>

namespace gatehouse::store {

class AuditWatch {
public:
    explicit AuditWatch(std::filesystem::path state_dir)
        : state_dir_{std::move(state_dir)}
    {
    }

    /// Reads the rows behind those that were found whole before; the first time, all. Blocks; any thread. Once something is wrong the next look
    /// reads all again. Errors: those of Database::open, `errc::audit_key_missing`.
    result<AuditVerification> look();
    /// Reads every row.
    result<AuditVerification> look_at_all();

private:
    result<AuditVerification> look_from(AuditHead const& known);

    std::filesystem::path state_dir_;
    std::mutex one_looks_;
    AuditHead known_; ///< found whole up to here
};

} // namespace gatehouse::store
