#include "proxy/checks/parts.hpp"

namespace gatehouse::checks {

std::vector<Finding> look_at_parts(boost::json::object const& status)
{
    using State = Finding::State;
    std::vector<Finding> findings;
    auto const* const parts = status.if_contains("parts");
    if (parts == nullptr || !parts->is_object())
        return findings;
    for (auto const& [name, pulse] : parts->get_object()) {
        std::string const id{name};
        if (pulse == "hangs")
            findings.push_back({id, State::failed, {"this part of the gateway no longer answers"},
                {"if it stays so for a minute, run `gatehouse restart`; the log says since when"}});
        else if (pulse == "works")
            findings.push_back({id, State::warning, {"this part of the gateway has worked at one thing for long"},
                {"what waits for it waits longer; if it goes on for half an hour, look at the disk"}});
    }
    return findings;
}

} // namespace gatehouse::checks
