#include "proxy/log/tunnel_report.hpp"

#include "sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

using namespace std::chrono_literals;

class TunnelReports : public testing::Test {
protected:
    /// An open tunnel of a pupil at that address.
    static AccessRecord tunnel(
        std::string_view host, std::string_view client, policy::TlsAction tls, std::string_view refusal = "")
    {
        auto record = sample_record();
        record.method = "CONNECT";
        record.scheme = "";
        record.path = "";
        record.host = host;
        record.role = "pupil";
        record.client = address(client);
        record.tls = tls;
        record.refusal = refusal;
        return record;
    }

    TunnelReport report(std::vector<AccessRecord> const& rows, unsigned days = 7)
    {
        {
            AccessLog log{sample_options(folder_)};
            for (auto const& row : rows)
                log.ring_for_worker(0).append(row);
            log.start();
            log.stop();
        }
        return report_tunnels(folder_.path(), day_of(sample_time()), days, 2s).value();
    }

    TemporaryFolder folder_;
};

constexpr auto bump = policy::TlsAction::bump;
constexpr auto splice = policy::TlsAction::splice;

TEST_F(TunnelReports, CountWhatWasSeenByRole)
{
    std::vector<AccessRecord> rows(3, tunnel("a.example", "10.0.0.1", bump));
    rows.push_back(tunnel("b.example", "10.0.0.1", splice));
    rows.push_back(tunnel("192.0.2.1", "10.0.0.1", splice));
    rows.back().signals.add(policy::Signal::ip_literal);
    rows.push_back(tunnel("b.example", "10.0.0.2", splice));
    rows.back().role = "staff";
    rows.push_back(sample_record()); // no tunnel
    rows.push_back(tunnel("c.example", "10.0.0.1", splice));
    rows.back().verdict = policy::Verdict::block;
    rows.push_back(tunnel("d.example", "10.0.0.1", splice, "dns-failed"));
    rows.back().status = 502;
    auto const found = report(rows);
    ASSERT_EQ(found.roles.size(), 2U);
    EXPECT_EQ(found.roles[0].role, "pupil");
    EXPECT_EQ(found.roles[0].inside, 3U);
    EXPECT_EQ(found.roles[0].by_name, 1U);
    EXPECT_EQ(found.roles[0].unseen, 1U);
    EXPECT_EQ(found.roles[1].by_name, 1U);
    EXPECT_TRUE(found.complete);
    EXPECT_EQ(found.days, 1U);
}

TEST_F(TunnelReports, TellAppsThatInsistOnTheirOwnFromDevicesWithoutTheCertificate)
{
    std::vector<AccessRecord> rows;
    for (auto const* client : {"10.0.0.1", "10.0.0.2"}) {
        rows.push_back(tunnel("www.example", client, bump));
        for (int i = 0; i < 3; ++i)
            rows.push_back(tunnel("pinned.example", client, bump, "client-rejects-ca"));
    }
    rows.back().at += 5min;
    for (int i = 0; i < 4; ++i)
        rows.push_back(tunnel("www.example", "10.0.0.9", bump, "client-rejects-ca")); // takes it nowhere
    auto const found = report(rows);
    ASSERT_EQ(found.pinned.size(), 1U);
    EXPECT_EQ(found.pinned[0].host, "pinned.example");
    EXPECT_EQ(found.pinned[0].refusals, 6U);
    EXPECT_EQ(found.pinned[0].devices, 2U);
    EXPECT_EQ(found.pinned[0].last, std::chrono::floor<std::chrono::microseconds>(sample_time() + 5min));
    ASSERT_EQ(found.devices.size(), 1U);
    EXPECT_EQ(found.devices[0].client, "10.0.0.9");
    EXPECT_EQ(found.devices[0].refusals, 4U);
}

TEST_F(TunnelReports, DoNotAccuseASiteOfWhatHappensOnceOrSeldom)
{
    std::vector<AccessRecord> rows{
        tunnel("www.example", "10.0.0.1", bump), tunnel("seldom.example", "10.0.0.1", bump, "client-rejects-ca")};
    for (int i = 0; i < 3; ++i)
        rows.push_back(tunnel("both.example", "10.0.0.1", bump, "client-rejects-ca"));
    rows.push_back(tunnel("both.example", "10.0.0.2", bump)); // a browser takes it where an app does not
    EXPECT_TRUE(report(rows).pinned.empty());
}

TEST_F(TunnelReports, LookNoFurtherBackThanAsked)
{
    auto old = tunnel("a.example", "10.0.0.1", bump);
    old.at -= std::chrono::days{3};
    EXPECT_TRUE(report({old}, 3).roles.empty());
    EXPECT_EQ(report({}, 4).roles.size(), 1U);
}

TEST_F(TunnelReports, ReadTheDaysThatAreWhole)
{
    (void)report({tunnel("a.example", "10.0.0.1", bump)});
    std::ofstream{folder_.path() / "access-2026-11-23.db"} << "no database at all";
    auto const found = report_tunnels(folder_.path(), day_of(sample_time()), 7, 2s);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->unreadable_days, 1U);
    EXPECT_EQ(found->roles.size(), 1U);
}

} // namespace
} // namespace gatehouse::log
