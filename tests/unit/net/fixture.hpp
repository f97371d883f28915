#pragma once
// A worker's surroundings for net tests: one io_context on the test's thread, a wheel, connected socket pairs on loopback.

#include "proxy/net/stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <gtest/gtest.h>

namespace gatehouse::net {

class NetTest : public ::testing::Test {
protected:
    struct Pair {
        Socket near;
        Socket far;
    };

    Pair connect_pair()
    {
        Acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        Socket near(context.get_executor());
        near.connect(acceptor.local_endpoint());
        Socket far(context.get_executor());
        acceptor.accept(far);
        near.non_blocking(true);
        far.non_blocking(true);
        return {std::move(near), std::move(far)};
    }

    /// Runs the coroutine to its end with the wheel ticking, and gives its value.
    template <class T>
    T run(task<T> coroutine)
    {
        auto future = asio::co_spawn(context, std::move(coroutine), asio::use_future);
        context.restart();
        while (future.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
            context.run_for(std::chrono::milliseconds{10});
            context.restart();
            wheel.advance(std::chrono::steady_clock::now());
        }
        return future.get();
    }

    asio::io_context context{1};
    DeadlineWheel wheel;
};

} // namespace gatehouse::net
