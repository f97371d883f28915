#pragma once
// Certificates that no chain may lead through, whoever trusts them here: roots that were made to read other people's connections, or whose key
// everybody has.

#include <array>
#include <cstdint>
#include <openssl/safestack.h>
#include <openssl/x509.h>
#include <vector>

namespace gatehouse::net {

/// SHA-256 of the whole certificate (DER).
using Fingerprint = std::array<std::uint8_t, 32>;

/// Superfish; eDellRoot, DSDTestProvider (Dell); Sennheiser HeadSetup; Mitel; TurkTrust's and DCSSI's that were used to read traffic.
/// Source: the advisories of their makers, and what browsers refuse.
std::vector<Fingerprint> const& known_interception();

/// True if one of the chain's certificates is refused.
bool leads_through(STACK_OF(X509) const* chain, std::vector<Fingerprint> const& refused);

} // namespace gatehouse::net
