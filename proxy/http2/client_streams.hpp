#pragma once
// How many requests over HTTP/2 each client has open, over all its connections. What one of them holds is bounded; with their number, so is the sum.

#include "policy/address.hpp"

#include <map>

namespace gatehouse::http2 {

/// Not thread-safe: one for each worker.
class ClientStreams {
public:
    class Share;

private:
    struct Open {
        std::size_t connections = 0, streams = 0;
    };
    std::map<policy::IpAddress, Open> open_;
};

/// A connection's way to the count of its client: searched for once, so that a request only counts. Lifetime: the streams outlive it.
class ClientStreams::Share {
public:
    Share(ClientStreams& streams, policy::IpAddress const& client)
        : streams_(streams)
        , entry_(streams.open_.try_emplace(client).first)
    {
        ++entry_->second.connections;
    }
    ~Share()
    {
        if (--entry_->second.connections == 0)
            streams_.open_.erase(entry_);
    }
    Share(Share const&) = delete;
    Share& operator=(Share const&) = delete;

    /// Counts one more. False, and not counted: the client has `most` of them.
    bool take(std::size_t most)
    {
        auto& count = entry_->second.streams;
        if (count >= most)
            return false;
        ++count;
        return true;
    }
    /// Precondition: it was taken.
    void give_back() { --entry_->second.streams; }

private:
    ClientStreams& streams_;
    std::map<policy::IpAddress, Open>::iterator entry_;
};

} // namespace gatehouse::http2
