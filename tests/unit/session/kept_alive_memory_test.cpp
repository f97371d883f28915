// A kept-alive request asks the heap for nothing once the worker is warm: head, verdict, rewriting, both bodies and the row of the log.

#include "policy/parse.hpp"
#include "proxy/session/session.hpp"
#include "proxy/store/store.hpp"
#include "tests/unit/session/heap_counter.hpp"
#include "tests/unit/store/school.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace gatehouse::session {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

TEST(HeapCounter, SeesWhatThisThreadAsksFor)
{
    auto const before = test::heap_requests_of_this_thread();
    std::vector<std::unique_ptr<std::string>> kept; // kept, so that no compiler leaves the request out
    kept.push_back(std::make_unique<std::string>(100, 'x'));
    EXPECT_EQ(test::heap_requests_of_this_thread() - before, 3U);
    EXPECT_EQ(kept.front()->size(), 100U);
}

constexpr std::string_view policy_text = R"(
school = "Test school"
unknown_role = "staff"
[[role]]
id = "staff"
title = "Member of staff"
default = "allow"
default_clause = "8"
default_reason = "Nothing closes this site."
)";

std::shared_ptr<policy::Policy const> make_policy()
{
    auto parsed = policy::parse_policy({{"policy.toml", std::string{policy_text}}, {"timetable.toml", ""}, {"lists.toml", ""}});
    EXPECT_TRUE(parsed.ok());
    return std::make_shared<policy::Policy const>(std::move(parsed.policy));
}

/// Reads what one message brought and discards it.
void read_up_to(tcp::socket& socket, asio::streambuf& buffer, std::string_view end)
{
    buffer.consume(asio::read_until(socket, buffer, end));
}

/// An origin that gives the same answer to each request of one connection, on a thread of its own.
class Origin {
public:
    explicit Origin(std::string answer)
        : thread_([this, text = std::move(answer)] { serve(text); })
    {
    }
    ~Origin() { thread_.join(); }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    void serve(std::string const& answer)
    {
        auto socket = acceptor_.accept();
        asio::streambuf buffer;
        boost::system::error_code ec;
        while (!ec) {
            buffer.consume(asio::read_until(socket, buffer, "\r\n\r\n", ec));
            if (!ec)
                asio::write(socket, asio::buffer(answer), ec);
        }
    }

    asio::io_context context_;
    tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
    std::thread thread_;
};

/// What a worker gives its sessions, on the test's thread.
struct WorkerForTest {
    explicit WorkerForTest(std::uint16_t origin_port)
    {
        settings.http_ports = {origin_port};
        guard.reachable_private = {policy::Network::parse("127.0.0.0/8").value()};
    }

    store::test::TemporaryFolder folder;
    std::unique_ptr<store::Store> store = std::move(*store::Store::open({{folder.path(), {}}, 64, {1, 8192}}));
    asio::io_context context{1};
    Settings settings;
    net::DeadlineWheel wheel;
    net::AddressGuard guard;
    net::ResolverThread thread{
        {{"127.0.0.1:9"}, {}, std::chrono::seconds{1}, std::chrono::seconds{300}, std::chrono::seconds{5}}};
    net::Resolver resolver{thread, context.get_executor(), 10};
    net::Dialer dialer{resolver, guard, context.get_executor(), wheel, {}};
    net::UpstreamPool pool{dialer, wheel, {}};
    http2::Origins origins{std::chrono::seconds{30}};
    files::KindProcess kinds{context.get_executor(), wheel, "/nowhere"};
    log::Ring ring{1 << 22};
    identity::SignIn sign_in{*store, context.get_executor()};
    Environment env{.settings = settings,
        .executor = context.get_executor(),
        .wheel = wheel,
        .dialer = dialer,
        .pool = pool,
        .origins = origins,
        .kinds = kinds,
        .access = ring,
        .clock = Clock{"Europe/London"},
        .ids = {},
        .issuer = nullptr,
        .sign_in = sign_in,
        .report_incident = {},
        .report_alert = {},
        .portal_url = {},
        .policy = hold_for_worker(make_policy()),
        .tunnels = {},
        .counters = {},
        .relay_buffer = {},
        .spare_scratch = {}};
};

