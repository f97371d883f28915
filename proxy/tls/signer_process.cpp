#include "proxy/tls/signer_process.hpp"

#include "proxy/tls/ca_files.hpp"
#include "proxy/tls/signer_request.hpp"

#include <openssl/err.h>
#include <spdlog/spdlog.h>

namespace gatehouse::tls {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_patience{10000}; // reading two files, on a busy machine, while nobody waits
constexpr milliseconds sign_patience{2000};
constexpr std::chrono::seconds between_starts{1};

} // namespace

SignerProcess::SignerProcess(SignerPlace place)
    : place_(std::move(place))
{
}

result<SignerProcess> SignerProcess::start(SignerPlace place)
{
    SignerProcess made{std::move(place)};
    if (auto const failure = made.begin(first_patience))
        return failure;
    if (auto const failure = made.place_.socket.empty() ? error_code{} : made.check_ca())
        return failure;
    return made;
}

error_code SignerProcess::begin(milliseconds patience)
{
    begun_ = steady_clock::now();
    auto helper = place_.socket.empty() ? helper::Helper::start(place_.program, {place_.dir.string()})
                                        : helper::Helper::reach(place_.socket);
    if (!helper) {
        auto const& where = place_.socket.empty() ? place_.program : place_.socket;
        spdlog::error("signer.not_started at=\"{}\" reason=\"{}\"", where.string(), helper.error().message());
        return errc::signer_missing;
    }
    helper_ = std::move(*helper);
    auto const word = helper_.receive(max_signer_packet, patience);
    if (word.size() == 1 && word.front() == 0)
        return {};
    helper_.end();
    return word.size() == 1 ? error_code{static_cast<errc>(word.front())} : error_code{errc::signer_missing};
}

/// A signer that we started compares its files itself; of another's we know what it signs.
error_code SignerProcess::check_ca()
{
    auto const authority = read_ca_certificate(place_.dir);
    if (!authority)
        return authority.error();
    auto const key = make_p256_key();
    auto const leaf = key ? sign(policy::Host::parse("first.invalid").value(), *key) : nullptr;
    if (!leaf)
        return errc::signer_missing;
    auto const is_ours = X509_verify(leaf.get(), X509_get0_pubkey(authority->get())) == 1;
    ERR_clear_error();
    return is_ours ? error_code{} : error_code{errc::ca_mismatch};
}

bool SignerProcess::is_ready()
{
    if (helper_)
        return true;
    if (steady_clock::now() - begun_ < between_starts)
        return false;
    auto const failure = begin(sign_patience);
    spdlog::log(failure ? spdlog::level::err : spdlog::level::warn, "signer.started_again result=\"{}\"",
        failure ? failure.message() : "ok");
    return !failure;
}

result<Issuer> make_signed_issuer(SignerPlace place)
{
    auto signer = SignerProcess::start(std::move(place));
    if (!signer)
        return signer.error();
    return Issuer::make([process = std::make_shared<SignerProcess>(std::move(*signer))](
                            policy::Host const& host, EVP_PKEY& key) { return process->sign(host, key); });
}

CertificatePtr SignerProcess::sign(policy::Host const& host, EVP_PKEY& key)
{
    auto const request = write_signer_request(host, key);
    for (int attempt = 0; attempt < 2 && is_ready(); ++attempt) { // it may have ended since the last leaf
        auto const answer = helper_.send(request) ? helper_.receive(max_signer_packet, sign_patience) : std::string{};
        if (!answer.empty())
            return read_signer_answer(answer);
        helper_.end();
    }
    return nullptr;
}

} // namespace gatehouse::tls
