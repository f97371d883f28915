#include "proxy/identity/credential_cache.hpp"

#include <cstring>
#include <sodium.h>
#include <stdexcept>

namespace gatehouse::identity {
namespace {

/// Each field with its length before it: ("ab", "c") and ("a", "bc") are two things.
void add(crypto_generichash_state& state, std::string_view text)
{
    auto const size = static_cast<std::uint64_t>(text.size());
    std::array<unsigned char, sizeof size> length{};
    std::memcpy(length.data(), &size, sizeof size);
    crypto_generichash_update(&state, length.data(), length.size());
    std::vector<unsigned char> const bytes(text.begin(), text.end());
    crypto_generichash_update(&state, bytes.data(), bytes.size());
}

} // namespace

CredentialCache::CredentialCache()
{
    if (sodium_init() < 0)
        throw std::runtime_error{"libsodium does not start"};
    randombytes_buf(secret_.data(), secret_.size());
}

CredentialCache::Key CredentialCache::key_of(policy::IpAddress const& client, Credentials const& credentials) const
{
    crypto_generichash_state state;
    Key key{};
    crypto_generichash_init(&state, secret_.data(), secret_.size(), key.size());
    crypto_generichash_update(&state, client.bytes.data(), client.bytes.size());
    add(state, credentials.login);
    add(state, credentials.password);
    crypto_generichash_final(&state, key.data(), key.size());
    return key;
}

std::size_t CredentialCache::KeyHash::operator()(Key const& key) const
{
    // The key is a keyed hash already: any of its bytes will do.
    std::size_t value = 0;
    std::memcpy(&value, key.data(), sizeof value);
    return value;
}

std::optional<Proved> CredentialCache::find(
    policy::IpAddress const& client, Credentials const& credentials, std::chrono::steady_clock::time_point now)
{
    auto const found = entries_.find(key_of(client, credentials));
    if (found == entries_.end())
        return std::nullopt;
    if (now >= found->second.at + max_age) {
        entries_.erase(found);
        return std::nullopt;
    }
    return found->second.proved;
}

void CredentialCache::keep(
    policy::IpAddress const& client, Credentials const& credentials, Proved proved, std::chrono::steady_clock::time_point now)
{
    if (entries_.size() >= max_entries)
        std::erase_if(entries_, [&](auto const& entry) { return now >= entry.second.at + max_age; });
    if (entries_.size() >= max_entries)
        entries_.clear();
    entries_.insert_or_assign(key_of(client, credentials), Entry{std::move(proved), now});
}

} // namespace gatehouse::identity
