#include "policy/match.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

struct Row {
    std::string_view column, selector;
    bool holds;
};

/// A year-9 pupil called jsmith on a named school device in the library, Tuesday 2026-11-24 in lesson 2.
class Selectors : public ::testing::Test {
protected:
    Selectors()
    {
        subject.role = "pupil";
        subject.groups = {"year-9"};
        subject.user = "jsmith";
        subject.network = "library";
        subject.device = "library-kiosk";
        subject.device_kind = DeviceKind::school;
    }

    void expect(std::string_view url, std::initializer_list<Row> rows)
    {
        auto const target = Target::parse_url(url).value();
        Query const query{subject, target, now, signals};
        Facts const facts{policy, query};
        for (auto const& row : rows) {
            auto const parsed = parse_selector(policy, row.column, row.selector);
            ASSERT_TRUE(std::holds_alternative<Selector>(parsed)) << std::get<std::string>(parsed);
            auto const& selector = std::get<Selector>(parsed);
            EXPECT_EQ(holds(selector, selector.index, facts), row.holds) << url << ' ' << row.selector;
        }
    }

    Policy policy = testing::load_school();
    Subject subject;
    Moment now{{{2026, 11, 24}, 600}, testing::as_utc({{2026, 11, 24}, 600})};
    SignalSet signals;
};

TEST_F(Selectors, OfPeople)
{
    expect("http://x.com/",
        {
            {"who", "everyone", true},
            {"who", "pupil", true},
            {"who", "staff", false},
            {"who", "group:year-9", true},
            {"who", "group:year-7", false},
            {"who", "user:jsmith", true},
            {"who", "user:jsmit", false},
        });
    subject.user.clear();
    subject.role = "caretaker"; // of no table: treated as the unknown role
    expect("http://x.com/", {{"who", "user:jsmith", false}, {"who", "pupil", false}, {"who", "unknown", true}});
}

TEST_F(Selectors, OfTargets)
{
    signals.add(Signal::ech);
    expect("http://www.x.com/a",
        {
            {"what", "everything", true},
            {"what", "service:twitter", true},
            {"what", "service:facebook", false},
            {"what", "category:micro-blogging", true},
            {"what", "category:social-media", true},
            {"what", "category:forums", false},
            {"what", "list:twitter", true},
            {"what", "list:facebook", false},
            {"what", "host:x.com", true},
            {"what", "host:www.x.com", true},
            {"what", "host:a.www.x.com", false},
            {"what", "host:com", true},
            {"what", "signal:ech", true},
            {"what", "signal:not-tls", false},
        });
    expect("http://93.184.216.34/",
        {{"what", "signal:ip-literal", true}, {"what", "host:93.184.216.34", true}, {"what", "host:216.34", false}});
}

TEST_F(Selectors, OfUrlsMatchWholeSegmentsInCanonicalForm)
{
    struct {
        std::string_view url;
        bool holds;
    } const rows[]{
        {"http://example.org/a/b", true},
        {"http://example.org/a/b/", true},
        {"http://example.org/a/b/c", true},
        {"http://example.org/a/b?c", true},
        {"http://www.example.org/a/b", true},
        {"http://example.org/%61/b", true},
        {"http://example.org/a//b", true},
        {"http://example.org/x/../a/b", true},
        {"https://example.org/a/b", true},
        {"http://example.org/a/bc", false},
        {"http://example.org/a", false},
        {"http://example.org/a/b/../c", false},
        {"http://example.org/a/b/%2e%2e/c", false},
        {"http://notexample.org/a/b", false},
        {"http://example.org/?/a/b", false},
    };
    for (auto const& row : rows)
        expect(row.url, {{"what", "url:example.org/a/b", row.holds}});
}

TEST_F(Selectors, OfUrlsNeverMatchTunnels)
{
    auto target = Target::parse_url("https://example.org/a/b").value().seen_without_inspection();
    Query const query{subject, target, now, signals};
    Facts const facts{policy, query};
    Selector const selector{Selector::Kind::url, "example.org/", 11};
    EXPECT_FALSE(holds(selector, selector.index, facts));
}

TEST_F(Selectors, OfPlaces)
{
    expect("http://x.com/",
        {
            {"where", "network:library", true},
            {"where", "network:ict-suite", false},
            {"where", "device:school", true},
            {"where", "device:personal", false},
            {"where", "device-id:library-kiosk", true},
            {"where", "device-id:marketing-desk", false},
        });
    subject.network.clear();
    subject.device.clear();
    expect("http://x.com/", {{"where", "network:library", false}, {"where", "device-id:library-kiosk", false}});
}

TEST_F(Selectors, OfTimes)
{
    expect("http://x.com/",
        {
            {"when", "lesson", true},
            {"when", "break", false},
            {"when", "outside", false},
            {"when", "period:lesson-2", true},
            {"when", "period:lesson-3", false},
            {"when", "closed", false},
            {"when", "weekday:tuesday", true},
            {"when", "weekday:monday", false},
        });
    now.local.date = {2026, 10, 27};
    expect("http://x.com/",
        {{"when", "closed", true}, {"when", "outside", true}, {"when", "lesson", false}, {"when", "period:lesson-2", false}});
}

TEST_F(Selectors, WithoutATableEntryHoldForNobody)
{
    subject.role.clear();
    subject.network.clear();
    auto const target = Target::parse_url("http://x.com/").value();
    Query const query{subject, target, now, signals};
    policy.unknown_role = "gone";
    Facts const facts{policy, query};
    for (auto const kind : {Selector::Kind::role, Selector::Kind::group, Selector::Kind::category, Selector::Kind::service,
             Selector::Kind::list, Selector::Kind::network, Selector::Kind::signal, Selector::Kind::period_kind}) {
        Selector const selector{kind, "gone", 0};
        EXPECT_FALSE(holds(selector, policy.index_of(selector), facts)) << to_text(selector);
    }
}

} // namespace
} // namespace gatehouse::policy
