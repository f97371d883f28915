#include "proxy/settings_pac.hpp"

#include "policy/host.hpp"
#include "proxy/settings.hpp"

#include <charconv>
#include <fmt/format.h>

namespace gatehouse {
namespace {

/// "proxy.school.example:3128", "10.0.0.5:3128" or "[fd00::5]:3128".
bool is_proxy(std::string_view text)
{
    if (auto const endpoint = parse_endpoint(text))
        return endpoint->port != 0;
    auto const colon = text.rfind(':');
    if (colon == text.npos)
        return false;
    auto const host = policy::Host::parse(text.substr(0, colon));
    std::uint16_t port = 0;
    auto const [end, failure] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    return host && !host->is_address() && host->text() == text.substr(0, colon) && failure == std::errc{}
    && end == text.data() + text.size() && port != 0;
}

bool is_name(std::string_view text)
{
    auto const bare = text.starts_with('.') ? text.substr(1) : text;
    auto const host = policy::Host::parse(bare);
    return host && !host->is_address() && host->text() == bare;
}

void read_answer(SettingsReader& reader, PacAnswer& answer)
{
    reader.read("proxies", answer.proxies);
    for (auto const& proxy : answer.proxies)
        if (!is_proxy(proxy))
            reader.complain(
                "proxies", fmt::format("\"{}\" is not like \"proxy.school.example:3128\" or \"10.0.0.5:3128\"", proxy));
    std::vector<std::string> direct;
    reader.read("direct", direct);
    for (auto const& text : direct) {
        auto const network = policy::Network::parse(text);
        if (network && network->base.is_v4())
            answer.direct_networks.push_back(*network);
        else if (!network && is_name(text))
            answer.direct_names.push_back(text);
        else
            reader.complain("direct",
                fmt::format(
                    "\"{}\" is no name such as \"printer.school.example\" or \".school.example\" and no IPv4 network", text));
    }
}

/// What one network has not of its own, it has of everyone's; what it reaches directly comes to that.
void complete(PacAnswer& answer, PacAnswer const& everyone)
{
    if (answer.proxies.empty())
        answer.proxies = everyone.proxies;
    answer.direct_names.insert(answer.direct_names.end(), everyone.direct_names.begin(), everyone.direct_names.end());
    answer.direct_networks.insert(answer.direct_networks.end(), everyone.direct_networks.begin(), everyone.direct_networks.end());
}

} // namespace

void read_pac(SettingsReader& reader, Settings& settings)
{
    auto& answers = settings.pac;
    PacAnswer everyone;
    read_answer(reader, everyone);
    reader.each_table("network", [&](SettingsReader& network) {
        PacAnswer answer;
        network.read("from", answer.from);
        if (answer.from.empty())
            network.complain("from", "`from` is missing: the networks of the devices that this is for");
        read_answer(network, answer);
        complete(answer, everyone);
        answers.push_back(std::move(answer));
    });
    answers.push_back(std::move(everyone));
}

} // namespace gatehouse
