#pragma once
// A checked connection to a target: resolve, refuse forbidden addresses, connect to the checked address (happy eyeballs, RFC 8305).

#include "policy/host.hpp"
#include "proxy/net/resolver.hpp"
#include "proxy/net/stream.hpp"

#include <optional>
#include <span>

namespace gatehouse::net {

/// How an address was come to.
enum class NamedBy : std::uint8_t {
    us,       ///< the address itself was asked for, or one of the school's own names
    outsiders ///< a name whose owner is somebody else: they may lead it wherever they like, at any time
};

/// Which addresses the gateway refuses to connect to, whoever asks. Decided on addresses after resolution, so no name gets round it.
struct AddressGuard {
    std::vector<policy::Network> reachable_private; ///< exceptions to "no special-purpose address", for names of ours
    std::vector<std::string> private_names;         ///< ours, each with all below it
    std::vector<policy::IpAddress> own_addresses;   ///< of this machine
    std::vector<std::uint16_t> own_ports;           ///< of our listeners: never reached at an own address
    policy::IpAddress portal_address;
    std::uint16_t portal_port = 0; ///< the one listener of ours that people may reach; zero: none

    enum class Answer : std::uint8_t {
        allowed,
        forbidden,
        outside_name, ///< an exception, but not for names of outsiders
        loop
    };
    /// `ends_here`: it is an address of this machine, though not one of those known.
    Answer check(policy::IpAddress const& address, std::uint16_t port, NamedBy named, bool ends_here = false) const;
    NamedBy named_by(policy::Host const& host, bool from_hosts_file) const;
};

/// Addresses of this machine's interfaces. Errors: errno, for example where a sandbox denies netlink sockets: without the answer nobody can
/// tell our own addresses from others, so a gateway must not start.
result<std::vector<policy::IpAddress>> interface_addresses();

struct Dialed {
    std::string_view
        failure; ///< cause code ("no-such-name", "private-address", "private-by-name", "upstream-refused", "upstream-timeout" ...); empty: connected
    std::optional<Socket> socket;
    policy::IpAddress address;
    Aliases aliases{}; ///< of the name
};

/// Is told what a name that is to be dialled leads to, before anything is connected to.
class AliasJudge {
public:
    /// True: nothing shall be connected to. `aliases` may be null; `addresses` are those that may be reached, at least one.
    virtual bool closes(Aliases const& aliases, std::span<policy::IpAddress const> addresses) = 0;

protected:
    ~AliasJudge() = default;
};

struct DialOptions {
    std::chrono::milliseconds connect{5000};
    std::chrono::milliseconds attempt{250};
};

class Dialer {
public:
    Dialer(Resolver& resolver, AddressGuard const& guard, Executor executor, DeadlineWheel& wheel, DialOptions options);

    /// Tries the allowed addresses in turn, the next one beside it after `attempt`, all within `connect`. `judge` may be null; where it closes the
    /// name the failure is "closed-by-alias".
    task<Dialed> dial(policy::Host const& host, std::uint16_t port, AliasJudge* judge = nullptr);

private:
    Resolver& resolver_;
    AddressGuard const& guard_;
    Executor executor_;
    DeadlineWheel& wheel_;
    DialOptions options_;
};

} // namespace gatehouse::net
