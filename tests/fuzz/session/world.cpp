#include "world.hpp"

#include "policy/parse.hpp"
#include "proxy/net/ending_context.hpp"
#include "proxy/session/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace world {
namespace {

using namespace gatehouse;
using namespace std::chrono_literals;

/// One end of a connection as this world holds it: bytes on their way in both directions.
struct End {
    int socket = -1;
    std::string out;  ///< not yet taken by the socket
    std::string seen; ///< all that was read
    bool out_ends = false;

    explicit End(int held)
        : socket(held)
    {
    }
    End(End const&) = delete;
    End& operator=(End const&) = delete;
    ~End() { leave(); }

    void leave()
    {
        if (socket >= 0)
            ::close(socket);
        socket = -1;
    }

    /// True if anything moved.
    bool move()
    {
        if (socket < 0)
            return false;
        bool moved = false;
        while (!out.empty()) {
            auto const size = ::send(socket, out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (size < 0 && errno != EAGAIN)
                out.clear();
            if (size <= 0)
                break;
            out.erase(0, static_cast<std::size_t>(size));
            moved = true;
        }
        if (out.empty() && out_ends) {
            ::shutdown(socket, SHUT_WR);
            out_ends = false;
        }
        char buffer[16384];
        for (ssize_t size = 0; (size = ::recv(socket, buffer, sizeof buffer, MSG_DONTWAIT)) > 0; moved = true)
            seen.append(buffer, static_cast<std::size_t>(size));
        return moved;
    }
};

struct Pair {
    int ours, theirs;
};

Pair make_pair()
{
    int sockets[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) != 0)
        std::abort();
    return {sockets[0], sockets[1]};
}

struct Dialing {
    int theirs = -1; ///< the gateway's end, while nothing else has its number
    std::unique_ptr<End> end;
    Dialed facts;
    bool connected = false;
};

/// The sockets that the gateway has opened in this run; the functions of the C library below speak to it.
struct Wire {
    std::vector<Dialing> dialed;
    std::string waiting; ///< what the origin says before it is dialled
};
Wire* wire = nullptr;

/// Names and the addresses that stand for them: 198.20.x.y, given out in the order of asking.
std::vector<std::string>& names()
{
    static std::vector<std::string> known;
    return known;
}

policy::IpAddress address_for(std::string const& name)
{
    auto& known = names();
    auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
        if (known.size() == 60000)
            known.clear();
        found = known.insert(known.end(), name);
    }
    return policy::IpAddress::from_v4(0xc6140000U + static_cast<std::uint32_t>(found - known.begin()));
}

std::string name_for(policy::IpAddress const& address)
{
    auto const number = address.is_v4() ? address.v4() - 0xc6140000U : 0xffffffffU;
    return number < names().size() ? names()[number] : std::string{};
}

/// A few private addresses may be reached, as a school's own servers may.
net::AddressGuard guard_of_school()
{
    net::AddressGuard made;
    made.reachable_private = {*policy::Network::parse("10.20.5.0/24")};
    return made;
}

constexpr std::string_view policy_text = R"(
school = "Test"
unknown_role = "open"
[[role]]
id = "open"
title = "Person"
default = "allow"
default_reason = "Open."
[[network]]
id = "room"
title = "Room"
ranges = ["127.0.0.0/8"]
role = "open"
[[rule]]
id = "closed"
who = ["everyone"]
what = ["host:blocked.example", "signal:not-tls", "signal:odd-port"]
action = "block"
reason = "Closed."
)";

Policy make_policy()
{
    auto parsed = policy::parse_policy({{"policy.toml", std::string{policy_text}}, {"timetable.toml", ""}, {"lists.toml", ""}});
    if (!parsed.ok())
        throw std::runtime_error("the policy of the fuzz target: " + parsed.problems.front().message);
    return std::make_shared<policy::Policy const>(std::move(parsed.policy));
}

Settings make_settings()
{
    Settings settings;
    settings.connect_ports = {443};
    settings.http_ports = {80, 8080};
    auto& deadlines = settings.deadlines;
    deadlines.request_head = deadlines.client_hello = deadlines.body_idle = deadlines.handshake = 1s;
    deadlines.keep_alive = deadlines.response_head = deadlines.tunnel_idle = 2s;
    settings.limits.relay_buffer = 16384;
    return settings;
}

} // namespace

