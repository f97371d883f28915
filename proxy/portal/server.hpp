#pragma once
// The two web servers of people: the portal (plain HTTP: forms of the block page, status of a request, PAC, CA
// download) and the console (TLS). Each runs on the io_context it is given, on the console's own thread; never on a
// worker's.

#include "proxy/portal/services.hpp"

#include <boost/asio/io_context.hpp>

namespace gatehouse::portal {

class Server {
public:
    /// Binds settings.portal and settings.console (and serves until stop()). Throws boost::system::system_error if a
    /// port is busy. The console's certificate is kept in STATE/console/ (made on first start, self-signed unless the
    /// school's CA exists) .
    Server(boost::asio::io_context& context, Services services);
    ~Server();

    void stop();
    std::uint16_t portal_port() const;
    std::uint16_t console_port() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace gatehouse::portal
