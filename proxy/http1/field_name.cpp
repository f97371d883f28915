#include "proxy/http1/field_name.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace gatehouse::http1 {
namespace {

struct Entry {
    std::string_view text;
    FieldName name;
};

/// Sorted by length, so that a name is compared with the few of its own length only.
constexpr Entry known[]{
    {"te", FieldName::dropped_always},
    {"via", FieldName::via},
    {"host", FieldName::host},
    {"range", FieldName::kept_though_nominated},
    {"cookie", FieldName::kept_though_nominated},
    {"expect", FieldName::expect},
    {"origin", FieldName::kept_though_nominated},
    {"alt-svc", FieldName::dropped_in_responses}, // steers past us, to QUIC or other ports (RFC 7838)
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
    {"gatehouse-visitor", FieldName::dropped_in_requests},
    {"transfer-encoding", FieldName::transfer_encoding},
    {"gatehouse-decision", FieldName::dropped_in_responses},
    {"proxy-authenticate", FieldName::dropped_in_responses},
    {"proxy-authorization", FieldName::proxy_authorization},
    {"proxy-authentication-info", FieldName::dropped_in_responses},
};

constexpr std::size_t longest = std::end(known)[-1].text.size();

/// Where the entries of each length begin; those of length n end where those of n + 1 begin.
constexpr std::array<std::uint8_t, longest + 2> make_starts()
{
    std::array<std::uint8_t, longest + 2> starts{};
    for (auto const& entry : known) {
        for (auto length = entry.text.size() + 1; length < starts.size(); ++length)
            ++starts[length];
    }
    return starts;
}

constexpr auto starts = make_starts();
static_assert(std::is_sorted(
    std::begin(known), std::end(known), [](auto const& a, auto const& b) { return a.text.size() < b.text.size(); }));

template <class Equal>
FieldName look_up(std::string_view name, Equal equal)
{
    if (name.size() > longest)
        return FieldName::other;
    for (std::size_t i = starts[name.size()]; i < starts[name.size() + 1]; ++i) {
        if (std::equal(name.begin(), name.end(), known[i].text.begin(), equal))
            return known[i].name;
    }
    return FieldName::other;
}

} // namespace

bool is_forwarded_trailer(std::string_view name)
{
    static constexpr std::string_view only_in_heads[]{"age", "expires", "location", "retry-after", "vary", "www-authenticate"};
    bool const listed = std::any_of(std::begin(only_in_heads), std::end(only_in_heads),
        [name](std::string_view text) { return equals_ignoring_case(name, text); });
    bool const describes_content = name.size() > 8 && equals_ignoring_case(name.substr(0, 8), "content-");
    return field_name_folding_underscores(name) == FieldName::other && !listed && !describes_content;
}

FieldName field_name(std::string_view name)
{
    return look_up(name, [](char c, char wanted) { return to_lower(c) == wanted; });
}

FieldName field_name_folding_underscores(std::string_view name)
{
    return look_up(name, [](char c, char wanted) { return (c == '_' ? '-' : to_lower(c)) == wanted; });
}

} // namespace gatehouse::http1
