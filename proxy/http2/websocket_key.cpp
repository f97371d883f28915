#include "proxy/http2/websocket_key.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace gatehouse::http2 {
namespace {

template <std::size_t Size>
std::string to_base64(std::array<unsigned char, Size> const& bytes)
{
    std::array<unsigned char, (Size + 2) / 3 * 4 + 1> text{};
    auto const size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
    return {text.begin(), text.begin() + size};
}

} // namespace

std::string make_websocket_key()
{
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no random numbers");
    return to_base64(bytes);
}

std::string accept_of(std::string_view key)
{
    std::string const text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3
    std::array<unsigned char, 20> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
        return {};
    return to_base64(digest);
}

} // namespace gatehouse::http2
