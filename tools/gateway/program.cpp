#include "tools/gateway/program.hpp"

#include <array>
#include <cerrno>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gatehouse::gateway {
namespace {

/// A file in memory without a name: as input or output of a program it never blocks one of the two.
class MemoryFile {
public:
    MemoryFile()
        : descriptor_(::memfd_create("gatehouse", MFD_CLOEXEC))
    {
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(MemoryFile const&) = delete;
    MemoryFile& operator=(MemoryFile const&) = delete;

    int descriptor() const { return descriptor_; }
    bool fill(std::string_view text)
    {
        while (!text.empty()) {
            auto const written = ::write(descriptor_, text.data(), text.size());
            if (written < 0)
                return false;
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return ::lseek(descriptor_, 0, SEEK_SET) == 0;
    }
    std::string text() const
    {
        std::string all;
        std::array<char, 4096> piece{};
        for (::off_t at = 0;;) {
            auto const size = ::pread(descriptor_, piece.data(), piece.size(), at);
            if (size <= 0)
                return all;
            all.append(piece.data(), static_cast<std::size_t>(size));
            at += size;
        }
    }

private:
    int descriptor_;
};

result<::pid_t> start(std::vector<std::string>& words, int input, int output)
{
    ::posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::pid_t process = 0;
    int failure = ::posix_spawnp(&process, arguments[0], &files, nullptr, arguments.data(), environ);
    if (failure == ENOENT) // not every account has the administrator's folder in its PATH
        failure = ::posix_spawn(&process, ("/usr/sbin/" + words[0]).c_str(), &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (failure != 0)
        return error_code{failure, boost::system::system_category()};
    return process;
}

} // namespace

result<Ran> run(std::vector<std::string> words, std::string_view input)
{
    MemoryFile given, said;
    if (given.descriptor() < 0 || said.descriptor() < 0 || !given.fill(input))
        return last_error();
    auto const process = start(words, given.descriptor(), said.descriptor());
    if (!process)
        return process.error();
    int status = 0;
    while (::waitpid(*process, &status, 0) < 0)
        if (errno != EINTR)
            return last_error();
    return Ran{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), said.text()};
}

} // namespace gatehouse::gateway
