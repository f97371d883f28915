// The rows of the table of techniques that a forward proxy sees, each with an attempt and with its look-alike.
// The number in a case's name is the row's.

#include "proxy/detect/habits.hpp"
#include "proxy/detect/signals.hpp"

#include <array>
#include <gtest/gtest.h>

namespace gatehouse::detect {
namespace {

using namespace std::string_literals;
using policy::Confidence;
using policy::DeviceKind;
using policy::Verdict;

constexpr std::array<std::uint16_t, 1> ports{443};

/// A school in small: what the lists would say is written down beside each host.
class Circumvention : public testing::Test {
protected:
    Circumvention()
    {
        for (auto const* const id : {"vpn", "proxy", "tor", "doh", "social-media"})
            policy_.categories.push_back({id, id, "", false});
        for (auto const* const id : {"vpn", "proxy", "tor", "doh", "social-media", "private-relay"})
            policy_.lists.push_back({id, id, "", "", false, true, "", "", "", "", "", std::nullopt});
        pupil_.role = "pupil";
        pupil_.user = "pupil-17";
        pupil_.device_kind = DeviceKind::school;
        pupil_.confidence = Confidence::session;
        pupil_.address = policy::IpAddress::from_v4(0x0a010203);
    }

    static std::uint16_t index_of(auto const& table, std::string_view id)
    {
        for (std::size_t i = 0; i < table.size(); ++i)
            if (table[i].id == id)
                return static_cast<std::uint16_t>(i);
        return policy::none;
    }

    /// A tunnel to `authority`, whose host a list puts into `category` (empty: none).
    std::optional<Incident> connect(
        std::string_view authority, std::string_view list, TunnelStart const& start = {}, Verdict verdict = Verdict::block)
    {
        auto const target = policy::Target::parse_authority(authority).value();
        policy::Decision decision;
        decision.verdict = verdict;
        decision.list = index_of(policy_.lists, list);
        decision.category = index_of(policy_.categories, list == "private-relay" ? "vpn" : list);
        decision.signals = signals_of(target, ports, start);
        return incident_of({at_, policy_, pupil_, target, decision, "d-1", Intent::unknown, start.protocol});
    }

    std::optional<Incident> get(std::string_view url, std::string_view list, Intent intent, Verdict verdict = Verdict::block)
    {
        auto const target = policy::Target::parse_url(url).value();
        policy::Decision decision;
        decision.verdict = verdict;
        decision.list = index_of(policy_.lists, list);
        decision.category = index_of(policy_.categories, list);
        decision.signals = signals_of(target, ports);
        return incident_of({at_, policy_, pupil_, target, decision, "d-1", intent, Protocol::tls});
    }

    /// A request whose URL carries another site, or a search of which a term list speaks.
    std::optional<Incident> carrying(
        bool site_behind, std::string_view term_list, Verdict verdict, policy::Stage stage = policy::Stage::rule)
    {
        auto const target = policy::Target::parse_url("https://carrier.example/?x").value();
        policy_.url_forms.resize(1);
        policy_.url_forms.front().title = "The translator";
        policy_.term_lists
            = {{"bypass", "", policy::Severity::note, {}, {}, {}}, {"drugs", "", policy::Severity::concern, {}, {}, {}}};
        policy::Decision decision;
        decision.verdict = verdict;
        decision.stage = stage;
        decision.wrapper = site_behind ? std::uint16_t{0} : policy::none;
        decision.term_list = index_of(policy_.term_lists, term_list);
        return incident_of({at_, policy_, pupil_, target, decision, "d-1", Intent::user_navigation, Protocol::tls});
    }

    /// A tunnel that began with these bytes.
    static TunnelStart began(std::string_view bytes)
    {
        TunnelStart start;
        start.protocol = recognise(bytes, true);
        start.silent = bytes.empty();
        return start;
    }

    static TunnelStart hello(std::string_view name) { return {Protocol::tls, false, true, !name.empty(), name, false}; }

    static void expect(std::optional<Incident> const& incident, IncidentKind kind, Grade grade)
    {
        ASSERT_TRUE(incident);
        EXPECT_EQ(to_text(incident->kind), to_text(kind));
        EXPECT_EQ(to_text(incident->grade), to_text(grade)) << incident->evidence;
        EXPECT_FALSE(incident->evidence.empty());
        EXPECT_EQ(incident->decision_id, "d-1");
    }

