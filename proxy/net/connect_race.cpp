#include "proxy/net/connect_race.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

namespace gatehouse::net {
namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Lives until its last handler has run; completes exactly once.
class Race : public std::enable_shared_from_this<Race> {
public:
    Race(Executor executor, std::vector<policy::IpAddress> addresses, std::uint16_t port, std::chrono::milliseconds stagger)
        : executor_(executor)
        , addresses_(std::move(addresses))
        , port_(port)
        , stagger_(stagger)
        , next_timer_(executor)
        , end_timer_(executor)
    {
    }

    void start(std::chrono::milliseconds total, std::function<void(RaceResult)> done)
    {
        done_ = std::move(done);
        attempts_.reserve(addresses_.size());
        end_timer_.expires_after(total);
        end_timer_.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec)
                self->finish({asio::error::timed_out, std::nullopt, {}});
        });
        try_next();
    }

private:
    void try_next()
    {
        if (!done_ || attempts_.size() == addresses_.size())
            return;
        std::size_t const index = attempts_.size();
        attempts_.emplace_back(executor_);
        ++running_;
        attempts_.back().async_connect(endpoint_of(addresses_[index], port_),
            [self = shared_from_this(), index](error_code ec) { self->connected(index, ec); });
        if (attempts_.size() == addresses_.size())
            return;
        next_timer_.expires_after(stagger_);
        next_timer_.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec)
                self->try_next();
        });
    }

    void connected(std::size_t index, error_code ec)
    {
        --running_;
        if (!done_)
            return;
        if (!ec) {
            error_code ignored;
            attempts_[index].non_blocking(true, ignored);
            attempts_[index].set_option(asio::ip::tcp::no_delay(true), ignored);
            return finish({{}, std::move(attempts_[index]), addresses_[index]});
        }
        if (attempts_.size() < addresses_.size())
            return try_next();
        if (running_ == 0)
            finish({ec, std::nullopt, {}});
    }

    void finish(RaceResult result)
    {
        if (!done_)
            return;
        auto const done = std::exchange(done_, nullptr);
        next_timer_.cancel();
        end_timer_.cancel();
        error_code ignored;
        for (auto& attempt : attempts_)
            attempt.close(ignored);
        done(std::move(result));
    }

    Executor executor_;
    std::vector<policy::IpAddress> addresses_;
    std::uint16_t port_;
    std::chrono::milliseconds stagger_;
    Timer next_timer_, end_timer_;
    std::vector<Socket> attempts_;
    std::size_t running_ = 0;
    std::function<void(RaceResult)> done_;
};

template <class Token>
auto async_race(std::shared_ptr<Race> race, std::chrono::milliseconds total, Token token)
{
    auto start = [](auto handler, std::shared_ptr<Race> started, std::chrono::milliseconds time) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        started->start(time, [shared](RaceResult result) { (*shared)(std::move(result)); });
    };
    return asio::async_initiate<Token, void(RaceResult)>(start, token, std::move(race), total);
}

void cancel_socket(void* socket)
{
    error_code ignored;
    static_cast<Socket*>(socket)->cancel(ignored);
}

/// Opens and begins. No error: connected already; `in_progress` or `already_started`: wait for writability.
error_code begin_connect(Socket& socket, asio::ip::tcp::endpoint const& endpoint)
{
    error_code ec;
    socket.open(endpoint.protocol(), ec);
    if (!ec)
        socket.non_blocking(true, ec);
    if (!ec)
        socket.set_option(asio::ip::tcp::no_delay(true), ec);
    if (ec)
        return ec;
    auto const connect
        = [&] { return ::connect(socket.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())); };
    // A peer on this machine has answered when the first call returns, and the second finds it connected; it costs less than a wait.
    if (connect() == 0 || (errno == EINPROGRESS && connect() == 0))
        return {};
    return {errno, boost::system::system_category()};
}

error_code pending_error(Socket& socket)
{
    int code = 0;
    socklen_t size = sizeof code;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &code, &size);
    return {code, boost::system::system_category()};
}

} // namespace

asio::ip::tcp::endpoint endpoint_of(policy::IpAddress const& address, std::uint16_t port)
{
    if (address.is_v4())
        return {asio::ip::address_v4(address.v4()), port};
    asio::ip::address_v6::bytes_type bytes;
    std::copy(address.bytes.begin(), address.bytes.end(), bytes.begin());
    return {asio::ip::address_v6(bytes), port};
}

task<RaceResult> connect_to(
    Executor executor, DeadlineWheel& wheel, policy::IpAddress address, std::uint16_t port, std::chrono::milliseconds total)
{
    Socket socket(executor);
    auto ec = begin_connect(socket, endpoint_of(address, port));
    if (ec == asio::error::in_progress || ec == asio::error::already_started) {
        Deadline deadline(wheel, cancel_socket, &socket);
        deadline.expire_after(total);
        auto const [aborted] = co_await socket.async_wait(Socket::wait_write, use_tuple);
        ec = deadline.expired() ? error_code{asio::error::timed_out} : aborted ? aborted : pending_error(socket);
    }
    if (ec)
        co_return RaceResult{ec, std::nullopt, {}};
    co_return RaceResult{{}, std::move(socket), address};
}

std::vector<policy::IpAddress> interleave_families(std::vector<policy::IpAddress> const& addresses)
{
    std::vector<policy::IpAddress> first, second, mixed;
    for (auto const& address : addresses)
        (address.is_v4() == addresses.front().is_v4() ? first : second).push_back(address);
    for (std::size_t i = 0; i < first.size() || i < second.size(); ++i) {
        if (i < first.size())
            mixed.push_back(first[i]);
        if (i < second.size())
            mixed.push_back(second[i]);
    }
    return mixed;
}

task<RaceResult> race_to_connect(Executor executor, std::vector<policy::IpAddress> addresses, std::uint16_t port,
    std::chrono::milliseconds stagger, std::chrono::milliseconds total)
{
    auto race = std::make_shared<Race>(executor, interleave_families(addresses), port, stagger);
    co_return co_await async_race(std::move(race), total, asio::use_awaitable_t<Executor>{});
}

} // namespace gatehouse::net
