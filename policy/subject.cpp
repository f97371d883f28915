#include "policy/subject.hpp"

#include "policy/ascii.hpp"

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

std::string folded_user(std::string_view name)
{
    constexpr std::string_view spaces = " \t\r\n";
    std::string folded;
    for (char const c : name) {
        if (spaces.find(c) == spaces.npos)
            folded += to_lower(c);
        else if (!folded.empty() && folded.back() != ' ')
            folded += ' ';
    }
    if (folded.ends_with(' '))
        folded.pop_back();
    return folded;
}

} // namespace gatehouse::policy
