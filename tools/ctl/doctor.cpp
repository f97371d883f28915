#include "proxy/clock.hpp"
#include "proxy/control_client.hpp"
#include "proxy/mail/mailer.hpp"
#include "proxy/policy_loader.hpp"
#include "proxy/tls/issuer.hpp"
#include "proxy/tls/leaf_mint.hpp"
#include "proxy/tls/signer_process.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/doctor_system.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::ctl {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using std::chrono::days;
using std::chrono::hours;

constexpr hours lists_age_limit{48};
constexpr days ca_warning{60};
constexpr std::uintmax_t little_space = std::uintmax_t{1} << 30; // bytes; below: a warning
constexpr std::uintmax_t no_space = std::uintmax_t{128} << 20;   // bytes; below: the log cannot be kept
constexpr std::chrono::milliseconds dns_patience{2000};

enum class State : std::uint8_t { ok, warning, failed };

struct Finding {
    std::string id; ///< "lists", "ca" ...; stable, for scripts
    State state = State::ok;
    std::string text;
    std::string advice{};
};

std::string_view to_text(State state)
{
    switch (state) {
    case State::ok: return "ok";
    case State::warning: return "warning";
    case State::failed: break;
    }
    return "failed";
}

Finding look_at_clock(Settings const& settings)
{
    auto const now = Clock{settings.time_zone}.now();
    auto const text = fmt::format("it is {} in {}", now.local.to_text(), settings.time_zone);
    if (now.local.date.year < 2026)
        return {"clock", State::failed, text, "set the machine's clock: periods and certificates depend on it"};
    return {"clock", State::ok, text};
}

Finding look_at_configuration(Settings const& settings)
{
    auto const loaded = load_policy(settings);
    auto const warnings = loaded.problems.size();
    if (!loaded.ok())
        return {"configuration", State::failed, "the policy may not run: " + loaded.problems.front().message,
            "run `gatehouse check`"};
    if (warnings > 0)
        return {
            "configuration", State::warning, fmt::format("the policy runs, with {} warnings", warnings), "run `gatehouse check`"};
    return {"configuration", State::ok, fmt::format("{} rules, every expectation holds", loaded.policy.rules.size())};
}

template <class T>
error_code fault_of(result<T> const& outcome)
{
    return outcome ? error_code{} : outcome.error();
}

Finding look_at_lists(Settings const& settings)
{
    std::error_code ec;
    auto const written = fs::last_write_time(lists_image_path(settings), ec);
    if (ec)
        return {"lists", State::failed, "the lists were never compiled", "run `gatehouse lists compile`"};
    auto const age = std::chrono::duration_cast<hours>(fs::file_time_type::clock::now() - written);
    auto const text = fmt::format("compiled {} hours ago", age.count());
    if (age > lists_age_limit)
        return {"lists", State::warning, text, "run `gatehouse lists update` once a day"};
    return {"lists", State::ok, text};
}

/// How the CA's key is: what is wrong with it, or nothing.
std::optional<Finding> look_at_ca_key(Settings const& settings)
{
    auto const dir = settings.state_dir / "ca";
    auto const& socket = settings.ca_signer;
    auto const fault = socket.empty() ? fault_of(tls::LeafMint::load(dir))
                                      : fault_of(tls::SignerProcess::start({.program = {}, .dir = dir, .socket = socket}));
    if (fault == tls::errc::ca_missing)
        return Finding{
            "ca", State::warning, "there is no CA: block pages inside TLS cannot be shown", "run `gatehouse ca create`"};
    if (fault && socket.empty())
        return Finding{"ca", State::failed, fault.message(), "restore STATE/ca from the backup, with mode 0600 for ca.key"};
    if (fault)
        return Finding{"ca", State::failed, fmt::format("the signer at {}: {}", socket.string(), fault.message()),
            "systemctl status gatehouse-signer.socket; its folder must hold the ca.key of STATE/ca/ca.crt"};
    std::error_code ignored;
    if (!socket.empty() && fs::exists(dir / "ca.key", ignored))
        return Finding{"ca", State::warning, "another account signs, but the CA's key still lies in " + dir.string(),
            "take it away from there: rm " + (dir / "ca.key").string()};
    return std::nullopt;
}

Finding look_at_ca(Settings const& settings, std::chrono::sys_seconds now)
{
    if (auto fault = look_at_ca_key(settings))
        return std::move(*fault);
    auto const info = tls::read_ca_info(settings.state_dir / "ca");
    auto const left = info ? std::chrono::duration_cast<days>(info->not_after - now) : days{0};
    auto const text = fmt::format("valid for {} more days", left.count());
    if (left.count() <= 0)
        return {"ca", State::failed, "the CA has expired", "create a new one in an empty STATE/ca and install it on the devices"};
    return {"ca", left < ca_warning ? State::warning : State::ok, text,
        left < ca_warning ? "plan the change: every device needs the new certificate" : ""};
}

Finding look_at_state(Settings const& settings)
{
    struct ::stat status { };
    auto const path = settings.state_dir.string();
    if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        return {"state", State::failed, path + " is missing", "create it, owned by the gateway's account, with mode 0700"};
    if ((status.st_mode & 077) != 0)
        return {"state", State::warning, path + " can be read by others", "chmod 700 " + path};
    if (::access(path.c_str(), W_OK) != 0)
        return {"state", State::failed, path + " cannot be written by this user", "run as the gateway's account"};
    return {"state", State::ok, path + " is private"};
}

