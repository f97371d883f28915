#include "proxy/control.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace gatehouse {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using boost::system::error_code;
using Protocol = asio::local::stream_protocol;

ControlAnswer failure(std::string_view message)
{
    return json::object{{"ok", false}, {"error", message}};
}

/// The kernel's word on who is at the other end (unix(7), SO_PEERCRED).
bool is_trusted(Protocol::socket& socket)
{
    ::ucred peer{};
    ::socklen_t size = sizeof peer;
    return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && (peer.uid == ::geteuid() || peer.uid == 0);
}

ControlAnswer answer(ControlHandlers const& handlers, std::string_view line)
{
    error_code ec;
    auto const request = json::parse(line, ec);
    if (ec || !request.is_object())
        return failure("the request is not one JSON object");
    auto const* const verb = request.as_object().if_contains("verb");
    auto const found = verb && verb->is_string() ? handlers.find(std::string_view{verb->as_string()}) : handlers.end();
    if (found == handlers.end())
        return failure("there is no such verb");
    try {
        auto reply = found->second(request.as_object());
        if (!reply.body.contains("ok"))
            reply.body["ok"] = true;
        return reply;
    } catch (std::exception const& error) { // a wrong type in the request, or a bug: the daemon goes on either way
        spdlog::warn("control.failed verb={} error=\"{}\"", found->first, error.what());
        return failure(error.what());
    }
}

/// All of them, with a space for each message. The line that follows needs a byte of its own, so that no descriptor comes behind it.
bool send_descriptors(int socket, std::vector<int> const& descriptors)
{
    constexpr std::size_t most = 200; // SCM_MAX_FD is 253
    for (std::size_t sent = 0; sent < descriptors.size(); sent += most) {
        auto const count = std::min(most, descriptors.size() - sent);
        std::vector<char> control(CMSG_SPACE(count * sizeof(int)));
        char space = ' ';
        ::iovec part{&space, 1};
        ::msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        auto* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        std::memcpy(CMSG_DATA(header), descriptors.data() + sent, count * sizeof(int));
        if (::sendmsg(socket, &message, MSG_NOSIGNAL) != 1)
            return false;
    }
    return true;
}

class Connection;

} // namespace

struct ControlServer::State : std::enable_shared_from_this<State> {
    State(asio::io_context& context, std::filesystem::path where, ControlHandlers what, std::chrono::milliseconds patience)
        : path{std::move(where)}
        , handlers{std::move(what)}
        , deadline{patience}
        , acceptor{context}
        , pause{context}
    {
    }

    void listen();
    void adopt(int descriptor);
    void accept();
    void accept_later();
    void say_if_emptied()
    {
        if (emptied && connections.empty())
            std::exchange(emptied, {})();
    }

    std::filesystem::path path;
    ControlHandlers handlers;
    std::chrono::milliseconds deadline;
    Protocol::acceptor acceptor;
    asio::steady_timer pause;
    bool owns_path = true;
    bool leaving = false;
    std::function<void()> emptied;     ///< of leave, until it was called
    std::set<Connection*> connections; ///< they take themselves out when they end
};

namespace {

/// Reads a line, answers, and again, until the other end goes or is too slow. Kept alive by its pending operations.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Protocol::socket socket, ControlServer::State& server)
        : socket_{std::move(socket)}
        , timer_{socket_.get_executor()}
        , server_{&server}
    {
        server_->connections.insert(this);
    }
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection() { leave(); }

    void read()
    {
        arm();
        asio::async_read_until(socket_, asio::dynamic_buffer(buffer_, max_control_line), '\n',
            [self = shared_from_this()](error_code ec, std::size_t size) { self->on_line(ec, size); });
    }

    /// Ends it now; pending operations complete with an error.
    void close()
    {
        leave();
        error_code ignored;
        socket_.close(ignored);
        timer_.cancel();
    }

private:
    void leave()
    {
        if (!server_)
            return;
        auto& server = *std::exchange(server_, nullptr);
        server.connections.erase(this);
        server.say_if_emptied();
    }

