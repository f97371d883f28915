#include "proxy/doctor.hpp"
#include "proxy/checks/machine.hpp"
#include "proxy/checks/parts.hpp"
#include "proxy/control_client.hpp"
#include "proxy/tls/issuer.hpp"
#include "tools/ctl/configuration.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <iterator>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;
using checks::Finding;
using State = Finding::State;

/// Whether it answers, first; then its parts that do not.
std::vector<Finding> look_at_daemon(Settings const& settings)
{
    auto const answer = ask_daemon(settings.state_dir / "control.sock", {{"verb", "status"}}, std::chrono::seconds{5});
    if (!answer)
        return {{"daemon", State::warning, {"no gateway answers: {}", {answer.error().message()}}, {"start gatehoused"}}};
    std::vector<Finding> findings{{"daemon", State::ok, {"the gateway answers"}}};
    for (auto& part : checks::look_at_parts(*answer))
        findings.push_back(std::move(part));
    return findings;
}

Finding look_at_endpoint(std::string_view name, Endpoint const& endpoint, bool daemon_runs)
{
    auto const where = fmt::format("{} {}:{}", name, endpoint.address.to_text(), endpoint.port);
    std::string const id = "port-" + std::string{name};
    switch (checks::look_at_port(endpoint)) {
    case checks::PortState::free:
        if (daemon_runs)
            return {
                id, State::warning, {"{} is free", {where}}, {"the running gateway was started with other settings: restart it"}};
        return {id, State::ok, {"{} is free", {where}}};
    case checks::PortState::in_use:
        if (daemon_runs)
            return {id, State::ok, {"{} is served", {where}}};
        return {id, State::failed, {"{} is taken by another program", {where}}, {"stop that program, or choose another port"}};
    case checks::PortState::not_ours: break;
    }
    return {
        id, State::failed, {"{} cannot be bound", {where}}, {"the address must be one of this machine's, the port above 1023"}};
}

/// What the machine says, and from outside the daemon whether it answers on its ports.
std::vector<Finding> examine(Settings const& settings)
{
    auto findings = gatehouse::examine(settings, tls::system_now());
    auto daemon = look_at_daemon(settings);
    bool const daemon_runs = daemon.front().state == State::ok;
    std::move(daemon.begin(), daemon.end(), std::back_inserter(findings));
    for (auto const& endpoint : settings.proxy)
        findings.push_back(look_at_endpoint("proxy", endpoint, daemon_runs));
    findings.push_back(look_at_endpoint("portal", settings.portal, daemon_runs));
    findings.push_back(look_at_endpoint("console", settings.console, daemon_runs));
    findings.push_back(look_at_endpoint("metrics", settings.metrics, daemon_runs));
    return findings;
}

json::array to_json(std::vector<Finding> const& findings)
{
    json::array rows;
    for (auto const& finding : findings)
        rows.push_back({{"id", finding.id}, {"state", checks::to_text(finding.state)}, {"text", finding.text.text()},
            {"advice", finding.advice.text()}});
    return rows;
}

} // namespace

int doctor(Common const& common, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return failure;
    auto const findings = examine(*settings);
    bool const failed
        = std::any_of(findings.begin(), findings.end(), [](Finding const& finding) { return finding.state == State::failed; });
    if (common.output == Output::json) {
        write_json(streams, {{"ok", !failed}, {"findings", to_json(findings)}});
        return failed ? failure : success;
    }
    for (auto const& finding : findings) {
        streams.out << fmt::format("{:<8} {:<14} {}\n", checks::to_text(finding.state), finding.id, finding.text.text());
        if (!finding.advice.empty())
            streams.out << fmt::format("{:<23}  {}\n", "", finding.advice.text());
    }
    return failed ? failure : success;
}

} // namespace gatehouse::ctl
