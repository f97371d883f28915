#include "proxy/store/audit_watch.hpp"

namespace gatehouse::store {

result<AuditVerification> AuditWatch::look()
{
    std::lock_guard const lock{one_looks_};
    return look_from(known_);
}

result<AuditVerification> AuditWatch::look_at_all()
{
    std::lock_guard const lock{one_looks_};
    return look_from({});
}

result<AuditVerification> AuditWatch::look_from(AuditHead const& known)
{
    auto const chain = AuditChain::open(state_dir_, false);
    if (!chain)
        return chain.error();
    DatabaseOptions options;
    options.check_integrity = false;
    options.read_only = true;
    auto database = Database::open(state_dir_ / "gatehouse.db", options);
    if (!database)
        return database.error();
    AuditHead reached;
    auto found = verify_audit_from(*database, *chain, known, reached);
    known_ = found && found->intact ? reached : AuditHead{};
    return found;
}

} // namespace gatehouse::store
