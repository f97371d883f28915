#pragma once
// Asks a small confined program what libmagic makes of a file's beginning: a large library of readers does not see strangers' bytes in the
// process that speaks with the web, and its time is not taken from other requests.

#include "proxy/helper/helper.hpp"
#include "proxy/net/deadline.hpp"
#include "proxy/net/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace gatehouse::files {

/// One for each worker, on its thread. The program starts with the first question; one that hangs or ends is started again.
class KindProcess {
public:
    KindProcess(net::Executor executor, net::DeadlineWheel& wheel, std::filesystem::path program);

    /// The media type of what begins so, "application/zip"; empty: it cannot be told, or not within two seconds, or too many are asked
    /// about at once. Lifetime: the bytes last until the answer.
    net::task<std::string> ask(std::string_view beginning);

private:
    using Timer = net::asio::basic_waitable_timer<std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>,
        net::Executor>;
    class Turn;

    bool is_ready();
    net::task<std::string> exchange(std::string_view beginning);
    void give_up(std::string_view reason);

    net::DeadlineWheel& wheel_;
    std::filesystem::path program_;
    helper::Helper child_;
    net::asio::posix::basic_stream_descriptor<net::Executor> channel_; ///< a copy of the child's, to wait on
    std::chrono::steady_clock::time_point begun_{};
    Timer free_; ///< never fires: woken when a turn ends
    bool busy_ = false;
    std::size_t waiting_ = 0;
};

} // namespace gatehouse::files
