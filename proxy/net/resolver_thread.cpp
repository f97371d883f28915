#include "proxy/net/resolver.hpp"

#include "proxy/net/dns_answer.hpp"
#include "proxy/net/hosts_file.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <poll.h>
#include <pthread.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace gatehouse::net {
namespace {

/// Names of the system's file are good for as long as one page is loaded: whoever changes the file sees it soon.
constexpr std::chrono::seconds system_hosts_ttl{1};

/// At least one.
std::size_t system_server_count()
{
    ares_channel probe = nullptr;
    if (ares_init(&probe) != ARES_SUCCESS)
        return 1;
    std::size_t count = 0;
    ares_addr_port_node* servers = nullptr;
    if (ares_get_servers_ports(probe, &servers) == ARES_SUCCESS) {
        for (auto const* node = servers; node != nullptr; node = node->next)
            ++count;
        ares_free_data(servers);
    }
    ares_destroy(probe);
    return std::max<std::size_t>(count, 1);
}

struct Question {
    std::string name;
    ResolverThread::Callback done;
};

} // namespace

std::string_view to_text(DnsError error)
{
    switch (error) {
    case DnsError::none: return "none";
    case DnsError::no_such_name: return "no-such-name";
    case DnsError::no_address: return "no-address";
    case DnsError::server_failure: return "dns-failure";
    case DnsError::timeout: return "dns-timeout";
    }
    return "dns-failure";
}

struct ResolverThread::State {
    explicit State(ResolverOptions given)
        : options(std::move(given))
    {
        if (!hosts.read())
            throw std::runtime_error("cannot read the hosts file " + options.hosts_file);
        open_channel();
        wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        thread = std::thread(&State::run, this);
        ::pthread_setname_np(thread.native_handle(), "resolver");
    }

    ~State()
    {
        stopping = true;
        signal();
        thread.join();
        ares_destroy(channel); // answers what is left with ARES_EDESTRUCTION
        ::close(wake);
    }

    void open_channel()
    {
        static int const library = ares_library_init(ARES_LIB_INIT_ALL);
        ares_options ares{};
        ares.tries = 2;
        auto const servers = options.servers.empty() ? system_server_count() : options.servers.size();
        // Each server is asked twice, and waited for twice as long the second time.
        ares.timeout = static_cast<int>(options.timeout.count()) / (3 * static_cast<int>(servers));
        ares.ndomains = 0; // a name of the web is whole: no search list may turn it into another
        std::string lookups
            = "b"; // the name servers alone: c-ares would read the system's file for each question, and lets nobody keep what it says
        ares.lookups = lookups.data();
        if (library != ARES_SUCCESS
            || ares_init_options(&channel, &ares, ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS)
                != ARES_SUCCESS)
            throw std::runtime_error("the DNS library does not start");
        std::string list;
        for (auto const& server : options.servers)
            list += (list.empty() ? "" : ",") + server;
        if (!list.empty() && ares_set_servers_ports_csv(channel, list.c_str()) != ARES_SUCCESS) {
            ares_destroy(channel);
            throw std::runtime_error("a DNS server is not an address: " + list);
        }
    }

    void signal() const
    {
        std::uint64_t const one = 1;
        (void)!::write(wake, &one, sizeof one);
    }

    /// A name that is asked for, with all who wait for it.
    struct Asked {
        State& state;
        std::string name;
    };

    static void on_answer(void* argument, int status, int, ares_addrinfo* info)
    {
        std::unique_ptr<Asked> const asked(static_cast<Asked*>(argument));
        auto& state = asked->state;
        auto answer = answer_of(status, info, state.options.max_ttl);
        if (info != nullptr)
            ares_freeaddrinfo(info);
        if (answer.error != DnsError::none)
            answer.ttl = state.options.negative_ttl;
        auto const askers = state.in_flight.extract(asked->name);
        for (auto const& done : askers.mapped())
            done(answer);
    }