/// A browser's request, over and over on one connection; tells the worker's thread when to note its count.
class Client {
public:
    Client(WorkerForTest& worker, std::uint16_t origin_port, std::uint16_t proxy_port, std::string last_bytes)
        : last_bytes_(std::move(last_bytes))
        , thread_([this, &worker, origin_port, proxy_port] { run(worker, origin_port, proxy_port); })
    {
    }
    ~Client() { thread_.join(); }

    std::uint64_t before = 0, after = 0; ///< of the worker's thread; read after its context has run out of work

private:
    void run(WorkerForTest& worker, std::uint16_t origin_port, std::uint16_t proxy_port)
    {
        asio::io_context context;
        tcp::socket socket(context);
        socket.connect({asio::ip::address_v4::loopback(), proxy_port});
        auto const authority = "127.0.0.1:" + std::to_string(origin_port);
        auto const request = "GET http://" + authority + "/a/page.html?with=query HTTP/1.1\r\nHost: " + authority
            + "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0\r\nAccept: "
              "text/html,*/*\r\n"
              "Accept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\nSec-Fetch-Dest: document\r\n"
              "Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nCookie: session=0123456789abcdef\r\nConnection: "
              "keep-alive\r\n\r\n";
        repeat(socket, request, 20); // warm-up
        asio::post(worker.context, [this] { before = test::heap_requests_of_this_thread(); });
        repeat(socket, request, 200);
        asio::post(worker.context, [this] { after = test::heap_requests_of_this_thread(); });
        repeat(socket, request, 1); // the count is noted before the session ends
    }

    void repeat(tcp::socket& socket, std::string const& request, int times)
    {
        for (int i = 0; i < times; ++i) {
            asio::write(socket, asio::buffer(request));
            read_up_to(socket, buffer_, last_bytes_);
        }
    }

    asio::streambuf buffer_;
    std::string last_bytes_;
    std::thread thread_;
};

struct Answer {
    std::string_view name;
    std::string bytes;
    std::string last_bytes; ///< by which the client knows the end
};

class KeptAliveRequest : public testing::TestWithParam<Answer> { };

TEST_P(KeptAliveRequest, AsksTheHeapForNothing)
{
    Origin origin(GetParam().bytes);
    WorkerForTest worker(origin.port());
    net::Acceptor acceptor(worker.context, {asio::ip::address_v4::loopback(), 0});
    std::uint64_t requests = 0;
    {
        Client client(worker, origin.port(), acceptor.local_endpoint().port(), GetParam().last_bytes);
        auto socket = acceptor.accept();
        socket.non_blocking(true);
        auto session = std::make_unique<Session>(worker.env, std::move(socket), policy::IpAddress::from_v4(0x7f000001));
        asio::co_spawn(worker.context, serve(std::move(session)), [&](std::exception_ptr const& crash) {
            EXPECT_FALSE(crash);
            worker.pool.close_all();
        });
        worker.context.run();
        requests = client.after - client.before;
    }
    EXPECT_EQ(worker.env.counters.requests, 221U);
    EXPECT_EQ(worker.ring.dropped(), 0U);
#ifdef __SANITIZE_ADDRESS__
    EXPECT_EQ(requests % 200, 0U) << "frames of coroutines come from the heap here, as many for each of 200 kept-alive requests";
#else
    EXPECT_EQ(requests, 0U) << "in 200 kept-alive requests";
#endif
}

std::string const fields = "Server: nginx\r\nDate: Tue, 24 Nov 2026 10:40:00 GMT\r\nContent-Type: text/html\r\nETag: \"abc\"\r\n";

INSTANTIATE_TEST_SUITE_P(Answers, KeptAliveRequest,
    testing::Values(
        Answer{"WithLength", "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 1024\r\n\r\n" + std::string(1023, 'a') + "Z", "Z"},
        Answer{"InChunks", "HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "0\r\n\r\n"}),
    [](auto const& given) { return std::string{given.param.name}; });

} // namespace
} // namespace gatehouse::session
