#pragma once
// Which connections, or streams, of a client may have much on its way to us that nobody has read yet: few at once, however many it opens.

#include "policy/address.hpp"
#include "proxy/http2/limits.hpp"
#include "proxy/net/channel.hpp"

#include <boost/smart_ptr/local_shared_ptr.hpp>
#include <map>

namespace gatehouse::http2 {

/// Not thread-safe: one for each worker.
class WideWindows {
public:
    /// `most`: of one client.
    explicit WideWindows(std::size_t most = limits::wide_windows)
        : most_(most)
    {
    }

    /// False: the client has as many as it may.
    bool take(policy::IpAddress const& client);
    /// Precondition: it was taken.
    void give_back(policy::IpAddress const& client);

private:
    std::size_t most_;
    std::map<policy::IpAddress, std::size_t> taken_;
};

using WideWindowsPtr = boost::local_shared_ptr<WideWindows>;

/// One that was taken, given back at the end of this.
class WidePlace final : public net::Held {
public:
    WidePlace(WideWindowsPtr windows, policy::IpAddress const& client)
        : windows_(std::move(windows))
        , client_(client)
    {
    }
    ~WidePlace() override { windows_->give_back(client_); }
    WidePlace(WidePlace const&) = delete;
    WidePlace& operator=(WidePlace const&) = delete;

private:
    WideWindowsPtr windows_;
    policy::IpAddress client_;
};

} // namespace gatehouse::http2
