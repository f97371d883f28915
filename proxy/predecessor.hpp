#pragma once
// The gateway that runs with our state, as the one that follows it sees it. Two verbs of the control socket: `hand-over` gives copies of all
// its listening sockets and a ticket; `retire`, with the ticket, makes it accept no more and drain. Between the two both accept from the
// same queues, so no connection is ever refused; if we fail in between, the other goes on as if nothing had been.

#include "proxy/inherited_sockets.hpp"

#include <string>

namespace gatehouse {

class Predecessor {
public:
    /// Asks for the sockets. Throws std::runtime_error if nobody answers there or the answer is no (a failed start).
    explicit Predecessor(std::filesystem::path control_socket);

    InheritedSockets take_sockets();
    /// True if the service manager keeps the sockets open as well.
    bool are_kept() const { return are_kept_; }
    /// From now on we are alone. Throws std::runtime_error if it does not agree; then it goes on and we have to end.
    void retire();

private:
    std::filesystem::path control_socket_;
    InheritedSockets sockets_;
    std::string ticket_;
    bool are_kept_ = false;
};

} // namespace gatehouse
