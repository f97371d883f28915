#pragma once
// The first packets of a QUIC connection, whose keys are made from what stands in them in plain (RFC 9001 §5.2): whoever sees them may read
// them. Sans-IO, over untrusted bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::tls {

/// A piece of the TLS handshake, at its place in it.
struct QuicPiece {
    std::uint64_t offset = 0;
    std::string bytes;
};

struct QuicInitial {
    std::string connection;        ///< the Destination Connection ID, by which packets of one connection are known
    std::vector<QuicPiece> pieces; ///< in the order of the packet, which browsers mix on purpose
};

/// What the Initial packets of a client's datagram say (RFC 9000 §17.2.2; RFC 9369 for version 2). Packets behind them, of another kind or
/// another connection, are left alone. Nothing if there is none, if it is of a version that we do not know, or does not decrypt.
std::optional<QuicInitial> open_quic_initial(std::string_view datagram);

} // namespace gatehouse::tls