    void arm()
    {
        timer_.expires_after(server_->deadline);
        timer_.async_wait([weak = weak_from_this()](error_code ec) {
            if (auto const self = weak.lock(); self && !ec)
                self->close();
        });
    }

    void on_line(error_code ec, std::size_t size)
    {
        if (ec || !server_)
            return close();
        auto const made = answer(server_->handlers, std::string_view{buffer_}.substr(0, size - 1));
        if (!send_descriptors(socket_.native_handle(), made.descriptors))
            return close();
        reply_ = json::serialize(made.body) + '\n';
        buffer_.erase(0, size);
        arm();
        asio::async_write(socket_, asio::buffer(reply_), [self = shared_from_this()](error_code failed, std::size_t) {
            if (failed || !self->server_ || self->server_->leaving)
                return self->close();
            self->read();
        });
    }

    Protocol::socket socket_;
    asio::steady_timer timer_;
    ControlServer::State* server_; ///< null once the server is gone or the connection has ended
    std::string buffer_;
    std::string reply_;
};

} // namespace

void ControlServer::State::listen()
{
    Protocol::endpoint const endpoint{path.string()};
    error_code ec;
    Protocol::socket probe{acceptor.get_executor()};
    if (!probe.connect(endpoint, ec))
        throw std::runtime_error{path.string() + ": a gateway is running with this state already"};
    ::unlink(path.c_str()); // nobody listens: left behind by a crash, or not there
    acceptor.open(endpoint.protocol());
    acceptor.bind(endpoint, ec);
    // Until listen() nobody can connect, so the mode is right before the first connection.
    if (ec || ::chmod(path.c_str(), 0600) != 0)
        throw std::runtime_error{path.string() + ": the control socket cannot be made: " + ec.message()};
    acceptor.listen();
}

void ControlServer::State::adopt(int descriptor)
{
    owns_path = false;
    acceptor.assign(Protocol{}, descriptor);
}

void ControlServer::State::accept()
{
    acceptor.async_accept([self = shared_from_this()](error_code ec, Protocol::socket socket) {
        if (!self->acceptor.is_open())
            return;
        if (ec) // descriptors are used up: wait for some to come back instead of spinning
            return self->accept_later();
        if (is_trusted(socket) && self->connections.size() < max_control_connections)
            std::make_shared<Connection>(std::move(socket), *self)->read();
        self->accept();
    });
}

void ControlServer::State::accept_later()
{
    pause.expires_after(std::chrono::milliseconds{100});
    pause.async_wait([self = shared_from_this()](error_code ec) {
        if (!ec && self->acceptor.is_open())
            self->accept();
    });
}

ControlServer::ControlServer(
    asio::io_context& context, std::filesystem::path path, ControlHandlers handlers, std::chrono::milliseconds const deadline)
    : state_{std::make_shared<State>(context, std::move(path), std::move(handlers), deadline)}
{
    state_->listen();
    state_->accept();
}

ControlServer::ControlServer(asio::io_context& context, std::filesystem::path path, ControlHandlers handlers, int const inherited,
    std::chrono::milliseconds const deadline)
    : state_{std::make_shared<State>(context, std::move(path), std::move(handlers), deadline)}
{
    state_->adopt(inherited);
    state_->accept();
}

int ControlServer::descriptor() const
{
    return state_->acceptor.native_handle();
}

void ControlServer::leave(std::function<void()> emptied)
{
    error_code ignored;
    state_->acceptor.close(ignored);
    state_->owns_path = false;
    state_->leaving = true;
    state_->emptied = std::move(emptied);
    state_->say_if_emptied();
}

void ControlServer::own_path()
{
    state_->owns_path = true;
}

ControlServer::~ControlServer()
{
    error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
    while (!state_->connections.empty())
        (*state_->connections.begin())->close();
    if (state_->owns_path)
        ::unlink(state_->path.c_str());
}

} // namespace gatehouse
