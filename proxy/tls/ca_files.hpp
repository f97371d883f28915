#pragma once
// The CA's two files, read for the mint. Private to this folder: nothing else may hold the key.

#include "proxy/tls/x509.hpp"

#include <filesystem>

namespace gatehouse::tls {

struct CaFiles {
    PkeyPtr key;
    X509Ptr certificate;
};

/// Errors: those of LeafMint::load.
result<CaFiles> read_ca_files(std::filesystem::path const& dir);

/// DIR/ca.crt alone. Errors: `ca_missing`, `ca_unreadable`.
result<X509Ptr> read_ca_certificate(std::filesystem::path const& dir);

} // namespace gatehouse::tls
