#include "proxy/identity/credential_key.hpp"

#include <cstring>
#include <sodium.h>
#include <stdexcept>
#include <vector>

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

std::size_t CredentialKeyHash::operator()(CredentialKey const& key) const
{
    // The key is a keyed hash already: any of its bytes will do.
    std::size_t value = 0;
    std::memcpy(&value, key.data(), sizeof value);
    return value;
}

CredentialKeys::CredentialKeys()
{
    if (sodium_init() < 0)
        throw std::runtime_error{"libsodium does not start"};
    randombytes_buf(secret_.data(), secret_.size());
}

CredentialKey CredentialKeys::key_of(policy::IpAddress const& client, Credentials const& credentials) const
{
    crypto_generichash_state state;
    CredentialKey key{};
    crypto_generichash_init(&state, secret_.data(), secret_.size(), key.size());
    crypto_generichash_update(&state, client.bytes.data(), client.bytes.size());
    add(state, credentials.login);
    add(state, credentials.password);
    crypto_generichash_final(&state, key.data(), key.size());
    return key;
}

} // namespace gatehouse::identity
