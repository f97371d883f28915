#include "proxy/metrics.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <iterator>

namespace gatehouse {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

struct MetricsServer::State {
    State(asio::io_context& given, asio::ip::tcp::endpoint const& at, Source wanted, int inherited)
        : context(given)
        , acceptor(inherited < 0 ? asio::ip::tcp::acceptor(given, at) : asio::ip::tcp::acceptor(given, at.protocol(), inherited))
        , source(std::move(wanted))
    {
    }

    asio::io_context& context;
    asio::ip::tcp::acceptor acceptor;
    Source source;
};

namespace {

constexpr std::uint32_t most_head = 8 * 1024;
constexpr std::chrono::seconds deadline{10};

http::response<http::string_body> answer(http::request<http::empty_body> const& request, MetricsServer::Source const& source)
{
    http::response<http::string_body> response;
    response.version(11);
    response.keep_alive(false);
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.set(http::field::cache_control, "no-store");
    if (request.method() != http::verb::get || request.target() != "/metrics") {
        response.result(http::status::not_found);
        response.body() = "The counters are at /metrics.\n";
    } else {
        response.body() = metrics_text(source());
    }
    response.prepare_payload();
    return response;
}

asio::awaitable<void> serve(asio::ip::tcp::socket socket, std::shared_ptr<MetricsServer::Source const> source)
{
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer(most_head);
    http::request_parser<http::empty_body> parser;
    parser.header_limit(most_head);
    boost::system::error_code ec;
    stream.expires_after(deadline);
    co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
        co_return;
    auto response = answer(parser.get(), *source);
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, ec));
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
}

asio::awaitable<void> accept(asio::ip::tcp::acceptor& acceptor, std::shared_ptr<MetricsServer::Source const> source)
{
    boost::system::error_code ec;
    asio::steady_timer pause(acceptor.get_executor());
    while (acceptor.is_open()) {
        auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (ec == asio::error::operation_aborted)
            co_return;
        if (ec) { // descriptors are used up: wait for some to come back instead of spinning
            pause.expires_after(std::chrono::milliseconds{100});
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
            continue;
        }
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), source), asio::detached);
    }
}

} // namespace

std::string metrics_text(std::vector<Metric> const& metrics)
{
    std::string text;
    for (auto const& metric : metrics)
        fmt::format_to(std::back_inserter(text), "# HELP gatehouse_{0} {1}\n# TYPE gatehouse_{0} {2}\ngatehouse_{0} {3}\n",
            metric.name, metric.help, metric.counter ? "counter" : "gauge", metric.value);
    return text;
}

MetricsServer::MetricsServer(
    asio::io_context& context, std::string const& address, std::uint16_t port, Source source, int inherited)
    : state_(std::make_shared<State>(
        context, asio::ip::tcp::endpoint{asio::ip::make_address(address), port}, std::move(source), inherited))
{
    auto const shared = std::shared_ptr<Source const>(state_, &state_->source);
    asio::co_spawn(context, accept(state_->acceptor, shared), asio::detached);
}

MetricsServer::~MetricsServer()
{
    stop();
}

int MetricsServer::descriptor() const
{
    return state_->acceptor.native_handle();
}

void MetricsServer::stop()
{
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
}

std::uint16_t MetricsServer::port() const
{
    return state_->acceptor.local_endpoint().port();
}

} // namespace gatehouse
