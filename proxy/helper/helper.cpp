#include "proxy/helper/helper.hpp"

#include "proxy/helper/confine.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace gatehouse::helper {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

error_code system_error(int number)
{
    return {number, boost::system::system_category()};
}

result<::pid_t> spawn(std::filesystem::path const& program, std::vector<std::string> arguments, int channel)
{
    ::posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, channel, helper_channel);
    ::posix_spawn_file_actions_addclosefrom_np(&files, helper_channel + 1);
    auto name = program.string();
    std::vector<char*> words{name.data()};
    for (auto& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);
    ::pid_t process = 0;
    int const failure = ::posix_spawn(&process, name.c_str(), &files, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (failure != 0)
        return system_error(failure);
    return process;
}

} // namespace

Helper::Helper(Helper&& other) noexcept
    : channel_(std::exchange(other.channel_, -1))
    , process_(std::exchange(other.process_, 0))
{
}

Helper& Helper::operator=(Helper&& other) noexcept
{
    std::swap(channel_, other.channel_);
    std::swap(process_, other.process_);
    return *this;
}

Helper::~Helper()
{
    end();
}

result<Helper> Helper::start(std::filesystem::path const& program, std::vector<std::string> arguments)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return system_error(errno);
    Helper made;
    made.channel_ = ends[0];
    auto const process = spawn(program, std::move(arguments), ends[1]);
    ::close(ends[1]);
    if (!process)
        return process.error();
    made.process_ = *process;
    return made;
}

result<Helper> Helper::reach(std::filesystem::path const& socket)
{
    Helper reached;
    reached.channel_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const& path = socket.native();
    if (path.size() >= sizeof address.sun_path)
        return system_error(ENAMETOOLONG);
    std::copy(path.begin(), path.end(), address.sun_path);
    if (reached.channel_ < 0 || ::connect(reached.channel_, reinterpret_cast<::sockaddr const*>(&address), sizeof address) != 0
        || ::fcntl(reached.channel_, F_SETFL, 0) != 0)
        return system_error(errno);
    return reached;
}

std::string Helper::receive(std::size_t longest, milliseconds patience) const
{
    auto const latest = steady_clock::now() + patience;
    ::pollfd wait{channel_, POLLIN, 0};
    int ready = 0;
    do {
        auto const left = std::chrono::ceil<milliseconds>(latest - steady_clock::now());
        ready = ::poll(&wait, 1, static_cast<int>(std::max<milliseconds::rep>(0, left.count())));
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return {};
    std::string packet(longest, '\0');
    auto const size = ::recv(channel_, packet.data(), packet.size(), MSG_DONTWAIT);
    packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return packet;
}

bool Helper::send(std::string_view packet) const
{
    return ::send(channel_, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(packet.size());
}

void Helper::end()
{
    if (channel_ >= 0)
        ::close(std::exchange(channel_, -1));
    if (process_ == 0)
        return;
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) { }
    process_ = 0;
}

} // namespace gatehouse::helper
