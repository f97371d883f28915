#include "proxy/session/multiplexed.hpp"

#include "proxy/http2/client_connection.hpp"
#include "proxy/http2/limits.hpp"
#include "proxy/session/outcome.hpp"

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

namespace gatehouse::session {
namespace {

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
    net::Executor>;

/// Told in the log once a minute at most: a client can be refused as often as it likes.
void note_refused(Environment& env)
{
    ++env.counters.streams_refused;
    auto& told = env.told_of_refused_streams;
    auto const now = env.wheel.now();
    if (told && now - *told < std::chrono::minutes{1})
        return;
    told = now;
    spdlog::warn("streams.refused limit={} refused={} reason=\"a client has too many requests open\"",
        env.settings.limits.streams_per_client, env.counters.streams_refused);
}

/// The requests of one connection that are being served, some of which the client may have given up.
class Served {
public:
    explicit Served(Session& outer)
        : outer_(outer)
        , share_(outer.env.client_streams, outer.subject.address)
        , changed_(outer.env.executor, std::chrono::steady_clock::time_point::max())
    {
    }

    bool begin(net::ChannelPtr channel)
    {
        if (count_ >= http2::limits::streams)
            return false;
        if (!share_.take(outer_.env.settings.limits.streams_per_client)) {
            note_refused(outer_.env);
            return false;
        }
        ++count_;
        net::asio::co_spawn(outer_.env.executor, serve_one(std::move(channel)), [this](std::exception_ptr const& crash) {
            --count_;
            share_.give_back();
            changed_.cancel();
            report(crash);
        });
        return true;
    }

    net::task<> wait_for_all()
    {
        while (count_ > 0)
            co_await changed_.async_wait(net::use_tuple);
    }

private:
    net::task<> serve_one(net::ChannelPtr channel)
    {
        Session session(outer_, std::move(channel));
        co_await serve_requests(session);
        session.client.close();
    }

    /// What escapes a coroutine is a bug: say so and go on with the others.
    static void report(std::exception_ptr const& crash)
    {
        try {
            if (crash)
                std::rethrow_exception(crash);
        } catch (std::exception const& error) {
            spdlog::error("session.crashed what={}", error.what());
        }
    }

    Session& outer_;
    http2::ClientStreams::Share share_;
    Timer changed_;
    std::size_t count_ = 0;
};

} // namespace

net::task<> serve_multiplexed(Session& session)
{
    auto& env = session.env;
    Served served(session);
    {
        http2::ClientConnection connection(session.client,
            {.serve = [&served](net::ChannelPtr channel) { return served.begin(std::move(channel)); },
                .idle = env.settings.deadlines.keep_alive,
                .draining = env.draining,
                .wide = env.wide_windows,
                .client = session.subject.address});
        co_await connection.run();
    }
    co_await served.wait_for_all();
}

} // namespace gatehouse::session
