#include "proxy/control_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace gatehouse {
namespace {

namespace errc = boost::system::errc;

class Descriptor {
public:
    explicit Descriptor(int value)
        : value_{value}
    {
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor()
    {
        if (value_ >= 0)
            ::close(value_);
    }
    int value() const { return value_; }

private:
    int value_;
};

/// As last_error, and what the socket's own limits of time give is a timeout.
error_code socket_error()
{
    auto const error = last_error();
    return error.value() == EAGAIN || error.value() == EWOULDBLOCK ? errc::make_error_code(errc::timed_out) : error;
}

error_code connect(int socket, std::filesystem::path const& path)
{
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const& text = path.native();
    if (text.size() >= sizeof address.sun_path)
        return errc::make_error_code(errc::filename_too_long);
    text.copy(address.sun_path, text.size());
    return ::connect(socket, reinterpret_cast<::sockaddr const*>(&address), sizeof address) == 0 ? error_code{} : socket_error();
}

error_code send_all(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return socket_error();
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

void take_descriptors(::msghdr& message, std::vector<int>& descriptors)
{
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        std::size_t const count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        auto const before = descriptors.size();
        descriptors.resize(before + count);
        std::memcpy(descriptors.data() + before, CMSG_DATA(part), count * sizeof(int));
    }
}

result<std::string> receive_line(int socket, std::vector<int>* descriptors)
{
    std::string line;
    std::vector<char> buffer(16384);
    alignas(::cmsghdr) char control[CMSG_SPACE(sizeof(int) * 253)]; // the most that Linux sends in one message (SCM_MAX_FD)
    while (line.size() < max_control_answer) {
        ::iovec part{buffer.data(), buffer.size()};
        ::msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = descriptors != nullptr ? control : nullptr;
        message.msg_controllen = descriptors != nullptr ? sizeof control : 0;
        auto const size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (size < 0)
            return socket_error();
        if (descriptors != nullptr)
            take_descriptors(message, *descriptors);
        if (size == 0)
            break;
        line.append(buffer.data(), static_cast<std::size_t>(size));
        if (line.back() == '\n')
            return line;
    }
    return errc::make_error_code(errc::bad_message);
}

} // namespace

result<boost::json::object> ask_daemon(std::filesystem::path const& path, boost::json::object const& request,
    std::chrono::milliseconds const patience, std::vector<int>* const descriptors)
{
    Descriptor const socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (socket.value() < 0)
        return socket_error();
    ::timeval const limit{patience.count() / 1000, patience.count() % 1000 * 1000};
    ::setsockopt(socket.value(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket.value(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (auto const ec = connect(socket.value(), path))
        return ec;
    if (auto const ec = send_all(socket.value(), boost::json::serialize(request) + '\n'))
        return ec;
    auto const line = receive_line(socket.value(), descriptors);
    if (!line)
        return line.error();
    error_code ec;
    auto answer = boost::json::parse(*line, ec);
    if (ec || !answer.is_object())
        return errc::make_error_code(errc::bad_message);
    return std::move(answer.as_object());
}

} // namespace gatehouse
