#include "policy/subject.hpp"

namespace gatehouse::policy {

std::string_view to_text(DeviceKind kind)
{
    switch (kind) {
    case DeviceKind::unknown: return "unknown";
    case DeviceKind::school: return "school";
    case DeviceKind::personal: return "personal";
    }
    return "unknown";
}

std::optional<DeviceKind> parse_device_kind(std::string_view text)
{
    for (auto const kind : {DeviceKind::unknown, DeviceKind::school, DeviceKind::personal})
        if (to_text(kind) == text)
            return kind;
    return std::nullopt;
}

std::string_view to_text(Confidence confidence)
{
    switch (confidence) {
    case Confidence::none: return "none";
    case Confidence::claimed: return "claimed";
    case Confidence::address: return "address";
    case Confidence::session: return "session";
    case Confidence::password: return "password";
    }
    return "none";
}

} // namespace gatehouse::policy
