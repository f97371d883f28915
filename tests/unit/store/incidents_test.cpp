#include "proxy/store/incidents.hpp"
#include "tests/unit/store/school.hpp"

#include <fmt/format.h>

namespace gatehouse::store::test {

using std::chrono::hours;
using std::chrono::minutes;

struct Incidents : School {
    detect::Incident incident(std::string user, std::string host, Instant at = tuesday)
    {
        detect::Incident made;
        made.at = at;
        made.kind = detect::IncidentKind::vpn_host;
        made.grade = detect::Grade::attempt;
        made.client = policy::IpAddress::from_v4(0x0a000007);
        made.user = std::move(user);
        made.host = std::move(host);
        made.port = 443;
        made.evidence = "listed; '\"";
        return made;
    }
    IncidentReader reader(AccountId account) { return {as(account), "Weekly review.", tuesday}; }
};

TEST_F(Incidents, AreFoundHoweverTheNameIsWritten)
{
    std::vector<detect::Incident> const all{incident("Amy.Year9", "vpn.example"), incident("bob", "vpn.example")};
    ASSERT_DONE(add_incidents(*ledger, all));
    for (auto const* written : {"amy.year9", "AMY.Year9"}) {
        IncidentFilter filter;
        filter.user = written;
        auto const rows = search_incidents(*ledger, filter, reader(officer));
        ASSERT_TRUE(rows);
        EXPECT_EQ(rows->size(), 1u) << written;
    }
}

TEST_F(Incidents, CollapseRepetitions)
{
    auto stronger = incident("amy.year9", "vpn.example", tuesday + minutes{5});
    stronger.grade = detect::Grade::confirmed;
    std::vector<detect::Incident> const all{incident("amy.year9", "vpn.example"), stronger,
        incident("amy.year9", "vpn.example", tuesday + minutes{14}), incident("amy.year9", "other.example"),
        incident("bob", "vpn.example"), incident("amy.year9", "vpn.example", tuesday + minutes{24})};
    ASSERT_DONE(add_incidents(*ledger, all));
    auto const rows = search_incidents(*ledger, {}, reader(officer));
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 4u);
    auto const& first = rows->back();
    EXPECT_EQ(first.count, 3);
    EXPECT_EQ(first.last_at, tuesday + minutes{14});
    EXPECT_EQ(first.incident.grade, detect::Grade::confirmed);
    EXPECT_EQ(first.incident.client.to_text(), "10.0.0.7");
    EXPECT_EQ(first.incident.evidence, "listed; '\"");
    EXPECT_EQ(*count_incidents(*ledger, tuesday, tuesday + hours{1}), 4);
}

TEST_F(Incidents, AreSearchedByPersonForAPurpose)
{
    std::vector<detect::Incident> const all{
        incident("amy.year9", "a.example"), incident("bob", "b.example"), incident("o.smith", "c.example", tuesday + hours{2})};
    ASSERT_DONE(add_incidents(*ledger, all));
    IncidentFilter filter;
    filter.user = "amy.year9";
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 1u);
    EXPECT_EQ(newest_action(), "incidents.read");
    EXPECT_FAILS(search_incidents(*ledger, filter, {as(dsl), "", tuesday}), errc::invalid_value);
    EXPECT_FAILS(search_incidents(*ledger, filter, reader(pupil)), errc::not_permitted);
    filter.user = "' OR '1'='1";
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 0u);
    filter = {};
    filter.from = tuesday + hours{1};
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 1u);
    filter = {};
    filter.address = "10.0.0.7";
    filter.kind = detect::IncidentKind::vpn_host;
    filter.at_least = detect::Grade::confirmed;
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 0u);
    filter.at_least.reset();
    filter.limit = 2;
    auto const page = search_incidents(*ledger, filter, reader(dsl));
    ASSERT_EQ(page->size(), 2u);
    filter.before = page->back().id;
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 1u);
}

