#include "policy/rule.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(SelectorToText, WritesEveryKindAsInThePolicy)
{
    using Kind = Selector::Kind;
    struct {
        Kind kind;
        std::string_view value, text;
    } const rows[]{
        {Kind::everyone, "", "everyone"},
        {Kind::role, "staff", "staff"},
        {Kind::group, "year-9", "group:year-9"},
        {Kind::user, "jsmith", "user:jsmith"},
        {Kind::everything, "", "everything"},
        {Kind::category, "blogs", "category:blogs"},
        {Kind::service, "x", "service:x"},
        {Kind::list, "l", "list:l"},
        {Kind::host, "a.b", "host:a.b"},
        {Kind::url, "a.b/c", "url:a.b/c"},
        {Kind::signal, "ech", "signal:ech"},
        {Kind::network, "n", "network:n"},
        {Kind::device_kind, "school", "device:school"},
        {Kind::device, "d", "device-id:d"},
        {Kind::period_kind, "break", "break"},
        {Kind::period, "p", "period:p"},
        {Kind::closed, "", "closed"},
        {Kind::weekday, "friday", "weekday:friday"},
    };
    for (auto const& row : rows)
        EXPECT_EQ(to_text(Selector{row.kind, std::string(row.value), 0}), row.text);
}

TEST(VerdictToText, NamesBoth)
{
    EXPECT_EQ(to_text(Verdict::allow), "allow");
    EXPECT_EQ(to_text(Verdict::block), "block");
}

} // namespace
} // namespace gatehouse::policy
