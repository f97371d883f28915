// The analysers that people use read our access.log unchanged and count what was written.

#include "proxy/log/access_log.hpp"
#include "sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <sys/wait.h>

namespace gatehouse::log {
namespace {

using testing::ContainsRegex;

constexpr int rows = 300, denied = 30, tunnels = 60;
constexpr int bytes_each = 1000;

/// A log of 300 rows by five people at five addresses: 30 denied, 60 tunnels, 10 unreadable, the rest pages, some with hostile bytes.
class ReaderTools : public testing::Test {
protected:
    ReaderTools()
    {
        AccessLog log{sample_options(folder_)};
        for (int i = 0; i < rows; ++i)
            append(log.ring_for_worker(0), i);
        log.start();
        log.stop();
    }

    static void append(Ring& ring, int i)
    {
        auto record = i < denied ? blocked_record() : sample_record();
        if (i >= denied && i < denied + tunnels) {
            record.method = "CONNECT";
            record.scheme = "";
            record.port = 443;
            record.path = "";
            record.code = ResultCode::tcp_tunnel;
        }
        auto const user = "user" + std::to_string(i % 5);
        record.user = user;
        record.client = address("10.1.2." + std::to_string(1 + i % 5));
        record.at += std::chrono::milliseconds{i * 250};
        record.bytes_to_client = bytes_each;
        if (i % 50 == 49)
            record.path = hostile_text;
        if (i % 30 == 29) {
            record.method = "NONE";
            record.host = "";
            record.code = ResultCode::none_error;
            record.status = 400;
        }
        ring.append(record);
    }

    std::string log_path() const { return (folder_.path() / "access.log").string(); }

    /// Standard output and error of a command that must succeed.
    static std::string output_of(std::string const& command)
    {
        auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
        std::string output;
        std::array<char, 4096> piece{};
        for (std::size_t size = 0; (size = ::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
            output.append(piece.data(), size);
        auto const status = ::pclose(pipe);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << command << "\n" << output;
        return output;
    }

    TemporaryFolder folder_;
};

TEST_F(ReaderTools, CalamarisCountsTheSameTotals)
{
    auto const report = output_of("calamaris -a < " + log_path());
    EXPECT_THAT(report, ContainsRegex("lines parsed: +lines +300 *\n"));
    EXPECT_THAT(report, ContainsRegex("invalid lines: +lines +0 *\n"));
    EXPECT_THAT(report, ContainsRegex("Total Bandwidth: +Byte +300000 *\n"));
    EXPECT_THAT(report, ContainsRegex("unique hosts/users: +hosts +5 *\n"));
    EXPECT_THAT(report, ContainsRegex("TCP_DENIED +29 "));
    EXPECT_THAT(report, ContainsRegex("TCP_TUNNEL +58 "));
}

TEST_F(ReaderTools, GoaccessCountsTheSameTotals)
{
    auto const report = (folder_.path() / "report.json").string();
    // Its own SQUID preset expects a syslog header before each line; this is the same without it.
    output_of("goaccess " + log_path()
        + " --log-format='%x.%^ %~%L %h %^/%s %b %m %U' --date-format=%s --time-format=%s"
          " --no-global-config --no-progress --output="
        + report);
    auto const counted = contents(report); // not parsed as JSON: goaccess decodes %5c and writes escapes that JSON does not have
    // It refuses rows whose method is none of HTTP's, Squid's own NONE among them: the ten unreadable requests.
    EXPECT_THAT(counted, ContainsRegex("\"valid_requests\": 290,"));
    EXPECT_THAT(counted, ContainsRegex("\"failed_requests\": 10,"));
    EXPECT_THAT(counted, ContainsRegex("\"bandwidth\": 290000,"));
    EXPECT_THAT(counted, ContainsRegex("\"unique_visitors\": 5,"));
}

TEST_F(ReaderTools, SargCountsTheSameTotals)
{
    auto const reports = folder_.path() / "sarg";
    std::filesystem::create_directory(reports);
    auto const output = output_of(
        "LC_ALL=C sarg -x -f /dev/null -l " + log_path() + " -o " + reports.string() + " -w " + folder_.path().string());
    EXPECT_THAT(output, ContainsRegex("Records read: 300, written: [0-9]+, excluded: [0-9]+\n"));
    EXPECT_THAT(output, ContainsRegex("squid log format: 300 entries\n"));
    EXPECT_THAT(output, ContainsRegex("Successful report generated"));
}

} // namespace
} // namespace gatehouse::log
