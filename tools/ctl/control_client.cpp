#include "tools/ctl/control_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace gatehouse::ctl {
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

error_code last_error()
{
    auto const number = errno == EAGAIN || errno == EWOULDBLOCK ? ETIMEDOUT : errno;
    return {number, boost::system::system_category()};
}

error_code connect(int socket, std::filesystem::path const& path)
{
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const& text = path.native();
    if (text.size() >= sizeof address.sun_path)
        return errc::make_error_code(errc::filename_too_long);
    text.copy(address.sun_path, text.size());
    return ::connect(socket, reinterpret_cast<::sockaddr const*>(&address), sizeof address) == 0 ? error_code{} : last_error();
}

error_code send_all(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return last_error();
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

result<std::string> receive_line(int socket)
{
    std::string line;
    char buffer[16384];
    while (line.size() < max_answer) {
        auto const size = ::recv(socket, buffer, sizeof buffer, 0);
        if (size < 0)
            return last_error();
        if (size == 0)
            break;
        line.append(buffer, static_cast<std::size_t>(size));
        if (line.back() == '\n')
            return line;
    }
    return errc::make_error_code(errc::bad_message);
}

} // namespace

result<boost::json::object> ask_daemon(
    std::filesystem::path const& path, boost::json::object const& request, std::chrono::milliseconds const patience)
{
    Descriptor const socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (socket.value() < 0)
        return last_error();
    ::timeval const limit{patience.count() / 1000, patience.count() % 1000 * 1000};
    ::setsockopt(socket.value(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket.value(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (auto const ec = connect(socket.value(), path))
        return ec;
    if (auto const ec = send_all(socket.value(), boost::json::serialize(request) + '\n'))
        return ec;
    auto const line = receive_line(socket.value());
    if (!line)
        return line.error();
    error_code ec;
    auto answer = boost::json::parse(*line, ec);
    if (ec || !answer.is_object())
        return errc::make_error_code(errc::bad_message);
    return std::move(answer.as_object());
}

} // namespace gatehouse::ctl
