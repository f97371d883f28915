#include "tools/ctl/configuration.hpp"
#include "tools/gateway/guard.hpp"
#include "tools/gateway/machine.hpp"
#include "tools/gateway/zone.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <poll.h>
#include <unistd.h>

namespace gatehouse::ctl {
namespace {

using namespace gatehouse::gateway;
using std::chrono::seconds;

constexpr std::size_t longest_line = 1024; // bytes of an answer; more is nobody's typing
constexpr seconds reminder{10};            // how often the time that is left is told

/// The settings, if they say what is inside; else nothing, which was then reported.
std::optional<Settings> read_gateway_settings(Common const& common, Streams streams)
{
    auto settings = read_settings(common, streams);
    if (!settings || !settings->gateway.inside.empty())
        return settings;
    report_failure(common, streams,
        fmt::format("{}/gatehouse.toml does not say which interfaces are inside; write [gateway] inside = [\"eth1\"]",
            common.config.string()));
    return std::nullopt;
}

int render_text(Common const& common, std::string const& text, Streams streams)
{
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"text", text}});
    else
        streams.out << text;
    return success;
}

std::string text_of_routes(Settings const& settings)
{
    std::string text;
    for (auto const& words : render_routes(settings))
        text += fmt::format("ip {}{}\n", fmt::join(words, " "), words[2] == "del" ? " || true" : "");
    return text;
}

seconds::rep seconds_until(std::chrono::steady_clock::time_point latest)
{
    return std::max<seconds::rep>(0, std::chrono::round<seconds>(latest - std::chrono::steady_clock::now()).count());
}

/// Takes the whole lines off the front. True if one of them is the word.
bool says_keep(std::string& heard)
{
    for (auto end = heard.find('\n'); end != std::string::npos; end = heard.find('\n')) {
        bool const said = heard.compare(0, end, "keep") == 0;
        heard.erase(0, end + 1);
        if (said)
            return true;
    }
    if (heard.size() > longest_line)
        heard.clear();
    return false;
}

/// Says how long there is, then every ten seconds what is left, until "keep" is read or the guard has gone.
bool is_kept_in_time(Common const& common, GatewayApplyOptions const& options, Guard const& guard, Streams streams)
{
    if (common.output == Output::text)
        streams.out << fmt::format(
            "The rules are in force. Look from a device inside: an open site opens, a closed one does not.\n"
            "Type keep and Enter within {} seconds. Without that they are taken back, also if this session breaks off.\n",
            options.patience.count())
                    << std::flush;
    auto const latest = std::chrono::steady_clock::now() + options.patience;
    std::array<::pollfd, 2> waits{{{options.answers, POLLIN, 0}, {guard.gone(), POLLIN, 0}}};
    std::string answer;
    while (waits[1].revents == 0) {
        int const ready = ::poll(waits.data(), waits.size(), static_cast<int>(std::chrono::milliseconds{reminder}.count()));
        if (ready == 0 && common.output == Output::text)
            streams.out << fmt::format("{} seconds left\n", seconds_until(latest)) << std::flush;
        if (ready <= 0 || waits[0].revents == 0)
            continue;
        std::array<char, 256> piece{};
        auto const size = ::read(options.answers, piece.data(), piece.size());
        if (size <= 0)
            waits[0].fd = -1; // nobody there to answer
        else
            answer.append(piece.data(), static_cast<std::size_t>(size));
        if (says_keep(answer))
            return true;
    }
    return false;
}

int report_end(Common const& common, Guard::End end, Streams streams)
{
    if (end == Guard::End::taken_back)
        return report_failure(common, streams, "the rules were taken back: nobody said that they may stay");
    if (end == Guard::End::stuck)
        return report_failure(common, streams, "the rules could not be taken back; run `gatehouse gateway revert`");
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}});
    else
        streams.out << "The rules stay until the machine stops or `gatehouse gateway revert`.\n";
    return success;
}

int apply_with_guard(Common const& common, GatewayApplyOptions const& options, Settings const& settings, Streams streams)
{
    auto const before = rules_in_force();
    if (!before)
        return report_failure(common, streams, before.error().message());
    auto guard = Guard::post(options.patience, [&] { return !take_back(*before); });
    if (!guard)
        return report_failure(
            common, streams, fmt::format("nobody could be posted to take the rules back: {}", guard.error().message()));
    if (auto const complaint = put_in_force(settings, render_rules(settings)))
        return report_failure(common, streams, *complaint);
    return report_end(common, is_kept_in_time(common, options, *guard, streams) ? guard->keep() : guard->wait(), streams);
}

} // namespace

int gateway_render(Common const& common, GatewayText what, Streams streams)
{
    if (what == GatewayText::zone) {
        auto const settings = read_settings(common, streams);
        auto const policy = settings ? read_declarations(common, *settings, streams) : std::nullopt;
        return policy ? render_text(common, render_zone(*policy, static_cast<std::uint32_t>(std::time(nullptr))), streams)
                      : failure;
    }
    auto const settings = read_gateway_settings(common, streams);
    if (!settings)
        return failure;
    return render_text(common, what == GatewayText::rules ? render_rules(*settings) : text_of_routes(*settings), streams);
}

int gateway_apply(Common const& common, GatewayApplyOptions const& options, Streams streams)
{
    auto const settings = read_gateway_settings(common, streams);
    if (!settings)
        return failure;
    if (auto const complaint = check_rules(render_rules(*settings)))
        return report_failure(common, streams, *complaint);
    if (!options.keep)
        return apply_with_guard(common, options, *settings, streams);
    if (auto const complaint = put_in_force(*settings, render_rules(*settings)))
        return report_failure(common, streams, *complaint);
    return report_end(common, Guard::End::kept, streams);
}

int gateway_revert(Common const& common, Streams streams)
{
    if (auto const complaint = take_back({}))
        return report_failure(common, streams, *complaint);
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}});
    else
        streams.out << "Rules and routes are taken back. Devices reach the web as your other rules say.\n";
    return success;
}

} // namespace gatehouse::ctl
