#pragma once
// How many forms an address may send: enough for a class behind one address, too few to flood the officer. Values in, answer out; no clock.

#include <chrono>
#include <deque>
#include <map>
#include <string>

namespace gatehouse::portal {

class Quota {
public:
    Quota(std::size_t most, std::chrono::seconds window)
        : most_(most)
        , window_(window)
    {
    }
    /// True if one more is allowed now; it is then counted.
    bool admit(std::string const& who, std::chrono::sys_seconds now);

private:
    void forget_old(std::chrono::sys_seconds now);
    std::size_t most_;
    std::chrono::seconds window_;
    std::map<std::string, std::deque<std::chrono::sys_seconds>> seen_;
};

} // namespace gatehouse::portal
