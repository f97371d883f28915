#include "proxy/log/squid_format.hpp"

#include "sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace gatehouse::log {
namespace {

std::string line_of(AccessRecord const& record)
{
    LineBuffer line;
    append_squid_line(line, record);
    return std::string{line.view()};
}

struct Case {
    char const* what;
    std::function<void(AccessRecord&)> change;
    char const* line;
};

TEST(SquidFormat, WritesTheNativeFormatByteForByte)
{
    std::vector<Case> const cases{
        {"a page", [](auto&) {},
            "1795516800.123     42 10.1.2.3 TCP_MISS/200 5120 GET http://www.example.org/a/b j.smith "
            "HIER_DIRECT/93.184.216.34 text/html\n"},
        {"nobody known, nothing contacted, another port",
            [](auto& record) {
                record.user = "";
                record.upstream = {};
                record.port = 8080;
                record.content_type = "";
                record.path = "";
            },
            "1795516800.123     42 10.1.2.3 TCP_MISS/200 5120 GET http://www.example.org:8080/ - HIER_NONE/- -\n"},
        {"a tunnel",
            [](auto& record) {
                record.method = "CONNECT";
                record.scheme = "";
                record.port = 443;
                record.path = "";
                record.content_type = "";
                record.code = ResultCode::tcp_tunnel;
                record.elapsed = std::chrono::seconds{12345};
            },
            "1795516800.123 12345000 10.1.2.3 TCP_TUNNEL/200 5120 CONNECT www.example.org:443 j.smith "
            "HIER_DIRECT/93.184.216.34 -\n"},
        {"IPv6 everywhere",
            [](auto& record) {
                record.client = address("2001:db8::7");
                record.host = "2001:db8::1";
                record.scheme = "https";
                record.port = 8443;
                record.upstream = address("2001:db8::1");
            },
            "1795516800.123     42 2001:db8::7 TCP_MISS/200 5120 GET https://[2001:db8::1]:8443/a/b j.smith "
            "HIER_DIRECT/2001:db8::1 text/html\n"},
        {"an unreadable request",
            [](auto& record) {
                record = AccessRecord{};
                record.at = sample_time();
                record.client = address("10.1.2.3");
                record.method = "NONE";
                record.status = 400;
                record.bytes_to_client = 512;
                record.code = ResultCode::none_error;
                record.content_type = "text/html";
            },
            "1795516800.123      0 10.1.2.3 NONE/400 512 NONE error:invalid-request - HIER_NONE/- text/html\n"},
        {"an early time and no status",
            [](auto& record) {
                record.at = std::chrono::system_clock::time_point{std::chrono::milliseconds{5007}};
                record.status = 0;
                record.code = ResultCode::tcp_aborted;
            },
            "        5.007     42 10.1.2.3 TCP_MISS_ABORTED/000 5120 GET http://www.example.org/a/b j.smith "
            "HIER_DIRECT/93.184.216.34 text/html\n"},
    };
    for (auto const& [what, change, line] : cases) {
        auto record = sample_record();
        change(record);
        EXPECT_EQ(line_of(record), line) << what;
    }
}

TEST(SquidFormat, KeepsOneRowOfTenFieldsWhateverTheClientSent)
{
    auto record = sample_record();
    for (auto field : {&AccessRecord::user, &AccessRecord::method, &AccessRecord::scheme, &AccessRecord::host,
             &AccessRecord::path, &AccessRecord::content_type, &AccessRecord::user_agent})
        record.*field = hostile_text;
    auto const line = line_of(record);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    std::istringstream words{line};
    EXPECT_EQ(std::distance(std::istream_iterator<std::string>{words}, {}), 10);
    for (auto const character : line.substr(0, line.size() - 1))
        EXPECT_TRUE(character >= 0x20 && character < 0x7f);
}

} // namespace
} // namespace gatehouse::log
