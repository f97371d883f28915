#pragma once
// The helper's side: what is common to the small programs that the daemon starts.

#include <span>
#include <string_view>

namespace gatehouse::helper {

/// The helper's end of the packet socket.
inline constexpr int helper_channel = 3;

/// True if the program was started as a helper, not by somebody at a keyboard.
bool is_helper();

/// Gives up every right but to work with what is in memory and to speak on the socket: no file, no other socket, no process (seccomp(2)).
/// `calls` are allowed beside these. False if the system does not let us.
bool confine(std::span<int const> calls = {});

/// No core file, and no debugger of the same account: for what holds a secret.
bool hide_memory();

/// The next packet into `into`; zero: the socket is closed.
std::size_t receive_packet(std::span<char> into);
bool send_packet(std::string_view packet);

} // namespace gatehouse::helper
