#include "proxy/tls/leaf_mint.hpp"

#include "proxy/tls/ca_files.hpp"

#include <algorithm>

namespace gatehouse::tls {
namespace {

using std::chrono::hours;

constexpr hours backdated{24};     // for devices whose clock is behind
constexpr hours leaf_life{7 * 24}; // from the backdated start

/// The one name of a leaf, as an owner of the OpenSSL structure. Never built from text in OpenSSL's own syntax.
GeneralNamePtr general_name_of(policy::Host const& host)
{
    GeneralNamePtr name{GENERAL_NAME_new()};
    if (!name)
        return nullptr;
    auto const text = host.text();
    auto const* const bytes = host.address().bytes.data();
    bool const v4 = host.kind() == policy::Host::Kind::ipv4;
    ASN1_STRING* const value = host.is_address() ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    if (!value)
        return nullptr;
    auto const set = host.is_address() ? ASN1_STRING_set(value, v4 ? bytes + 12 : bytes, v4 ? 4 : 16)
                                       : ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
    GENERAL_NAME_set0_value(name.get(), host.is_address() ? GEN_IPADD : GEN_DNS, value); // owns `value` from here on
    return set == 1 ? std::move(name) : nullptr;
}

/// subjectAltName, critical because the subject is empty (RFC 5280 §4.2.1.6).
bool add_alternative_name(X509& leaf, policy::Host const& host)
{
    GeneralNamesPtr const names{GENERAL_NAMES_new()};
    auto name = general_name_of(host);
    if (!names || !name || sk_GENERAL_NAME_push(names.get(), name.get()) <= 0)
        return false;
    name.release(); // the stack owns it
    return X509_add1_ext_i2d(&leaf, NID_subject_alt_name, names.get(), 1, X509V3_ADD_DEFAULT) == 1;
}

} // namespace

LeafMint::LeafMint(PkeyPtr key, X509Ptr certificate)
    : key_(std::move(key))
    , certificate_(std::move(certificate))
{
}

result<LeafMint> LeafMint::load(std::filesystem::path const& dir)
{
    auto files = read_ca_files(dir);
    if (!files)
        return files.error();
    return LeafMint{std::move(files->key), std::move(files->certificate)};
}

X509Ptr LeafMint::mint(policy::Host const& host, EVP_PKEY& key, std::chrono::sys_seconds now) const
{
    auto const start = now - backdated;
    auto leaf = make_certificate(start, std::min(start + leaf_life, not_after_of(*certificate_)));
    if (!leaf)
        return nullptr;
    auto& made = *leaf;
    auto& issuer = *certificate_;
    bool const complete = X509_set_pubkey(&made, &key) == 1 && X509_set_issuer_name(&made, X509_get_subject_name(&issuer)) == 1
        && add_alternative_name(made, host) && add_extension(made, issuer, NID_basic_constraints, "critical,CA:FALSE")
        && add_extension(made, issuer, NID_key_usage, "critical,digitalSignature")
        && add_extension(made, issuer, NID_ext_key_usage, "serverAuth")
        && add_extension(made, issuer, NID_authority_key_identifier, "keyid") && X509_sign(&made, key_.get(), EVP_sha256()) > 0;
    return complete ? std::move(leaf) : nullptr;
}

} // namespace gatehouse::tls
