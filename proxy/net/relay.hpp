#pragma once
// The byte relay of a tunnel. Holds no buffer while idle: it waits for readability, borrows the worker's one large buffer, writes, gives it back.

#include "proxy/net/stream.hpp"

#include <cstdint>
#include <vector>

namespace gatehouse::net {

struct RelayCounts {
    std::uint64_t to_client = 0;
    std::uint64_t from_client = 0;
};

enum class RelayEnd : std::uint8_t { finished, idle, failed, aborted, closed };

/// Sees each piece before it goes on. False: nothing goes on any more.
class RelayWatch {
public:
    virtual ~RelayWatch() = default;
    virtual bool from_client(std::string_view bytes) = 0;
    virtual bool to_client(std::string_view bytes) = 0;
};

struct RelayResult {
    RelayCounts counts;
    RelayEnd end = RelayEnd::finished;
};

/// Relays between two connections until both directions have ended (half-close is passed on), one fails, or nothing moves for `idle`.
/// `buffer` is the worker's; it is used only between two waits. Bytes that either side sent before are the caller's business.
/// `watch` may be null.
task<RelayResult> relay(
    Stream& client, Stream& upstream, std::span<char> buffer, std::chrono::milliseconds idle, RelayWatch* watch = nullptr);

} // namespace gatehouse::net
