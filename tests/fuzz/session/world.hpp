#pragma once
// A network in memory for one session of the gateway: what the gateway dials becomes a socket pair, names resolve at once to addresses of
// their own, time passes only when it is told to. Nothing of the real network is ever touched.

#include "policy/policy.hpp"
#include "proxy/log/access_record.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace world {

/// How a name begins that is another name of what follows, by the DNS.
inline constexpr std::string_view cloak = "cloak--";

/// What one connection of the gateway to an origin was and saw.
struct Dialed {
    std::string name; ///< that was resolved to the address; empty: the address was asked for itself
    std::string address;
    std::uint16_t port = 0;
    std::string seen;  ///< every byte that the gateway sent
    std::string after; ///< of `seen`, what came behind an upgrade
};

/// One row of the access log, of the few facts that are checked.
struct Row {
    std::string method;
    unsigned status = 0;
    gatehouse::policy::Verdict verdict{};
    std::string refusal;
    std::string rule{}, clause{}, period{};
};

using Policy = std::shared_ptr<gatehouse::policy::Policy const>;

class World {
public:
    World();
    explicit World(Policy policy);
    ~World();
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    void client_sends(std::string_view bytes);
    /// By the origin that was dialled last; kept for it if none was dialled yet.
    void origin_sends(std::string_view bytes);
    void client_ends_its_side();
    void client_leaves();
    void origin_leaves();
    /// As a worker takes it over: in force from now on.
    void publishes(Policy policy);
    void time_passes(std::chrono::milliseconds time);
    /// The client goes, time passes: true if the session has ended.
    bool ends();

    std::string const& client_sent() const;
    std::string const& client_got() const;
    std::vector<Dialed> dialed() const;
    std::vector<Row> rows();

    static bool is_closed_name(std::string_view host); ///< by the policy of this world

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace world
