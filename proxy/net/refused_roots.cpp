#include "proxy/net/refused_roots.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string_view>

namespace gatehouse::net {
namespace {

consteval std::uint8_t digit(char c)
{
    return static_cast<std::uint8_t>(c >= 'a' ? c - 'a' + 10 : c - '0');
}

consteval Fingerprint from_hex(std::string_view hex)
{
    Fingerprint fingerprint{};
    for (std::size_t i = 0; i < fingerprint.size(); ++i)
        fingerprint[i] = static_cast<std::uint8_t>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return fingerprint;
}

constexpr std::array known{
    from_hex("b6fe9151402bad1c06d7e66db67a26aa7356f2e6c644dbcf9f98968ff632e1b7"), // Superfish
    from_hex("0f912fd7be760be25afbc56bdc09cd9e5dcc9c6f6a55a778aefcb6aa30e31554"), // eDellRoot
    from_hex("ec30c9c3065a06bb07dc5b1c6b497f370c1ca65c0f30c08e042ba6bcecc78f2c"), // DSDTestProvider
    from_hex("91e5cc32910686c5cac25c18cc805696c7b33868c280caf0c72844a2a8eb91e2"), // Sennheiser
    from_hex("ddd8ab9178c99cbd9685ea4ae66dc28bfdc9a5a8a166f7f69ad0b5042ad6eb28"), // Sennheiser
    from_hex("2a33f5b48176523fd3c0d854f20093417175bfd498ef354cc7f38b54adabaf1a"), // Mitel
    from_hex("2d11e736f0427fd6ba4b372755d34a0edd8d83f7e9e7f6c01b388c9b7afa850d"), // Mitel
    from_hex("3ab0fcc7287454c405863e3aa204fea8eb0c50a524d2a7e15524a830cd4ab0fe"), // Mitel
    from_hex("60911c79835c3739432d08c45df64311e06985c5889dc5420ce3d142c8c7ef58"), // Mitel
    from_hex("372447c43185c38edd2ce0e9c853f9ac1576ddd1704c2f54d96076c089cb4227"), // TurkTrust
    from_hex("42187727be39faf667aeb92bf0cc4e268f6e2ead2cefbec575bdc90430024f69"), // TurkTrust
    from_hex("e54e9fc27e7350ff63a77764a40267b7e95ae5df3ed7df5336e8f8541356c845"), // DCSSI
};

} // namespace

std::vector<Fingerprint> const& known_interception()
{
    static std::vector<Fingerprint> const all(known.begin(), known.end());
    return all;
}

bool leads_through(STACK_OF(X509) const* chain, std::vector<Fingerprint> const& refused)
{
    for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
        Fingerprint fingerprint{};
        unsigned size = 0;
        if (X509_digest(sk_X509_value(chain, i), EVP_sha256(), fingerprint.data(), &size) != 1)
            return true; // what cannot be looked at is not believed
        if (std::find(refused.begin(), refused.end(), fingerprint) != refused.end())
            return true;
    }
    return false;
}

} // namespace gatehouse::net
