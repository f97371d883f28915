#include "proxy/http1/field_name.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>

namespace gatehouse::http1 {
namespace {

struct Entry {
    std::string_view text;
    FieldName name;
};

constexpr Entry known[]{
    {"te", FieldName::dropped_always},
    {"via", FieldName::via},
    {"host", FieldName::host},
    {"range", FieldName::kept_though_nominated},
    {"cookie", FieldName::kept_though_nominated},
    {"expect", FieldName::expect},
    {"origin", FieldName::kept_though_nominated},
    {"referer", FieldName::kept_though_nominated},
    {"trailer", FieldName::dropped_always},
    {"upgrade", FieldName::upgrade},
    {"forwarded", FieldName::dropped_in_requests},
    {"connection", FieldName::connection},
    {"keep-alive", FieldName::dropped_always},
    {"set-cookie", FieldName::kept_though_nominated},
    {"user-agent", FieldName::kept_though_nominated},
    {"content-type", FieldName::kept_though_nominated},
    {"authorization", FieldName::kept_though_nominated},
    {"cache-control", FieldName::kept_though_nominated},
    {"content-length", FieldName::content_length},
    {"http2-settings", FieldName::dropped_in_requests},
    {"x-forwarded-for", FieldName::dropped_in_requests},
    {"content-encoding", FieldName::kept_though_nominated},
    {"proxy-connection", FieldName::proxy_connection},
    {"transfer-encoding", FieldName::transfer_encoding},
    {"gatehouse-decision", FieldName::dropped_in_responses},
    {"proxy-authenticate", FieldName::dropped_in_responses},
    {"proxy-authorization", FieldName::proxy_authorization},
    {"proxy-authentication-info", FieldName::dropped_in_responses},
};

template <class Equal>
FieldName look_up(std::string_view name, Equal equal)
{
    for (auto const& entry : known) {
        if (entry.text.size() == name.size() && std::equal(name.begin(), name.end(), entry.text.begin(), equal))
            return entry.name;
    }
    return FieldName::other;
}

} // namespace

FieldName field_name(std::string_view name)
{
    return look_up(name, [](char c, char wanted) { return to_lower(c) == wanted; });
}

FieldName field_name_folding_underscores(std::string_view name)
{
    return look_up(name, [](char c, char wanted) { return (c == '_' ? '-' : to_lower(c)) == wanted; });
}

} // namespace gatehouse::http1