struct World::State {
    explicit State(Policy given)
        : policy(std::move(given))
    {
        wire = &network;
        auto const pair = make_pair();
        client = std::make_unique<End>(pair.ours);
        net::Socket socket(context.get_executor(), boost::asio::ip::tcp::v4(), pair.theirs);
        auto session = std::make_unique<session::Session>(env, std::move(socket), policy::IpAddress::from_v4(0x7f000114));
        auto const finished = [this](std::exception_ptr const& crash) {
            if (crash)
                std::terminate();
            done = true;
        };
        boost::asio::co_spawn(context, session::serve(std::move(session), {}), finished);
        run();
    }

    ~State()
    {
        context.destroy_waiting(); // what sessions refer to is still here
        wire = nullptr;
    }

    void run()
    {
        for (bool moved = true; moved;) {
            context.restart();
            moved = context.poll() > 0;
            moved = client->move() || moved;
            for (auto& each : network.dialed)
                moved = (each.end && each.end->move()) || moved;
        }
    }

    Dialing* last()
    {
        for (auto each = network.dialed.rbegin(); each != network.dialed.rend(); ++each)
            if (each->connected)
                return &*each;
        return nullptr;
    }

    static Settings const& settings()
    {
        static Settings const made = make_settings();
        return made;
    }

    Policy policy;
    Wire network;
    net::EndingContext context{1};
    net::DeadlineWheel wheel;
    std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
    net::ResolverThread thread{net::ResolverOptions{}};
    net::Resolver resolver{thread, context.get_executor(), 100};
    net::AddressGuard guard = guard_of_school();
    net::Dialer dialer{resolver, guard, context.get_executor(), wheel, {}};
    net::UpstreamPool pool{dialer, wheel, {}};
    http2::Origins origins{std::chrono::seconds{30}};
    files::KindProcess kinds{context.get_executor(), wheel, "/nowhere"};
    log::Ring ring{64 * 1024};
    std::byte no_store[64]{}; ///< never touched: the sign-in below asks nobody
    identity::SignIn sign_in{reinterpret_cast<store::Store&>(no_store), context.get_executor()};
    session::Environment env{.settings = settings(),
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
        .report_incident = [](detect::Incident const&) {},
        .report_alert = [](detect::Alert const&) {},
        .portal_url = "http://portal.example",
        .portal = session::make_portal_place(settings().portal.address, 8180, {}),
        .policy = session::hold_for_worker(policy),
        .tunnels = {},
        .counters = {},
        .relay_buffer = std::vector<char>(settings().limits.relay_buffer),
        .spare_scratch = {}};
    std::unique_ptr<End> client;
    std::string sent;
    bool done = false;
};

World::World(Policy policy)
    : state_(std::make_unique<State>(std::move(policy)))
{
}

World::World()
    : World([] {
        static auto const made = make_policy();
        return made;
    }())
{
}

World::~World() = default;

void World::client_sends(std::string_view bytes)
{
    state_->sent.append(bytes);
    state_->client->out.append(bytes);
    state_->run();
}

void World::origin_sends(std::string_view bytes)
{
    if (auto* const origin = state_->last(); origin && origin->end)
        origin->end->out.append(bytes);
    else
        state_->network.waiting.append(bytes);
    state_->run();
}

void World::client_ends_its_side()
{
    state_->client->out_ends = true;
    state_->run();
}

void World::client_leaves()
{
    state_->client->leave();
    state_->run();
}

void World::origin_leaves()
{
    if (auto* const origin = state_->last(); origin && origin->end)
        origin->end->leave();
    state_->run();
}

void World::publishes(Policy policy)
{
    auto& env = state_->env;
    session::put_in_force(env, policy);
    state_->policy = std::move(policy);
    state_->run();
}

void World::time_passes(std::chrono::milliseconds time)
{
    for (; time > 0ms; time -= net::DeadlineWheel::tick) {
        state_->now += net::DeadlineWheel::tick;
        state_->wheel.advance(state_->now);
        state_->run();
    }
}

bool World::ends()
{
    client_leaves();
    for (auto& each : state_->network.dialed)
        if (each.end)
            each.end->move();
    time_passes(10s);
    state_->pool.close_all();
    return state_->done;
}

std::string const& World::client_sent() const
{
    return state_->sent;
}

std::string const& World::client_got() const
{
    return state_->client->seen;
}

std::vector<Dialed> World::dialed() const
{
    std::vector<Dialed> all;
    for (auto const& each : state_->network.dialed) {
        if (!each.connected)
            continue;
        all.push_back(each.facts);
        if (each.end)
            all.back().seen = each.end->seen;
    }
    return all;
}

