#pragma once
// A small program of ours that does one thing that the process which speaks with the web should not do itself: hold a key, look into files.
// It is reached by one packet socket and ends when that is closed.

#include "policy/result.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace gatehouse::helper {

class Helper {
public:
    Helper() = default;
    Helper(Helper&& other) noexcept;
    Helper& operator=(Helper&& other) noexcept;
    ~Helper();

    /// Starts the program with its end of the socket as descriptor `helper_channel` and nothing else open but the standard three.
    /// Errors: the system's.
    static result<Helper> start(std::filesystem::path const& program, std::vector<std::string> arguments);

    /// One that somebody else starts for whoever connects to this socket (systemd's Accept=yes), under an account of its own.
    /// Errors: the system's; EAGAIN if too many wait already.
    static result<Helper> reach(std::filesystem::path const& socket);

    explicit operator bool() const { return channel_ >= 0; }
    /// Our end, a blocking socket. Lifetime: the helper's.
    int channel() const { return channel_; }
    ::pid_t pid() const { return process_; } ///< zero if somebody else started it
    /// One packet; empty if the other end has gone or takes longer.
    std::string receive(std::size_t longest, std::chrono::milliseconds patience) const;
    bool send(std::string_view packet) const;
    /// Kills it, or lets it end with its socket: it has nothing to finish.
    void end();

private:
    int channel_ = -1;
    ::pid_t process_ = 0;
};

} // namespace gatehouse::helper
