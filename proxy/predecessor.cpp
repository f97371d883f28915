#include "proxy/predecessor.hpp"

#include "proxy/control_client.hpp"

#include <stdexcept>
#include <unistd.h>

namespace gatehouse {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds patience{10};

/// The answer; throws for any that is not a yes.
json::object ask(std::filesystem::path const& socket, json::object const& request, std::vector<int>* descriptors)
{
    auto answer = ask_daemon(socket, request, patience, descriptors);
    if (!answer)
        throw std::runtime_error(socket.string() + ": no gateway to take over from: " + answer.error().message());
    auto const* const ok = answer->if_contains("ok");
    if (ok != nullptr && ok->is_bool() && ok->as_bool())
        return std::move(*answer);
    auto const* const why = answer->if_contains("error");
    throw std::runtime_error("the running gateway does not hand over: "
        + (why != nullptr && why->is_string() ? std::string{why->as_string()} : std::string{"no reason given"}));
}

} // namespace

Predecessor::Predecessor(std::filesystem::path control_socket)
    : control_socket_{std::move(control_socket)}
{
    std::vector<int> descriptors;
    json::object answer;
    try {
        answer = ask(control_socket_, {{"verb", "hand-over"}}, &descriptors);
    } catch (std::runtime_error const&) {
        sockets_ = InheritedSockets{std::move(descriptors)}; // closes them
        throw;
    }
    sockets_ = InheritedSockets{std::move(descriptors)};
    if (auto const* const ticket = answer.if_contains("ticket"); ticket != nullptr && ticket->is_string())
        ticket_ = std::string{ticket->as_string()};
    if (auto const* const kept = answer.if_contains("kept"); kept != nullptr && kept->is_bool())
        are_kept_ = kept->as_bool();
}

InheritedSockets Predecessor::take_sockets()
{
    return std::move(sockets_);
}

void Predecessor::retire()
{
    ask(control_socket_, {{"verb", "retire"}, {"ticket", ticket_}, {"pid", ::getpid()}}, nullptr);
}

} // namespace gatehouse
