#pragma once
// One value for address, login and password together, by which the same credentials are known again without being kept.

#include "policy/address.hpp"
#include "proxy/identity/basic.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace gatehouse::identity {

using CredentialKey = std::array<std::uint8_t, 32>;

struct CredentialKeyHash {
    std::size_t operator()(CredentialKey const& key) const;
};

/// Makes keys that only its own can be compared with: a hash with a secret that is drawn at random.
class CredentialKeys {
public:
    /// Throws std::runtime_error if the system gives no randomness (a failed start).
    CredentialKeys();
    CredentialKey key_of(policy::IpAddress const& client, Credentials const& credentials) const;

private:
    std::array<std::uint8_t, 32> secret_;
};

} // namespace gatehouse::identity
