#pragma once
// The school's CA key and what is signed with it: leaves for one host. The signer process holds one of these; nothing else does.

#include "policy/host.hpp"
#include "proxy/tls/x509.hpp"

#include <filesystem>

namespace gatehouse::tls {

class LeafMint {
public:
    /// Reads DIR/ca.key and DIR/ca.crt. Errors: `ca_missing`, `ca_unreadable` (also for a key others may read), `ca_mismatch`, `ca_not_a_ca`.
    static result<LeafMint> load(std::filesystem::path const& dir);

    /// A certificate of the host for this key: SAN only, serverAuth, at most seven days and never longer than the CA, not before 24 h ago,
    /// random serial. Null if OpenSSL refuses.
    X509Ptr mint(policy::Host const& host, EVP_PKEY& key, std::chrono::sys_seconds now) const;

private:
    LeafMint(PkeyPtr key, X509Ptr certificate);
    PkeyPtr key_;
    X509Ptr certificate_;
};

} // namespace gatehouse::tls
