// Sends requests through a proxy at a constant rate, whether answers come or not, and counts each latency from the moment at which its
// request was due: a proxy that stalls is charged for everything that had to wait (no coordinated omission).
// Usage: rate --proxy 127.0.0.1:3128 --url http://HOST:PORT/PATH --rate N [--seconds S] [--connections N] [--slow N]
// --slow holds N more connections that send the head of a request byte by byte. Prints one line of JSON.

#include "histogram.hpp"

#include <boost/asio.hpp>
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using clock_type = std::chrono::steady_clock;
using std::chrono::nanoseconds;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Timer = asio::basic_waitable_timer<clock_type, asio::wait_traits<clock_type>, Executor>;
using boost::system::error_code;
using gatehouse::bench::Histogram;

struct Plan {
    tcp::endpoint proxy;
    std::string request;
    double rate = 1000;
    std::chrono::duration<double> seconds{5};
    unsigned connections = 64;
    unsigned slow = 0;
};

/// What one answer says about itself.
struct Answer {
    unsigned status = 0;
    std::size_t size = 0; ///< head and body
};

/// None while the head is not complete. Status zero: nothing that an HTTP server would say.
std::optional<Answer> read_head(std::string_view bytes)
{
    auto const end = bytes.find("\r\n\r\n");
    if (end == bytes.npos)
        return std::nullopt;
    constexpr std::string_view name = "ontent-";
    Answer answer{0, end + 4};
    if (bytes.size() > 12)
        std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
    for (auto at = bytes.find(name); at < end; at = bytes.find(name, at + 1)) {
        auto const field = bytes.substr(at + name.size());
        std::size_t length = 0;
        if ((field.front() == 'L' || field.front() == 'l') && field.substr(1, 6) == "ength:") {
            auto const digits = field.substr(field.find_first_of("0123456789"));
            std::from_chars(digits.data(), digits.data() + digits.size(), length);
            answer.size += length;
        }
    }
    return answer;
}

class Load;

/// One kept-alive connection: a request at a time.
class Client : public std::enable_shared_from_this<Client> {
public:
    explicit Client(Load& load);
    void connect();
    void send(clock_type::time_point due);

private:
    void read();
    void take(std::size_t size);
    void broke();

    Load& load_;
    Socket socket_;
    Timer pause_;
    clock_type::time_point due_{};
    bool asked_ = false;
    std::array<char, 16384> piece_{};
    std::string answer_;
};

class Load {
public:
    Load(asio::io_context& context, Plan plan)
        : context_{context}
        , plan_{std::move(plan)}
        , timer_{context.get_executor()}
    {
    }

    void run();
    void free(std::shared_ptr<Client> client)
    {
        free_.push_back(std::move(client));
        pump();
    }
    void answered(clock_type::time_point due, unsigned status);
    void failed() { ++broken_; }
    bool is_over() const { return over_; }
    std::string report() const;

    asio::io_context& context() { return context_; }
    Plan const& plan() const { return plan_; }

private:
    void pump();
    clock_type::time_point due(std::uint64_t number) const
    {
        return start_
            + std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(static_cast<double>(number) / plan_.rate));
    }

    asio::io_context& context_;
    Plan plan_;
    Timer timer_;
    std::vector<std::shared_ptr<Client>> free_;
    clock_type::time_point start_{}, end_{};
    std::uint64_t sent_ = 0, broken_ = 0, good_in_time_ = 0;
    std::map<unsigned, std::uint64_t> statuses_;
    Histogram latencies_;
    std::optional<std::uint64_t> waits_for_; ///< the request whose moment the timer waits for
    bool over_ = false;
};

Client::Client(Load& load)
    : load_{load}
    , socket_{load.context().get_executor()}
    , pause_{load.context().get_executor()}
{
}

void Client::connect()
{
    socket_.async_connect(load_.plan().proxy, [self = shared_from_this()](error_code ec) {
        if (ec)
            return self->broke();
        self->socket_.set_option(tcp::no_delay{true});
        self->read();
        self->load_.free(self);
    });
}

void Client::send(clock_type::time_point due)
{
    due_ = due;
    asked_ = true;
    asio::async_write(socket_, asio::buffer(load_.plan().request), [self = shared_from_this()](error_code, std::size_t) {
        // A failure shows itself to the reader.
    });
}

void Client::read()
{
    socket_.async_read_some(asio::buffer(piece_), [self = shared_from_this()](error_code ec, std::size_t size) {
        if (ec)
            return self->broke();
        self->take(size);
    });
}

void Client::take(std::size_t size)
{
    answer_.append(piece_.data(), size);
    auto const answer = read_head(answer_);
    read();
    if (!answer || answer_.size() < answer->size || !asked_)
        return;
    answer_.clear();
    asked_ = false;
    load_.answered(due_, answer->status);
    load_.free(shared_from_this());
}

/// The proxy closed, or did not let us in: a request that was under way is lost, and a new connection is tried after a moment.
void Client::broke()
{
    error_code ignored;
    socket_.close(ignored);
    answer_.clear();
    if (std::exchange(asked_, false))
        load_.failed();
    if (load_.is_over())
        return;
    pause_.expires_after(std::chrono::milliseconds{100});
    pause_.async_wait([self = shared_from_this()](error_code ec) {
        if (!ec)
            self->connect();
    });
}

void Load::run()
{
    for (unsigned i = 0; i < plan_.connections; ++i)
        std::make_shared<Client>(*this)->connect();
    start_ = clock_type::now() + std::chrono::milliseconds{500};
    end_ = start_ + std::chrono::duration_cast<nanoseconds>(plan_.seconds);
    pump();
    auto const patience = std::chrono::seconds{5};
    context_.run_until(end_);
    while (latencies_.total() + broken_ < sent_ && clock_type::now() < end_ + patience)
        context_.run_one_until(end_ + patience);
    over_ = true;
}

