#include "proxy/checks/finding.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

namespace gatehouse::checks {

std::string Sentence::text() const
{
    fmt::dynamic_format_arg_store<fmt::format_context> arguments;
    for (auto const& part : parts)
        arguments.push_back(part);
    return fmt::vformat(words, arguments);
}

std::string_view to_text(Finding::State state)
{
    switch (state) {
    case Finding::State::ok: return "ok";
    case Finding::State::warning: return "warning";
    case Finding::State::failed: break;
    }
    return "failed";
}

} // namespace gatehouse::checks
