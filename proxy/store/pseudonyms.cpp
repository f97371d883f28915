#include "proxy/store/pseudonyms.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/format.h>
#include <sodium.h>

namespace gatehouse::store {

Pseudonyms::Pseudonyms(AuditChain const& chain, Instant now)
    : key_{chain.derived_key(
        fmt::format("pseudonyms of day {}", std::chrono::floor<std::chrono::days>(now).time_since_epoch().count()))}
{
}

std::string Pseudonyms::of(std::string_view user) const
{
    auto const name = folded_name(user);
    if (name.empty())
        return {};
    std::array<unsigned char, crypto_generichash_BYTES> digest{};
    std::vector<unsigned char> const bytes(name.begin(), name.end());
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), key_.data(), key_.size());
    // Three bytes: of a thousand people, two share one on one day in thirty.
    return fmt::format("{:02X}{:02X}{:02X}", digest[0], digest[1], digest[2]);
}

} // namespace gatehouse::store
