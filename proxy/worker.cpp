#include "proxy/worker.hpp"

#include "proxy/session/session.hpp"
#include "proxy/short_turns.hpp"
#include "proxy/tls/signer_process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace gatehouse {
namespace {

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
    net::Executor>;

void tell_of_ended(std::size_t tunnels)
{
    if (tunnels > 0)
        spdlog::info("tunnels.ended_by_policy count={}", tunnels);
}

policy::IpAddress address_of(boost::asio::ip::address const& address)
{
    if (address.is_v4())
        return policy::IpAddress::from_v4(address.to_v4().to_uint());
    policy::IpAddress result;
    auto const bytes = address.to_v6().to_bytes();
    std::copy(bytes.begin(), bytes.end(), result.bytes.begin());
    return result;
}

/// What escapes a coroutine is a bug: say so and go on with the others.
struct ReportCrash {
    void operator()(std::exception_ptr const& crash) const
    {
        if (!crash)
            return;
        try {
            std::rethrow_exception(crash);
        } catch (std::exception const& error) {
            spdlog::error("session.crashed what={}", error.what());
        }
    }
};

constexpr std::string_view too_many
    = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nConnection: close\r\nRetry-After: 10\r\n\r\n";
constexpr std::string_view too_busy
    = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\nRetry-After: 10\r\n\r\n";

} // namespace

Worker::Worker(unsigned index, WorkerParts const& parts, std::shared_ptr<policy::Policy const> policy,
    std::vector<ListeningSocket> const& listeners)
    : parts_(parts)
    , resolver_(parts.resolver, context_.get_executor(), parts.settings.limits.dns_cache)
    , dialer_(resolver_, parts.guard, context_.get_executor(), wheel_,
          {parts.settings.deadlines.connect, parts.settings.deadlines.connect_attempt})
    , origin_trust_{.extra_roots = parts.settings.extra_roots, .revoked = parts.settings.revoked}
    , origins_(net::make_origin_context(origin_trust_))
    , pool_(dialer_, wheel_,
          {parts.settings.limits.idle_upstream_per_worker, parts.settings.limits.idle_upstream_per_host,
              parts.settings.deadlines.upstream_idle, parts.settings.deadlines.handshake, origins_.get()})
    , http2_origins_(parts.settings.deadlines.upstream_idle)
    , kinds_(context_.get_executor(), wheel_, parts.kinds)
    , sign_in_(parts.store, context_.get_executor(), parts.sign_in_checks)
    , env_{.settings = parts.settings,
          .executor = context_.get_executor(),
          .wheel = wheel_,
          .dialer = dialer_,
          .pool = pool_,
          .origins = http2_origins_,
          .kinds = kinds_,
          .access = parts.access_log.ring_for_worker(index),
          .clock = parts.clock,
          .ids = {},
          .issuer = nullptr,
          .sign_in = sign_in_,
          .report_incident = parts.report_incident,
          .report_alert = parts.report_alert,
          .portal_url = parts.portal_url,
          .portal = session::make_portal_place(parts.settings.portal.address, parts.portal_port, parts.portal_url),
          .digest_key = parts.digest_key,
          .policy = session::hold_for_worker(std::move(policy)),
          .tunnels = {},
          .counters = {},
          .relay_buffer = std::vector<char>(parts.settings.limits.relay_buffer),
          .spare_scratch = {}}
{
    if (auto issuer = tls::make_signed_issuer({parts.signer, parts.settings.state_dir / "ca", parts.settings.ca_signer})) {
        issuer_.emplace(std::move(*issuer));
        env_.issuer = &*issuer_;
    } else if (index == 0) {
        spdlog::warn(
            "ca.not_used reason=\"{}\" effect=\"blocked https sites show the browser's own error\"", issuer.error().message());
    }
    for (auto const& [socket, arrival] : listeners) {
        listening_.push_back(socket);
        acceptors_.emplace_back(context_);
        sockaddr_storage bound{};
        socklen_t size = sizeof bound;
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
        acceptors_.back().assign(bound.ss_family == AF_INET6 ? boost::asio::ip::tcp::v6() : boost::asio::ip::tcp::v4(), socket);
        acceptors_.back().set_option(boost::asio::ip::tcp::no_delay(true)); // what is accepted inherits it
        entrances_.push_back({arrival, acceptors_.back().local_endpoint().port()});
    }

    auto const& gateway = parts.settings.gateway;
    if (index == 0 && gateway.name_quic && !gateway.inside.empty())
        refused_quic_ = std::make_unique<session::RefusedQuic>(env_);
}

