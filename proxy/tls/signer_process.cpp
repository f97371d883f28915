#include "proxy/tls/signer_process.hpp"

#include "proxy/tls/signer_channel.hpp"
#include "proxy/tls/signer_request.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace gatehouse::tls {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_patience{10000}; // reading two files, on a busy machine, while nobody waits
constexpr milliseconds sign_patience{2000};
constexpr std::chrono::seconds between_starts{1};

/// One packet, or nothing: the other end has gone or is too slow.
std::string receive(int channel, milliseconds patience)
{
    auto const latest = steady_clock::now() + patience;
    ::pollfd wait{channel, POLLIN, 0};
    int ready = 0;
    do {
        auto const left = std::chrono::ceil<milliseconds>(latest - steady_clock::now());
        ready = ::poll(&wait, 1, static_cast<int>(std::max<milliseconds::rep>(0, left.count())));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return {};
    std::string packet(max_signer_packet, '\0');
    auto const size = ::recv(channel, packet.data(), packet.size(), MSG_DONTWAIT);
    packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return packet;
}

result<::pid_t> spawn(std::filesystem::path const& program, std::filesystem::path const& dir, int channel)
{
    ::posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, channel, signer_channel);
    ::posix_spawn_file_actions_addclosefrom_np(&files, signer_channel + 1);
    auto name = program.string();
    auto folder = dir.string();
    char* const arguments[]{name.data(), folder.data(), nullptr};
    ::pid_t process = 0;
    int const failure = ::posix_spawn(&process, name.c_str(), &files, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (failure != 0)
        return error_code{failure, boost::system::system_category()};
    return process;
}

} // namespace

SignerProcess::SignerProcess(std::filesystem::path program, std::filesystem::path dir)
    : program_(std::move(program))
    , dir_(std::move(dir))
{
}

SignerProcess::SignerProcess(SignerProcess&& other) noexcept
    : program_(std::move(other.program_))
    , dir_(std::move(other.dir_))
    , channel_(std::exchange(other.channel_, -1))
    , process_(std::exchange(other.process_, 0))
    , begun_(other.begun_)
{
}

SignerProcess::~SignerProcess()
{
    end();
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
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return errc::signer_missing;
    auto const process = spawn(program_, dir_, ends[1]);
    ::close(ends[1]);
    channel_ = ends[0];
    if (!process) {
        spdlog::error("signer.not_started program=\"{}\" reason=\"{}\"", program_.string(), process.error().message());
        end();
        return errc::signer_missing;
    }
    process_ = *process;
    auto const word = receive(channel_, patience);
    if (word.size() == 1 && word.front() == 0)
        return {};
    end();
    return word.size() == 1 ? error_code{static_cast<errc>(word.front())} : error_code{errc::signer_missing};
}

void SignerProcess::end()
{
    if (channel_ >= 0)
        ::close(std::exchange(channel_, -1));
    if (process_ == 0)
        return;
    ::kill(process_, SIGKILL); // it has nothing to finish
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) { }
    process_ = 0;
}

bool SignerProcess::is_ready()
{
    if (channel_ >= 0)
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
        bool const sent = ::send(channel_, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size());
        auto const answer = sent ? receive(channel_, sign_patience) : std::string{};
        if (!answer.empty())
            return read_signer_answer(answer);
        end();
    }
    return nullptr;
}

} // namespace gatehouse::tls