    policy::Policy policy_;
    policy::Subject pupil_;
    std::chrono::system_clock::time_point at_{std::chrono::seconds{1795516800}};
    std::string const openvpn_ = "\x00\x0e\x38"s + "12345678\x00\x00\x00\x00\x00"s;
};

TEST_F(Circumvention, Row30And31BlockedSitesBehindTranslatorsAndArchivesAreSignals)
{
    auto const incident = carrying(true, "", Verdict::block);
    expect(incident, IncidentKind::site_behind, Grade::signal);
    EXPECT_NE(incident->evidence.find("The translator"), std::string::npos);
    EXPECT_FALSE(carrying(true, "", Verdict::allow)) << "a lesson in French";
    EXPECT_FALSE(carrying(true, "", Verdict::block, policy::Stage::sealed)) << "sealed content is told of nowhere";
}

TEST_F(Circumvention, SealedContentIsNamedInNoIncident)
{
    auto const target = policy::Target::parse_authority("secret.example:443").value();
    policy::Decision decision;
    decision.verdict = Verdict::block;
    decision.stage = policy::Stage::sealed;
    decision.signals.add(policy::Signal::sni_mismatch);
    auto const incident = incident_of({at_, policy_, pupil_, target, decision, "d-1", Intent::unknown, Protocol::tls});
    expect(incident, IncidentKind::sni_mismatch, Grade::attempt);
    EXPECT_EQ(incident->host, "sealed");
    EXPECT_EQ(incident->evidence.find("secret"), std::string::npos) << incident->evidence;
}

TEST_F(Circumvention, Row29APageThatSpeaksOfItselfAsAProxyIsASignal)
{
    auto const target = policy::Target::parse_url("https://homework.example/").value();
    policy::Decision decision;
    decision.stage = policy::Stage::content;
    decision.category = index_of(policy_.categories, "proxy");
    Observation const seen{at_, policy_, pupil_, target, decision, "d-1", Intent::user_navigation, Protocol::tls};
    expect(incident_of(seen), IncidentKind::proxy_host, Grade::signal);
    decision.stage = policy::Stage::rule;
    expect(incident_of(seen), IncidentKind::proxy_host, Grade::attempt);
}

TEST_F(Circumvention, Row58SearchingForABypassIsASignal)
{
    expect(carrying(false, "bypass", Verdict::allow), IncidentKind::bypass_search, Grade::signal);
    EXPECT_FALSE(carrying(false, "drugs", Verdict::allow)) << "no way round the filter";
    EXPECT_FALSE(carrying(false, "", Verdict::allow));
}

TEST_F(Circumvention, Row1VpnAppIsAnAttempt)
{
    expect(connect("nl1.vpn.example:443", "vpn"), IncidentKind::vpn_host, Grade::attempt);
}
TEST_F(Circumvention, Row1VpnThatTheRoleMayUseIsNone)
{
    EXPECT_FALSE(connect("work.vpn.example:443", "vpn", {}, Verdict::allow));
}

TEST_F(Circumvention, Row2OpenvpnInATunnelIsAnAttempt)
{
    auto const incident = connect("example.org:443", "", began(openvpn_));
    expect(incident, IncidentKind::not_tls, Grade::attempt);
    EXPECT_EQ(incident->protocol, "openvpn-tcp");
}
TEST_F(Circumvention, Row2LengthPrefixedMessageIsASignal)
{
    expect(connect("example.org:443", "", began("\x00\x0e{\"type\":\"hi\"}"s)), IncidentKind::not_tls, Grade::signal);
}

TEST_F(Circumvention, Row6SshInATunnelIsAnAttempt)
{
    expect(connect("example.org:443", "", began("SSH-2.0-OpenSSH_9.2\r\n")), IncidentKind::not_tls, Grade::attempt);
}
TEST_F(Circumvention, Row6SshInAComputingLessonIsASignal)
{
    expect(connect("ssh.github.com:443", "", began("SSH-2.0-OpenSSH_9.2\r\n"), Verdict::allow), IncidentKind::not_tls,
        Grade::signal);
}

TEST_F(Circumvention, Row7UnknownBytesAreASignal)
{
    auto const incident = connect("example.org:443", "", began("\x01\x02\x03\x04 legacy"));
    expect(incident, IncidentKind::not_tls, Grade::signal);
    EXPECT_EQ(incident->protocol, "unknown");
}
TEST_F(Circumvention, Row7SilentConnectionIsNone)
{
    EXPECT_FALSE(connect("example.org:443", "", began("")));
}

TEST_F(Circumvention, Row8BareAddressIsAnAttempt)
{
    expect(connect("93.184.216.34:443", ""), IncidentKind::ip_literal, Grade::attempt);
}
TEST_F(Circumvention, Row8PrinterByItsAddressIsASignal)
{
    expect(connect("10.20.30.40:443", ""), IncidentKind::ip_literal, Grade::signal);
}
TEST_F(Circumvention, Row8AddressThatTheSchoolAllowsIsNone)
{
    EXPECT_FALSE(connect("52.112.0.1:443", "", hello(""), Verdict::allow)); // a call's media server
}

TEST_F(Circumvention, Row9TunnelToAVpnPortIsAnAttempt)
{
    expect(connect("example.org:1194", ""), IncidentKind::odd_port, Grade::attempt);
}
TEST_F(Circumvention, Row9PaymentPortalIsASignal)
{
    expect(connect("pay.school.example:8443", ""), IncidentKind::odd_port, Grade::signal);
}

TEST_F(Circumvention, Row11AnotherNameInsideIsAnAttempt)
{
    expect(connect("allowed.example:443", "", hello("www.instagram.com")), IncidentKind::sni_mismatch, Grade::attempt);
}
TEST_F(Circumvention, Row11OtherSpellingOfTheNameIsNone)
{
    EXPECT_FALSE(connect("allowed.example:443", "", hello("Allowed.Example."), Verdict::allow));
}

TEST_F(Circumvention, Row13NoNameIsASignalOfThePolicyOnly)
{
    auto const target = policy::Target::parse_authority("example.org:443").value();
    EXPECT_TRUE(signals_of(target, ports, hello("")).has(policy::Signal::sni_absent));
    EXPECT_FALSE(connect("example.org:443", "", hello("")));
}
TEST_F(Circumvention, Row13NameThatIsThereIsNone)
{
    auto const target = policy::Target::parse_authority("example.org:443").value();
    EXPECT_TRUE(signals_of(target, ports, hello("example.org")).empty());
}

TEST_F(Circumvention, Row14EchIsSeen)
{
    auto start = hello("cover.example");
    start.offers_ech = true;
    EXPECT_TRUE(signals_of(policy::Target::parse_authority("cover.example:443").value(), ports, start).has(policy::Signal::ech));
}
TEST_F(Circumvention, Row14GreaseEchIsNeverAnIncident)
{
    auto start = hello("cover.example");
    start.offers_ech = true;
    EXPECT_FALSE(connect("cover.example:443", "", start));
    EXPECT_FALSE(connect("cover.example:443", "social-media", start));
}

TEST_F(Circumvention, Row15NameServiceOnASchoolDeviceIsAnAttempt)
{
    expect(connect("doh.example:443", "doh"), IncidentKind::doh_host, Grade::attempt);
}
TEST_F(Circumvention, Row15BrowserThatTriesItByItselfIsASignal)
{
    pupil_.device_kind = DeviceKind::personal;
    expect(connect("doh.example:443", "doh"), IncidentKind::doh_host, Grade::signal);
}

TEST_F(Circumvention, Row18TorIsAnAttempt)
{
    expect(connect("bridge.tor.example:443", "tor"), IncidentKind::tor_host, Grade::attempt);
}
TEST_F(Circumvention, Row18NameWithTorInItIsNone)
{
    EXPECT_FALSE(connect("www.toronto.example:443", ""));
}
TEST_F(Circumvention, Row18ResearchLessonIsNone)
{
    EXPECT_FALSE(get("http://tor.example/about", "tor", Intent::user_navigation, Verdict::allow));
}

TEST_F(Circumvention, Row29WebProxyOpenedByAPersonIsAnAttempt)
{
    auto const incident = get("http://unblock.example/", "proxy", Intent::user_navigation);
    expect(incident, IncidentKind::proxy_host, Grade::attempt);
    EXPECT_TRUE(incident->user_driven);
}
TEST_F(Circumvention, Row29PictureFromAProxySiteIsASignal)
{
    auto const incident = get("http://unblock.example/ad.png", "proxy", intent_of("image", "no-cors", ""));
    expect(incident, IncidentKind::proxy_host, Grade::signal);
    EXPECT_FALSE(incident->user_driven);
}

TEST_F(Circumvention, Row39ExtensionThatConnectsToItsProviderIsAnAttempt)
{
    expect(connect("api.vpn-extension.example:443", "vpn"), IncidentKind::vpn_host, Grade::attempt);
}
TEST_F(Circumvention, Row39FrameOfAVpnMakerOnAPageIsASignal)
{
    expect(get("http://ads.vpn-extension.example/", "vpn", intent_of("iframe", "navigate", "?1")), IncidentKind::vpn_host,
        Grade::signal);
}

TEST_F(Circumvention, Row40VpnBuiltIntoABrowserIsKept)
{
    expect(connect("vpn-of-a-browser.example:443", "vpn"), IncidentKind::vpn_host, Grade::attempt);
}
TEST_F(Circumvention, Row40PrivateRelayNeverCounts)
{
    expect(connect("mask.icloud.com:443", "vpn"), IncidentKind::vpn_host, Grade::signal);
    expect(connect("canary.mask.apple-dns.net:443", "doh"), IncidentKind::doh_host, Grade::signal);
    expect(connect("new-relay.example:443", "private-relay"), IncidentKind::vpn_host, Grade::signal);
}

TEST_F(Circumvention, Row42SecondProxyInATunnelIsAnAttempt)
{
    for (auto const& bytes : {"\x05\x01\x00"s, "\x04\x01\x01\xbb\x5d\xb8\xd8\x22u\0"s, "CONNECT a.example:443 HTTP/1.1\r\n"s,
             "GET http://a.example/ HTTP/1.1\r\n"s})
        expect(connect("example.org:443", "", began(bytes)), IncidentKind::not_tls, Grade::attempt);
}
TEST_F(Circumvention, Row42PlainHttpInATunnelIsASignal)
{
    expect(connect("printer.example:443", "", began("GET / HTTP/1.1\r\n")), IncidentKind::not_tls, Grade::signal);
}

TEST_F(Circumvention, Row44SpellingsOfAnAddressAreOneAddress)
{
    for (auto const* const url : {"http://93.184.216.34/", "http://0x5db8d822/", "http://1572395042/",
             "http://0135.0270.0330.042/", "http://[::ffff:93.184.216.34]/"}) {
        auto const incident = get(url, "", Intent::unknown);
        expect(incident, IncidentKind::ip_literal, Grade::attempt);
        EXPECT_EQ(policy::Host::parse(incident->host)->is_address(), true);
    }
    expect(connect("NL1.VPN.Example.:443", "vpn"), IncidentKind::vpn_host, Grade::attempt);
    EXPECT_EQ(connect("NL1.VPN.Example.:443", "vpn")->host, "nl1.vpn.example");
}
TEST_F(Circumvention, Row44NameOfDigitsAndLettersIsNone)
{
    EXPECT_FALSE(get("http://93.184.216.34.example/", "", Intent::unknown));
}

TEST_F(Circumvention, Row57ProbingManyProxiesIsABurst)
{
    Habits habits;
    std::optional<Incident> burst;
    for (auto const* const url : {"http://p1.example/", "http://p2.example/", "http://p3.example/", "http://p4.example/"}) {
        EXPECT_FALSE(burst);
        burst = habits.observe(get(url, "proxy", Intent::user_navigation).value());
    }
    expect(burst, IncidentKind::burst, Grade::confirmed);
}
TEST_F(Circumvention, Row57RetriesAndRelaysAreNone)
{
    Habits habits;
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(habits.observe(get("http://p1.example/", "proxy", Intent::user_navigation).value()));
        EXPECT_FALSE(habits.observe(connect("mask.icloud.com:443", "vpn").value()));
        EXPECT_FALSE(habits.observe(connect("93.184.216." + std::to_string(i) + ":443", "").value()));
    }
}

TEST_F(Circumvention, ShareButtonsNeverCount)
{
    for (auto const intent : {Intent::embedded, Intent::unknown, Intent::navigation, Intent::user_navigation})
        EXPECT_FALSE(get("http://www.facebook.com/plugins/like", "social-media", intent));
    EXPECT_FALSE(connect("platform.twitter.com:443", "social-media"));
}

TEST_F(Circumvention, TypedNameIsNeitherRaisedNorRecorded)
{
    pupil_.confidence = Confidence::claimed;
    pupil_.user = "somebody-else";
    auto const incident = get("http://unblock.example/", "proxy", Intent::user_navigation);
    expect(incident, IncidentKind::proxy_host, Grade::signal);
    EXPECT_EQ(incident->user, "");
    EXPECT_EQ(incident->evidence.find("somebody-else"), std::string::npos);
}

TEST_F(Circumvention, CarriesWhoWhereAndWhen)
{
    pupil_.network = "ict-suite";
    pupil_.device = "ict-01";
    auto const incident = connect("nl1.vpn.example:443", "vpn");
    ASSERT_TRUE(incident);
    EXPECT_EQ(incident->user, "pupil-17");
    EXPECT_EQ(incident->role, "pupil");
    EXPECT_EQ(incident->network, "ict-suite");
    EXPECT_EQ(incident->device, "ict-01");
    EXPECT_EQ(incident->client.to_text(), "10.1.2.3");
    EXPECT_EQ(incident->at, at_);
    EXPECT_EQ(incident->port, 443);
    EXPECT_EQ(incident->confidence, Confidence::session);
}

TEST(IntentOf, ReadsFetchMetadata)
{
    EXPECT_EQ(intent_of("", "", ""), Intent::unknown);
    EXPECT_EQ(intent_of("document", "navigate", "?1"), Intent::user_navigation);
    EXPECT_EQ(intent_of("document", "navigate", ""), Intent::navigation);
    EXPECT_EQ(intent_of("document", "navigate", "?0"), Intent::navigation);
    EXPECT_EQ(intent_of("iframe", "navigate", "?1"), Intent::embedded);
    EXPECT_EQ(intent_of("empty", "cors", ""), Intent::embedded);
    EXPECT_EQ(intent_of("document", "no-cors", ""), Intent::embedded);
}

} // namespace
} // namespace gatehouse::detect
