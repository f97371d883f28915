#include "proxy/doctor.hpp"

#include "proxy/checks/machine.hpp"
#include "proxy/clock.hpp"
#include "proxy/mail/mailer.hpp"
#include "proxy/policy_loader.hpp"
#include "proxy/tls/issuer.hpp"
#include "proxy/tls/leaf_mint.hpp"
#include "proxy/tls/signer_process.hpp"

#include <algorithm>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse {
namespace {

namespace fs = std::filesystem;
using checks::Finding;
using checks::Sentence;
using State = Finding::State;
using std::chrono::days;
using std::chrono::hours;

constexpr hours lists_age_limit{48};
constexpr days ca_warning{60};
constexpr std::uintmax_t little_space = std::uintmax_t{1} << 30; // bytes; below: a warning
constexpr std::uintmax_t no_space = std::uintmax_t{128} << 20;   // bytes; below: the log cannot be kept
constexpr std::chrono::milliseconds dns_patience{2000};

Finding look_at_clock(Settings const& settings, std::chrono::sys_seconds now)
{
    auto const local = Clock{settings.time_zone}.moment_of(now).local;
    Sentence const text{"it is {} in {}", {local.to_text(), settings.time_zone}};
    if (local.date.year < 2026)
        return {"clock", State::failed, text, {"set the machine's clock: periods and certificates depend on it"}};
    return {"clock", State::ok, text};
}

Finding look_at_configuration(Settings const& settings)
{
    auto const loaded = load_policy(settings);
    if (!loaded.ok())
        return {"configuration", State::failed, {"the policy may not run: {}", {loaded.problems.front().message}},
            {"run `gatehouse check`"}};
    if (auto const warnings = loaded.problems.size(); warnings > 0)
        return {"configuration", State::warning, {"the policy runs, with {} warnings", {std::to_string(warnings)}},
            {"run `gatehouse check`"}};
    if (!lint(settings).empty())
        return {"configuration", State::warning, {"private networks are listed, but no names that may lead there"},
            {"write private_names below [reach] in gatehouse.toml"}};
    return {"configuration", State::ok, {"{} rules, every expectation holds", {std::to_string(loaded.policy.rules.size())}}};
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
        return {"lists", State::failed, {"the lists were never compiled"}, {"run `gatehouse lists compile`"}};
    auto const age = std::chrono::duration_cast<hours>(fs::file_time_type::clock::now() - written);
    Sentence const text{age.count() == 1 ? "compiled {} hour ago" : "compiled {} hours ago", {std::to_string(age.count())}};
    if (age > lists_age_limit)
        return {"lists", State::warning, text, {"run `gatehouse lists update` once a day"}};
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
            "ca", State::warning, {"there is no CA: block pages inside TLS cannot be shown"}, {"run `gatehouse ca create`"}};
    if (fault && socket.empty())
        return Finding{
            "ca", State::failed, {"{}", {fault.message()}}, {"restore STATE/ca from the backup, with mode 0600 for ca.key"}};
    if (fault)
        return Finding{"ca", State::failed, {"the signer at {}: {}", {socket.string(), fault.message()}},
            {"systemctl status gatehouse-signer.socket; its folder must hold the ca.key of STATE/ca/ca.crt"}};
    std::error_code ignored;
    if (!socket.empty() && fs::exists(dir / "ca.key", ignored))
        return Finding{"ca", State::warning, {"another account signs, but the CA's key still lies in {}", {dir.string()}},
            {"take it away from there: rm {}", {(dir / "ca.key").string()}}};
    return std::nullopt;
}

Finding look_at_ca(Settings const& settings, std::chrono::sys_seconds now)
{
    if (auto fault = look_at_ca_key(settings))
        return std::move(*fault);
    auto const info = tls::read_ca_info(settings.state_dir / "ca");
    auto const left = info ? std::chrono::duration_cast<days>(info->not_after - now) : days{0};
    Sentence const text{left.count() == 1 ? "valid for {} more day" : "valid for {} more days", {std::to_string(left.count())}};
    if (left.count() <= 0)
        return {
            "ca", State::failed, {"the CA has expired"}, {"create a new one in an empty STATE/ca and install it on the devices"}};
    if (left < ca_warning)
        return {"ca", State::warning, text, {"plan the change: every device needs the new certificate"}};
    return {"ca", State::ok, text};
}

