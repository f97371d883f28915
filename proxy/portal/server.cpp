#include "proxy/portal/server.hpp"
#include "proxy/portal/certificate.hpp"
#include "proxy/portal/connection.hpp"
#include "proxy/settings.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <map>
#include <set>
#include <spdlog/spdlog.h>

namespace gatehouse::portal {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_connections = 512;         ///< of both servers together
constexpr std::size_t most_connections_per_peer = 48; ///< a class behind one address shares them
constexpr std::size_t most_of_the_gateway = 384;      ///< whose connections are everybody's; of one client it lets few through

tcp::endpoint endpoint_of(Endpoint const& end)
{
    if (end.address.is_v4())
        return {asio::ip::address_v4(end.address.v4()), end.port};
    return {asio::ip::address_v6(end.address.bytes), end.port};
}

tcp::acceptor bind(asio::io_context& context, Endpoint const& end, int inherited)
{
    if (inherited >= 0)
        return tcp::acceptor{context, endpoint_of(end).protocol(), inherited};
    try {
        return tcp::acceptor{context, endpoint_of(end), true};
    } catch (boost::system::system_error const& error) {
        // Which of the addresses it was: Asio does not say.
        throw boost::system::system_error(
            error.code(), fmt::format("cannot listen on {} port {}", end.address.to_text(), end.port));
    }
}

asio::ssl::context tls_context(Settings const& settings)
{
    asio::ssl::context context{asio::ssl::context::tls_server};
    context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1
        | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    auto const files = console_certificate(settings);
    context.use_certificate_chain_file(files.certificate.string());
    context.use_private_key_file(files.key.string(), asio::ssl::context::pem);
    return context;
}

} // namespace

struct Server::State : std::enable_shared_from_this<State> {
    State(asio::io_context& io, Services services, Sockets const& inherited)
        : site(std::move(services))
        , tls(tls_context(site.services.settings))
        , portal(bind(io, site.services.settings.portal, inherited.portal))
        , console(bind(io, site.services.settings.console, inherited.console))
    {
        auto const& settings = site.services.settings;
        site.portal_port = portal.local_endpoint().port();
        site.console_port = console.local_endpoint().port();
        site.portal_authorities = allowed_authorities(settings, Side::portal, site.portal_port);
        site.console_authorities = allowed_authorities(settings, Side::console, site.console_port);
    }

    /// A place for one more connection of that peer, given back when it goes. It keeps the state: g++ 12 destroys a coroutine's parameters
    /// from the first to the last, so that no other parameter is there any more when this one goes.
    class Seat {
    public:
        Seat(std::shared_ptr<State> state, std::string peer)
            : state_(std::move(state))
            , peer_(std::move(peer))
        {
            ++state_->seats[peer_];
            ++state_->seated;
        }
        Seat(Seat&& other) noexcept
            : state_(std::move(other.state_))
            , peer_(std::move(other.peer_))
        {
        }
        Seat& operator=(Seat&&) = delete;
        ~Seat()
        {
            if (!state_)
                return;
            --state_->seated;
            if (--state_->seats[peer_] == 0)
                state_->seats.erase(peer_);
            state_->say_if_emptied();
        }

    private:
        std::shared_ptr<State> state_;
        std::string peer_;
    };

    void say_if_emptied()
    {
        if (emptied && seated == 0)
            std::exchange(emptied, {})();
    }

    std::optional<Seat> seat_for(tcp::socket const& socket)
    {
        error_code failure;
        auto const address = socket.remote_endpoint(failure).address();
        if (failure)
            return std::nullopt;
        bool const is_gateway = address == socket.local_endpoint(failure).address();
        auto const most = is_gateway ? most_of_the_gateway : most_connections_per_peer;
        auto const peer = address.to_string();
        auto const found = seats.find(peer);
        bool const full = seated >= most_connections || (found != seats.end() && found->second >= most);
        if (failure || full)
            return std::nullopt;
        return std::optional<Seat>{std::in_place, shared_from_this(), peer};
    }

    static task<void> serve(std::shared_ptr<State> self, Side side, tcp::socket socket, Seat)
    {
        if (side == Side::console)
            co_await serve_tls(self->site, std::move(socket), self->tls, self->draining);
        else
            co_await serve_plain(self->site, std::move(socket), self->draining);
    }

    static task<void> accept(std::shared_ptr<State> self, Side side)
    {
        auto& acceptor = side == Side::console ? self->console : self->portal;
        auto const executor = acceptor.get_executor();
        while (acceptor.is_open()) {
            auto [failure, socket] = co_await acceptor.async_accept(use_tuple);
            if (failure == asio::error::operation_aborted || !acceptor.is_open())
                co_return;
            if (failure) { // out of descriptors: wait for some to come back
                asio::steady_timer pause{executor, std::chrono::milliseconds{100}};
                co_await pause.async_wait(use_tuple);
                continue;
            }
            boost::system::error_code ignored;
            socket.set_option(tcp::no_delay{true}, ignored); // a page is written in pieces, and each goes at once
            auto seat = self->seat_for(socket);
            if (seat)
                asio::co_spawn(executor, serve(self, side, std::move(socket), std::move(*seat)), report_crash);
        }
    }

    static void report_crash(std::exception_ptr failure)
    {
        if (!failure)
            return;
        try {
            std::rethrow_exception(failure);
        } catch (std::exception const& crash) {
            spdlog::error("portal.connection_failed what={}", crash.what());
        }
    }

    Site site;
    asio::ssl::context tls;
    tcp::acceptor portal, console;
    std::map<std::string, std::size_t> seats;
    std::size_t seated = 0;
    bool draining = false;         ///< another process takes over
    std::function<void()> emptied; ///< of drain, until it was called
};

Server::Server(asio::io_context& context, Services services, Sockets inherited)
    : state_(std::make_shared<State>(context, std::move(services), inherited))
{
    (void)say(Language::spanish, {}); // reads all catalogues now, not while a worker has a block page to make
    asio::co_spawn(context, State::accept(state_, Side::portal), State::report_crash);
    asio::co_spawn(context, State::accept(state_, Side::console), State::report_crash);
}

Server::~Server()
{
    stop();
}

void Server::stop()
{
    error_code ignored;
    state_->portal.close(ignored);
    state_->console.close(ignored);
}

void Server::drain(std::function<void()> emptied)
{
    stop();
    state_->draining = true;
    state_->emptied = std::move(emptied);
    state_->say_if_emptied();
}

void Server::ask_turn(std::function<void()> answer)
{
    asio::post(state_->site.aside, std::move(answer));
}

void Server::end_work()
{
    for (auto* const threads : {&state_->site.aside, &state_->site.outside, &state_->site.gentle}) {
        threads->stop();
        threads->join();
    }
}

Sockets Server::descriptors() const
{
    return {state_->portal.native_handle(), state_->console.native_handle()};
}

std::uint16_t Server::portal_port() const
{
    return state_->site.portal_port;
}
std::uint16_t Server::console_port() const
{
    return state_->site.console_port;
}

} // namespace gatehouse::portal
