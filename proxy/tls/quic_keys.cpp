#include "proxy/tls/quic_keys.hpp"

#include <algorithm>
#include <memory>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <span>

namespace gatehouse::tls {
namespace {

using Bytes = std::span<std::uint8_t const>;

/// What differs between the versions.
struct Version {
    std::uint32_t number;
    std::array<std::uint8_t, 20> salt;
    std::string_view key, iv, header_key; ///< labels
};

constexpr std::array<Version, 2> versions{{
    {1, {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
        "quic key", "quic iv", "quic hp"}, // RFC 9001 §5.2
    {0x6b3343cf,
        {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
        "quicv2 key", "quicv2 iv", "quicv2 hp"}, // RFC 9369 §3.3
}};

using Kdf = std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

OSSL_PARAM octets(char const* name, Bytes bytes)
{
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

Bytes bytes_of(std::string_view text)
{
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

/// HKDF with SHA-256 (RFC 5869): from the salt for `extract`, otherwise from a label as TLS 1.3 writes it (RFC 8446 §7.1).
class Derivation {
public:
    explicit Derivation(char const* name)
        : kdf_(EVP_KDF_fetch(nullptr, name, nullptr), &EVP_KDF_free)
        , context_(kdf_ ? EVP_KDF_CTX_new(kdf_.get()) : nullptr, &EVP_KDF_CTX_free)
    {
    }

    bool extract(Bytes salt, Bytes secret, std::span<std::uint8_t> into)
    {
        return derive(
            EVP_KDF_HKDF_MODE_EXTRACT_ONLY, secret, octets(OSSL_KDF_PARAM_SALT, salt), OSSL_PARAM_construct_end(), into);
    }
    bool expand(Bytes secret, std::string_view label, std::span<std::uint8_t> into)
    {
        return derive(EVP_KDF_HKDF_MODE_EXPAND_ONLY, secret, octets(OSSL_KDF_PARAM_PREFIX, bytes_of("tls13 ")),
            octets(OSSL_KDF_PARAM_LABEL, bytes_of(label)), into);
    }

private:
    bool derive(int mode, Bytes secret, OSSL_PARAM first, OSSL_PARAM second, std::span<std::uint8_t> into)
    {
        std::string digest = "SHA256";
        std::array const parameters{OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
            OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0), octets(OSSL_KDF_PARAM_KEY, secret), first,
            second, OSSL_PARAM_construct_end()};
        return context_ && EVP_KDF_derive(context_.get(), into.data(), into.size(), parameters.data()) == 1;
    }

    Kdf kdf_;
    KdfContext context_;
};

Cipher new_cipher()
{
    return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
}

} // namespace

std::optional<QuicKeys> QuicKeys::of_client(std::uint32_t version, std::string_view connection)
{
    auto const* const known
        = std::find_if(versions.begin(), versions.end(), [version](Version const& each) { return each.number == version; });
    if (known == versions.end())
        return std::nullopt;
    std::array<std::uint8_t, 32> initial{};
    std::array<std::uint8_t, 32> client{};
    QuicKeys keys;
    Derivation expansion("TLS13-KDF");
    bool const made = Derivation("HKDF").extract(known->salt, bytes_of(connection), initial)
        && expansion.expand(initial, "client in", client) && expansion.expand(client, known->key, keys.key_)
        && expansion.expand(client, known->iv, keys.iv_) && expansion.expand(client, known->header_key, keys.header_key_);
    return made ? std::optional{keys} : std::nullopt;
}

std::optional<std::array<std::uint8_t, 5>> QuicKeys::mask(std::string_view sample) const
{
    auto const cipher = new_cipher();
    std::array<std::uint8_t, 2 * sample_size> block{};
    int size = 0;
    if (!cipher || sample.size() != sample_size
        || EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, header_key_.data(), nullptr) != 1
        || EVP_EncryptUpdate(cipher.get(), block.data(), &size, bytes_of(sample).data(), static_cast<int>(sample_size)) != 1)
        return std::nullopt;
    std::array<std::uint8_t, 5> mask{};
    std::copy_n(block.begin(), mask.size(), mask.begin());
    return mask;
}

std::optional<std::string> QuicKeys::open(std::uint64_t packet_number, std::string_view header, std::string_view sealed) const
{
    if (sealed.size() < tag_size)
        return std::nullopt;
    auto nonce = iv_;
    for (std::size_t i = 0; i < sizeof packet_number; ++i)
        nonce[nonce.size() - 1 - i] ^= static_cast<std::uint8_t>(packet_number >> (8 * i));
    auto const text = sealed.substr(0, sealed.size() - tag_size);
    std::string tag{sealed.substr(text.size())};
    std::string opened(text.size(), '\0');
    auto const cipher = new_cipher();
    int size = 0;
    bool const authentic = cipher && EVP_DecryptInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr, key_.data(), nonce.data()) == 1
        && EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(header).data(), static_cast<int>(header.size())) == 1
        && EVP_DecryptUpdate(cipher.get(), reinterpret_cast<std::uint8_t*>(opened.data()), &size, bytes_of(text).data(),
               static_cast<int>(text.size()))
            == 1
        && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_size), tag.data()) == 1
        && EVP_DecryptFinal_ex(cipher.get(), reinterpret_cast<std::uint8_t*>(opened.data()) + size, &size) == 1;
    return authentic ? std::optional{std::move(opened)} : std::nullopt;
}

} // namespace gatehouse::tls
