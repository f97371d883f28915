#include "proxy/helper/confine.hpp"

#include <array>
#include <cerrno>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace gatehouse::helper {
namespace {

constexpr std::array always{SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(write), SCMP_SYS(futex), SCMP_SYS(brk), SCMP_SYS(mmap),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mprotect), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(exit), SCMP_SYS(exit_group)};

} // namespace

bool is_helper()
{
    int type = 0;
    ::socklen_t size = sizeof type;
    return ::getsockopt(helper_channel, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

bool confine(std::span<int const> calls)
{
    auto const filter = ::seccomp_init(SCMP_ACT_ERRNO(EPERM)); // sets no_new_privs as well
    bool set = filter != nullptr;
    for (int const call : always)
        set = set && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
    for (int const call : calls)
        set = set && ::seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
    set = set && ::seccomp_load(filter) == 0;
    ::seccomp_release(filter);
    return set;
}

bool hide_memory()
{
    return ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

std::size_t receive_packet(std::span<char> into)
{
    for (;;) {
        auto const size = ::recv(helper_channel, into.data(), into.size(), 0);
        if (size >= 0 || errno != EINTR)
            return size > 0 ? static_cast<std::size_t>(size) : 0;
    }
}

bool send_packet(std::string_view packet)
{
    return ::send(helper_channel, packet.data(), packet.size(), MSG_NOSIGNAL) >= 0;
}

} // namespace gatehouse::helper
