#include "proxy/settings.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class LoadSettings : public testing::Test {
protected:
    LoadSettings()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
    }
    ~LoadSettings() override { std::filesystem::remove_all(dir_); }

    LoadedSettings load(std::string const& text)
    {
        std::ofstream{dir_ / "gatehouse.toml"} << text;
        return load_settings(dir_);
    }

    /// The minimum, then `more`.
    LoadedSettings load_with(std::string const& more)
    {
        return load("state_dir = 'var'\nlog_dir = '/log'\n[listen]\nproxy = ['127.0.0.1:3128']\n" + more);
    }

    std::filesystem::path dir_;
};

TEST_F(LoadSettings, ReadsTheExampleSchool)
{
    auto const loaded = load_settings(std::filesystem::path{GATEHOUSE_SOURCE_DIR} / "config");
    ASSERT_TRUE(loaded.problems.empty()) << loaded.problems.front().message;
    auto const& settings = loaded.settings;
    ASSERT_EQ(settings.proxy.size(), 1U);
    EXPECT_EQ(settings.proxy.front().port, 3128);
    EXPECT_EQ(settings.portal_url, "http://127.0.0.1:8180");
    EXPECT_EQ(settings.console_url, "https://127.0.0.1:8181");
    EXPECT_EQ(settings.metrics.port, 9180);
    EXPECT_EQ(settings.state_dir, std::filesystem::path{GATEHOUSE_SOURCE_DIR} / "var");
    EXPECT_EQ(settings.log_days, 90U);
}

TEST_F(LoadSettings, ReadsWhatDevicesAreTold)
{
    auto const loaded = load_with("[pac]\nproxies = ['proxy.school.example:3128']\ndirect = ['.school.example', '10.20.0.0/16']\n"
                                  "[[pac.network]]\nfrom = ['10.21.0.0/16']\nproxies = ['[fd00::5]:3128', '10.21.0.5:3128']\n"
                                  "[[pac.network]]\nfrom = ['10.22.0.0/16']\ndirect = ['printer.school.example']\n");
    ASSERT_TRUE(loaded.problems.empty()) << loaded.problems.front().message;
    auto const& pac = loaded.settings.pac;
    ASSERT_EQ(pac.size(), 3U);
    EXPECT_THAT(pac[0].proxies, testing::ElementsAre("[fd00::5]:3128", "10.21.0.5:3128"));
    EXPECT_THAT(pac[0].direct_names, testing::ElementsAre(".school.example")) << "what everyone reaches directly counts too";
    EXPECT_THAT(pac[1].proxies, testing::ElementsAre("proxy.school.example:3128"));
    EXPECT_THAT(pac[1].direct_names, testing::ElementsAre("printer.school.example", ".school.example"));
    EXPECT_EQ(pac[2].direct_networks.size(), 1U);
    EXPECT_TRUE(pac[2].from.empty());
}

TEST_F(LoadSettings, ComplainsAboutWhatDevicesCannotBeTold)
{
    auto const loaded
        = load_with("[pac]\nproxies = ['a\"; evil(); \"', 'proxy', 'proxy:0', '10.0.0.5:99999', 'UPPER.example:1']\n"
                    "direct = ['x\" || true', 'fd00::/8']\n[[pac.network]]\nproxies = ['p.example:1']\n"
                    "[antivirus]\nsocket = '/"
            + std::string(120, 'x') + "'\n[console]\nsecond_factor = ['officer', 'king']\n");
    EXPECT_EQ(loaded.problems.size(), 10U);
}

TEST_F(LoadSettings, KeepsDefaultsForWhatIsNotWritten)
{
    auto const loaded = load_with("");
    ASSERT_TRUE(loaded.problems.empty());
    EXPECT_EQ(loaded.settings.time_zone, "Europe/London");
    EXPECT_EQ(loaded.settings.deadlines.request_head, 10s);
    EXPECT_EQ(loaded.settings.connect_ports, std::vector<std::uint16_t>{443});
    EXPECT_EQ(loaded.settings.portal_url, "");
}

