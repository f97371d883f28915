#include "proxy/store/sealed_secret.hpp"

#include <sodium.h>
#include <vector>

namespace gatehouse::store {
namespace {

constexpr std::string_view sealed_mark = "v1:";
constexpr std::string_view purpose = "gatehouse second factor";
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

/// The derived key, wiped when it goes.
struct SealingKey {
    explicit SealingKey(AuditChain const& chain)
        : bytes{chain.derived_key(purpose)}
    {
    }
    SealingKey(SealingKey const&) = delete;
    SealingKey& operator=(SealingKey const&) = delete;
    ~SealingKey() { sodium_memzero(bytes.data(), bytes.size()); }
    AuditDigest bytes;
};
static_assert(std::tuple_size_v<AuditDigest> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

std::string owner_text(AccountId account)
{
    return std::to_string(number(account));
}

unsigned char const* bytes_of(std::string_view text)
{
    return reinterpret_cast<unsigned char const*>(text.data());
}

std::optional<std::vector<unsigned char>> from_base64(std::string_view text)
{
    std::vector<unsigned char> bytes(text.size());
    std::size_t size = 0;
    if (sodium_base642bin(
            bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL)
        != 0)
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

} // namespace

std::string seal_secret(AuditChain const& chain, AccountId account, std::string_view secret)
{
    SealingKey const key{chain};
    auto const owner = owner_text(account);
    std::vector<unsigned char> box(nonce_size + secret.size() + tag_size);
    randombytes_buf(box.data(), nonce_size);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + nonce_size, nullptr, bytes_of(secret), secret.size(), bytes_of(owner),
        owner.size(), nullptr, box.data(), key.bytes.data());
    std::string text(sodium_base64_ENCODED_LEN(box.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), box.data(), box.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back(); // the terminating zero
    return std::string(sealed_mark) + text;
}

std::optional<std::string> open_secret(AuditChain const& chain, AccountId account, std::string_view kept)
{
    if (!kept.starts_with(sealed_mark))
        return std::string(kept);
    auto const box = from_base64(kept.substr(sealed_mark.size()));
    if (!box || box->size() < nonce_size + tag_size)
        return std::nullopt;
    SealingKey const key{chain};
    auto const owner = owner_text(account);
    std::string secret(box->size() - nonce_size - tag_size, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(secret.data()), nullptr, nullptr,
            box->data() + nonce_size, box->size() - nonce_size, bytes_of(owner), owner.size(), box->data(), key.bytes.data())
        != 0)
        return std::nullopt;
    return secret;
}

result<void> seal_kept_secrets(Ledger& ledger)
{
    struct Kept {
        AccountId account;
        std::string secret;
    };
    auto& database = ledger.database();
    auto const open = database.collect(
        "SELECT id, totp_secret FROM accounts WHERE totp_secret <> '' AND totp_secret NOT LIKE 'v1:%'", [](Statement const& row) {
            return Kept{row.id<AccountId>(0), row.text(1)};
        });
    if (!open || open->empty())
        return open ? result<void>{} : result<void>{open.error()};
    return ledger.transact([&]() -> result<void> {
        for (auto const& [account, secret] : *open)
            if (auto const kept = database.execute(
                    "UPDATE accounts SET totp_secret = ? WHERE id = ?", seal_secret(ledger.chain(), account, secret), account);
                !kept)
                return kept;
        return {};
    });
}

} // namespace gatehouse::store