Worker::~Worker()
{
    stop();
    context_.destroy_waiting(); // sessions that were lost, while what they refer to is still here
}

void Worker::start()
{
    accepting_.assign(acceptors_.size(), false);
    begin_loops();
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "worker");
}

/// An allocation that fails inside Asio comes out of run(), and may have ended a loop that the worker cannot be without.
void Worker::run()
{
    take_short_turns();
    for (;;) {
        try {
            begin_loops();
            context_.run();
            return;
        } catch (std::exception const& crash) {
            spdlog::error("worker.crashed what={}", crash.what());
        }
    }
}

void Worker::begin_loops()
{
    for (std::size_t i = 0; i < acceptors_.size(); ++i) {
        if (accepting_[i] || !acceptors_[i].is_open())
            continue;
        auto ended = [this, i](std::exception_ptr const& crash) {
            accepting_[i] = false;
            if (crash)
                std::rethrow_exception(crash);
        };
        boost::asio::co_spawn(context_, accept_loop(acceptors_[i], entrances_[i]), ended);
        accepting_[i] = true;
    }
    if (refused_quic_ && !naming_quic_ && !env_.draining) {
        naming_quic_ = true;
        boost::asio::co_spawn(context_, refused_quic_->run(), [this](std::exception_ptr const& crash) {
            naming_quic_ = false;
            if (crash)
                std::rethrow_exception(crash);
        });
    }
    if (ticking_ || stopping_)
        return;
    auto ended = [this](std::exception_ptr const& crash) {
        ticking_ = false;
        if (crash)
            std::rethrow_exception(crash);
    };
    boost::asio::co_spawn(context_, tick(), ended);
    ticking_ = true;
}

net::task<> Worker::accept_loop(net::Acceptor& acceptor, session::Entrance entrance)
{
    Timer pause(context_.get_executor());
    while (acceptor.is_open()) {
        boost::asio::ip::tcp::endpoint peer;
        auto [ec, socket] = co_await acceptor.async_accept(context_.get_executor(), peer, net::use_tuple);
        if (ec == boost::asio::error::operation_aborted || ec == boost::asio::error::bad_descriptor)
            co_return;
        if (ec) { // descriptors are used up: give back what nobody needs now and wait, instead of spinning
            if (ec != boost::asio::error::invalid_argument) { // which says that the socket listens no more: the end has begun
                pool_.close_all();
                http2_origins_.close_all();
                wheel_.expire_oldest_idle();
            }
            pause.expires_after(std::chrono::milliseconds{100});
            co_await pause.async_wait(net::use_tuple);
            continue;
        }
        auto const address = address_of(peer.address());
        if (auto place = admit(socket, address))
            boost::asio::co_spawn(context_,
                session::serve(std::make_unique<session::Session>(env_, std::move(socket), address), entrance),
                [held = std::move(place)](std::exception_ptr const& crash) { ReportCrash{}(crash); });
    }
}

Worker::Place Worker::admit(net::Socket& socket, policy::IpAddress const& peer)
{
    error_code ignored;
    socket.non_blocking(true, ignored);
    auto const& limits = parts_.settings.limits;
    std::size_t const share = (limits.connections + parts_.settings.workers - 1) / std::max(1U, parts_.settings.workers);
    bool const welcome = parts_.admission.enter(peer);
    // Who idles longest makes room for who comes now.
    bool const room = !parts_.admission.is_short_of_memory()
        && (env_.counters.connections_open < share || (welcome && wheel_.expire_oldest_idle()));
    if (!welcome || !room) {
        ++env_.counters.connections_refused;
        socket.write_some(boost::asio::buffer(welcome ? too_busy : too_many), ignored);
        if (welcome)
            parts_.admission.leave(peer);
        return {};
    }
    return Place{*this, peer};
}

Worker::Place::Place(Worker& worker, policy::IpAddress const& peer)
    : worker_(&worker)
    , peer_(peer)
{
    ++worker.env_.counters.connections;
    ++worker.env_.counters.connections_open;
}

Worker::Place::~Place()
{
    if (worker_ == nullptr)
        return;
    --worker_->env_.counters.connections_open;
    worker_->parts_.admission.leave(peer_);
    worker_->say_if_emptied();
}

