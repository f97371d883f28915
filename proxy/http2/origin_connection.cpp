#include "proxy/http2/origin_connection.hpp"

#include "proxy/http2/limits.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::http2 {

OriginConnection::OriginConnection(std::unique_ptr<net::Upstream> upstream, std::chrono::milliseconds idle, WideWindowsPtr wide)
    : Connection(Role::towards_origin, upstream->stream)
    , upstream_(std::move(upstream))
    , idle_(idle)
    , wide_(std::move(wide))
{
    if (session() == nullptr) {
        retired_ = true;
        return;
    }
    static constexpr std::array<nghttp2_settings_entry, 3> settings{{
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits::narrow_origin_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, http1::limits::response_head_size},
    }};
    nghttp2_submit_settings(session(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(session(), NGHTTP2_FLAG_NONE, 0, limits::connection_window);
    stream().expire_after(idle_);
}

/// The origin learns of it right behind the request, so that no answer waits for it; where the client has no place left, once it has one and reads.
/// A place is held until the user lets go of the channel: what the origin may send cannot be taken back from it (RFC 9113 §6.9), and what has come
/// whole may still lie unread.
void OriginConnection::widen(Exchange& exchange)
{
    if (exchange.wide || exchange.arrived || exchange.given_up || !wide_->take(exchange.client))
        return;
    exchange.wide = true;
    exchange.channel->hold(std::make_unique<WidePlace>(wide_, exchange.client));
    nghttp2_session_set_local_window_size(session(), NGHTTP2_FLAG_NONE, exchange.id, limits::origin_window);
}

bool OriginConnection::has_room_for(policy::IpAddress const& client)
{
    if (kept_for_ ? *kept_for_ != client : has_had_enough_of(client))
        return false;
    return !retired_ && nghttp2_session_check_request_allowed(session()) != 0
        && open_exchanges()
        < std::min(limits::streams, nghttp2_session_get_remote_settings(session(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS));
}

bool OriginConnection::is_recent(GivenUp const& given_up) const
{
    return given_up.times > 0 && stream().wheel().now() - given_up.since < limits::given_up_window;
}

bool OriginConnection::has_had_enough_of(policy::IpAddress const& client) const
{
    return std::any_of(given_up_.begin(), given_up_.end(),
        [&](GivenUp const& each) { return each.client == client && each.times > limits::given_up_by_one && is_recent(each); });
}

void OriginConnection::count(GivenUp& given_up) const
{
    if (!is_recent(given_up))
        given_up = {given_up.client, stream().wheel().now(), 0};
    ++given_up.times;
}

/// Origins end a connection on which too much is given up (CVE-2023-44487): whoever does that shall not do it to others.
void OriginConnection::was_given_up(Exchange const& exchange)
{
    if (kept_for_)
        return;
    std::erase_if(given_up_, [this](GivenUp const& each) { return !is_recent(each); });
    auto found
        = std::find_if(given_up_.begin(), given_up_.end(), [&](GivenUp const& each) { return each.client == exchange.client; });
    if (found == given_up_.end())
        found = given_up_.insert(found, GivenUp{exchange.client});
    count(*found);
    count(all_given_up_);
    if (all_given_up_.times > limits::given_up_by_all)
        retired_ = true;
}

std::unique_ptr<net::Upstream> OriginConnection::open(policy::IpAddress const& client)
{
    auto& exchange = add_exchange();
    exchange.client = client;
    stream().no_deadline(); // each request has its own
    auto opened = std::make_unique<net::Upstream>(
        stream().socket().get_executor(), exchange.channel, stream().wheel(), upstream_->address);
    opened->aliases = upstream_->aliases;
    opened->reused = std::exchange(used_, true);
    return opened;
}

void OriginConnection::retire()
{
    retired_ = true;
    if (open_exchanges() == 0)
        stream().abort();
}

bool OriginConnection::take_head(Exchange& exchange, bool ended)
{
    auto const head = std::move(exchange.head);
    std::string text;
    if (head->is_interim()) {
        // No window bounds heads, and who would count them may be a while in coming.
        if (++exchange.interim_heads > http1::limits::interim_responses)
            return false;
        head->append_response(text, Body::none, exchange.method);
    } else {
        exchange.head_arrived = true;
        exchange.arriving = head->body(ended);
        head->append_response(text, exchange.arriving, exchange.method);
    }
    exchange.channel->arrive(text);
    return true;
}

bool OriginConnection::send_head(Exchange& exchange)
{
    auto& channel = *exchange.channel;
    auto const status = http1::read_request_head(channel.outgoing(), head_);
    if (status.kind != http1::HeadStatus::Kind::done)
        return status.kind == http1::HeadStatus::Kind::need_more;
    fields_.set_request(head_);
    auto const& fields = fields_.fields();
    exchange.method = head_.method;
    exchange.body.emplace(head_.framing, head_.content_length, http1::BodyReader::Side::request);
    auto const body = source_of(exchange);
    exchange.id = nghttp2_submit_request(
        session(), nullptr, fields.data(), fields.size(), exchange.body->done() ? nullptr : &body, &exchange);
    channel.sent(status.size);
    return exchange.id >= 0;
}

void OriginConnection::become_idle()
{
    if (retired_)
        return end();
    stream().expire_after(idle_);
}

} // namespace gatehouse::http2
