#include "proxy/tls/quic_hellos.hpp"

#include <algorithm>

namespace gatehouse::tls {
namespace {

/// What there is of the message from its beginning on, without gaps.
std::string join(std::vector<QuicPiece>& pieces)
{
    std::stable_sort(
        pieces.begin(), pieces.end(), [](QuicPiece const& left, QuicPiece const& right) { return left.offset < right.offset; });
    std::string joined;
    for (auto const& piece : pieces) {
        if (piece.offset > joined.size())
            break;
        auto const known = joined.size() - static_cast<std::size_t>(piece.offset);
        if (known < piece.bytes.size())
            joined.append(piece.bytes, known);
    }
    return joined;
}

} // namespace

std::optional<QuicHellos::Attempt> QuicHellos::add(std::string_view from, std::string_view datagram, Time now)
{
    auto initial = open_quic_initial(datagram);
    auto& connection = connection_of(from, initial, now);
    if (connection.told || !initial)
        return std::nullopt; // what is not QUIC is told when its time is up, so that its packets count once
    connection.is_quic = true;
    for (auto& piece : initial->pieces) {
        connection.size += piece.bytes.size();
        if (connection.size > most_bytes)
            return tell(connection, std::nullopt);
        connection.pieces.push_back(std::move(piece));
    }
    auto hello = parse_hello_message(join(connection.pieces));
    if (!hello && hello.error() == errc::truncated)
        return std::nullopt;
    return tell(connection, hello ? std::optional{std::move(*hello)} : std::nullopt);
}

std::vector<QuicHellos::Attempt> QuicHellos::expire(Time now)
{
    std::vector<Attempt> attempts;
    for (auto& connection : connections_)
        if (!connection.told && now - connection.begun >= patience)
            attempts.push_back(tell(connection, std::nullopt));
    while (!connections_.empty() && now - connections_.front().begun >= remembered)
        forget(connections_.begin());
    return attempts;
}

QuicHellos::Connection& QuicHellos::connection_of(std::string_view from, std::optional<QuicInitial> const& initial, Time now)
{
    std::string key{from};
    if (initial)
        key.append(1, '\0').append(initial->connection);
    if (auto const known = by_key_.find(key); known != by_key_.end())
        return *known->second;
    if (connections_.size() >= most_connections)
        forget(connections_.begin());
    auto const place
        = connections_.insert(connections_.end(), Connection{.key = std::move(key), .from = std::string{from}, .begun = now});
    by_key_.emplace(place->key, place);
    ++waiting_;
    return *place;
}

QuicHellos::Attempt QuicHellos::tell(Connection& connection, std::optional<ClientHello> hello)
{
    connection.told = true;
    std::vector<QuicPiece>().swap(connection.pieces); // assigning nothing would keep their room
    --waiting_;
    return {connection.from, std::move(hello), connection.is_quic};
}

void QuicHellos::forget(Connections::iterator connection)
{
    if (!connection->told)
        --waiting_;
    by_key_.erase(connection->key);
    connections_.erase(connection);
}

} // namespace gatehouse::tls
