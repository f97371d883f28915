// gatehoused: the daemon, in the foreground. SIGHUP publishes the policy again, SIGUSR1 opens the log files again, SIGTERM drains.
// With --take-over it follows the gateway that runs with the same state: no connection is refused in between.

#include "proxy/log/logging.hpp"
#include "proxy/server.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <fmt/format.h>
#include <iostream>
#include <spdlog/spdlog.h>

namespace {

/// Throws std::runtime_error if there is nobody to take over from.
gatehouse::Beginning make_beginning(gatehouse::Settings const& settings, bool take_over)
{
    gatehouse::Beginning beginning;
    beginning.manager = std::make_unique<gatehouse::ServiceManager>();
    std::error_code failure;
    beginning.program = std::filesystem::read_symlink("/proc/self/exe", failure);
    auto given = beginning.manager->take_sockets();
    beginning.sockets_are_kept = !given.empty();
    beginning.sockets = gatehouse::InheritedSockets{std::move(given)};
    if (!take_over)
        return beginning;
    beginning.predecessor = std::make_unique<gatehouse::Predecessor>(settings.state_dir / "control.sock");
    beginning.sockets = beginning.predecessor->take_sockets();
    beginning.sockets_are_kept = beginning.predecessor->are_kept();
    return beginning;
}

/// The last word of a gateway that cannot go on, on whichever thread: what it says, then an end with status 1, and the service manager
/// starts a new one. Nothing is tidied up; the store is made to be cut off at any instant.
[[noreturn]] void end_at_once()
{
    try {
        if (auto const crash = std::current_exception())
            std::rethrow_exception(crash);
        std::cerr << "gatehoused ends: a promise inside was broken\n";
    } catch (std::exception const& error) {
        std::cerr << "gatehoused ends: " << error.what() << '\n';
    } catch (...) {
        std::cerr << "gatehoused ends: an unknown exception\n";
    }
    std::_Exit(1);
}

} // namespace

int main(int argc, char** argv)
{
    std::set_terminate(end_at_once);
    CLI::App app{"Gatehouse: a school's web gateway"};
    std::filesystem::path config_dir;
    app.add_option("--config", config_dir, "Folder with gatehouse.toml, policy.toml, timetable.toml and lists.toml")->required();
    bool take_over = false;
    app.add_flag("--take-over", take_over, "Follow the gateway that runs with this state: take its sockets, then let it drain");
    CLI11_PARSE(app, argc, argv);
    try {
        auto loaded = gatehouse::load_settings(config_dir);
        for (auto const& problem : loaded.problems)
            std::cerr << problem.file << ':' << problem.line << ':' << problem.column << ": " << problem.message
                      << (problem.suggestion.empty() ? "" : "\n  " + problem.suggestion) << '\n';
        if (!loaded.problems.empty())
            return 1;
        auto logger = gatehouse::log::make_logger(loaded.settings.log_level);
        if (!logger)
            throw std::runtime_error("log.level in gatehouse.toml is none of debug, info, warn, error");
        spdlog::set_default_logger(*logger);
        auto beginning = make_beginning(loaded.settings, take_over);
        // A store of an earlier version may take minutes to be brought up to date; ended in between it would have to begin anew.
        beginning.manager->tell(
            fmt::format("EXTEND_TIMEOUT_USEC={}", std::chrono::microseconds{loaded.settings.deadlines.long_work}.count()));
        gatehouse::Server server(std::move(loaded.settings), std::move(beginning));
        server.run();
        return 0;
    } catch (std::exception const& error) {
        std::cerr << "gatehoused does not start: " << error.what() << '\n';
        return 1;
    }
}
