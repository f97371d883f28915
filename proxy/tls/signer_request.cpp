#include "proxy/tls/signer_request.hpp"

#include <openssl/core_names.h>

namespace gatehouse::tls {
namespace {

constexpr char signed_leaf = 1;
constexpr char refused = 0;
constexpr std::size_t length_size = 2; // bytes before the host

unsigned char const* first_byte(std::string_view text)
{
    return reinterpret_cast<unsigned char const*>(text.data());
}

bool is_p256(EVP_PKEY& key)
{
    char group[32]{};
    std::size_t size = 0;
    return EVP_PKEY_is_a(&key, "EC") == 1 && EVP_PKEY_get_group_name(&key, group, sizeof group, &size) == 1
        && std::string_view{group, size} == "prime256v1";
}

/// The whole text as a key, or null.
PkeyPtr read_key(std::string_view text)
{
    auto const* at = first_byte(text);
    PkeyPtr key{d2i_PUBKEY(nullptr, &at, static_cast<long>(text.size()))};
    return key && at == first_byte(text) + text.size() && is_p256(*key) ? std::move(key) : nullptr;
}

/// DER of anything that OpenSSL's i2d functions write.
template <class Object>
bool append_der(std::string& out, Object& object, int (*write)(Object const*, unsigned char**))
{
    unsigned char* der = nullptr;
    int const size = write(&object, &der);
    if (size <= 0)
        return false;
    out.append(reinterpret_cast<char const*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return true;
}

} // namespace

std::string write_signer_request(policy::Host const& host, EVP_PKEY& key)
{
    auto const name = host.text();
    std::string request{static_cast<char>(name.size() >> 8), static_cast<char>(name.size() & 0xff)};
    request += name;
    return append_der<EVP_PKEY>(request, key, i2d_PUBKEY) ? request : std::string{};
}

std::string answer_signer_request(std::string_view request, LeafMint const& mint, std::chrono::sys_seconds now)
{
    std::string const no{refused};
    if (request.size() < length_size || request.size() > max_signer_packet)
        return no;
    auto const size = static_cast<std::size_t>(first_byte(request)[0]) << 8 | first_byte(request)[1];
    request.remove_prefix(length_size);
    if (request.size() < size)
        return no;
    auto const name = request.substr(0, size);
    auto const host = policy::Host::parse(name);
    auto const key = read_key(request.substr(size));
    if (!host || host->text() != name || !key)
        return no;
    auto const leaf = mint.mint(*host, *key, now);
    std::string answer{signed_leaf};
    return leaf && append_der<X509>(answer, *leaf, i2d_X509) ? answer : no;
}

CertificatePtr read_signer_answer(std::string_view answer)
{
    if (answer.empty() || answer.front() != signed_leaf)
        return nullptr;
    answer.remove_prefix(1);
    auto const* at = first_byte(answer);
    return CertificatePtr{d2i_X509(nullptr, &at, static_cast<long>(answer.size()))};
}

} // namespace gatehouse::tls
