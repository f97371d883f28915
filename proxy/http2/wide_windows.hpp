#pragma once
// Which connections of a client may have much on its way to us that nobody has read yet: few at once, however many it opens.

#include "policy/address.hpp"
#include "proxy/http2/limits.hpp"

#include <map>

namespace gatehouse::http2 {

/// Not thread-safe: one for each worker.
class WideWindows {
public:
    /// False: the client has as many as it may.
    bool take(policy::IpAddress const& client);
    /// Precondition: it was taken.
    void give_back(policy::IpAddress const& client);

private:
    std::map<policy::IpAddress, std::size_t> taken_;
};

} // namespace gatehouse::http2