/// Sends what is due while there are free connections, then sleeps until the next is. What is due but cannot be sent waits its turn.
void Load::pump()
{
    auto const now = clock_type::now();
    while (!free_.empty() && due(sent_) <= now && due(sent_) < end_) {
        auto const client = std::move(free_.back());
        free_.pop_back();
        client->send(due(sent_++));
    }
    if (free_.empty() || due(sent_) >= end_ || std::exchange(waits_for_, sent_) == sent_)
        return;
    timer_.expires_at(due(sent_));
    timer_.async_wait([this](error_code ec) {
        if (ec)
            return;
        waits_for_.reset();
        pump();
    });
}

void Load::answered(clock_type::time_point due, unsigned status)
{
    auto const now = clock_type::now();
    ++statuses_[status];
    latencies_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, nanoseconds{now - due}.count())));
    good_in_time_ += status == 200 && now < end_;
}

std::string Load::report() const
{
    auto const microseconds = [this](double share) { return static_cast<double>(latencies_.quantile(share)) / 1000; };
    auto const good = statuses_.count(200) ? statuses_.at(200) : 0;
    return fmt::format(
        R"({{"rate":{},"scheduled":{},"sent":{},"good":{},"other":{},"broken":{},"goodput":{:.1f},"p50_us":{:.1f},)"
        R"("p99_us":{:.1f},"p999_us":{:.1f},"max_us":{:.1f})",
        plan_.rate, static_cast<std::uint64_t>(plan_.rate * plan_.seconds.count()), sent_, good, latencies_.total() - good,
        broken_, static_cast<double>(good_in_time_) / plan_.seconds.count(), microseconds(0.5), microseconds(0.99),
        microseconds(0.999), static_cast<double>(latencies_.greatest()) / 1000);
}

/// Connections that never finish the head of their request: a byte each `tick` x `turns`.
class SlowClients {
public:
    SlowClients(asio::io_context& context, Plan const& plan)
        : proxy_{plan.proxy}
        , timer_{context.get_executor()}
    {
        for (unsigned i = 0; i < plan.slow; ++i)
            sockets_.emplace_back(context.get_executor());
        if (plan.slow != 0)
            turn();
    }

    std::size_t most_open() const { return most_open_; }
    std::uint64_t closed_by_proxy() const { return closed_; }

private:
    static constexpr unsigned turns = 40;
    static constexpr std::chrono::milliseconds tick{50};

    /// Every socket has its turn after `turns` ticks, so that no tick does much at once.
    void turn()
    {
        for (auto i = static_cast<std::size_t>(next_++ % turns); i < sockets_.size(); i += turns)
            trickle(sockets_[i]);
        timer_.expires_after(tick);
        timer_.async_wait([this](error_code ec) {
            if (!ec)
                turn();
        });
    }

    void trickle(Socket& socket)
    {
        error_code ec;
        if (!socket.is_open())
            return begin(socket);
        socket.write_some(asio::buffer("a", 1), ec);
        char answer = 0;
        if (!ec && socket.read_some(asio::buffer(&answer, 1), ec) == 0 && ec == asio::error::would_block)
            return;
        ++closed_; // it answered, or has closed
        --open_;
        socket.close(ec);
    }

    void begin(Socket& socket)
    {
        error_code ec;
        socket.connect(proxy_, ec); // loopback: at once
        if (ec) {
            socket.close(ec);
            return;
        }
        most_open_ = std::max(most_open_, ++open_);
        socket.non_blocking(true, ec);
        socket.write_some(asio::buffer(std::string_view{"GET http://127.0.0.1:8081/1k.html HTTP/1.1\r\nX-Slow: "}), ec);
    }

    tcp::endpoint proxy_;
    Timer timer_;
    std::vector<Socket> sockets_;
    unsigned next_ = 0;
    std::size_t open_ = 0, most_open_ = 0;
    std::uint64_t closed_ = 0;
};

tcp::endpoint endpoint_of(std::string_view text)
{
    auto const colon = text.rfind(':');
    unsigned short port = 0;
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    return {asio::ip::make_address(text.substr(0, colon)), port};
}

Plan plan_of(std::map<std::string, std::string> given)
{
    constexpr std::string_view scheme = "http://";
    auto const url = given.at("--url");
    auto const host = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
    auto const number
        = [&](char const* name, double standard) { return given.count(name) ? std::stod(given.at(name)) : standard; };
    Plan plan;
    plan.proxy = endpoint_of(given.at("--proxy"));
    plan.request = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", url, host);
    plan.rate = number("--rate", plan.rate);
    plan.seconds = std::chrono::duration<double>{number("--seconds", plan.seconds.count())};
    plan.connections = static_cast<unsigned>(number("--connections", plan.connections));
    plan.slow = static_cast<unsigned>(number("--slow", plan.slow));
    return plan;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        std::map<std::string, std::string> given;
        for (int i = 1; i + 1 < argc; i += 2)
            given[argv[i]] = argv[i + 1];
        asio::io_context context{1};
        auto const plan = plan_of(std::move(given));
        SlowClients const slow{context, plan};
        Load load{context, plan};
        load.run();
        fmt::print("{},\"slow_most\":{},\"slow_closed\":{}}}\n", load.report(), slow.most_open(), slow.closed_by_proxy());
        return 0;
    } catch (std::exception const& problem) {
        fmt::print(stderr, "rate: {}\n", problem.what());
        return 1;
    }
}