TEST_F(LoadSettings, ReadsEveryKey)
{
    auto const loaded = load(R"(
time_zone = "Europe/Paris"
state_dir = "state"
log_dir = "log"
pseudonym = "gate.example"
workers = 3
[listen]
proxy = ["127.0.0.1:1", "[::1]:2"]
redirect = ["0.0.0.0:5", "[::]:5"]
tproxy = ["0.0.0.0:6"]
portal = "127.0.0.1:3"
console = "[::1]:4"
metrics = "127.0.0.1:0"
[urls]
own_names = ["gate.example"]
[reach]
connect_ports = [443, 8443]
http_ports = [80]
private = ["10.0.0.0/8"]
private_names = ["school.example", "lan"]
extra_roots = ["root.pem", "/etc/root.pem"]
revoked = ["revoked.pem"]
[log]
queries = true
days = 0
ring = "1MiB"
sinks = ["ecs"]
level = "debug"
[limits]
connections = 1
connections_per_client = 2
streams_per_client = 8
idle_upstream_per_worker = 3
idle_upstream_per_host = 4
relay_buffer = "5KiB"
dns_cache = 7
memory = "1GiB"
body_rate = 0
[deadlines]
request_head = "1s"
keep_alive = 2
client_hello = "3ms"
resolve = "4s"
connect = "5s"
connect_attempt = "6s"
response_head = "7s"
body_idle = "8s"
body_grace = "9s"
tunnel_idle = "1h"
handshake = "10s"
upstream_idle = "11s"
drain = "12s"
[resolver]
servers = ["10.0.0.53", "10.0.0.53:5353"]
hosts_file = "hosts"
max_ttl = "1m"
negative_ttl = "10s"
[gateway]
inside = ["eth1", "wlan0.20"]
intercept = "tproxy"
resolvers = ["10.0.0.53", "fd00::53"]
local = ["10.0.0.0/8"]
let_out = ["udp/123", "tcp/8000-8100", "ping"]
[retention]
incidents = 30
requests = 60
reports = 0
supervised_use = 1
permissions = 2
grants = 3
purposes = 4
keys = 5
addresses = 6
accounts = 7
[audit]
heads = "kept"
[ca]
signer = "/run/signer.socket"
[mail]
server = "smtp://mail.school.example:587"
from = "gatehouse@school.example"
user = "gatehouse"
password_file = "mail-password"
needs_tls = false
[sign_on]
issuer = "https://id.school.example/tenant/v2.0"
client_id = "gatehouse"
secret_file = "sign-on-secret"
claim = "preferred_username"
scopes = ["openid", "profile"]
title = "Microsoft"
only = true
[mail.to]
officer = ["safety@school.example", "it@school.example"]
headteacher = ["head@school.example"]
)");
    ASSERT_TRUE(loaded.problems.empty()) << loaded.problems.front().message;
    auto const& settings = loaded.settings;
    EXPECT_EQ(settings.time_zone, "Europe/Paris");
    EXPECT_EQ(settings.state_dir, dir_ / "state");
    EXPECT_EQ(settings.pseudonym, "gate.example");
    EXPECT_EQ(settings.workers, 3U);
    EXPECT_EQ(settings.proxy.size(), 2U);
    EXPECT_EQ(settings.redirect.size(), 2U);
    EXPECT_EQ(settings.redirect.back().port, 5);
    EXPECT_EQ(settings.tproxy.size(), 1U);
    EXPECT_EQ(settings.portal_url, "http://127.0.0.1:3");
    EXPECT_EQ(settings.console_url, "https://[::1]:4");
    EXPECT_EQ(settings.own_names, std::vector<std::string>{"gate.example"});
    EXPECT_EQ(settings.connect_ports, (std::vector<std::uint16_t>{443, 8443}));
    EXPECT_EQ(settings.http_ports, std::vector<std::uint16_t>{80});
    ASSERT_EQ(settings.reachable_private.size(), 1U);
    EXPECT_EQ(settings.reachable_private.front().to_text(), "10.0.0.0/8");
    EXPECT_EQ(settings.private_names, (std::vector<std::string>{"school.example", "lan"}));
    EXPECT_TRUE(lint(settings).empty());
    EXPECT_EQ(settings.extra_roots, (std::vector<std::filesystem::path>{dir_ / "root.pem", "/etc/root.pem"}));
    EXPECT_EQ(settings.revoked, std::vector<std::filesystem::path>{dir_ / "revoked.pem"});
    EXPECT_TRUE(settings.log_queries);
    EXPECT_EQ(settings.log_days, 0U);
    EXPECT_EQ(settings.log_ring, 1U << 20);
    EXPECT_EQ(settings.log_sinks, std::vector<std::string>{"ecs"});
    EXPECT_EQ(settings.log_level, "debug");
    EXPECT_EQ(settings.limits.connections, 1U);
    EXPECT_EQ(settings.limits.streams_per_client, 8U);
    EXPECT_EQ(settings.limits.relay_buffer, 5120U);
    EXPECT_EQ(settings.limits.dns_cache, 7U);
    EXPECT_EQ(settings.limits.memory, 1U << 30);
    EXPECT_EQ(settings.limits.body_rate, 0U);
    EXPECT_EQ(settings.deadlines.keep_alive, 2s);
    EXPECT_EQ(settings.deadlines.client_hello, 3ms);
    EXPECT_EQ(settings.deadlines.body_grace, 9s);
    EXPECT_EQ(settings.deadlines.tunnel_idle, 1h);
    EXPECT_EQ(settings.deadlines.drain, 12s);
    EXPECT_EQ(settings.resolver.servers.size(), 2U);
    EXPECT_EQ(settings.resolver.hosts_file, dir_ / "hosts");
    EXPECT_EQ(settings.resolver.max_ttl, 60s);
    EXPECT_EQ(settings.resolver.negative_ttl, 10s);
    EXPECT_EQ(settings.gateway.inside, (std::vector<std::string>{"eth1", "wlan0.20"}));
    EXPECT_EQ(settings.gateway.intercept, "tproxy");
    ASSERT_EQ(settings.gateway.resolvers.size(), 2U);
    EXPECT_EQ(settings.gateway.resolvers.back().to_text(), "fd00::53");
    EXPECT_EQ(settings.gateway.local.size(), 1U);
    EXPECT_EQ(settings.gateway.let_out.size(), 3U);
    EXPECT_EQ(settings.retention.incidents, 30U);
    EXPECT_EQ(settings.retention.requests, 60U);
    EXPECT_EQ(settings.retention.reports, 0U);
    EXPECT_EQ(settings.retention.supervised_use, 1U);
    EXPECT_EQ(settings.retention.addresses, 6U);
    EXPECT_EQ(settings.retention.accounts, 7U);
    EXPECT_EQ(settings.heads_dir, dir_ / "kept");
    EXPECT_EQ(settings.ca_signer, "/run/signer.socket");
    EXPECT_EQ(settings.mail.server, "smtp://mail.school.example:587");
    EXPECT_EQ(settings.mail.password_file, dir_ / "mail-password");
    EXPECT_FALSE(settings.mail.needs_tls);
    EXPECT_EQ(settings.mail.to.size(), 2U) << "roles without addresses are not there";
    EXPECT_EQ(settings.mail.to.at("officer").size(), 2U);
    EXPECT_EQ(settings.sign_on.issuer, "https://id.school.example/tenant/v2.0");
    EXPECT_EQ(settings.sign_on.secret_file, dir_ / "sign-on-secret");
    EXPECT_EQ(settings.sign_on.claim, "preferred_username");
    EXPECT_EQ(settings.sign_on.scopes.size(), 2U);
    EXPECT_TRUE(settings.sign_on.only);
}

