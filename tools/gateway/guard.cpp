#include "tools/gateway/guard.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace gatehouse::gateway {
namespace {

constexpr char may_stay = 'k';

void close_both(std::array<int, 2> const& pipe)
{
    ::close(pipe[0]);
    ::close(pipe[1]);
}

/// Milliseconds left, at least zero.
int left_until(std::chrono::steady_clock::time_point latest)
{
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(latest - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(0, left.count()));
}

/// The life of the guard. `word`: what its maker says; its end is the maker's end.
[[noreturn]] void stand(int word, std::chrono::milliseconds patience, std::function<bool()> const& take_back) noexcept
{
    ::setsid();
    for (int const number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGTSTP})
        ::signal(number, SIG_IGN);
    auto const latest = std::chrono::steady_clock::now() + patience;
    ::pollfd wait{word, POLLIN, 0};
    int ready = 0;
    do
        ready = ::poll(&wait, 1, left_until(latest));
    while (ready < 0 && errno == EINTR);
    char said = 0;
    if (ready > 0 && ::read(word, &said, 1) == 1 && said == may_stay)
        ::_exit(static_cast<int>(Guard::End::kept));
    ::_exit(static_cast<int>(take_back() ? Guard::End::taken_back : Guard::End::stuck));
}

} // namespace

result<Guard> Guard::post(std::chrono::milliseconds patience, std::function<bool()> const& take_back)
{
    std::array<int, 2> word{}, gone{};
    if (::pipe2(word.data(), O_CLOEXEC) != 0)
        return last_error();
    if (::pipe2(gone.data(), O_CLOEXEC) != 0) {
        auto const failure = last_error();
        close_both(word);
        return failure;
    }
    auto const process = ::fork();
    if (process == 0) {
        ::close(word[1]);
        ::close(gone[0]);
        stand(word[0], patience, take_back);
    }
    auto const failure = last_error();
    ::close(word[0]);
    ::close(gone[1]);
    if (process > 0)
        return Guard{process, word[1], gone[0]};
    ::close(word[1]);
    ::close(gone[0]);
    return failure;
}

Guard::Guard(Guard&& other) noexcept
    : process_(std::exchange(other.process_, 0))
    , word_(std::exchange(other.word_, -1))
    , gone_(std::exchange(other.gone_, -1))
{
}

Guard::~Guard()
{
    if (word_ >= 0)
        ::close(word_);
    if (gone_ >= 0)
        ::close(gone_);
}

Guard::End Guard::keep()
{
    auto const before = ::signal(SIGPIPE, SIG_IGN); // it may have gone this moment
    [[maybe_unused]] auto const told = ::write(word_, &may_stay, 1);
    ::signal(SIGPIPE, before);
    return wait();
}

Guard::End Guard::wait()
{
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0)
        if (errno != EINTR)
            return End::stuck;
    return WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(End::stuck) ? static_cast<End>(WEXITSTATUS(status))
                                                                                    : End::stuck;
}

} // namespace gatehouse::gateway
