#include "proxy/tls/signer_process.hpp"

#include "proxy/tls/signer_request.hpp"

#include <spdlog/spdlog.h>

namespace gatehouse::tls {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_patience{10000}; // reading two files, on a busy machine, while nobody waits
constexpr milliseconds sign_patience{2000};
constexpr std::chrono::seconds between_starts{1};

} // namespace

SignerProcess::SignerProcess(std::filesystem::path program, std::filesystem::path dir)
    : program_(std::move(program))
    , dir_(std::move(dir))
{
}

result<SignerProcess> SignerProcess::start(std::filesystem::path program, std::filesystem::path dir)
{
    SignerProcess made{std::move(program), std::move(dir)};
    if (auto const failure = made.begin(first_patience))
        return failure;
    return made;
}

error_code SignerProcess::begin(milliseconds patience)
{
    begun_ = steady_clock::now();
    auto child = helper::Child::start(program_, {dir_.string()});
    if (!child) {
        spdlog::error("signer.not_started program=\"{}\" reason=\"{}\"", program_.string(), child.error().message());
        return errc::signer_missing;
    }
    child_ = std::move(*child);
    auto const word = child_.receive(max_signer_packet, patience);
    if (word.size() == 1 && word.front() == 0)
        return {};
    child_.end();
    return word.size() == 1 ? error_code{static_cast<errc>(word.front())} : error_code{errc::signer_missing};
}

bool SignerProcess::is_ready()
{
    if (child_)
        return true;
    if (steady_clock::now() - begun_ < between_starts)
        return false;
    auto const failure = begin(sign_patience);
    spdlog::log(failure ? spdlog::level::err : spdlog::level::warn, "signer.started_again result=\"{}\"",
        failure ? failure.message() : "ok");
    return !failure;
}

result<Issuer> make_signed_issuer(std::filesystem::path program, std::filesystem::path dir)
{
    auto signer = SignerProcess::start(std::move(program), std::move(dir));
    if (!signer)
        return signer.error();
    return Issuer::make([process = std::make_shared<SignerProcess>(std::move(*signer))](
                            policy::Host const& host, EVP_PKEY& key) { return process->sign(host, key); });
}

CertificatePtr SignerProcess::sign(policy::Host const& host, EVP_PKEY& key)
{
    auto const request = write_signer_request(host, key);
    for (int attempt = 0; attempt < 2 && is_ready(); ++attempt) { // it may have ended since the last leaf
        auto const answer = child_.send(request) ? child_.receive(max_signer_packet, sign_patience) : std::string{};
        if (!answer.empty())
            return read_signer_answer(answer);
        child_.end();
    }
    return nullptr;
}

} // namespace gatehouse::tls
