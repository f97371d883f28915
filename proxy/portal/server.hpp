#pragma once
// The two web servers of people: the portal (plain HTTP: forms of the block page, status of a request, PAC, CA
// download) and the console (TLS). Each runs on the io_context it is given, on the console's own thread; never on a
// worker's.

#include "proxy/portal/services.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>

namespace gatehouse::portal {

/// Listening sockets that another process opened, -1 where there is none.
struct Sockets {
    int portal = -1;
    int console = -1;
};

class Server {
public:
    /// Listens on `inherited`, and binds settings.portal and settings.console where there is none (and serves until
    /// stop()). Throws boost::system::system_error if a port is busy. The console's certificate is kept in STATE/console/ (made on first start, self-signed unless the
    /// school's CA exists) .
    Server(boost::asio::io_context& context, Services services, Sockets inherited = {});
    ~Server();

    void stop();
    /// Accepts no more; every open connection may still ask once. `emptied` runs when the last one has gone, which takes
    /// some seconds of idling at most. On the io_context's thread.
    void drain(std::function<void()> emptied);
    /// Ends the pages' own threads: what they work on is finished, nothing else begins. Blocks; once the io_context's thread has ended and
    /// before anything that the services use goes away.
    void end_work();
    /// Calls `answer` on a thread that publishes and searches for pages, once one of them is free.
    void ask_turn(std::function<void()> answer);
    Sockets descriptors() const; ///< for the gateway that follows
    std::uint16_t portal_port() const;
    std::uint16_t console_port() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace gatehouse::portal
