#include "proxy/tls/ja4.hpp"

#include "proxy/tls/extensions.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <openssl/sha.h>

namespace gatehouse::tls {
namespace {

std::string_view version_text(std::uint16_t version)
{
    switch (version) {
    case 0x0304: return "13";
    case 0x0303: return "12";
    case 0x0302: return "11";
    case 0x0301: return "10";
    case 0x0300: return "s3";
    default: return "00";
    }
}

bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// First and last character of the first protocol name, or of its hexadecimal form where those are not printable.
std::string alpn_text(std::string_view alpn)
{
    if (alpn.empty())
        return "00";
    if (is_alphanumeric(alpn.front()) && is_alphanumeric(alpn.back()))
        return {alpn.front(), alpn.back()};
    return {fmt::format("{:02x}", static_cast<unsigned char>(alpn.front()))[0],
        fmt::format("{:02x}", static_cast<unsigned char>(alpn.back()))[1]};
}

std::string hex_list(std::vector<std::uint16_t> const& values)
{
    std::string text;
    text.reserve(values.size() * 5);
    for (auto const value : values)
        fmt::format_to(std::back_inserter(text), "{}{:04x}", text.empty() ? "" : ",", value);
    return text;
}

std::string short_hash(std::string const& text)
{
    if (text.empty())
        return "000000000000";
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(), digest.data());
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + 6, ""));
}

} // namespace

std::string ja4_of(Ja4Fields fields)
{
    auto const cipher_count = std::min<std::size_t>(fields.ciphers.size(), 99);
    auto const extension_count = std::min<std::size_t>(fields.extensions.size(), 99);
    std::sort(fields.ciphers.begin(), fields.ciphers.end());
    std::sort(fields.extensions.begin(), fields.extensions.end());
    std::erase(fields.extensions, server_name_extension);
    std::erase(fields.extensions, alpn_extension);

    auto extensions = hex_list(fields.extensions);
    if (!extensions.empty() && !fields.signature_algorithms.empty())
        extensions += '_' + hex_list(fields.signature_algorithms);
    return fmt::format("t{}{}{:02}{:02}{}_{}_{}", version_text(fields.max_version), fields.has_server_name ? 'd' : 'i',
        cipher_count, extension_count, alpn_text(fields.first_alpn), short_hash(hex_list(fields.ciphers)),
        short_hash(extensions));
}

} // namespace gatehouse::tls
