#include "proxy/net/packet_log.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <sys/socket.h>
#include <utility>

namespace gatehouse::net {
namespace {

constexpr unsigned copied = 2048; ///< bytes of a packet: more than any that reaches us in one piece

} // namespace

PacketLog::~PacketLog()
{
    release();
}

void PacketLog::release()
{
    if (group_ != nullptr)
        ::nflog_unbind_group(std::exchange(group_, nullptr));
    if (handle_ != nullptr)
        ::nflog_close(std::exchange(handle_, nullptr));
}

result<void> PacketLog::open(std::uint16_t group)
{
    release();
    handle_ = ::nflog_open();
    group_ = handle_ != nullptr ? ::nflog_bind_group(handle_, group) : nullptr;
    if (group_ == nullptr || ::nflog_set_mode(group_, NFULNL_COPY_PACKET, copied) < 0) {
        auto const failure = last_error();
        release();
        return failure;
    }
    ::nflog_set_timeout(group_, 1); // hundredths of a second that the kernel may gather packets for
    auto const take = [](nflog_g_handle*, nfgenmsg*, nflog_data* data, void* self) {
        char* payload = nullptr;
        if (int const size = ::nflog_get_payload(data, &payload); size > 0)
            (*static_cast<PacketLog*>(self)->use_)({payload, static_cast<std::size_t>(size)});
        return 0;
    };
    ::nflog_callback_register(group_, take, this);
    int const copy = ::fcntl(::nflog_fd(handle_), F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return last_error();
    error_code failure;
    descriptor_.assign(copy, failure);
    return failure ? result<void>{failure} : result<void>{};
}

task<bool> PacketLog::wait(std::chrono::milliseconds longest)
{
    if (closed_)
        co_return false;
    if (!descriptor_.is_open()) {
        timer_.expires_after(longest);
        co_await timer_.async_wait(use_tuple);
        co_return !closed_;
    }
    timer_.expires_after(longest);
    timer_.async_wait([this](error_code ended) {
        error_code ignored;
        if (!ended)
            descriptor_.cancel(ignored);
    });
    co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read, use_tuple);
    timer_.cancel();
    co_return !closed_;
}

void PacketLog::read(std::function<void(std::string_view)> const& use)
{
    if (handle_ == nullptr)
        return;
    use_ = &use;
    std::array<char, 64 * 1024> messages;
    for (;;) {
        auto const size = ::recv(::nflog_fd(handle_), messages.data(), messages.size(), MSG_DONTWAIT);
        if (size < 0 && errno == ENOBUFS)
            continue; // the kernel had to leave some out
        if (size <= 0)
            break;
        ::nflog_handle_packet(handle_, messages.data(), static_cast<int>(size));
    }
    use_ = nullptr;
}

void PacketLog::close()
{
    closed_ = true;
    error_code ignored;
    timer_.cancel();
    descriptor_.close(ignored);
    release();
}

} // namespace gatehouse::net
