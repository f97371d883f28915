#pragma once
// Fingerprints of texts and their hexadecimal letters, by libsodium; neither keys nor secrets.

#include <array>
#include <sodium.h>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse {

using Sha256 = std::array<unsigned char, crypto_hash_sha256_BYTES>;

inline Sha256 sha256_of(std::string_view text)
{
    Sha256 digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<unsigned char const*>(text.data()), text.size());
    return digest;
}

/// Two small letters a byte.
inline std::string hex_of(std::span<unsigned char const> bytes)
{
    std::string text(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back(); // the terminating zero
    return text;
}

} // namespace gatehouse
