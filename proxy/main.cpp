// gatehoused: the daemon, in the foreground. SIGHUP publishes the policy again, SIGUSR1 opens the log files again, SIGTERM drains.

#include "proxy/log/logging.hpp"
#include "proxy/server.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <spdlog/spdlog.h>

int main(int argc, char** argv)
{
    CLI::App app{"Gatehouse: a school's web gateway"};
    std::filesystem::path config_dir;
    app.add_option("--config", config_dir, "Folder with gatehouse.toml, policy.toml, timetable.toml and lists.toml")->required();
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
        gatehouse::Server server(std::move(loaded.settings));
        server.run();
        return 0;
    } catch (std::exception const& error) {
        std::cerr << "gatehoused does not start: " << error.what() << '\n';
        return 1;
    }
}
