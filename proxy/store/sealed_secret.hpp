#pragma once
// Secrets that the store has to read again (second factors) lie in it sealed: who gets a copy of the database without the key file of the state
// folder reads none of them. XChaCha20-Poly1305 (libsodium) under a key derived from that of the audit; bound to the account, so that one cannot
// be put in another's place.

#include "proxy/store/ids.hpp"
#include "proxy/store/ledger.hpp"

namespace gatehouse::store {

/// "v1:" and base64; each time another text.
std::string seal_secret(AuditChain const& chain, AccountId account, std::string_view secret);
/// Nothing: it was sealed with another key or for another account, or is damaged. Text without the mark was kept by an earlier version and is the
/// secret itself.
std::optional<std::string> open_secret(AuditChain const& chain, AccountId account, std::string_view kept);

/// Seals what an earlier version kept as it was; once, when the ledger opens.
result<void> seal_kept_secrets(Ledger& ledger);

} // namespace gatehouse::store
