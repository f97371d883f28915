// gatehouse-signer CA-FOLDER: reads the school's CA, gives up every right but to answer on one socket, and signs leaves until that is closed.
// Started by the daemon, one for each worker; of no use to people.

#include "proxy/tls/signer_channel.hpp"
#include "proxy/tls/signer_request.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace {

using namespace gatehouse::tls;

/// All that signing needs once the CA is read. No file, no other socket, no process.
constexpr std::array allowed{SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(write), SCMP_SYS(futex), SCMP_SYS(brk),
    SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mprotect), SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(exit), SCMP_SYS(exit_group)};

/// The key in a core file, or under a debugger of the same account, would be a key lost.
bool hide_memory()
{
    return ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

bool give_up_rights()
{
    auto const filter = ::seccomp_init(SCMP_ACT_ERRNO(EPERM)); // sets no_new_privs as well
    bool set = filter != nullptr;
    for (int const call : allowed)
        set = set && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
    set = set && ::seccomp_load(filter) == 0;
    ::seccomp_release(filter);
    return set;
}

/// OpenSSL reads and allocates some things with the first use.
bool has_signed_one(LeafMint const& mint)
{
    auto const key = make_p256_key();
    auto const host = gatehouse::policy::Host::parse("first.invalid");
    return key && read_signer_answer(answer_signer_request(write_signer_request(*host, *key), mint, system_now()));
}

int say(errc code)
{
    auto const word = static_cast<char>(code);
    ::send(signer_channel, &word, 1, MSG_NOSIGNAL);
    return 1;
}

void serve(LeafMint const& mint)
{
    std::array<char, max_signer_packet> packet;
    for (;;) {
        auto const size = ::recv(signer_channel, packet.data(), packet.size(), 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return;
        auto const answer = answer_signer_request({packet.data(), static_cast<std::size_t>(size)}, mint, system_now());
        if (::send(signer_channel, answer.data(), answer.size(), MSG_NOSIGNAL) < 0)
            return;
    }
}

} // namespace

int main(int argc, char** argv)
{
    int type = 0;
    ::socklen_t size = sizeof type;
    if (argc != 2 || ::getsockopt(signer_channel, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
        std::fputs("gatehouse-signer is started by gatehoused\n", stderr);
        return 2;
    }
    for (int const number : {SIGINT, SIGTERM, SIGHUP}) // it ends with its socket: the daemon still signs while it drains
        std::signal(number, SIG_IGN);
    auto const mint = LeafMint::load(argv[1]);
    if (!mint)
        return say(mint.error().category() == make_error_code(errc::crypto).category() ? static_cast<errc>(mint.error().value())
                                                                                       : errc::ca_unreadable);
    if (!has_signed_one(*mint))
        return say(errc::crypto);
    if (!hide_memory() || !give_up_rights())
        return say(errc::signer_missing);
    say(errc{});
    serve(*mint);
    return 0;
}