TEST_F(Incidents, NameNoDeviceOfOnePersonWithoutAPurpose)
{
    std::vector all{incident("amy.year9", "a.example"), incident("amy.year9", "b.example")};
    all[0].device = "amys-laptop";
    all[1].device = "library-1";
    ASSERT_DONE(add_incidents(*ledger, all));
    auto without = reader(officer);
    without.purpose.clear();
    without.personal_devices = {"amys-laptop"};
    auto const coded = search_incidents(*ledger, {}, without);
    ASSERT_EQ(coded->size(), 2u);
    EXPECT_EQ(coded->front().incident.device, "library-1");
    EXPECT_EQ(coded->back().incident.device, "") << "beside a pseudonym it says who it is";
    auto with = reader(officer);
    with.personal_devices = without.personal_devices;
    EXPECT_EQ(search_incidents(*ledger, {}, with)->back().incident.device, "amys-laptop");
}

/// An officer with incidents of their own had no way to the older ones: the page was short, as the last one is.
TEST_F(Incidents, FillAPageWithThoseOfOthers)
{
    std::vector<detect::Incident> all;
    for (int i = 0; i < 12; ++i)
        all.push_back(incident(i % 3 == 0 ? "O.Smith" : "amy.year9", fmt::format("site-{}.example", i)));
    ASSERT_DONE(add_incidents(*ledger, all));
    IncidentFilter filter;
    filter.limit = 3;
    std::vector<std::size_t> pages;
    for (;;) {
        auto const page = search_incidents(*ledger, filter, reader(officer));
        ASSERT_DONE(page);
        pages.push_back(page->size());
        for (auto const& row : *page)
            EXPECT_EQ(row.incident.user, "amy.year9");
        if (page->size() < filter.limit)
            break;
        filter.before = page->back().id;
    }
    EXPECT_EQ(pages, (std::vector<std::size_t>{3, 3, 2}));
}

TEST_F(Incidents, NameNobodyWithoutAPurposeAndAreOnRecordWithOne)
{
    std::vector<detect::Incident> const all{
        incident("amy.year9", "a.example"), incident("bob", "b.example"), incident("amy.year9", "c.example")};
    ASSERT_DONE(add_incidents(*ledger, all));
    auto const before = newest_action();
    auto const hidden = search_incidents(*ledger, {}, {as(ict), "", tuesday});
    ASSERT_EQ(hidden->size(), 3u);
    EXPECT_EQ(newest_action(), before);
    for (auto const& row : *hidden) {
        EXPECT_EQ(row.incident.user, "");
        EXPECT_EQ(row.incident.client, policy::IpAddress{});
        EXPECT_EQ(row.pseudonym.size(), 6u);
    }
    EXPECT_EQ(hidden->front().pseudonym, hidden->back().pseudonym) << "the same person again";
    EXPECT_NE(hidden->front().pseudonym, hidden->at(1).pseudonym);
    EXPECT_EQ(search_incidents(*ledger, {}, {as(ict), "Weekly review.", tuesday})->front().incident.user, "amy.year9");
    EXPECT_EQ(newest_action(), "incidents.read");
    IncidentFilter device;
    device.device = "laptop-7";
    EXPECT_FAILS(search_incidents(*ledger, device, {as(ict), "", tuesday}), errc::invalid_value);
}

TEST_F(Incidents, AreNotShownToThePersonConcerned)
{
    std::vector<detect::Incident> const all{incident("o.smith", "c.example")};
    ASSERT_DONE(add_incidents(*ledger, all));
    EXPECT_EQ(search_incidents(*ledger, {}, reader(officer))->size(), 0u);
    EXPECT_EQ(search_incidents(*ledger, {}, reader(officer2))->size(), 1u);
    IncidentFilter mine;
    mine.user = "o.smith";
    EXPECT_FAILS(search_incidents(*ledger, mine, reader(officer)), errc::conflict_of_interest);
}

TEST_F(Incidents, AreShownToTheChiefExecutiveOfAHeadteacherOnly)
{
    std::vector<detect::Incident> const all{incident("amy.year9", "a.example"), incident("h.brown", "b.example")};
    ASSERT_DONE(add_incidents(*ledger, all));
    IncidentFilter filter;
    EXPECT_FAILS(search_incidents(*ledger, filter, reader(chief)), errc::not_permitted);
    filter.user = "amy.year9";
    EXPECT_FAILS(search_incidents(*ledger, filter, reader(chief)), errc::not_permitted);
    filter.user = "h.brown";
    EXPECT_EQ(search_incidents(*ledger, filter, reader(chief))->size(), 1u);
    EXPECT_EQ(newest_action(), "incidents.read");
}

} // namespace gatehouse::store::test
