#pragma once
// ClientHellos of many QUIC connections, put together from the pieces that their first packets carry. Bounded; time comes in.

#include "proxy/tls/client_hello.hpp"
#include "proxy/tls/quic_initial.hpp"

#include <chrono>
#include <list>
#include <unordered_map>

namespace gatehouse::tls {

class QuicHellos {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds patience{1};    ///< for the rest of a hello
    static constexpr std::chrono::seconds remembered{30}; ///< packets that are sent again belong to what was told
    static constexpr std::size_t most_connections = 512;
    static constexpr std::size_t most_bytes = 16 * 1024; ///< of one hello

    /// One connection attempt, as far as it is known.
    struct Attempt {
        std::string from;                 ///< as given to add()
        std::optional<ClientHello> hello; ///< none: it did not come whole, was malformed, or this is no QUIC that we know
        bool is_quic = false;
    };

    /// Takes a datagram of the client and place that `from` names. Returns the attempt when it is known who it was for, once.
    std::optional<Attempt> add(std::string_view from, std::string_view datagram, Time now);
    /// The attempts whose hello did not become whole in time, each once. Call it every now and then.
    std::vector<Attempt> expire(Time now);
    /// True if expire() will have something to tell.
    bool is_waiting() const { return waiting_ > 0; }

private:
    struct Connection {
        std::string key;
        std::string from;
        Time begun;
        bool told = false;
        bool is_quic = false;
        std::size_t size = 0;
        std::vector<QuicPiece> pieces{};
    };
    using Connections = std::list<Connection>;

    Connection& connection_of(std::string_view from, std::optional<QuicInitial> const& initial, Time now);
    Attempt tell(Connection& connection, std::optional<ClientHello> hello);
    void forget(Connections::iterator connection);

    Connections connections_;                                            ///< the oldest first
    std::unordered_map<std::string_view, Connections::iterator> by_key_; ///< views Connection::key
    std::size_t waiting_ = 0;                                            ///< connections that were not told
};

} // namespace gatehouse::tls
