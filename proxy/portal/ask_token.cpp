#include "proxy/portal/ask_token.hpp"

#include <algorithm>
#include <sodium.h>

namespace gatehouse::portal {

namespace {

constexpr char version = 2;
constexpr char version_before = 1; ///< without the last of the texts: links of pages that people still have open
constexpr std::size_t longest_field = 253;
constexpr std::size_t longest_token = 8192;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int base64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
static_assert(token_key_size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

class TokenCategory final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "gatehouse.token"; }
    std::string message(int code) const override
    {
        return code == static_cast<int>(token_errc::expired) ? "the link is too old" : "the link is not complete";
    }
};

using Key = std::array<unsigned char, token_key_size>;

Key& token_key()
{
    static Key key = [] {
        Key random{};
        [[maybe_unused]] int const ready = sodium_init();
        randombytes_buf(random.data(), random.size());
        return random;
    }();
    return key;
}

unsigned char const* bytes_of(std::string_view text)
{
    return reinterpret_cast<unsigned char const*>(text.data());
}
unsigned char* bytes_of(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

/// The texts of a token in their order on the wire.
template <class Token>
auto texts_of(Token& token)
{
    return std::array{&token.host, &token.url, &token.rule, &token.clause, &token.category, &token.service, &token.role,
        &token.group, &token.user, &token.network, &token.device, &token.address, &token.decision_id, &token.allowed_from};
}

} // namespace

error_code make_error_code(token_errc code)
{
    static TokenCategory const category;
    return {static_cast<int>(code), category};
}

void set_token_key(std::span<std::byte const, token_key_size> key)
{
    std::transform(key.begin(), key.end(), token_key().begin(), [](std::byte b) { return static_cast<unsigned char>(b); });
}

std::string encode_fields(AskToken const& token)
{
    std::string out(1, version);
    out.push_back(token.may_ask ? 1 : 0);
    for (int shift = 56; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(static_cast<std::uint64_t>(token.at) >> static_cast<unsigned>(shift)));
    for (auto const* text : texts_of(token)) {
        auto const kept = std::string_view(*text).substr(0, longest_field);
        out.push_back(static_cast<char>(kept.size()));
        out.append(kept);
    }
    return out;
}

result<AskToken> decode_fields(std::string_view bytes)
{
    constexpr std::size_t head = 10;
    if (bytes.size() < head || (bytes[0] != version && bytes[0] != version_before) || (bytes[1] != 0 && bytes[1] != 1))
        return token_errc::malformed;
    bool const is_of_before = bytes[0] == version_before;
    AskToken token;
    token.may_ask = bytes[1] == 1;
    std::uint64_t at = 0;
    for (std::size_t i = 2; i < head; ++i)
        at = (at << 8U) | static_cast<unsigned char>(bytes[i]);
    token.at = static_cast<std::int64_t>(at);
    bytes.remove_prefix(head);
    for (auto* text : texts_of(token)) {
        if (is_of_before && text == &token.allowed_from)
            break;
        if (bytes.empty())
            return token_errc::malformed;
        auto const size = static_cast<unsigned char>(bytes[0]);
        bytes.remove_prefix(1);
        if (size > longest_field || bytes.size() < size)
            return token_errc::malformed;
        text->assign(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    if (!bytes.empty())
        return token_errc::malformed;
    return token;
}

std::string seal_token(AskToken const& token)
{
    auto const fields = encode_fields(token);
    std::string sealed(nonce_size + fields.size() + tag_size, '\0');
    auto const& key = token_key();
    randombytes_buf(sealed.data(), nonce_size);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + nonce_size, nullptr, bytes_of(fields), fields.size(), nullptr,
        0, nullptr, bytes_of(sealed), key.data());
    std::string text(sodium_base64_ENCODED_LEN(sealed.size(), base64), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes_of(sealed), sealed.size(), base64);
    text.pop_back(); // the terminating zero
    return text;
}

result<AskToken> open_token(std::string_view text, std::int64_t now)
{
    if (text.size() > longest_token)
        return token_errc::malformed;
    std::string sealed(text.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(bytes_of(sealed), sealed.size(), text.data(), text.size(), nullptr, &size, nullptr, base64) != 0
        || size < nonce_size + tag_size)
        return token_errc::malformed;
    sealed.resize(size);
    std::string fields(size - nonce_size - tag_size, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(fields), nullptr, nullptr, bytes_of(sealed) + nonce_size,
            size - nonce_size, nullptr, 0, bytes_of(sealed), token_key().data())
        != 0)
        return token_errc::malformed;
    auto token = decode_fields(fields);
    // A minute of grace for a clock that was set back between page and form.
    if (token && (now - token->at > token_life.count() || token->at - now > 60))
        return token_errc::expired;
    return token;
}

} // namespace gatehouse::portal
