#include "proxy/session/intercepted.hpp"

#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

bool find_destination(Session& session, net::Arrival arrival, std::uint16_t listening_port)
{
    auto const destination = net::original_destination(session.client.socket(), arrival, listening_port);
    if (destination) {
        session.intercepted = *destination;
        return true;
    }
    ++session.env.counters.refused;
    Outcome outcome(session.env.ids.next());
    outcome.code = log::ResultCode::none_error;
    outcome.failure = destination.error() == boost::system::errc::address_in_use ? "loop" : "no-destination";
    record(session, outcome);
    return false;
}

} // namespace gatehouse::session