TEST_F(LoadSettings, ComplainsAboutAProviderThatCannotBeAsked)
{
    std::string const whole = "issuer = 'https://id.example'\nclient_id = 'a'\nsecret_file = 'b'\n";
    for (auto const& lines :
        {std::string{"issuer = 'https://id.example'"}, std::string{"only = true"}, whole + "scopes = ['email']",
            whole + "claim = ''", std::string{"issuer = 'http://id.example'\nclient_id = 'a'\nsecret_file = 'b'\n"},
            std::string{"issuer = 'https://id.example/?a'\nclient_id = 'a'\nsecret_file = 'b'\n"}})
        EXPECT_EQ(load_with("[sign_on]\n" + lines + "\n").problems.size(), 1U) << lines;
    EXPECT_TRUE(load_with("[sign_on]\n" + whole).problems.empty());
}

TEST_F(LoadSettings, ComplainsAboutMailThatCannotBeSent)
{
    for (auto const* const line : {"server = 'https://mail.example'\nfrom = 'a@b'",
             "server = 'smtp://mail.example/?x'\nfrom = 'a@b'", "server = 'smtp://mail.example'",
             "server = 'smtp://mail.example'\nfrom = 'a@b\\nRCPT TO:<x@y>'", "server = 'smtp://mail.example'\nfrom = 'a@b, c@d'",
             "user = 'somebody'", "[mail.to]\nking = ['a@b']", "[mail.to]\nofficer = ['<a@b>']"})
        EXPECT_EQ(load_with(std::string{"[mail]\n"} + line + "\n").problems.size(), 1U) << line;
}

