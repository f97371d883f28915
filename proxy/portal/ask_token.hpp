#pragma once
// The sealed note in the links of a block page: what was blocked, for whom and by which rule, so that the forms need no
// look-up and nobody can make one up. Encrypted as well as signed (XChaCha20-Poly1305), because the page is shown to
// people and the link crosses a plain connection.

#include "policy/result.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::portal {

enum class token_errc {
    malformed = 1, ///< not one of ours, changed on the way, or sealed with another key
    expired,       ///< older than token_life, or from the future
};
error_code make_error_code(token_errc code);

/// Longest texts are cut when the token is made, so that a token is never longer than about 3 kB.
struct AskToken {
    std::int64_t at = 0; ///< seconds since the epoch at which the page was made
    std::string host;
    std::string url; ///< scheme, host and port only; never a path
    std::string rule, clause, category, service;
    std::string role, group, user, network, device, address; ///< empty where unknown; group is the first
    std::string decision_id;
    bool may_ask = true;
    std::string allowed_from{}; ///< "12:30": when the site opens, as the page said; empty if it said nothing of it
    bool operator==(AskToken const&) const = default;
};

inline constexpr std::chrono::seconds token_life = std::chrono::hours(24);
inline constexpr std::size_t token_key_size = 32;

/// The key of all tokens, kept by the daemon over restarts. Without it a random one is used, and links end with the
/// process. Call once, before the first page is made.
void set_token_key(std::span<std::byte const, token_key_size> key);

/// URL-safe text. Thread-safe.
std::string seal_token(AskToken const& token);
/// `now`: seconds since the epoch. Thread-safe. Errors: `token_errc`.
result<AskToken> open_token(std::string_view text, std::int64_t now);

/// The fields as bytes: version, then time, then each text with a one-byte length. Sans-IO; for open_token and its fuzz
/// target.
std::string encode_fields(AskToken const& token);
result<AskToken> decode_fields(std::string_view bytes);

} // namespace gatehouse::portal

template <>
struct boost::system::is_error_code_enum<gatehouse::portal::token_errc> : std::true_type {
};
