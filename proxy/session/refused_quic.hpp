#pragma once
// QUIC connections that the firewall refused: what they were for, read off the packets that it logged, as rows of the access log.

#include "proxy/net/packet_log.hpp"
#include "proxy/session/environment.hpp"
#include "proxy/tls/quic_hellos.hpp"

namespace gatehouse::session {

/// Names what was refused; decides nothing, since browsers come back over TCP, where it is decided. One for the whole gateway.
class RefusedQuic {
public:
    explicit RefusedQuic(Environment& env);

    /// Reads until close(). Waits for the gateway before us to let go of the packets; without the right to them it ends, and says so.
    net::task<> run();
    void close() { packets_.close(); }

private:
    net::task<bool> open();
    void read(std::string_view packet);
    void tell(tls::QuicHellos::Attempt const& attempt);

    Environment& env_;
    net::PacketLog packets_;
    tls::QuicHellos hellos_;
};

} // namespace gatehouse::session