TEST_F(LoadSettings, TellsOfATableWithoutAName)
{
    auto const loaded = load_with("[[[deadlines]]]\n");
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_EQ(loaded.problems.front().line, 5U);
    EXPECT_EQ(loaded.problems.front().column, 3U);
}

TEST_F(LoadSettings, PointsAtAnUnknownKeyAndSuggestsTheRightOne)
{
    auto const loaded = load_with("[deadlines]\n  request_haed = '10s'\n");
    ASSERT_EQ(loaded.problems.size(), 1U);
    auto const& problem = loaded.problems.front();
    EXPECT_EQ(problem.line, 6U);
    EXPECT_EQ(problem.column, 3U);
    EXPECT_THAT(problem.message, HasSubstr("unknown key `request_haed`"));
    EXPECT_EQ(problem.suggestion, "did you mean \"request_head\"?");
    EXPECT_THAT(problem.file, HasSubstr("gatehouse.toml"));
}

TEST_F(LoadSettings, ComplainsAboutEveryWrongValue)
{
    for (auto const* const bad : {
             "[deadlines]\nresolve = '0s'",
             "[deadlines]\nresolve = '4 s'",
             "[deadlines]\nresolve = 1.5",
             "[limits]\nconnections = 0",
             "[limits]\nrelay_buffer = '1kB'",
             "[limits]\nconnections = '5'",
             "[reach]\nconnect_ports = [0]",
             "[reach]\nconnect_ports = 443",
             "[reach]\nprivate = ['10.0.0.1/8']",
             "[reach]\nprivate_names = ['10.0.0.1']",
             "[reach]\nprivate_names = ['.school.example']",
             "[reach]\nprivate_names = ['School.example']",
             "[reach]\nprivate_names = ['com']",
             "[reach]\nprivate_names = ['surrey.sch.uk']",
             "[reach]\nprivate_names = ['duckdns.org']",
             "[reach]\nprivate_names = ['github.io']",
             "[resolver]\nservers = ['dns.example']",
             "[resolver]\nnegative_ttl = '31s'",
             "[resolver]\nmax_ttl = '5ms'",
             "[gateway]\ninside = ['eth1']",
             "[gateway]\nintercept = 'bridge'",
             "[gateway]\nresolvers = ['dns.example']",
             "[gateway]\nlocal = ['10.0.0.1/8']",
             "[gateway]\nlet_out = ['tcp']",
             "[gateway]\nlet_out = ['icmp/8']",
             "[gateway]\nlet_out = ['tcp/0']",
             "[gateway]\nlet_out = ['tcp/010']",
             "[gateway]\nlet_out = ['tcp/9-8']",
             "[gateway]\nlet_out = ['tcp/1-65536']",
             "[gateway]\nlet_out = ['tcp/443']",
             "[gateway]\nlet_out = ['udp/1-1023']",
             "[gateway]\nlet_out = ['tcp/22 accept']",
             "[log]\nlevel = 'loud'",
             "[log]\nsinks = ['syslog']",
             "[log]\nqueries = 1",
             "[log]\ndays = -1",
             "[urls]\nportal = 'gate.example'",
             "[urls]\nconsole = 'http://gate.example'",
             "[urls]\nportal = 'http://gate.example/'",
             "[[log]]\ndays = 1",
             "[listne]\na = 1",
         }) {
        auto const loaded = load_with(bad);
        ASSERT_EQ(loaded.problems.size(), 1U) << bad;
        EXPECT_GE(loaded.problems.front().line, 5U) << bad;
        EXPECT_GE(loaded.problems.front().column, 1U) << bad;
    }
}

