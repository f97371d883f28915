#include "proxy/detect/signals.hpp"

#include <array>
#include <gtest/gtest.h>

namespace gatehouse::detect {
namespace {

using policy::Signal;
using policy::SignalSet;

constexpr std::array<std::uint16_t, 2> ports{443, 8443};

SignalSet set_of(std::initializer_list<Signal> signals)
{
    SignalSet set;
    for (auto const signal : signals)
        set.add(signal);
    return set;
}

policy::Target tunnel(char const* authority)
{
    return policy::Target::parse_authority(authority).value();
}

TunnelStart tls(std::string_view server_name)
{
    return {Protocol::tls, false, true, !server_name.empty(), server_name, false};
}

TEST(SignalsOfTarget, SeesAddressesAndPorts)
{
    EXPECT_EQ(signals_of(tunnel("example.org:443"), ports), SignalSet{});
    EXPECT_EQ(signals_of(tunnel("example.org:8443"), ports), SignalSet{});
    EXPECT_EQ(signals_of(tunnel("example.org:1194"), ports), set_of({Signal::odd_port}));
    EXPECT_EQ(signals_of(tunnel("93.184.216.34:443"), ports), set_of({Signal::ip_literal}));
    EXPECT_EQ(signals_of(tunnel("[2001:db8::1]:22"), ports), set_of({Signal::ip_literal, Signal::odd_port}));
}

TEST(SignalsOfTarget, HoldsOddPortsAgainstTunnelsOnly)
{
    EXPECT_EQ(signals_of(policy::Target::parse_url("http://example.org:8088/").value(), ports), SignalSet{});
    EXPECT_EQ(signals_of(policy::Target::parse_url("http://0x5db8d822/").value(), ports), set_of({Signal::ip_literal}));
}

TEST(SignalsOfTunnel, ComparesNamesInCanonicalForm)
{
    for (auto const* const same : {"www.example.org", "WWW.Example.ORG", "www.example.org."})
        EXPECT_EQ(signals_of(tunnel("www.example.org:443"), ports, tls(same)), SignalSet{}) << same;
    for (auto const* const other : {"example.org", "www.example.org.evil.example", "www.example.org ", "a b", "1.2.3.4"})
        EXPECT_EQ(signals_of(tunnel("www.example.org:443"), ports, tls(other)), set_of({Signal::sni_mismatch})) << other;
}

TEST(SignalsOfTunnel, SeesANameBehindABareAddress)
{
    EXPECT_EQ(signals_of(tunnel("93.184.216.34:443"), ports, tls("www.instagram.com")),
        set_of({Signal::ip_literal, Signal::sni_mismatch}));
    EXPECT_EQ(signals_of(tunnel("93.184.216.34:443"), ports, tls("")), set_of({Signal::ip_literal, Signal::sni_absent}));
}

TEST(SignalsOfTunnel, HoldsNothingAgainstSilence)
{
    EXPECT_EQ(signals_of(tunnel("example.org:443"), ports, TunnelStart{}), SignalSet{});
    EXPECT_EQ(
        signals_of(tunnel("example.org:443"), ports, TunnelStart{Protocol::unknown, true, false, false, {}, false}), SignalSet{});
}

TEST(SignalsOfTunnel, LooksForTlsOnItsOwnPortOnly)
{
    TunnelStart const ssh{Protocol::ssh, false, false, false, {}, false};
    EXPECT_EQ(signals_of(tunnel("example.org:443"), ports, ssh), set_of({Signal::not_tls}));
    EXPECT_EQ(signals_of(tunnel("example.org:8443"), ports, ssh), SignalSet{});
}

TEST(SignalsOfTunnel, NotesEch)
{
    auto start = tls("example.org");
    start.offers_ech = true;
    EXPECT_EQ(signals_of(tunnel("example.org:443"), ports, start), set_of({Signal::ech}));
}

TEST(SignalsOfTunnel, SaysNothingOfAnUnreadableHello)
{
    EXPECT_EQ(
        signals_of(tunnel("example.org:443"), ports, TunnelStart{Protocol::tls, false, false, false, {}, false}), SignalSet{});
}

} // namespace
} // namespace gatehouse::detect
