#include "proxy/checks/places.hpp"

#include <algorithm>

namespace gatehouse::checks {
namespace {

bool is_loopback(policy::IpAddress const& address)
{
    constexpr unsigned loopback = 127;
    return address.is_v4() && address.v4() >> 24U == loopback;
}

Place place_at(policy::Policy const& policy, policy::IpAddress const& address, policy::NetworkInfo const* network)
{
    Place place;
    place.subject = policy.subject_at(address);
    if (network != nullptr) {
        place.title = network->title.empty() ? network->id : network->title;
        place.asks_sign_in = network->asks_sign_in;
    }
    return place;
}

/// One of the addresses that the policy takes for one of this network, not of one above it.
std::optional<policy::IpAddress> address_in(policy::Policy const& policy, policy::NetworkInfo const& network,
    std::vector<policy::IpAddress> candidates, std::function<bool(policy::IpAddress const&)> const& can_ask)
{
    for (auto const& range : network.ranges)
        if (is_loopback(range.base))
            candidates.push_back(range.base);
    auto const is_in
        = [&](policy::IpAddress const& address) { return can_ask(address) && policy.subject_at(address).network == network.id; };
    auto const found = std::find_if(candidates.begin(), candidates.end(), is_in);
    return found == candidates.end() ? std::nullopt : std::optional{*found};
}

} // namespace

Places find_places(policy::Policy const& policy, std::span<policy::IpAddress const> own,
    std::function<bool(policy::IpAddress const&)> const& can_ask)
{
    Places places;
    for (auto const& network : policy.networks) {
        auto const address = address_in(policy, network, {own.begin(), own.end()}, can_ask);
        auto& side = address ? places.reached : places.unreached;
        side.push_back(place_at(policy, address.value_or(policy::IpAddress{}), &network));
        if (!address)
            side.back().subject.role = network.role;
    }
    std::vector<policy::IpAddress> spare{own.begin(), own.end()};
    for (std::uint32_t last = 1; last < 255; ++last)
        spare.push_back(policy::IpAddress::from_v4(0x7f00fe00U + last)); // 127.0.254.x
    auto const is_nowhere
        = [&](policy::IpAddress const& address) { return can_ask(address) && policy.subject_at(address).network.empty(); };
    if (auto const found = std::find_if(spare.begin(), spare.end(), is_nowhere); found != spare.end())
        places.reached.push_back(place_at(policy, *found, nullptr));
    return places;
}

} // namespace gatehouse::checks