TEST_F(LoadSettings, TakesOnlyInterfacesThatFirewallRulesCanName)
{
    std::string const begin
        = "state_dir = 'a'\nlog_dir = 'b'\n[listen]\nproxy = ['127.0.0.1:1']\nredirect = ['0.0.0.0:2']\n[gateway]\n";
    EXPECT_TRUE(load(begin + "inside = ['br-lan', 'eth1.20']").problems.empty());
    EXPECT_EQ(load(begin + "inside = ['eth1']").settings.gateway.intercept, "redirect");
    for (auto const* const bad : {"eth 1", "eth1\\\"", "sixteen-letters-", "eth*", "{"})
        EXPECT_EQ(load(begin + "inside = [\"" + bad + "\"]").problems.size(), 1U) << '<' << bad << '>';
}

TEST_F(LoadSettings, WantsToKnowWhichListenerTakesWhatIsIntercepted)
{
    std::string const begin = "state_dir = 'a'\nlog_dir = 'b'\n[listen]\nproxy = ['127.0.0.1:1']\n";
    std::string const both = begin + "redirect = ['0.0.0.0:2']\ntproxy = ['0.0.0.0:3']\n[gateway]\ninside = ['eth1']\n";
    EXPECT_EQ(load(both).problems.size(), 1U);
    EXPECT_TRUE(load(both + "intercept = 'tproxy'").problems.empty());
    EXPECT_EQ(load(begin + "redirect = ['0.0.0.0:0']\n[gateway]\ninside = ['eth1']").problems.size(), 1U);
    EXPECT_EQ(load(begin + "redirect = ['0.0.0.0:2']\n[gateway]\ninside = ['eth1']\nintercept = 'tproxy'").problems.size(), 1U);
}

TEST_F(LoadSettings, ComplainsAboutWhatIsMissing)
{
    EXPECT_EQ(load("").problems.size(), 3U); // state_dir, log_dir, listen
    EXPECT_EQ(load("state_dir = 'a'\nlog_dir = 'b'\n[listen]\nproxy = []\n").problems.size(), 1U);
    EXPECT_EQ(load("state_dir = 'a'\nlog_dir = 'b'\npseudonym = 'a b'\n[listen]\nproxy = ['127.0.0.1:1']\n").problems.size(), 1U);
}

TEST_F(LoadSettings, PointsAtBadToml)
{
    auto const loaded = load("time_zone = 'Europe/London'\nstate_dir = = 'var'\n");
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_EQ(loaded.problems.front().line, 2U);
    EXPECT_GE(loaded.problems.front().column, 12U);
    EXPECT_THAT(loaded.source, HasSubstr("state_dir = ="));
}

TEST_F(LoadSettings, SaysSoWhenThereIsNoFile)
{
    auto const loaded = load_settings(dir_ / "nowhere");
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_EQ(loaded.problems.front().line, 0U);
}

} // namespace
} // namespace gatehouse
