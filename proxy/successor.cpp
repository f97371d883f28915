#include "proxy/successor.hpp"

#include <csignal>
#include <spawn.h>
#include <unistd.h>

namespace gatehouse {

result<::pid_t> start_successor(std::filesystem::path const& program, std::filesystem::path const& config_dir)
{
    ::posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addclosefrom_np(&files, 3); // accepted connections are not marked close-on-exec
    ::posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::sigset_t all;
    ::sigfillset(&all);
    ::posix_spawnattr_setsigdefault(&attributes, &all); // also those that we ignore
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    std::string name = program.string();
    std::string config = "--config";
    std::string folder = config_dir.string();
    std::string take_over = "--take-over";
    char* const arguments[]{name.data(), config.data(), folder.data(), take_over.data(), nullptr};
    ::pid_t process = 0;
    int const failure = ::posix_spawn(&process, name.c_str(), &files, &attributes, arguments, environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (failure != 0)
        return error_code{failure, boost::system::system_category()};
    return process;
}

} // namespace gatehouse
