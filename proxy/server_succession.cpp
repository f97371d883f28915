// How the gateway begins after another and ends before another: listening sockets pass from hand to hand, so that no connect is refused.

#include "proxy/control_client.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/server.hpp"
#include "proxy/store/store.hpp"
#include "proxy/successor.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>

namespace gatehouse {
namespace {

boost::json::object refusal(std::string_view why)
{
    return {{"ok", false}, {"error", why}};
}

std::string random_ticket()
{
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return fmt::format("{:02x}", fmt::join(bytes, ""));
}

} // namespace

Server::Listening Server::open_listeners()
{
    Listening listening;
    listening.by_worker.resize(settings_.workers);
    for (auto const& endpoint : settings_.proxy)
        open_listener(endpoint, net::Arrival::explicit_proxy, listening);
    for (auto const& endpoint : settings_.redirect)
        open_listener(endpoint, net::Arrival::redirect, listening);
    for (auto const& endpoint : settings_.tproxy)
        open_listener(endpoint, net::Arrival::tproxy, listening);
    return listening;
}

void Server::open_listener(Endpoint const& endpoint, net::Arrival arrival, Listening& listening)
{
    auto sockets = beginning_.sockets.take(endpoint.address, endpoint.port);
    auto port = endpoint.port;
    if (sockets.empty()) {
        auto const transparent = arrival == net::Arrival::tproxy ? net::Transparent::yes : net::Transparent::no;
        auto bound = net::listen_on(endpoint.address, endpoint.port, settings_.workers, transparent);
        sockets = std::move(bound.sockets);
        port = bound.port;
    }
    auto const spread = spread_over(sockets, settings_.workers);
    for (unsigned i = 0; i < settings_.workers; ++i)
        for (int const socket : spread[i])
            listening.by_worker[i].push_back({socket, arrival});
    listening.ports.push_back(port);
}

int Server::take_socket(Endpoint const& endpoint)
{
    return beginning_.sockets.take_one(endpoint.address, endpoint.port);
}

std::filesystem::path Server::control_path() const
{
    return settings_.state_dir / "control.sock";
}

/// We accept already; from here on the other does not.
void Server::end_predecessor()
{
    beginning_.predecessor->retire();
    control_->own_path();
    beginning_.predecessor.reset();
}

ControlAnswer Server::hand_over()
{
    if (stopping_ || retired_)
        return refusal("this gateway is stopping");
    ticket_ = random_ticket();
    ControlAnswer answer{{{"ticket", ticket_}, {"kept", beginning_.sockets_are_kept}}};
    answer.descriptors = listening_;
    auto const [portal, console] = portal_->descriptors();
    answer.descriptors.insert(answer.descriptors.end(), {portal, console, metrics_->descriptor(), control_->descriptor()});
    return answer;
}

boost::json::object Server::retire(boost::json::object const& request)
{
    if (stopping_ || retired_)
        return refusal("this gateway is stopping");
    if (ticket_.empty() || request.at("ticket").as_string() != ticket_)
        return refusal("the sockets were not handed over to you");
    auto const follower = request.at("pid").to_number<std::int64_t>();
    retired_ = true;
    beginning_.manager->tell(fmt::format("MAINPID={}", follower));
    spdlog::info("gateway.retires follower={}", follower);
    control_->leave({}); // at once: what we ask at this path from now on, the other answers
    metrics_->stop();
    boost::asio::post(main_, [this] { main_.stop(); });
    return {};
}

boost::json::object Server::restart()
{
    if (stopping_ || retired_)
        return refusal("this gateway is stopping");
    if (successor_ != 0)
        return refusal("another gateway is starting already");
    auto const process = start_successor(beginning_.program, settings_.config_dir);
    if (!process)
        return refusal(fmt::format("{}: {}", beginning_.program.string(), process.error().message()));
    successor_ = *process;
    return {{"pid", *process}};
}

void Server::reap_successor()
{
    int status = 0;
    auto const process = successor_.load();
    if (process == 0 || ::waitpid(process, &status, WNOHANG) != process)
        return;
    successor_ = 0;
    spdlog::error("successor.ended pid={} status={} effect=\"this gateway goes on\"", process, status);
}

/// The pages of a gateway that has retired still publish: here for its own tunnels, and where the traffic now goes.
portal::PublishResult Server::publish(std::string_view cause)
{
    auto published = publisher_.publish(cause);
    if (retired_) {
        auto const answer = ask_daemon(control_path(), {{"verb", "reload"}});
        auto const* const ok = answer ? answer->if_contains("ok") : nullptr;
        published.published = ok != nullptr && ok->is_bool() && ok->as_bool();
    }
    return published;
}

/// No new connections; what is open may finish within the drain time, then it is ended. A signal ends it at once.
void Server::drain()
{
    using Listeners = Worker::Listeners;
    auto const listeners = retired_ ? Listeners::hand_over : beginning_.sockets_are_kept ? Listeners::keep : Listeners::close;
    for (auto& worker : workers_)
        worker->stop_listening(listeners);
    spdlog::info("gateway.draining at_most_seconds={}",
        std::chrono::duration_cast<std::chrono::seconds>(settings_.deadlines.drain).count());
    auto const open = std::make_shared<std::size_t>(workers_.size() + (retired_ ? 2 : 0));
    auto const emptied = [this, open] {
        boost::asio::post(main_, [this, open] {
            if (--*open == 0)
                main_.stop();
        });
    };
    main_.restart();
    for (auto& worker : workers_)
        worker->drain(listeners, emptied);
    if (retired_)
        boost::asio::post(console_, [this, emptied] {
            portal_->drain(emptied);
            control_->leave(emptied);
        });
    {
        RightlyWaits const for_a_mail_server(main_waits_);
        notifier_->end(); // whoever follows tells people what waits
    }
    boost::asio::steady_timer deadline(main_, settings_.deadlines.drain);
    deadline.async_wait([this](error_code ec) {
        if (!ec)
            main_.stop();
    });
    main_.run();
    close();
}

void Server::close()
{
    watchdog_->stop();
    // The console asks workers for their counters, and its pages publish to them: both stop first.
    console_.stop();
    console_thread_.join();
    portal_->stop();
    portal_->end_work();
    for (auto& worker : workers_)
        worker->stop();
    access_log_->stop();
    store_->close();
    spdlog::info("gateway.stopped");
}

} // namespace gatehouse
