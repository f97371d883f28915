#pragma once
// One stream of a multiplexed connection, as bytes both ways: whoever serves it reads and writes it like a socket, the connection that
// carries it looks at the same bytes from the other side.

#include "proxy/net/read_buffer.hpp"
#include "proxy/net/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/smart_ptr/local_shared_ptr.hpp>
#include <memory>
#include <string>

namespace gatehouse::net {

class Channel;
class Stream;

/// The connection below. It is told, never asked; nothing here may destroy the channel.
class Carrier {
public:
    /// There is more in `outgoing()`, or the user has said its last.
    virtual void channel_written(Channel& channel) = 0;
    /// The user took some of what had arrived.
    virtual void channel_read(Channel& channel) = 0;

protected:
    ~Carrier() = default;
};

/// Something that is given back once nobody has the channel, nor what arrived in it, any more.
struct Held {
    virtual ~Held() = default;
};

/// Not thread-safe: both sides run on one worker.
class Channel {
public:
    Channel(Executor executor, Carrier& carrier);
    Channel(Channel const&) = delete;
    Channel& operator=(Channel const&) = delete;

    // The user's side (Stream).
    std::size_t take(std::span<char> into);
    bool has_ended() const { return ended_; }
    bool has_failed() const { return failed_; }
    void put(std::string_view bytes);
    /// The carrier has taken all that was put: until then the user has to wait, so nothing piles up.
    bool is_drained() const { return outgoing_.empty(); }
    /// False if it was cancelled.
    task<bool> wait_readable();
    task<bool> wait_writable();
    void cancel();
    /// What the user waits for meanwhile: aborted with the channel, since nobody would hear of it. Null: nothing.
    void end_with(Stream* other) { companion_ = other; }
    /// The user says no more, and hears no more if it lets go of the channel.
    void close();

    // The carrier's side.
    void arrive(std::string_view bytes);
    /// A piece of a body that the user gets in chunks (RFC 9112 §7.1). Their syntax is made when they are taken: one chunk of all that waits then,
    /// so that however small the pieces are, no more waits than the body is long. Behind it `arrive` only says its end.
    void arrive_in_chunks(std::string_view body);
    /// Nothing more arrives: in good order, or because the stream is broken.
    void end();
    void fail();
    std::string_view outgoing() const { return outgoing_.bytes(); }
    void sent(std::size_t size);
    bool is_closed() const { return closed_; }
    std::size_t unread() const { return incoming_.bytes().size(); }
    void hold(std::unique_ptr<Held> held) { held_ = std::move(held); }
    /// The carrier goes away: nobody is told any more.
    void detach() { carrier_ = nullptr; }

private:
    using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

    /// A wait for something to happen, as a timer that never fires.
    struct Signal {
        explicit Signal(Executor const& executor);
        task<bool> wait();
        void give();

        Timer timer;
        bool given = false;
    };

    std::string_view next_part();
    void part_taken(std::size_t size);
    void begin_chunk();

    Carrier* carrier_;
    ReadBuffer incoming_;         ///< for the user
    std::size_t in_chunks_ = 0;   ///< bytes of it that the user gets in chunks
    std::size_t before_body_ = 0; ///< bytes before those; of no meaning while there are none
    std::size_t chunk_left_ = 0;  ///< bytes that are promised with the last chunk begun
    std::string syntax_;          ///< of a chunk, due before any further byte; short enough to lie in here
    ReadBuffer outgoing_;         ///< for the carrier
    Signal readable_;
    Signal writable_;
    std::unique_ptr<Held> held_;
    Stream* companion_ = nullptr;
    bool ended_ = false;
    bool failed_ = false;
    bool closed_ = false;
};

using ChannelPtr = boost::local_shared_ptr<Channel>;

} // namespace gatehouse::net
