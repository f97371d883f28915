#include "proxy/net/ending_context.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

namespace gatehouse::net::test {
namespace asio = boost::asio;

/// As a worker is: what sessions refer to is destroyed before the context.
struct Worker {
    EndingContext context{1};
    int open = 0;
    bool is_there = true;
    asio::ip::tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    asio::steady_timer timer{context};

    struct Place {
        Worker& worker;
        explicit Place(Worker& of)
            : worker{of}
        {
            ++worker.open;
        }
        Place(Place const&) = delete;
        Place& operator=(Place const&) = delete;
        ~Place()
        {
            EXPECT_TRUE(worker.is_there);
            --worker.open;
        }
    };
    asio::awaitable<void> wait_for_ever()
    {
        Place const place{*this};
        asio::steady_timer own{context, std::chrono::hours{1}};
        co_await own.async_wait(asio::use_awaitable);
    }
    asio::awaitable<void> wait_for_somebody()
    {
        Place const place{*this};
        auto const socket = co_await acceptor.async_accept(asio::use_awaitable);
    }
    ~Worker()
    {
        context.destroy_waiting();
        EXPECT_EQ(open, 0);
        is_there = false;
    }
};

TEST(EndingContext, DestroysWhoWaitsBeforeWhatTheyReferTo)
{
    Worker worker;
    asio::co_spawn(worker.context, worker.wait_for_ever(), asio::detached);
    asio::co_spawn(worker.context, worker.wait_for_somebody(), asio::detached);
    worker.timer.expires_after(std::chrono::hours{1});
    worker.timer.async_wait([](auto) {});
    worker.context.poll();
    EXPECT_EQ(worker.open, 2);
}

} // namespace gatehouse::net::test
