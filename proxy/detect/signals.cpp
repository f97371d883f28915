#include "proxy/detect/signals.hpp"

#include <algorithm>

namespace gatehouse::detect {
namespace {

constexpr std::uint16_t https_port = 443;

bool names_agree(policy::Host const& host, std::string_view server_name)
{
    auto const named = policy::Host::parse(server_name);
    return named && *named == host;
}

} // namespace

policy::SignalSet signals_of(policy::Target const& target, std::span<std::uint16_t const> connect_ports)
{
    policy::SignalSet signals;
    if (target.host.is_address())
        signals.add(policy::Signal::ip_literal);
    bool const listed = std::find(connect_ports.begin(), connect_ports.end(), target.port) != connect_ports.end();
    if (target.scheme == policy::Scheme::tunnel && !listed)
        signals.add(policy::Signal::odd_port);
    return signals;
}

policy::SignalSet signals_of(policy::Target const& target, std::span<std::uint16_t const> connect_ports, TunnelStart const& start)
{
    auto signals = signals_of(target, connect_ports);
    if (start.silent || start.protocol == Protocol::need_more)
        return signals;
    if (start.protocol != Protocol::tls && target.port == https_port)
        signals.add(policy::Signal::not_tls);
    if (!start.has_hello)
        return signals;
    if (!start.has_server_name)
        signals.add(policy::Signal::sni_absent);
    else if (!names_agree(target.host, start.server_name))
        signals.add(policy::Signal::sni_mismatch);
    if (start.offers_ech)
        signals.add(policy::Signal::ech);
    return signals;
}

} // namespace gatehouse::detect
