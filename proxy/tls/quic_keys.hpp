#pragma once
// The keys of a client's Initial packets (RFC 9001 §5.2 to §5.4). No secret is involved: they keep routers from tampering, not from reading.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::tls {

class QuicKeys {
public:
    static constexpr std::size_t sample_size = 16;
    static constexpr std::size_t tag_size = 16;

    /// Nothing for versions other than 1 and 2, or if OpenSSL refuses.
    static std::optional<QuicKeys> of_client(std::uint32_t version, std::string_view connection);

    /// What header protection put over the first byte and the packet number (RFC 9001 §5.4.3). `sample`: sample_size bytes.
    std::optional<std::array<std::uint8_t, 5>> mask(std::string_view sample) const;
    /// The frames; nothing if the packet is not authentic. `sealed` ends with the tag.
    std::optional<std::string> open(std::uint64_t packet_number, std::string_view header, std::string_view sealed) const;

private:
    QuicKeys() = default;
    std::array<std::uint8_t, 16> key_{};
    std::array<std::uint8_t, 12> iv_{};
    std::array<std::uint8_t, 16> header_key_{};
};

} // namespace gatehouse::tls
