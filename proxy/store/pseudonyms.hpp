#pragma once
// What stands in the place of a person's name where nobody said why they look: the same all day, so that a reader sees the same person again, another
// the next day, and without the key no way back to the name.

#include "proxy/store/audit_chain.hpp"
#include "proxy/store/ids.hpp"

namespace gatehouse::store {

class Pseudonyms {
public:
    /// Those of the day (UTC) of `now`.
    Pseudonyms(AuditChain const& chain, Instant now);

    /// "3F7A2C"; large and small letters of a name are one. Empty for an empty name.
    std::string of(std::string_view user) const;

private:
    AuditDigest key_;
};

} // namespace gatehouse::store
