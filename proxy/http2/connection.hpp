#pragma once
// What both sides of HTTP/2 share (RFC 9113): frames in and out on one stream of bytes, and its exchanges as channels that carry HTTP/1.1.

#include "policy/address.hpp"
#include "proxy/http1/body.hpp"
#include "proxy/http2/arriving_head.hpp"
#include "proxy/http2/field_list.hpp"
#include "proxy/net/stream.hpp"

#include <list>

namespace gatehouse::http2 {

class Connection;

/// One request and its response: what arrives in frames goes into the channel as text, what its user writes there leaves in frames.
struct Exchange final : net::Carrier {
    explicit Exchange(Connection& owner)
        : connection(owner)
    {
    }
    void channel_written(net::Channel& channel) override;
    void channel_read(net::Channel& channel) override;

    Connection& connection;
    std::list<Exchange>::iterator self;
    std::int32_t id = -1; ///< of the stream; -1 before it has one
    net::ChannelPtr channel;

    std::unique_ptr<ArrivingHead> head = std::make_unique<ArrivingHead>(); ///< that arrives, then trailers; null in between
    bool head_arrived = false;
    unsigned interim_heads = 0; ///< that arrived before it
    Body arriving = Body::none;
    bool arrived = false;      ///< all of it
    std::size_t unread = 0;    ///< bytes of frames that the peer is not yet told of as read
    std::string method;        ///< of the request
    std::string websocket_key; ///< of ours, towards the origin

    std::optional<http1::BodyReader> body; ///< that leaves; nothing before its head has left
    std::size_t skipped = 0;               ///< bytes of chunk syntax before the piece of it that leaves now
    std::size_t piece = 0;                 ///< bytes of that piece
    std::size_t behind = 0;                ///< bytes of chunk syntax behind it
    bool relays = false;                   ///< a WebSocket: bytes leave as they are
    bool waits = false;                    ///< the library waits for more to leave
    bool left = false;                     ///< all of it
    bool given_up = false;                 ///< it is reset
    bool unused = false;                   ///< its user has let go of the channel
    std::uint64_t begun_at = 0;            ///< reads of the connection before it
    policy::IpAddress client;              ///< of ours, for whom an origin is asked
    bool wide = false;                     ///< its channel holds one of the client's places for much that is unread
    std::chrono::milliseconds began{};     ///< time of the wheel
};

/// Not thread-safe. Lifetime: the stream outlives it; channels may outlive both.
class Connection {
public:
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    virtual ~Connection();

    /// Until either side has had enough. The stream is of no use then.
    net::task<> run();
    std::size_t open_exchanges() const { return exchanges_.size(); }
    /// Bytes of bodies that have come and that nobody has read yet.
    std::size_t unread() const;

protected:
    enum class Role : std::uint8_t { towards_client, towards_origin };
    Connection(Role role, net::Stream& stream);

    /// A whole head has arrived; `ended`: nothing follows it. False: the exchange makes no sense and is reset.
    virtual bool take_head(Exchange& exchange, bool ended) = 0;
    /// Looks for a whole head in what the channel's user wrote, and sends it. False: it makes no sense.
    virtual bool send_head(Exchange& exchange) = 0;
    /// The peer begins an exchange. Null: it may not.
    virtual Exchange* begin_exchange() { return nullptr; }
    /// Nobody uses an exchange any more.
    virtual void become_idle() = 0;
    virtual void peer_retires() { }
    /// A piece of a body.
    virtual void body_arrives() { }
    /// The head of a request of ours has left.
    virtual void request_left(Exchange&) { }
    /// The user took a piece of a body.
    virtual void body_read(Exchange&) { }
    /// A user gave up after a while in which nothing was heard of the peer, on any exchange.
    virtual void peer_is_silent() { }
    /// It is reset by us, before the peer had said all.
    virtual void was_given_up(Exchange const&) { }

    Exchange& add_exchange();
    nghttp2_session* session() { return session_.get(); }
    net::Stream& stream() { return stream_; }
    net::Stream const& stream() const { return stream_; }
    /// Something may have to be sent.
    void wake();
    /// Says goodbye and ends once everything is said.
    void end();
    void reset(Exchange& exchange, std::uint32_t code);
    /// Gives the library what the channel holds.
    nghttp2_data_provider source_of(Exchange& exchange);
    FieldList fields_;

private:
    friend struct Exchange;
    struct Callbacks;
    struct Free {
        void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    };
    using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
        boost::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

    /// The frame library's session with our rules. Null without memory.
    static nghttp2_session* make_session(Role role, Connection& connection);
    net::task<> read_frames();
    net::task<> write_frames();
    bool collect_frames();
    void written(Exchange& exchange);
    void note_read(Exchange& exchange);
    void credit(Exchange& exchange, std::size_t size);
    ssize_t fill(Exchange& exchange, std::span<char> into, std::uint32_t& flags);
    ssize_t fill_raw(Exchange& exchange, std::span<char> into, std::uint32_t& flags);
    bool find_piece(Exchange& exchange);
    void note_unused(Exchange& exchange);
    void mark_end(Exchange const& exchange, std::uint32_t& flags);
    bool head_complete(Exchange& exchange, bool ended);
    void take_data(Exchange& exchange, std::string_view data);
    void arrival_complete(Exchange& exchange);
    void settle(Exchange& exchange);
    std::uint32_t unwanted();
    void remove(Exchange& exchange);

    net::Stream& stream_;
    std::unique_ptr<nghttp2_session, Free> session_;
    std::list<Exchange> exchanges_;
    Timer more_to_send_;
    std::string out_;
    std::size_t users_ = 0;
    std::uint64_t reads_ = 0;
    bool reading_ = true;
};

} // namespace gatehouse::http2
