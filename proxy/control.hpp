#pragma once
// The control socket of the daemon: one JSON object a line in, one JSON object a line out. For the same user and root on this machine only.
//
//   {"verb":"status"}                  -> {"ok":true, ...}
//   {"verb":"reload"}                  -> {"ok":false,"error":"...","problems":["file:line:column: ..."]}
//
// An answer may bring descriptors (SCM_RIGHTS): each message of white space before its line carries some.
//
// A line longer than `max_control_line`, a line that is not one JSON object, or silence for `control_deadline` ends the connection.

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse {

inline constexpr std::size_t max_control_line = 64 * 1024;          ///< bytes of a request
inline constexpr std::size_t max_control_connections = 16;          ///< at once; more are closed at once
inline constexpr std::chrono::milliseconds control_deadline{10000}; ///< to send a whole line, and to take the answer

/// `ok` is added to the body as true unless it is there.
struct ControlAnswer {
    ControlAnswer(boost::json::object answer) // not explicit: most answers are nothing else
        : body{std::move(answer)}
    {
    }
    boost::json::object body;
    std::vector<int> descriptors; ///< the server sends copies; they stay the handler's
};

/// Takes the request and returns the answer. Runs on the io_context's thread and may block it.
/// An exception becomes an answer with `ok` false.
using ControlHandler = std::function<ControlAnswer(boost::json::object const&)>;
using ControlHandlers = std::map<std::string, ControlHandler, std::less<>>;

class ControlServer {
public:
    /// Binds `path` with mode 0600 and starts to accept. A socket that a crash left behind is replaced.
    /// Throws std::runtime_error if another daemon answers there or the socket cannot be made (a failed start).
    /// Lifetime: the io_context outlives the server.
    ControlServer(boost::asio::io_context& context, std::filesystem::path path, ControlHandlers handlers,
        std::chrono::milliseconds deadline = control_deadline);
    /// On a socket that another process opened at `path` and listens on as well. The file stays at the end unless own_path() was called.
    ControlServer(boost::asio::io_context& context, std::filesystem::path path, ControlHandlers handlers, int inherited,
        std::chrono::milliseconds deadline = control_deadline);
    /// Closes the socket and every connection, and removes the file if it is ours. Not while another thread runs the io_context.
    ~ControlServer();
    ControlServer(ControlServer const&) = delete;
    ControlServer& operator=(ControlServer const&) = delete;

    int descriptor() const; ///< of the listening socket, for the gateway that follows
    /// Another process has the socket now: accepts no more and leaves the file. Every open connection ends with its next answer, or its
    /// deadline; `emptied` runs when the last one has gone. On the io_context's thread.
    void leave(std::function<void()> emptied);
    /// Nobody else has the socket any more: the file is removed at the end.
    void own_path();

    struct State; ///< of the implementation only

private:
    std::shared_ptr<State> state_;
};

} // namespace gatehouse
