#pragma once
// A wait for input that stays with the socket: the one place that uses Asio's reactor from within.
// Asio's own waits end with each arrival: a handler is queued, memory is taken and given back, and to wait again costs a system call that
// finds nothing. A relay's wait goes on for the life of its tunnel.

#include "proxy/net/task.hpp"

namespace gatehouse::net {

/// One such wait, a base of whoever waits. Lifetime: stays where it is from `stand` until `told` or `lost`.
class StandingRead : private asio::detail::reactor_op {
public:
    StandingRead(StandingRead const&) = delete;
    StandingRead& operator=(StandingRead const&) = delete;

protected:
    StandingRead()
        : reactor_op({}, perform, complete)
    {
    }
    ~StandingRead() = default;

    /// Tries at once, and again each time the socket becomes readable. The socket must not block, and nobody else may read from it meanwhile.
    void stand(Socket& socket)
    {
        struct Inside : Socket {
            static auto& of(Socket& socket) { return (socket.*&Inside::impl_).get_implementation(); }
        };
        ec_ = {};
        auto& inside = Inside::of(socket);
        asio::use_service<asio::detail::reactor>(socket.get_executor().context())
            .start_op(asio::detail::reactor::read_op, inside.socket_, inside.reactor_data_, this, true, true);
    }

    enum class Attempt : std::uint8_t { goes_on, over };

private:
    /// Reads until there is nothing left (`goes_on`: arrivals are told once only), or until it is over, with `ec` if that is why. Runs inside
    /// the reactor: no operation may be started or cancelled here, and nothing thrown.
    virtual Attempt attempt(error_code& ec) noexcept = 0;
    /// The wait is over: `ec` is that of the attempt, or says that it was cancelled. It may stand again.
    virtual void told(error_code ec) = 0;
    /// The context ends, and this wait with it.
    virtual void lost() = 0;

    static status perform(reactor_op* self)
    {
        auto& wait = *static_cast<StandingRead*>(self);
        return wait.attempt(wait.ec_) == Attempt::over ? done : not_done;
    }
    static void complete(void* owner, asio::detail::scheduler_operation* self, error_code const&, std::size_t)
    {
        auto& wait = *static_cast<StandingRead*>(self);
        owner != nullptr ? wait.told(wait.ec_) : wait.lost();
    }
};

} // namespace gatehouse::net
