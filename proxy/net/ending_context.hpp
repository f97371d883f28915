#pragma once
// An io_context whose waiting coroutines can be destroyed while what they refer to is still there.

#include <boost/asio/io_context.hpp>

namespace gatehouse::net {

class EndingContext : public boost::asio::io_context {
public:
    using io_context::io_context;

    /// Destroys every coroutine and handler that still waits, on the calling thread; nothing runs any more. Sockets, timers and acceptors that
    /// live on may be destroyed afterwards, before the context. Precondition: no thread is inside run().
    void destroy_waiting() { shutdown(); }
};

} // namespace gatehouse::net
