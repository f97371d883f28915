#include "proxy/http2/client_connection.hpp"

#include "proxy/http2/limits.hpp"
#include "proxy/http2/websocket_key.hpp"

#include <array>

namespace gatehouse::http2 {

ClientConnection::ClientConnection(net::Stream& stream, ClientTerms terms)
    : Connection(Role::towards_client, stream)
    , terms_(std::move(terms))
{
    if (session() == nullptr)
        return;
    static constexpr std::array<nghttp2_settings_entry, 4> settings{{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits::streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits::client_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, http1::limits::head_size},
        {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
    }};
    nghttp2_submit_settings(session(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    stream.idle_for(terms_.idle);
}

ClientConnection::~ClientConnection()
{
    if (wide_)
        terms_.wide.give_back(terms_.client);
}

/// What is uploaded and not read would otherwise be memory that a client can fill as often as it opens a connection. The place is held until the
/// connection ends: what the peer was once allowed to send cannot be taken back from it (RFC 9113 §6.9).
void ClientConnection::body_arrives()
{
    if (wide_ || !terms_.wide.take(terms_.client))
        return;
    wide_ = true;
    nghttp2_session_set_local_window_size(session(), NGHTTP2_FLAG_NONE, 0, limits::wide_window);
}

Exchange* ClientConnection::begin_exchange()
{
    return open_exchanges() < limits::streams ? &add_exchange() : nullptr;
}

bool ClientConnection::take_head(Exchange& exchange, bool ended)
{
    auto const head = std::move(exchange.head);
    exchange.head_arrived = true;
    exchange.arriving = head->body(ended);
    exchange.method = head->method();
    if (head->opens_websocket())
        exchange.websocket_key = make_websocket_key();
    std::string text;
    if (!head->append_request(text, exchange.arriving, exchange.websocket_key))
        return false;
    stream().no_deadline(); // each request has its own
    exchange.channel->arrive(text);
    if (!terms_.serve(exchange.channel))
        reset(exchange, NGHTTP2_REFUSED_STREAM);
    return true;
}

bool ClientConnection::send_head(Exchange& exchange)
{
    auto& channel = *exchange.channel;
    http1::ResponseContext const context{exchange.method == "HEAD", !exchange.websocket_key.empty()};
    for (;;) {
        unsigned deviations = 0;
        auto const status = http1::read_response_head(channel.outgoing(), context, head_, normalised_, deviations);
        if (status.kind != http1::HeadStatus::Kind::done)
            return status.kind == http1::HeadStatus::Kind::need_more;
        bool const interim = head_.status < 200 && !head_.switches_protocol;
        bool const sensible = answer(exchange, head_);
        channel.sent(status.size);
        if (!sensible || !interim)
            return sensible;
    }
}

bool ClientConnection::answer(Exchange& exchange, http1::ResponseHead const& head)
{
    fields_.set_response(head);
    auto const& fields = fields_.fields();
    auto const id = exchange.id;
    if (head.switches_protocol) {
        if (head.find("Sec-WebSocket-Accept").value_or("") != accept_of(exchange.websocket_key))
            return false;
        exchange.relays = true;
    } else if (!exchange.websocket_key.empty() && head.status >= 200 && head.status < 300) {
        return false; // in HTTP/2 that would say that it is open (RFC 8441 §5), without the proof that the server speaks WebSocket
    } else if (head.status < 200) {
        return nghttp2_submit_headers(session(), NGHTTP2_FLAG_NONE, id, nullptr, fields.data(), fields.size(), nullptr) == 0;
    } else {
        exchange.body.emplace(head.framing, head.content_length, http1::BodyReader::Side::response);
        exchange.body->keep_trailers();
    }
    auto const body = source_of(exchange);
    bool const empty = exchange.body && exchange.body->done();
    return nghttp2_submit_response(session(), id, fields.data(), fields.size(), empty ? nullptr : &body) == 0;
}

void ClientConnection::become_idle()
{
    if (terms_.draining)
        return end();
    stream().idle_for(terms_.idle);
}

} // namespace gatehouse::http2
