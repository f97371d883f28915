#include "proxy/net/dns_answer.hpp"
#include "proxy/net/resolver.hpp"
#include "tests/unit/net/fixture.hpp"

#include <boost/asio/ip/udp.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using asio::ip::udp;

policy::Host host(std::string_view name)
{
    return policy::Host::parse(name).value();
}

/// A name server with one answer for every A question, none for AAAA; counts the questions. `answers` below zero: stays silent.
class NameServer {
public:
    enum class Mood { answers, denies, fails, silent };

    explicit NameServer(Mood mood)
        : mood_(mood)
        , socket_(context_, {asio::ip::address_v4::loopback(), 0})
        , thread_([this] { serve(); })
    {
    }
    ~NameServer()
    {
        stopping_ = true;
        udp::socket(context_, udp::v4()).send_to(asio::buffer("", 1), socket_.local_endpoint());
        thread_.join();
    }
    std::string address() const { return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port()); }
    int questions() const { return questions_; }

private:
    void serve()
    {
        std::array<unsigned char, 1500> packet;
        udp::endpoint peer;
        while (!stopping_) {
            auto const size = socket_.receive_from(asio::buffer(packet), peer);
            if (size < 17)
                continue;
            ++questions_;
            if (mood_ == Mood::silent)
                continue;
            bool const v4 = packet[size - 3] == 1;
            std::vector<unsigned char> reply(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
            reply[2] = 0x81;
            reply[3] = static_cast<unsigned char>(mood_ == Mood::denies ? 0x83 : mood_ == Mood::fails ? 0x82 : 0x80);
            reply[10] = reply[11] = 0; // no additional section
            reply.resize(question_end(reply));
            if (mood_ == Mood::answers && v4) {
                reply[7] = 1;
                for (int const byte : {0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7})
                    reply.push_back(static_cast<unsigned char>(byte));
            }
            socket_.send_to(asio::buffer(reply), peer);
        }
    }

    static std::size_t question_end(std::vector<unsigned char> const& packet)
    {
        std::size_t at = 12;
        while (packet[at] != 0)
            at += packet[at] + 1U;
        return at + 5;
    }

    Mood mood_;
    asio::io_context context_;
    udp::socket socket_;
    std::atomic<int> questions_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

class ResolverTest : public NetTest {
protected:
    DnsAnswer ask(NameServer const& server, std::string_view name, std::string hosts_file = {})
    {
        ResolverThread thread({{server.address()}, std::move(hosts_file), 600ms, 300s, 5s});
        Resolver resolver(thread, context.get_executor(), 10);
        auto answer = run(resolver.resolve(host(name)));
        (void)run(resolver.resolve(host(name))); // from the cache
        return answer;
    }
};

TEST_F(ResolverTest, AnswersAddressesItself)
{
    NameServer const server(NameServer::Mood::silent);
    auto const answer = ask(server, "192.0.2.1");
    ASSERT_EQ(answer.addresses.size(), 1U);
    EXPECT_EQ(answer.addresses.front().to_text(), "192.0.2.1");
}

TEST_F(ResolverTest, AsksOnceAndKeepsTheAnswer)
{
    NameServer const server(NameServer::Mood::answers);
    auto const answer = ask(server, "www.example.org");
    ASSERT_EQ(answer.addresses.size(), 1U);
    EXPECT_EQ(answer.addresses.front().to_text(), "192.0.2.7");
    EXPECT_EQ(answer.ttl, 60s);
    EXPECT_EQ(server.questions(), 2) << "one for A, one for AAAA";
}

TEST_F(ResolverTest, TellsNoSuchNameFromAFailureAndFromSilence)
{
    NameServer const denies(NameServer::Mood::denies), fails(NameServer::Mood::fails), silent(NameServer::Mood::silent);
    EXPECT_EQ(ask(denies, "www.example.org").error, DnsError::no_such_name);
    EXPECT_EQ(ask(fails, "www.example.org").error, DnsError::server_failure);
    EXPECT_EQ(ask(silent, "www.example.org").error, DnsError::timeout);
}

TEST_F(ResolverTest, AsksTheHostsFileFirst)
{
    auto const path = std::filesystem::temp_directory_path() / ("gatehouse-hosts-" + std::to_string(::getpid()));
    std::ofstream(path) << "# ours\n192.0.2.55  School.Example  www.school.example # both\nnot an address\n";
    NameServer const server(NameServer::Mood::answers);
    auto const answer = ask(server, "school.example", path.string());
    std::filesystem::remove(path);
    ASSERT_EQ(answer.addresses.size(), 1U);
    EXPECT_EQ(answer.addresses.front().to_text(), "192.0.2.55");
    EXPECT_EQ(server.questions(), 0);
}

TEST_F(ResolverTest, FollowsTheSystemsHostsFileAndKeepsItsNamesForASecond)
{
    auto const path = std::filesystem::temp_directory_path() / ("gatehouse-system-hosts-" + std::to_string(::getpid()));
    NameServer const server(NameServer::Mood::answers);
    ResolverOptions options{{server.address()}, {}, 600ms, 300s, 5s};
    options.system_hosts = path.string();
    ResolverThread thread(options);
    auto const address_of = [&](std::string_view name) {
        Resolver resolver(thread, context.get_executor(), 10); // which has kept nothing
        auto const answer = run(resolver.resolve(host(name)));
        (void)run(resolver.resolve(host(name)));
        EXPECT_EQ(resolver.cached(), 1U);
        return std::pair{answer.addresses.at(0).to_text(), answer.ttl};
    };
    std::ofstream(path) << "192.0.2.55 printer.school.example\n";
    EXPECT_EQ(address_of("printer.school.example"), std::pair("192.0.2.55"s, 1s));
    std::ofstream(path) << "192.0.2.156 printer.school.example\n"; // another size, whatever the clock of the disk says
    EXPECT_EQ(address_of("printer.school.example"), std::pair("192.0.2.156"s, 1s));
    EXPECT_EQ(server.questions(), 0);
    std::filesystem::remove(path);
    EXPECT_EQ(address_of("printer.school.example"), std::pair("192.0.2.7"s, 60s));
}

TEST_F(ResolverTest, AsksOnceForAllWhoWaitForTheSameName)
{
    NameServer const server(NameServer::Mood::silent);
    std::atomic<int> told{0};
    {
        ResolverThread thread({{server.address()}, {}, 600ms, 300s, 5s});
        for (int i = 0; i < 5; ++i)
            thread.resolve(
                "www.example.org", [&told](DnsAnswer const& answer) { told += answer.error == DnsError::timeout ? 1 : 0; });
        while (told < 5)
            std::this_thread::yield();
    }
    EXPECT_EQ(server.questions(), 4) << "A and AAAA, each asked twice";
}

TEST(InOrderToTry, TakesBothFamiliesByTurnsAndNoMoreThanAreTried)
{
    auto const texts = [](std::vector<policy::IpAddress> const& addresses) {
        std::string all;
        for (auto const& address : addresses)
            all += address.to_text() + ' ';
        return all;
    };
    auto const ip = [](std::string_view text) { return policy::IpAddress::parse(text).value(); };
    std::vector const v6{ip("2001:db8::1"), ip("2001:db8::2")}, v4{ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.3")};
    EXPECT_EQ(texts(in_order_to_try(v6, v4, true)), "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 192.0.2.3 ");
    EXPECT_EQ(texts(in_order_to_try(v6, v4, false)), "192.0.2.1 2001:db8::1 192.0.2.2 2001:db8::2 192.0.2.3 ");
    EXPECT_EQ(texts(in_order_to_try({}, v4, false)), "192.0.2.1 192.0.2.2 192.0.2.3 ");
    EXPECT_EQ(in_order_to_try({}, std::vector(100, v4[0]), false).size(), DnsAnswer::max_addresses);
    EXPECT_EQ(in_order_to_try(std::vector(20, v6[0]), std::vector(20, v4[0]), true).size(), DnsAnswer::max_addresses);
}

TEST_F(ResolverTest, KeepsItsCacheBounded)
{
    NameServer const server(NameServer::Mood::answers);
    ResolverThread thread({{server.address()}, {}, 600ms, 300s, 5s});
    Resolver resolver(thread, context.get_executor(), 10);
    for (int i = 0; i < 50; ++i)
        (void)run(resolver.resolve(host("n" + std::to_string(i) + ".example.org")));
    EXPECT_LE(resolver.cached(), 10U);
}

TEST(ResolverThread, DoesNotStartWithAServerThatIsNoAddress)
{
    EXPECT_THROW(ResolverThread({{"not-an-address"}, {}, 600ms, 300s, 5s}), std::runtime_error);
}

} // namespace
} // namespace gatehouse::net