Finding look_at_state(Settings const& settings)
{
    struct ::stat status { };
    auto const path = settings.state_dir.string();
    if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        return {"state", State::failed, {"{} is missing", {path}}, {"create it, owned by the gateway's account, with mode 0700"}};
    if ((status.st_mode & 077) != 0)
        return {"state", State::warning, {"{} can be read by others", {path}}, {"chmod 700 {}", {path}}};
    if (::access(path.c_str(), W_OK) != 0)
        return {"state", State::failed, {"{} cannot be written by this user", {path}}, {"run as the gateway's account"}};
    return {"state", State::ok, {"{} is private", {path}}};
}

Finding look_at_disk(std::string id, fs::path const& folder)
{
    auto const space = checks::free_space(folder);
    if (!space)
        return {std::move(id), State::failed, {"{} is missing", {folder.string()}}};
    Sentence const text{"{} MiB free for {}", {std::to_string(*space >> 20), folder.string()}};
    if (*space < no_space)
        return {std::move(id), State::failed, text, {"make room: records will be lost"}};
    if (*space < little_space)
        return {std::move(id), State::warning, text, {"make room, or keep fewer days of logs"}};
    return {std::move(id), State::ok, text};
}

/// A file with a secret, if others may read it or it is not there.
void look_at_secret(std::string id, fs::path const& file, std::vector<Finding>& findings)
{
    struct ::stat status { };
    auto const path = file.string();
    if (!path.empty() && (::stat(path.c_str(), &status) != 0 || (status.st_mode & 077) != 0))
        findings.push_back(
            {std::move(id), State::failed, {"{} is missing or can be read by others", {path}}, {"chmod 600 {}", {path}}});
}

Finding look_at_names(Settings const& settings)
{
    auto const servers = checks::name_servers(settings.resolver);
    if (servers.empty())
        return {"dns", State::failed, {"no name server is configured"}, {"write [resolver] servers in gatehouse.toml"}};
    std::size_t answering = 0;
    for (auto const& server : servers)
        answering += checks::answers_dns(server, dns_patience) ? 1U : 0U;
    Sentence const text{"{} of {} name servers answer", {std::to_string(answering), std::to_string(servers.size())}};
    if (answering == 0)
        return {"dns", State::failed, text, {"check the network and [resolver] servers"}};
    return {"dns", answering < servers.size() ? State::warning : State::ok, text};
}

Finding look_at_antivirus(Settings const& settings)
{
    auto const& socket = settings.antivirus.socket;
    if (checks::answers_ping(socket, dns_patience))
        return {"antivirus", State::ok, {"ClamAV answers"}};
    return {"antivirus", State::failed, {"ClamAV does not answer on {}", {socket.string()}},
        {"start clamd (package clamav-daemon), and let the gateway's account use its LocalSocket"}};
}

void look_at_mail(Mail const& mail, std::vector<Finding>& findings)
{
    auto const before = findings.size();
    look_at_secret("mail", mail.password_file, findings);
    if (findings.size() > before)
        return;
    if (mail.to.empty())
        findings.push_back({"mail", State::warning, {"nobody is told by e-mail"}, {"write addresses below [mail.to]"}});
    else if (auto const fault = mail::check(mail); !fault.empty())
        findings.push_back({"mail", State::failed, {"{}: {}", {mail.server, fault}}, {"look at [mail] in gatehouse.toml"}});
    else
        findings.push_back({"mail", State::ok, {"{} would take mail", {mail.server}}});
}

} // namespace

std::vector<Finding> examine(Settings const& settings, std::chrono::sys_seconds now)
{
    std::vector<Finding> findings{look_at_clock(settings, now), look_at_configuration(settings), look_at_lists(settings),
        look_at_ca(settings, now), look_at_state(settings), look_at_disk("disk-state", settings.state_dir),
        look_at_disk("disk-log", settings.log_dir)};
    findings.push_back(look_at_names(settings));
    look_at_secret("sign-on", settings.sign_on.secret_file, findings);
    if (!settings.mail.server.empty())
        look_at_mail(settings.mail, findings);
    if (!settings.antivirus.socket.empty())
        findings.push_back(look_at_antivirus(settings));
    return findings;
}

} // namespace gatehouse