net::task<> Worker::tick()
{
    Timer timer(context_.get_executor());
    for (unsigned count = 0; !stopping_; ++count) {
        timer.expires_after(net::DeadlineWheel::tick);
        auto const [ec] = co_await timer.async_wait(net::use_tuple);
        if (ec)
            co_return;
        wheel_.advance(std::chrono::steady_clock::now());
        if (count % 10 != 0)
            continue;
        pool_.sweep();
        if (parts_.admission.is_short_of_memory()) {
            pool_.close_all();
            http2_origins_.close_all();
            wheel_.expire_idle();
        }
        // Periods begin and grants end on minutes: a new minute is when an open tunnel may have to end.
        if (auto const minute = env_.clock.now().local.minute; minute != judged_minute_) {
            judged_minute_ = minute;
            judge_tunnels_again();
        }
    }
}

void Worker::judge_tunnels_again()
{
    tell_of_ended(env_.tunnels.judge_again(*env_.policy, env_.clock.now()));
}

void Worker::publish(std::shared_ptr<policy::Policy const> policy, std::function<void()> done)
{
    auto take = [this, policy = std::move(policy), done = std::move(done)]() mutable {
        tell_of_ended(session::put_in_force(env_, std::move(policy)));
        done();
    };
    boost::asio::post(context_, std::move(take));
}

void Worker::read_counters(std::function<void(session::Counters const&)> reader)
{
    auto read = [this, reader = std::move(reader)] {
        env_.counters.origins_proved = origin_trust_.proved;
        env_.counters.origins_without_sct = origin_trust_.without_sct;
        reader(env_.counters);
    };
    boost::asio::post(context_, std::move(read));
}

void Worker::ask_turn(std::function<void()> answer)
{
    boost::asio::post(context_, std::move(answer));
}

void Worker::forget_caches()
{
    boost::asio::post(context_, [this] {
        resolver_.forget_all();
        sign_in_.forget_all();
    });
}

void Worker::stop_listening(Listeners listeners)
{
    for (int const socket : std::exchange(listening_, {}))
        if (listeners == Listeners::close)
            ::shutdown(socket, SHUT_RDWR);
}

void Worker::drain(Listeners listeners, std::function<void()> emptied)
{
    boost::asio::post(context_, [this, listeners, emptied = std::move(emptied)]() mutable {
        env_.draining = true;
        env_.end_after_answer = listeners != Listeners::hand_over;
        error_code ignored;
        for (auto& acceptor : acceptors_)
            acceptor.close(ignored); // ends the accept loops
        if (refused_quic_)
            refused_quic_->close();
        env_.pool.close_all();
        env_.origins.close_all();
        if (listeners != Listeners::hand_over)
            wheel_.expire_idle();
        // Behind the connections that were accepted already and wait for their turn.
        boost::asio::post(context_, [this, emptied = std::move(emptied)]() mutable {
            emptied_ = std::move(emptied);
            say_if_emptied();
        });
    });
}

void Worker::say_if_emptied()
{
    if (emptied_ && env_.counters.connections_open == 0)
        std::exchange(emptied_, {})();
}

net::task<> Worker::end_sessions()
{
    // Sessions end by themselves once their waits fail; the longest that one can hold out is a connect in progress. One whose wait was lost
    // to a failed allocation inside Asio never hears of its end: then the thread ends without it.
    auto const latest = std::chrono::steady_clock::now() + parts_.settings.deadlines.connect + std::chrono::seconds{2};
    Timer timer(context_.get_executor());
    while (env_.counters.connections_open > 0) {
        if (std::chrono::steady_clock::now() > latest) {
            spdlog::error("worker.sessions_lost count={}", env_.counters.connections_open);
            context_.stop();
            break;
        }
        wheel_.expire_all();
        timer.expires_after(std::chrono::milliseconds{20});
        co_await timer.async_wait(net::use_tuple);
    }
    env_.origins.close_all();
    stopping_ = true;
}

void Worker::stop()
{
    if (!thread_.joinable())
        return;
    drain(Listeners::keep, {});
    boost::asio::post(context_, [this] {
        env_.tunnels.abort_all();
        boost::asio::co_spawn(context_, end_sessions(), ReportCrash{});
    });
    thread_.join();
}

} // namespace gatehouse
