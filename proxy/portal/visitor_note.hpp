#pragma once
// Who asks the portal through the gateway. The portal sees a connection of the gateway's own then, and would take everybody for whoever sits at the
// gateway's address. So the gateway says for whom it asks, in a note that nobody else can make: sealed like those of block pages (ask_token.hpp).

#include "policy/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::portal {

inline constexpr std::string_view visitor_field_name = "Gatehouse-Visitor"; ///< http1/ lets none of a client's through

/// The field with its CR LF. `now`: seconds since the epoch. Thread-safe.
std::string visitor_field(policy::IpAddress const& client, std::int64_t now);
/// Whom the value of such a field names; nothing if it is none of ours. Thread-safe.
std::optional<policy::IpAddress> visitor_in(std::string_view value, std::int64_t now);

} // namespace gatehouse::portal
