#include "proxy/tls/quic_initial.hpp"

#include "proxy/tls/cursor.hpp"
#include "proxy/tls/quic_keys.hpp"

namespace gatehouse::tls {
namespace {

constexpr std::size_t longest_connection = 20; // RFC 9000 §17.2
constexpr std::size_t shortest_connection = 8; // RFC 9000 §7.2: of what a client chooses for its first packets
constexpr std::size_t longest_piece = 16 * 1024;
constexpr std::size_t most_packets = 4;    // of one datagram
constexpr std::size_t furthest_sample = 4; // the sample is taken as if the packet number had four bytes

/// RFC 9000 §16: the first two bits say how many bytes the number has.
std::optional<std::uint64_t> variable_number(Cursor& cursor)
{
    auto const first = cursor.number(1);
    if (!first)
        return std::nullopt;
    std::size_t const more = (std::size_t{1} << (*first >> 6)) - 1;
    auto const rest = more == 0 ? std::optional<std::uint64_t>{0} : cursor.number(more);
    return rest ? std::optional{(*first & 0x3f) << (8 * more) | *rest} : std::nullopt;
}

/// One packet as it lies there, protected.
struct Packet {
    std::uint32_t version = 0;
    std::string_view connection;
    std::string_view bytes;        ///< from its first byte to its last
    std::size_t number_offset = 0; ///< of the packet number, in `bytes`
};

bool is_initial(std::uint8_t first, std::uint32_t version)
{
    bool const is_long = (first & 0xc0) == 0xc0;
    auto const type = first >> 4 & 3;
    return is_long && type == (version == 1 ? 0 : 1); // RFC 9369 §3.2 moved the types on
}

std::optional<Packet> read_packet(std::string_view datagram)
{
    Cursor cursor{datagram};
    auto const first = cursor.number(1);
    auto const version = cursor.number(4);
    if (!version || !is_initial(static_cast<std::uint8_t>(*first), static_cast<std::uint32_t>(*version)))
        return std::nullopt;
    auto const connection = cursor.take(cursor.number(1).value_or(longest_connection + 1));
    auto const source = cursor.take(cursor.number(1).value_or(longest_connection + 1));
    if (!connection || !source || connection->size() > longest_connection || connection->size() < shortest_connection)
        return std::nullopt;
    auto const token = variable_number(cursor);
    if (!token || !cursor.take(*token))
        return std::nullopt;
    auto const size = variable_number(cursor);
    auto const number_offset = cursor.at();
    if (!size || *size < furthest_sample + QuicKeys::sample_size || !cursor.take(*size))
        return std::nullopt;
    return Packet{static_cast<std::uint32_t>(*version), *connection, datagram.substr(0, cursor.at()), number_offset};
}

/// The frames of a packet, decrypted.
std::optional<std::string> open_packet(Packet const& packet, QuicKeys const& keys)
{
    auto const mask = keys.mask(packet.bytes.substr(packet.number_offset + furthest_sample, QuicKeys::sample_size));
    if (!mask)
        return std::nullopt;
    constexpr std::uint8_t protected_bits = 0x0f; // of the first byte of a long header
    auto const first = static_cast<std::uint8_t>(static_cast<std::uint8_t>(packet.bytes[0]) ^ ((*mask)[0] & protected_bits));
    std::size_t const number_size = (first & 3U) + 1U;
    std::string header{packet.bytes.substr(0, packet.number_offset + number_size)};
    header[0] = static_cast<char>(first);
    std::uint64_t number = 0; // a client's first packets: nothing was left out of it
    for (std::size_t i = 0; i < number_size; ++i) {
        auto& byte = header[packet.number_offset + i];
        byte = static_cast<char>(static_cast<std::uint8_t>(byte) ^ (*mask)[i + 1]);
        number = number << 8 | static_cast<std::uint8_t>(byte);
    }
    return keys.open(number, header, packet.bytes.substr(header.size()));
}

/// The frames that a client's Initial packets may hold (RFC 9000 §17.2.2). At one that may not be there the reading ends.
void read_frames(std::string_view frames, std::vector<QuicPiece>& pieces)
{
    enum : std::uint64_t { padding = 0, ping = 1, crypto = 6 };
    Cursor cursor{frames};
    while (!cursor.empty()) {
        auto const type = variable_number(cursor);
        if (type == padding || type == ping)
            continue;
        if (type != crypto)
            return;
        auto const offset = variable_number(cursor);
        auto const size = variable_number(cursor);
        if (!size || *offset > longest_piece || *size > longest_piece)
            return;
        auto const bytes = cursor.take(*size);
        if (!bytes)
            return;
        pieces.push_back({*offset, std::string{*bytes}});
    }
}

} // namespace

std::optional<QuicInitial> open_quic_initial(std::string_view datagram)
{
    std::optional<QuicInitial> initial;
    std::optional<QuicKeys> keys;
    for (std::size_t count = 0; count < most_packets; ++count) {
        auto const packet = read_packet(datagram);
        if (!packet || (initial && packet->connection != initial->connection))
            break;
        if (!keys)
            keys = QuicKeys::of_client(packet->version, packet->connection);
        auto const frames = keys ? open_packet(*packet, *keys) : std::nullopt;
        if (!frames)
            break;
        if (!initial)
            initial.emplace().connection = packet->connection;
        read_frames(*frames, initial->pieces);
        datagram.remove_prefix(packet->bytes.size());
    }
    return initial;
}

} // namespace gatehouse::tls