Finding look_at_disk(std::string id, fs::path const& folder)
{
    auto const space = free_space(folder);
    if (!space)
        return {std::move(id), State::failed, folder.string() + " is missing"};
    auto const text = fmt::format("{} MiB free for {}", *space >> 20, folder.string());
    if (*space < no_space)
        return {std::move(id), State::failed, text, "make room: records will be lost"};
    if (*space < little_space)
        return {std::move(id), State::warning, text, "make room, or keep fewer days of logs"};
    return {std::move(id), State::ok, text};
}

Finding look_at_daemon(Settings const& settings)
{
    auto const answer = ask_daemon(settings.state_dir / "control.sock", {{"verb", "status"}}, std::chrono::seconds{5});
    if (!answer)
        return {"daemon", State::warning, "no gateway answers: " + answer.error().message(), "start gatehoused"};
    return {"daemon", State::ok, "the gateway answers"};
}

Finding look_at_endpoint(std::string_view name, Endpoint const& endpoint, bool daemon_runs)
{
    auto const where = fmt::format("{} {}:{}", name, endpoint.address.to_text(), endpoint.port);
    std::string const id = "port-" + std::string{name};
    switch (look_at_port(endpoint)) {
    case PortState::free:
        return {id, daemon_runs ? State::warning : State::ok, where + " is free",
            daemon_runs ? "the running gateway was started with other settings: restart it" : ""};
    case PortState::in_use:
        return {id, daemon_runs ? State::ok : State::failed,
            where + (daemon_runs ? " is served" : " is taken by another program"),
            daemon_runs ? "" : "stop that program, or choose another port"};
    case PortState::not_ours: break;
    }
    return {id, State::failed, where + " cannot be bound", "the address must be one of this machine's, the port above 1023"};
}

Finding look_at_names(Settings const& settings)
{
    auto const servers = name_servers(settings.resolver);
    if (servers.empty())
        return {"dns", State::failed, "no name server is configured", "write [resolver] servers in gatehouse.toml"};
    std::size_t answering = 0;
    for (auto const& server : servers)
        answering += answers_dns(server, dns_patience) ? 1U : 0U;
    auto const text = fmt::format("{} of {} name servers answer", answering, servers.size());
    if (answering == 0)
        return {"dns", State::failed, text, "check the network and [resolver] servers"};
    return {"dns", answering < servers.size() ? State::warning : State::ok, text};
}

Finding look_at_antivirus(Settings const& settings)
{
    auto const& socket = settings.antivirus.socket;
    if (answers_ping(socket, dns_patience))
        return {"antivirus", State::ok, "ClamAV answers"};
    return {"antivirus", State::failed, fmt::format("ClamAV does not answer on {}", socket.string()),
        "start clamd (package clamav-daemon), and let the gateway's account use its LocalSocket"};
}

Finding look_at_mail(Settings const& settings)
{
    auto const& mail = settings.mail;
    struct ::stat status { };
    auto const path = mail.password_file.string();
    if (!path.empty() && (::stat(path.c_str(), &status) != 0 || (status.st_mode & 077) != 0))
        return {"mail", State::failed, path + " is missing or can be read by others", "chmod 600 " + path};
    if (mail.to.empty())
        return {"mail", State::warning, "nobody is told by e-mail", "write addresses below [mail.to]"};
    if (auto const fault = mail::check(mail); !fault.empty())
        return {"mail", State::failed, fmt::format("{}: {}", mail.server, fault), "look at [mail] in gatehouse.toml"};
    return {"mail", State::ok, mail.server + " would take mail"};
}

std::vector<Finding> examine(Settings const& settings)
{
    auto const now = tls::system_now();
    std::vector<Finding> findings{look_at_clock(settings), look_at_configuration(settings), look_at_lists(settings),
        look_at_ca(settings, now), look_at_state(settings), look_at_disk("disk-state", settings.state_dir),
        look_at_disk("disk-log", settings.log_dir), look_at_daemon(settings)};
    bool const daemon_runs = findings.back().state == State::ok;
    for (auto const& endpoint : settings.proxy)
        findings.push_back(look_at_endpoint("proxy", endpoint, daemon_runs));
    findings.push_back(look_at_endpoint("portal", settings.portal, daemon_runs));
    findings.push_back(look_at_endpoint("console", settings.console, daemon_runs));
    findings.push_back(look_at_endpoint("metrics", settings.metrics, daemon_runs));
    findings.push_back(look_at_names(settings));
    if (!settings.mail.server.empty())
        findings.push_back(look_at_mail(settings));
    if (!settings.antivirus.socket.empty())
        findings.push_back(look_at_antivirus(settings));
    return findings;
}

json::array to_json(std::vector<Finding> const& findings)
{
    json::array rows;
    for (auto const& finding : findings)
        rows.push_back(
            {{"id", finding.id}, {"state", to_text(finding.state)}, {"text", finding.text}, {"advice", finding.advice}});
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
        streams.out << fmt::format("{:<8} {:<14} {}\n", to_text(finding.state), finding.id, finding.text);
        if (!finding.advice.empty())
            streams.out << fmt::format("{:<23}  {}\n", "", finding.advice);
    }
    return failed ? failure : success;
}

} // namespace gatehouse::ctl
