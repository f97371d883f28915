#pragma once
// Packets that a firewall rule logs ("log group N" of nft(8)), read from the kernel through libnetfilter_log.

#include "proxy/net/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <functional>
#include <string_view>

struct nflog_handle;
struct nflog_g_handle;

namespace gatehouse::net {

class PacketLog {
public:
    explicit PacketLog(Executor executor)
        : descriptor_(executor)
        , timer_(executor)
    {
    }
    ~PacketLog();
    PacketLog(PacketLog const&) = delete;
    PacketLog& operator=(PacketLog const&) = delete;

    /// Needs CAP_NET_ADMIN. Errors: the system's; `operation_not_permitted` also while another process reads the group.
    result<void> open(std::uint16_t group);
    /// Waits until packets have come or the time is up. False once it was closed.
    task<bool> wait(std::chrono::milliseconds longest);
    /// Hands over what has come, packets with their IP header, cut where the rule's `snaplen` cuts them. Does not wait.
    void read(std::function<void(std::string_view packet)> const& use);
    /// Ends every wait, for good.
    void close();

private:
    void release();

    using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

    nflog_handle* handle_ = nullptr;
    nflog_g_handle* group_ = nullptr;
    asio::posix::basic_stream_descriptor<Executor> descriptor_; ///< a second one of the handle's socket
    Timer timer_;
    std::function<void(std::string_view)> const* use_ = nullptr; ///< while read() runs
    bool closed_ = false;
};

} // namespace gatehouse::net
