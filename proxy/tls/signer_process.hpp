#pragma once
// The other end of the signer: a small process of its own that holds the CA's key and can do nothing but sign. Whoever breaks into the process
// that speaks with the web finds no key in it.

#include "proxy/helper/helper.hpp"
#include "proxy/tls/issuer.hpp"

namespace gatehouse::tls {

/// Where the signer is found.
struct SignerPlace {
    std::filesystem::path program; ///< started by us, under our account
    std::filesystem::path dir;     ///< ca.crt, and ca.key for the program that we start
    std::filesystem::path socket;  ///< not empty: a signer of another account answers here, and it alone reads the key
};

/// One for each issuer, and like it not thread-safe. A signer that ended is started again with the next leaf, once a second at most.
class SignerProcess {
public:
    /// Starts or reaches it and waits until it has read the CA. Errors: those of LeafMint::load; `signer_missing` if it cannot be started,
    /// reached or confined; `ca_mismatch` if one of another account signs with another CA than DIR/ca.crt, which devices are given.
    static result<SignerProcess> start(SignerPlace place);

    /// Waits two seconds at most; null if there is no answer, or it is a refusal.
    CertificatePtr sign(policy::Host const& host, EVP_PKEY& key);
    ::pid_t pid() const { return helper_.pid(); }

private:
    explicit SignerProcess(SignerPlace place);
    error_code begin(std::chrono::milliseconds patience);
    error_code check_ca();
    bool is_ready();

    SignerPlace place_;
    helper::Helper helper_;
    std::chrono::steady_clock::time_point begun_{};
};

/// An issuer whose leaves such a process signs. Errors: those of SignerProcess::start and Issuer::make.
result<Issuer> make_signed_issuer(SignerPlace place);

} // namespace gatehouse::tls
