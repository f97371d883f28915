#include "proxy/http2/wide_windows.hpp"

namespace gatehouse::http2 {

bool WideWindows::take(policy::IpAddress const& client)
{
    auto& count = taken_[client];
    if (count >= most_)
        return false;
    ++count;
    return true;
}

void WideWindows::give_back(policy::IpAddress const& client)
{
    auto const found = taken_.find(client);
    if (--found->second == 0)
        taken_.erase(found);
}

} // namespace gatehouse::http2
