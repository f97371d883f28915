#include "proxy/store/ledger.hpp"

#include "proxy/store/schema.hpp"
#include "proxy/store/sealed_secret.hpp"

#include <algorithm>

namespace gatehouse::store {

result<Ledger> Ledger::open(LedgerOptions const& options)
{
    namespace fs = std::filesystem;
    std::error_code failure;
    if (fs::create_directories(options.state_dir, failure); failure)
        return errc::io;
    auto database = Database::open(options.state_dir / "gatehouse.db", options.database);
    if (!database)
        return database.error();
    if (auto const migrated = migrate(*database); !migrated)
        return migrated.error();
    auto const rows = database->first(
        "SELECT count(*) FROM (SELECT 1 FROM audit LIMIT 1)", [](Statement const& row) { return row.integer(0); });
    if (!rows)
        return rows.error();
    auto chain = AuditChain::open(options.state_dir, rows->value_or(0) == 0);
    if (!chain)
        return chain.error();
    Ledger ledger{std::move(*database), std::move(*chain)};
    ledger.audit_agrees_ = ledger.head_fits_rows();
    if (auto const sealed = seal_kept_secrets(ledger); !sealed)
        return sealed.error();
    return ledger;
}

bool Ledger::head_fits_rows()
{
    auto const head = chain_.read_head();
    if (!head)
        return false;
    if (head->count == 0)
        return true;
    auto const digest = database_.first(
        "SELECT digest FROM audit WHERE sequence = ?", [](Statement const& row) { return row.text(0); }, head->count);
    return digest && *digest
        && std::equal(head->digest.begin(), head->digest.end(), (*digest)->begin(), (*digest)->end(),
            [](unsigned char left, char right) { return left == static_cast<unsigned char>(right); });
}

void Ledger::publish_head()
{
    if (!head_is_behind_)
        return;
    // A head that the rows do not bear out is evidence and stays: going on would hide that rows were cut off.
    audit_agrees_ = head_fits_rows();
    if (!audit_agrees_)
        return;
    auto const last
        = database_.first("SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1", [](Statement const& row) {
              AuditHead head{row.integer(0), {}};
              auto const bytes = row.text(1);
              std::copy_n(bytes.begin(), std::min(bytes.size(), head.digest.size()), head.digest.begin());
              return head;
          });
    if (last && *last && chain_.write_head(**last))
        head_is_behind_ = false;
}

} // namespace gatehouse::store
