#include "proxy/control.hpp"
#include "proxy/control_client.hpp"
#include "proxy/inherited_sockets.hpp"
#include "proxy/service_manager.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace gatehouse {
namespace {

constexpr std::uint32_t loopback = 0x7f000001;

enum class Listen : bool { no, yes };

/// A socket on a free loopback port.
int make_socket(Listen listen)
{
    int const made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(loopback);
    EXPECT_EQ(::bind(made, reinterpret_cast<::sockaddr*>(&at), sizeof at), 0);
    bool const listens = listen == Listen::no || ::listen(made, 5) == 0;
    EXPECT_TRUE(listens);
    return made;
}

std::uint16_t port_of(int socket)
{
    ::sockaddr_in at{};
    ::socklen_t size = sizeof at;
    ::getsockname(socket, reinterpret_cast<::sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
}

bool is_open(int descriptor)
{
    return ::fcntl(descriptor, F_GETFD) >= 0;
}

TEST(InheritedSockets, AreToldApartByTheirAddress)
{
    int const first = make_socket(Listen::yes);
    int const second = make_socket(Listen::yes);
    auto const address = policy::IpAddress::from_v4(loopback);
    auto const port = port_of(second);
    InheritedSockets sockets{{first, second}};
    EXPECT_TRUE(sockets.take(policy::IpAddress::from_v4(0), port).empty());
    EXPECT_TRUE(sockets.take(address, 0).empty());
    EXPECT_EQ(sockets.take_one(address, port), second);
    EXPECT_EQ(sockets.take_one(address, port), -1);
    EXPECT_EQ(sockets.take_local("/nowhere/control.sock"), -1);
    sockets = InheritedSockets{};
    EXPECT_FALSE(is_open(first)) << "what nobody takes is closed";
    EXPECT_TRUE(is_open(second));
    ::close(second);
}

TEST(InheritedSockets, AreListeningOnes)
{
    int const deaf = make_socket(Listen::no);
    InheritedSockets const sockets{{deaf}};
    EXPECT_FALSE(is_open(deaf));
}

TEST(SpreadOver, GivesEachWorkerOneAndClosesNone)
{
    std::vector<int> const three{make_socket(Listen::yes), make_socket(Listen::yes), make_socket(Listen::yes)};
    auto const few = spread_over(three, 2);
    EXPECT_EQ(few, (std::vector<std::vector<int>>{{three[0], three[2]}, {three[1]}}));
    auto const many = spread_over({three[0]}, 3);
    ASSERT_EQ(many.size(), 3U);
    for (auto const& sockets : many) {
        ASSERT_EQ(sockets.size(), 1U);
        EXPECT_EQ(port_of(sockets.front()), port_of(three[0]));
    }
    EXPECT_NE(many[1].front(), many[2].front());
    for (auto const& sockets : {three, many[1], many[2]})
        for (int const each : sockets)
            ::close(each);
}

struct Folder {
    Folder()
    {
        std::string pattern = std::filesystem::temp_directory_path() / "succession-XXXXXX";
        path = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

TEST(ControlSocket, SendsMoreDescriptorsThanOneMessageHolds)
{
    Folder const folder;
    boost::asio::io_context context;
    int const listening = make_socket(Listen::yes);
    auto const give = [listening](boost::json::object const&) {
        ControlAnswer answer{boost::json::object{{"count", 300}}};
        answer.descriptors.assign(300, listening);
        return answer;
    };
    ControlServer server{context, folder.path / "control.sock", ControlHandlers{{"give", give}}};
    std::thread thread{[&context] { context.run(); }};
    std::vector<int> descriptors;
    auto const answer = ask_daemon(folder.path / "control.sock", {{"verb", "give"}}, std::chrono::seconds{10}, &descriptors);
    context.stop();
    thread.join();
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->at("count"), 300);
    EXPECT_EQ(descriptors.size(), 300U);
    for (int const each : descriptors) {
        EXPECT_EQ(port_of(each), port_of(listening));
        ::close(each);
    }
    ::close(listening);
}

bool is_asleep(::pid_t thread)
{
    std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    auto const name = text.rfind(") ");
    return name != std::string::npos && text[name + 2] == 'S';
}

TEST(ServiceManager, IsWaitedForWhereItHearsSlowly)
{
    Folder const folder;
    auto const path = folder.path / "notify";
    ::sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.native().copy(at.sun_path, sizeof at.sun_path - 1);
    int const heard = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ASSERT_EQ(::bind(heard, reinterpret_cast<::sockaddr*>(&at), sizeof at), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ServiceManager const manager;
    ::unsetenv("NOTIFY_SOCKET");
    for (int i = 0; i < 1000; ++i)
        manager.tell("WATCHDOG=1"); // more than it has room for: none of them waits
    std::atomic<::pid_t> thread{0};
    std::atomic<bool> told{false};
    std::thread teller{[&] {
        thread = ::gettid();
        manager.tell("MAINPID=7");
        told = true;
    }};
    while (!told && (thread == 0 || !is_asleep(thread)))
        std::this_thread::yield();
    bool found = false;
    for (bool last = false; !found && !last;) {
        last = told; // before looking once more
        std::array<char, 64> bytes{};
        for (::ssize_t size = 0; (size = ::recv(heard, bytes.data(), bytes.size(), 0)) > 0;)
            found = found || std::string_view{bytes.data(), static_cast<std::size_t>(size)} == "MAINPID=7";
    }
    teller.join();
    ::close(heard);
    EXPECT_TRUE(found) << "the manager would take the main process for dead";
}

TEST(ServiceManager, LeavesOnlyWhatAFollowerNeedsInTheEnvironment)
{
    auto const us = std::to_string(::getpid());
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid() + 1).c_str(), 1); // meant for somebody else
    ::setenv("WATCHDOG_USEC", "3000000", 1);
    ::setenv("WATCHDOG_PID", us.c_str(), 1);
    ServiceManager manager;
    EXPECT_TRUE(manager.take_sockets().empty());
    EXPECT_EQ(manager.watchdog(), std::chrono::microseconds{3'000'000});
    EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
    EXPECT_EQ(std::getenv("WATCHDOG_PID"), nullptr);
    EXPECT_EQ(ServiceManager{}.watchdog(), std::chrono::microseconds{3'000'000}) << "the one that follows is watched as well";
    ::unsetenv("WATCHDOG_USEC");
    EXPECT_FALSE(ServiceManager{}.watchdog());
}

TEST(ParseNumber, TakesWholeNumbersOnly)
{
    EXPECT_EQ(parse_number("12"), 12U);
    for (auto const* const bad : {"", "-1", "1 ", "x", "99999999999999999999999"})
        EXPECT_FALSE(parse_number(bad)) << bad;
}

} // namespace
} // namespace gatehouse
