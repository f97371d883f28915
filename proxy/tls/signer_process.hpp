#pragma once
// The other end of the signer: a small process of its own that holds the CA's key and can do nothing but sign. Whoever breaks into the process
// that speaks with the web finds no key in it.

#include "proxy/helper/child.hpp"
#include "proxy/tls/issuer.hpp"

namespace gatehouse::tls {

/// One for each issuer, and like it not thread-safe. A signer that ended is started again with the next leaf, once a second at most.
class SignerProcess {
public:
    /// Starts `program` and waits until it has read the CA. Errors: those of LeafMint::load; `signer_missing` if it cannot be started or
    /// confined.
    static result<SignerProcess> start(std::filesystem::path program, std::filesystem::path dir);

    /// Waits two seconds at most; null if there is no answer, or it is a refusal.
    CertificatePtr sign(policy::Host const& host, EVP_PKEY& key);
    ::pid_t pid() const { return child_.pid(); }

private:
    SignerProcess(std::filesystem::path program, std::filesystem::path dir);
    error_code begin(std::chrono::milliseconds patience);
    bool is_ready();

    std::filesystem::path program_, dir_;
    helper::Child child_;
    std::chrono::steady_clock::time_point begun_{};
};

/// An issuer whose leaves such a process signs. Errors: those of SignerProcess::start and Issuer::make.
result<Issuer> make_signed_issuer(std::filesystem::path program, std::filesystem::path dir);

} // namespace gatehouse::tls
