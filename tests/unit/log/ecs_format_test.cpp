#include "proxy/log/ecs_format.hpp"

#include "sample.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

namespace json = boost::json;

json::value parsed(AccessRecord const& record)
{
    LineBuffer out;
    EcsFormat{"gate-1"}.append_line(out, record);
    std::string const line{out.view()};
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
    return json::parse(line);
}

std::string at(json::value const& row, char const* pointer)
{
    boost::system::error_code missing;
    auto const* value = row.find_pointer(pointer, missing);
    if (!value)
        return "(missing)";
    return value->is_string() ? std::string{value->get_string()} : json::serialize(*value);
}

struct Expected {
    char const* pointer;
    char const* value;
};

TEST(EcsFormat, NamesAllowedRequestsInTheSchemasWords)
{
    auto const row = parsed(sample_record());
    for (auto const& [pointer, value] : std::initializer_list<Expected>{{"/@timestamp", "2026-11-24T10:40:00.123Z"},
             {"/ecs/version", "8.4.0"}, {"/event/kind", "event"}, {"/event/category", R"(["network","web"])"},
             {"/event/type", R"(["access","allowed"])"}, {"/event/action", "allow"}, {"/event/outcome", "success"},
             {"/event/duration", "42500000"}, {"/event/id", "d-1"}, {"/source/ip", "10.1.2.3"}, {"/source/bytes", "300"},
             {"/destination/ip", "93.184.216.34"}, {"/destination/port", "80"}, {"/user/name", "j.smith"},
             {"/user/group/name", "teachers"}, {"/url/full", "http://www.example.org/a/b"}, {"/url/domain", "www.example.org"},
             {"/url/registered_domain", "example.org"}, {"/url/path", "/a/b"}, {"/http/request/method", "GET"},
             {"/http/response/status_code", "200"}, {"/user_agent/original", "Mozilla/5.0"}, {"/rule/id", "staff-web"},
             {"/rule/ruleset", "rule"}, {"/observer/name", "gate-1"}, {"/observer/type", "proxy"}, {"/tls", "(missing)"},
             {"/gatehouse/decision", "d-1"}, {"/gatehouse/confidence", "password"}, {"/gatehouse/stage", "rule"},
             {"/gatehouse/period", "break"}, {"/gatehouse/device_kind", "school"}, {"/gatehouse/code", "TCP_MISS"}})
        EXPECT_EQ(at(row, pointer), value) << pointer;
}

TEST(EcsFormat, NamesBlockedTunnelsWithListAndSignals)
{
    auto record = blocked_record();
    record.sni = "other.example";
    record.signals.add(policy::Signal::sni_mismatch);
    record.signals.add(policy::Signal::ech);
    record.refusal = "policy";
    auto const row = parsed(record);
    for (auto const& [pointer, value] : std::initializer_list<Expected>{{"/event/action", "block"}, {"/event/outcome", "failure"},
             {"/event/reason", "policy"}, {"/url/full", "www.instagram.com:443"}, {"/rule/category", "social-media"},
             {"/tls/client/server_name", "other.example"}, {"/gatehouse/signals", R"(["sni-mismatch","ech"])"},
             {"/gatehouse/list", "services"}, {"/gatehouse/list_line", "17"}, {"/destination/ip", "(missing)"}})
        EXPECT_EQ(at(row, pointer), value) << pointer;
}

TEST(EcsFormat, LeavesOutWhatIsUnknown)
{
    AccessRecord record;
    record.method = "NONE";
    record.status = 400;
    auto const row = parsed(record);
    for (auto const* pointer : {"/user", "/rule", "/destination", "/tls", "/user_agent", "/url/domain"})
        EXPECT_EQ(at(row, pointer), "(missing)") << pointer;
    EXPECT_EQ(at(row, "/url/full"), "error:invalid-request");
}

TEST(EcsFormat, GivesAddressesNoRegisteredDomain)
{
    auto record = sample_record();
    record.host = "192.0.2.10";
    EXPECT_EQ(at(parsed(record), "/url/registered_domain"), "(missing)");
}

TEST(EcsFormat, KeepsRegisteredDomainsOfHostsApart)
{
    RegisteredDomains domains;
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(domains.of("www.bbc.co.uk"), "bbc.co.uk");
        EXPECT_EQ(domains.of("bbc.co.uk"), "bbc.co.uk");
        EXPECT_EQ(domains.of("co.uk"), "");
        EXPECT_EQ(domains.of("2001:db8::1"), "");
        EXPECT_EQ(domains.of("10.1.2.3"), "");
        EXPECT_EQ(domains.of(""), "");
        for (int i = 0; i < 20000; ++i) { // more than are kept
            auto const domain = "site" + std::to_string(i) + ".example";
            EXPECT_EQ(domains.of("www." + domain), domain);
        }
    }
}

TEST(EcsFormat, StaysOneValidLineWhateverTheClientSent)
{
    auto record = sample_record();
    for (auto field : {&AccessRecord::user, &AccessRecord::method, &AccessRecord::host, &AccessRecord::path, &AccessRecord::sni,
             &AccessRecord::content_type, &AccessRecord::user_agent})
        record.*field = hostile_text;
    EXPECT_EQ(at(parsed(record), "/user/name").substr(0, 8), "=1+1\r\n\tx");
}

} // namespace
} // namespace gatehouse::log