    void ask(Question question)
    {
        {
            std::lock_guard const lock(mutex);
            if (auto const* const known = hosts.find(question.name))
                return question.done({DnsError::none, *known, options.max_ttl, true});
        }
        system_hosts.refresh();
        if (auto const* const known = system_hosts.find(question.name))
            return question.done({DnsError::none, *known, std::min(system_hosts_ttl, options.max_ttl), true});
        auto& askers = in_flight[question.name];
        askers.push_back(std::move(question.done));
        if (askers.size() > 1) // somebody asked already
            return;
        ares_addrinfo_hints hints{};
        hints.ai_flags = ARES_AI_NOSORT;
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        auto asked = std::make_unique<Asked>(Asked{*this, question.name});
        ares_getaddrinfo(channel, question.name.c_str(), nullptr, &hints, on_answer, asked.release());
    }

    void take_questions()
    {
        std::vector<Question> taken;
        std::vector<std::function<void()>> turned;
        {
            std::lock_guard const lock(mutex);
            taken.swap(waiting);
            turned.swap(turns);
        }
        for (auto const& answer : turned)
            answer();
        for (auto& question : taken)
            ask(std::move(question));
    }

    void run()
    {
        while (!stopping) {
            std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
            int const mask = ares_getsock(channel, sockets.data(), ARES_GETSOCK_MAXNUM);
            std::array<pollfd, ARES_GETSOCK_MAXNUM + 1> polled{};
            nfds_t count = 0;
            polled[count++] = {wake, POLLIN, 0};
            for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
                short const events = static_cast<short>(
                    (ARES_GETSOCK_READABLE(mask, i) ? POLLIN : 0) | (ARES_GETSOCK_WRITABLE(mask, i) ? POLLOUT : 0));
                if (events != 0)
                    polled[count++] = {sockets[i], events, 0};
            }
            timeval most{1, 0};
            timeval next{};
            auto const* const wait = ares_timeout(channel, &most, &next); // `most` itself when nothing is asked
            ::poll(polled.data(), count, static_cast<int>(wait->tv_sec * 1000 + wait->tv_usec / 1000 + 1));
            std::uint64_t woken = 0;
            (void)!::read(wake, &woken, sizeof woken);
            for (nfds_t i = 1; i < count; ++i)
                ares_process_fd(channel, (polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 ? polled[i].fd : ARES_SOCKET_BAD,
                    (polled[i].revents & POLLOUT) != 0 ? polled[i].fd : ARES_SOCKET_BAD);
            ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); // deadlines
            take_questions();
        }
    }

    ResolverOptions options;
    std::mutex mutex;
    HostsFile hosts{options.hosts_file};                              ///< guarded by mutex
    HostsFile system_hosts{options.system_hosts};                     ///< of the resolver's thread
    std::vector<Question> waiting;                                    ///< guarded by mutex
    std::vector<std::function<void()>> turns;                         ///< asked for; guarded by mutex
    std::unordered_map<std::string, std::vector<Callback>> in_flight; ///< of the resolver's thread
    ares_channel channel = nullptr;
    int wake = -1;
    std::atomic<bool> stopping = false;
    std::thread thread;
};

ResolverThread::ResolverThread(ResolverOptions options)
    : state_(std::make_unique<State>(std::move(options)))
{
}

ResolverThread::~ResolverThread() = default;

void ResolverThread::resolve(std::string name, Callback done)
{
    {
        std::lock_guard const lock(state_->mutex);
        state_->waiting.push_back({std::move(name), std::move(done)});
    }
    state_->signal();
}

void ResolverThread::ask_turn(std::function<void()> answer)
{
    {
        std::lock_guard const lock(state_->mutex);
        state_->turns.push_back(std::move(answer));
    }
    state_->signal();
}

bool ResolverThread::reload_hosts()
{
    HostsFile fresh(state_->options.hosts_file); // read before the lock, which workers wait for
    if (!fresh.read())
        return false;
    std::lock_guard const lock(state_->mutex);
    state_->hosts = std::move(fresh);
    return true;
}

} // namespace gatehouse::net
