#include "proxy/log/access_record.hpp"

namespace gatehouse::log {

std::string_view to_text(ResultCode code)
{
    switch (code) {
    case ResultCode::tcp_miss: return "TCP_MISS";
    case ResultCode::tcp_tunnel: return "TCP_TUNNEL";
    case ResultCode::tcp_denied: return "TCP_DENIED";
    case ResultCode::none_error: return "NONE";
    case ResultCode::tcp_aborted: return "TCP_MISS_ABORTED";
    }
    return "NONE";
}

} // namespace gatehouse::log