std::vector<Row> World::rows()
{
    std::vector<log::AccessRecord> records;
    state_->ring.read(records, 10000);
    std::vector<Row> rows;
    for (auto const& record : records)
        rows.push_back({std::string{record.method}, record.status, record.verdict, std::string{record.refusal},
            std::string{record.rule}, std::string{record.clause}, std::string{record.period}});
    state_->ring.release();
    return rows;
}

bool World::is_closed_name(std::string_view host)
{
    auto const name = std::string_view{"blocked.example"};
    return host == name || (host.size() > name.size() && host.ends_with(name) && host[host.size() - name.size() - 1] == '.');
}

} // namespace world

// The gateway's sockets to origins are made of pairs; all other sockets are real.
extern "C" int socket(int domain, int type, int protocol) noexcept
{
    using namespace world;
    if (wire == nullptr || (domain != AF_INET && domain != AF_INET6) || (type & 0xf) != SOCK_STREAM)
        return static_cast<int>(::syscall(SYS_socket, domain, type, protocol));
    auto const pair = make_pair();
    for (auto& each : wire->dialed)
        each.theirs = each.theirs == pair.theirs ? -1 : each.theirs; // a number that was given back and is used again
    wire->dialed.push_back({pair.theirs, std::make_unique<End>(pair.ours), {}, false});
    return pair.theirs;
}

extern "C" int connect(int socket, sockaddr const* to, socklen_t size)
{
    using namespace world;
    if (wire != nullptr)
        for (auto& each : wire->dialed) {
            if (each.theirs != socket || each.connected)
                continue;
            policy::IpAddress address;
            if (to->sa_family == AF_INET) {
                sockaddr_in v4;
                std::memcpy(&v4, to, sizeof v4);
                address = policy::IpAddress::from_v4(ntohl(v4.sin_addr.s_addr));
                each.facts.port = ntohs(v4.sin_port);
            } else {
                sockaddr_in6 v6;
                std::memcpy(&v6, to, sizeof v6);
                std::memcpy(address.bytes.data(), &v6.sin6_addr, address.bytes.size());
                each.facts.port = ntohs(v6.sin6_port);
            }
            each.facts.address = address.to_text();
            each.facts.name = name_for(address);
            if (each.facts.name.starts_with("refused.")) {
                errno = ECONNREFUSED;
                return -1;
            }
            each.connected = true;
            each.end->out = std::exchange(wire->waiting, {});
            return 0;
        }
    return static_cast<int>(::syscall(SYS_connect, socket, to, size));
}

extern "C" int setsockopt(int socket, int level, int name, void const* value, socklen_t size) noexcept
{
    using namespace world;
    if (wire != nullptr && level == IPPROTO_TCP)
        return 0; // a pair has nothing to delay
    return static_cast<int>(::syscall(SYS_setsockopt, socket, level, name, value, size));
}

// In place of the thread that asks name servers, and of the store behind the sign-in: both answer at once.
namespace gatehouse::net {

struct ResolverThread::State { };

ResolverThread::ResolverThread(ResolverOptions)
    : state_(std::make_unique<State>())
{
}

ResolverThread::~ResolverThread() = default;

void ResolverThread::resolve(std::string name, Callback done)
{
    if (name.starts_with("missing."))
        return done({DnsError::no_such_name, {}, std::chrono::seconds{5}});
    if (name.starts_with("inside."))
        return done({DnsError::none, {policy::IpAddress::from_v4(0x0a000001)}, std::chrono::seconds{5}});
    Aliases aliases;
    if (name.starts_with(world::cloak))
        if (auto const other = policy::Host::parse(std::string_view{name}.substr(world::cloak.size())))
            aliases = std::make_shared<std::vector<policy::Host> const>(1, *other);
    done({DnsError::none, {world::address_for(name)}, std::chrono::seconds{5}, false, std::move(aliases)});
}

bool ResolverThread::reload_hosts()
{
    return true;
}

std::string_view to_text(DnsError error)
{
    return error == DnsError::no_such_name ? "no-such-name" : "dns-failure";
}

} // namespace gatehouse::net

namespace gatehouse::identity {

SignIn::SignIn(store::Store& store, net::Executor executor, std::shared_ptr<JointChecks> checks)
    : store_(store)
    , executor_(executor)
    , checks_(std::move(checks))
{
}

net::task<SignInResult> SignIn::check(policy::IpAddress, std::string_view field_value, std::chrono::sys_seconds)
{
    (void)store_; // nobody is asked here, and clang wants every member used
    auto const credentials = parse_basic(field_value);
    if (!credentials || credentials->password != "right")
        co_return SignInResult{};
    co_return SignInResult{SignInStatus::proved, {credentials->login, "open", {}}};
}

} // namespace gatehouse::identity
