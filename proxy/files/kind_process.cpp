#include "proxy/files/kind_process.hpp"

#include "proxy/files/file_type.hpp"
#include "proxy/files/kind_channel.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

namespace gatehouse::files {
namespace {

constexpr std::chrono::milliseconds patience{2000};
constexpr std::chrono::seconds between_starts{1};
constexpr std::size_t most_waiting = 256;

} // namespace

/// Questions are asked one after the other; the next begins when this one goes, however it goes.
class KindProcess::Turn {
public:
    explicit Turn(KindProcess& process)
        : process_(process)
    {
        process_.busy_ = true;
    }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    ~Turn()
    {
        process_.busy_ = false;
        process_.free_.cancel_one();
    }

private:
    KindProcess& process_;
};

KindProcess::KindProcess(net::Executor executor, net::DeadlineWheel& wheel, std::filesystem::path program)
    : wheel_(wheel)
    , program_(std::move(program))
    , channel_(executor)
    , free_(executor, std::chrono::steady_clock::time_point::max())
{
}

bool KindProcess::is_ready()
{
    if (child_)
        return true;
    if (std::chrono::steady_clock::now() - begun_ < between_starts)
        return false;
    begun_ = std::chrono::steady_clock::now();
    auto child = helper::Helper::start(program_, {});
    if (!child) {
        spdlog::error("kinds.not_started program=\"{}\" reason=\"{}\"", program_.string(), child.error().message());
        return false;
    }
    child_ = std::move(*child);
    int const copy = ::fcntl(child_.channel(), F_DUPFD_CLOEXEC, 0);
    error_code failure;
    if (copy >= 0)
        channel_.assign(copy, failure);
    if (copy < 0 || failure)
        give_up("no descriptor");
    return static_cast<bool>(child_);
}

void KindProcess::give_up(std::string_view reason)
{
    spdlog::warn("kinds.ended reason=\"{}\" effect=\"started again with the next file\"", reason);
    error_code ignored;
    channel_.close(ignored);
    child_.end();
}

net::task<std::string> KindProcess::exchange(std::string_view beginning)
{
    if (!is_ready())
        co_return std::string{};
    if (!child_.send(beginning)) {
        give_up("it takes no question");
        co_return std::string{};
    }
    net::Deadline deadline{wheel_, [](void* self) { static_cast<KindProcess*>(self)->channel_.cancel(); }, this};
    deadline.expire_after(patience);
    auto const [failure] = co_await channel_.async_wait(net::asio::posix::descriptor_base::wait_read, net::use_tuple);
    std::string answer(longest_kind_answer, '\0');
    auto const size = failure ? -1 : ::recv(child_.channel(), answer.data(), answer.size(), MSG_DONTWAIT);
    if (size <= 0) {
        give_up(failure ? "it took too long" : "it ended");
        co_return std::string{};
    }
    answer.resize(static_cast<std::size_t>(size));
    co_return answer;
}

net::task<std::string> KindProcess::ask(std::string_view beginning)
{
    if (waiting_ >= most_waiting)
        co_return std::string{};
    ++waiting_;
    while (busy_)
        co_await free_.async_wait(net::use_tuple);
    --waiting_;
    Turn const turn{*this};
    co_return co_await exchange(beginning.substr(0, most_looked_at));
}

} // namespace gatehouse::files
