#include "proxy/portal/connection.hpp"

#include "proxy/portal/ascii.hpp"
#include "proxy/portal/body_stream.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/limits.hpp"
#include "proxy/portal/multipart.hpp"
#include "proxy/portal/router.hpp"
#include "proxy/portal/visitor_note.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <sstream>

namespace gatehouse::portal {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t longest_read = 8192; // bytes
constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
using Parser = http::request_parser<http::string_body>;
using Answer = http::response<http::string_body>;

std::string text_of(beast::string_view text)
{
    return {text.data(), text.size()};
}

Method method_of(http::verb verb)
{
    switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    default: return Method::other;
    }
}

bool is_multipart(std::string_view type)
{
    return lower(type).starts_with("multipart/form-data");
}

bool is_json(std::string_view type)
{
    return lower(type).starts_with("application/json");
}

/// Fields and files of a POST. False if they are malformed.
bool read_form(http::request<http::string_body> const& message, std::string const& type, Request& request)
{
    if (is_multipart(type)) {
        auto const boundary = boundary_of(type);
        auto form = boundary ? parse_multipart(message.body(), *boundary) : error_code(http::error::bad_field);
        if (!form)
            return false;
        request.form = std::move(form->fields);
        request.files = std::move(form->files);
        return true;
    }
    bool const has_form = request.content_type.starts_with("application/x-www-form-urlencoded");
    auto form = is_json(type) ? parse_json_form(message.body())
                              : parse_form(has_form ? std::string_view(message.body()) : std::string_view());
    if (form)
        request.form = std::move(*form);
    return form.has_value();
}

/// Beast's message to ours, or nothing if a form or query in it is malformed.
std::optional<Request> read_message(http::request<http::string_body> const& message, std::string peer)
{
    Request request;
    request.method = method_of(message.method());
    auto const target = std::string_view(message.target().data(), message.target().size());
    auto const mark = target.find('?');
    request.path = target.substr(0, mark);
    if (!request.path.starts_with('/'))
        return std::nullopt;
    auto query = parse_form(mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1));
    auto const type = text_of(message[http::field::content_type]);
    request.content_type = lower(type);
    if (!query || message.count(http::field::host) != 1)
        return std::nullopt;
    if (request.method == Method::post && !read_form(message, type, request))
        return std::nullopt;
    request.query = std::move(*query);
    request.cookies = parse_cookies(text_of(message[http::field::cookie]));
    request.host = lower(text_of(message[http::field::host]));
    request.language = text_of(message[http::field::accept_language]);
    if (auto const given = text_of(message[http::field::authorization]); lower(given.substr(0, 7)) == "bearer ")
        request.bearer = given.substr(7);
    request.origin = text_of(message[http::field::origin]);
    request.fetch_site = text_of(message["Sec-Fetch-Site"]);
    request.peer = std::move(peer);
    return request;
}

/// Whose request it is: on a connection of the gateway that of somebody else.
std::string asker_of(http::request<http::string_body> const& message, Site& site, std::string const& peer)
{
    auto const note = text_of(message[boost::string_view(visitor_field_name.data(), visitor_field_name.size())]);
    auto const visitor = note.empty() ? std::nullopt : visitor_in(note, site.clock.now().instant.time_since_epoch().count());
    return visitor ? visitor->to_text() : peer;
}

Answer write_message(Response const& response, Side side, bool keep_alive)
{
    Answer answer{http::int_to_status(response.status), 11};
    for (auto const& [name, value] : security_headers(side))
        answer.set(name, value);
    answer.set(http::field::content_type, response.type);
    answer.set(http::field::cache_control, "no-store");
    for (auto const& [name, value] : response.headers)
        name == "Set-Cookie" ? answer.insert(name, value) : answer.set(name, value);
    answer.keep_alive(keep_alive && !response.stream);
    if (response.stream)
        return answer; // its end is that of the connection
    answer.body() = response.body;
    answer.prepare_payload();
    return answer;
}

/// What a request that cannot be read is told; such a connection is closed.
error_code const too_many_uploads = asio::error::make_error_code(asio::error::try_again);

Response refusal_of(error_code const& failure)
{
    Response response{400, "text/plain; charset=utf-8", "This request cannot be read.\n", {}};
    if (failure == http::error::body_limit) {
        response.status = 413;
        response.body = "This is too much at once: a form may have 64 kB, a file 1 MB. Go back and send it in parts.\n";
    }
    if (failure == http::error::header_limit)
        response.status = 431;
    if (failure == too_many_uploads) {
        response.status = 503;
        response.body = "Too many files come in at once. Wait a moment, then send yours again.\n";
    }
    return response;
}

/// Header and body as they go out; without the body for HEAD.
std::string bytes_of(Answer const& answer, bool is_head)
{
    std::ostringstream out;
    out << answer.base();
    auto text = out.str();
    if (!is_head)
        text += answer.body();
    return text;
}

// Plain reads and writes below, since Beast's composed operations over a TLS stream took a minute to compile.

template <class Stream>
task<bool> send(Stream& stream, Answer const& answer, bool is_head)
{
    beast::get_lowest_layer(stream).expires_after(write_deadline);
    auto const bytes = bytes_of(answer, is_head);
    auto const [failure, size] = co_await asio::async_write(stream, asio::buffer(bytes), use_tuple);
    co_return !failure && answer.keep_alive();
}

/// The pieces of an answer as they come, until the last, a client that has gone, or the end of the gateway.
template <class Stream>
task<void> send_stream(Stream& stream, BodyStream& pieces, bool const& draining)
{
    while (!draining) {
        auto const piece = co_await pieces.next();
        if (!piece)
            co_return;
        beast::get_lowest_layer(stream).expires_after(write_deadline);
        auto const [failure, size] = co_await asio::async_write(stream, asio::buffer(*piece), use_tuple);
        if (failure)
            co_return;
        beast::get_lowest_layer(stream).expires_never();
    }
}

