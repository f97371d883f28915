#pragma once
// What a job of the store is given: the database together with its audit chain. Every decision about a person or the policy is one
// transaction with its audit row. Belongs to the store's thread.

#include "proxy/store/audit.hpp"
#include "proxy/store/audit_chain.hpp"

#include <utility>

namespace gatehouse::store {

struct LedgerOptions {
    std::filesystem::path state_dir; ///< gatehouse.db, audit.key and audit.head live here; made with mode 0700 if missing
    DatabaseOptions database;
};

class Ledger {
public:
    /// Opens, checks and migrates. Errors: those of Database::open, `errc::newer_schema`, `audit_key_missing`.
    static result<Ledger> open(LedgerOptions const& options);

    Database& database() { return database_; }
    AuditChain const& chain() const { return chain_; }
    /// Said by append_audit: after the next commit the signed head has to follow.
    void head_is_behind() { head_is_behind_ = true; }
    /// False once the signed head disagrees with the rows (they were cut or edited): the head is then left as evidence. For alarms.
    bool audit_agrees() const { return audit_agrees_; }

    /// Runs `work()` in an immediate transaction: committed if it returns a value, rolled back if it returns an error.
    /// After the commit the signed audit head follows (its failure is no failure of the work; the next commit repairs it).
    template <class Work>
    auto transact(Work work) -> decltype(work())
    {
        auto transaction = Transaction::begin(database_);
        if (!transaction)
            return transaction.error();
        auto outcome = work();
        if (!outcome)
            return outcome;
        if (auto const committed = transaction->commit(); !committed)
            return committed.error();
        publish_head();
        return outcome;
    }

private:
    Ledger(Database database, AuditChain chain)
        : database_{std::move(database)}
        , chain_{std::move(chain)}
    {
    }
    void publish_head();
    bool head_fits_rows();

    Database database_;
    AuditChain chain_;
    bool head_is_behind_ = false;
    bool audit_agrees_ = true;
};

} // namespace gatehouse::store