bool is_longer(Parser const& parser, std::size_t longest)
{
    auto const announced = parser.content_length();
    return parser.get().body().size() > longest || (announced && *announced > longest);
}

/// A place among the requests with a long body, given back on every way out.
class UploadPlace {
public:
    explicit UploadPlace(std::shared_ptr<int> count)
        : count_{std::move(count)}
    {
        ++*count_;
    }
    UploadPlace(UploadPlace const&) = delete;
    UploadPlace& operator=(UploadPlace const&) = delete;
    ~UploadPlace() { --*count_; }

private:
    std::shared_ptr<int> count_;
};

/// Whether so much may come. Files come to the console only, and so many at once.
error_code admit_body(Parser const& parser, Site const& site, Side side, std::optional<UploadPlace>& place)
{
    if (!parser.is_header_done() || !is_longer(parser, longest_body))
        return {};
    auto const type = text_of(parser.get()[http::field::content_type]);
    bool const may_be_long = side == Side::console && (is_multipart(type) || is_json(type));
    if (!may_be_long || is_longer(parser, longest_upload))
        return http::error::body_limit;
    if (!place && *site.uploads >= most_uploads)
        return too_many_uploads;
    if (!place)
        place.emplace(site.uploads);
    return {};
}

/// Reads one request. `end_of_stream` also stands for a connection that broke or took too long.
template <class Stream>
task<error_code> read_request(
    Site const& site, Side side, Stream& stream, beast::flat_buffer& buffer, Parser& parser, std::optional<UploadPlace>& place)
{
    parser.eager(true);
    parser.header_limit(longest_head);
    parser.body_limit(longest_upload);
    while (!parser.is_done()) {
        error_code failure;
        if (buffer.size() > 0)
            buffer.consume(parser.put(buffer.data(), failure));
        if (failure && failure != http::error::need_more)
            co_return failure;
        if (auto const refused = admit_body(parser, site, side, place))
            co_return refused;
        if (parser.is_done())
            break;
        auto const [broken, size] = co_await stream.async_read_some(buffer.prepare(longest_read), use_tuple);
        if (broken)
            co_return http::error::end_of_stream;
        buffer.commit(size);
    }
    co_return error_code{};
}

/// Closing while more comes would reset the connection, and a browser then shows its own page and not what we said.
template <class Stream>
task<void> drop_rest(Stream& stream)
{
    error_code ignored;
    beast::get_lowest_layer(stream).socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::array<char, longest_read> dropped{};
    beast::get_lowest_layer(stream).expires_after(drop_deadline);
    for (std::size_t all = 0; all < most_dropped;) {
        auto const [broken, size] = co_await stream.async_read_some(asio::buffer(dropped), use_tuple);
        if (broken)
            co_return;
        all += size;
    }
}

template <class Stream>
task<void> serve(Site& site, Side side, Stream& stream, std::string peer, bool const& draining)
{
    beast::flat_buffer buffer{longest_head + longest_body};
    for (;;) {
        std::optional<UploadPlace> place; // held as long as the body
        Parser parser;
        beast::get_lowest_layer(stream).expires_after(head_deadline);
        auto const failure = co_await read_request(site, side, stream, buffer, parser, place);
        if (failure == http::error::end_of_stream)
            co_return;
        bool const may_be_sent_on = !failure && side == Side::portal; // nobody reaches the console through the gateway
        auto const asker = may_be_sent_on ? asker_of(parser.get(), site, peer) : peer;
        auto const request = failure ? std::nullopt : read_message(parser.get(), asker);
        if (!request) {
            auto const refused = write_message(refusal_of(failure), side, false);
            co_await send(stream, refused, false);
            if (failure == http::error::body_limit || failure == too_many_uploads)
                co_await drop_rest(stream);
            co_return;
        }
        beast::get_lowest_layer(stream).expires_never(); // a page waits for store and publication, which have limits of their own
        auto const response = co_await answer(site, side, *request);
        auto const message = write_message(response, side, parser.get().keep_alive() && !draining);
        bool const goes_on = co_await send(stream, message, request->method == Method::head);
        if (response.stream && request->method != Method::head)
            co_await send_stream(stream, *response.stream, draining);
        if (!goes_on)
            co_return;
    }
}

std::string peer_of(asio::ip::tcp::socket const& socket)
{
    boost::system::error_code failure;
    auto const end = socket.remote_endpoint(failure);
    if (failure)
        return {};
    auto const address = policy::IpAddress::parse(end.address().to_string());
    return address ? address->to_text() : std::string();
}

} // namespace

task<void> serve_plain(Site& site, asio::ip::tcp::socket socket, bool const& draining)
{
    auto const peer = peer_of(socket);
    beast::tcp_stream stream{std::move(socket)};
    co_await serve(site, Side::portal, stream, peer, draining);
    boost::system::error_code ignored;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

task<void> serve_tls(Site& site, asio::ip::tcp::socket socket, asio::ssl::context& context, bool const& draining)
{
    auto const peer = peer_of(socket);
    asio::ssl::stream<beast::tcp_stream> stream{beast::tcp_stream{std::move(socket)}, context};
    beast::get_lowest_layer(stream).expires_after(head_deadline);
    auto const [failure] = co_await stream.async_handshake(asio::ssl::stream_base::server, use_tuple);
    if (failure)
        co_return;
    co_await serve(site, Side::console, stream, peer, draining);
    beast::get_lowest_layer(stream).expires_after(std::chrono::seconds{2});
    co_await stream.async_shutdown(use_tuple);
}

} // namespace gatehouse::portal
