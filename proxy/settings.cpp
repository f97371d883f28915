#include "proxy/settings.hpp"

#include "policy/toml_header.hpp"
#include "proxy/clock.hpp"
#include "proxy/settings_gateway.hpp"
#include "proxy/settings_mail.hpp"
#include "proxy/settings_pac.hpp"
#include "proxy/settings_reader.hpp"
#include "proxy/settings_sign_on.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>
#include <libpsl.h>
#include <stdexcept>

namespace gatehouse {
namespace {

constexpr std::size_t max_file_size = 1024 * 1024; // bytes; a settings file is a few kilobytes

void read_listen(SettingsReader& reader, Settings& settings)
{
    reader.read("proxy", settings.proxy);
    reader.read("redirect", settings.redirect);
    reader.read("tproxy", settings.tproxy);
    reader.read("portal", settings.portal);
    reader.read("console", settings.console);
    reader.read("metrics", settings.metrics);
    if (settings.proxy.empty())
        reader.complain("proxy", "`proxy` needs at least one address", "write proxy = [\"127.0.0.1:3128\"]");
}

void check_url(SettingsReader& reader, std::string_view key, std::string_view url, std::string_view scheme)
{
    if (!url.empty() && (!url.starts_with(scheme) || url.size() == scheme.size() || url.ends_with('/')))
        reader.complain(key, fmt::format("`{}` must start with {} and have no slash at its end", key, scheme));
}

void read_urls(SettingsReader& reader, Settings& settings)
{
    reader.read("portal", settings.portal_url);
    reader.read("console", settings.console_url);
    reader.read("own_names", settings.own_names);
    check_url(reader, "portal", settings.portal_url, "http://");
    check_url(reader, "console", settings.console_url, "https://");
}

/// Below a public suffix anybody may have a name, and lead it into the school's network: those of registries, and of providers that give names away.
void check_private_names(SettingsReader& reader, std::vector<std::string> const& names)
{
    for (auto const& name : names) {
        auto const host = policy::Host::parse(name);
        if (!host || host->is_address() || host->text() != name)
            reader.complain("private_names", fmt::format("\"{}\" is not a name such as \"school.example\"", name),
                "addresses stand in `private`; a name holds for all names below it, too");
        else if (psl_is_public_suffix2(psl_builtin(), name.c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0)
            reader.complain("private_names", fmt::format("anybody can have a name below \"{}\"", name),
                "write the school's own, such as \"school.example\"");
    }
}

void read_reach(SettingsReader& reader, Settings& settings)
{
    reader.read("connect_ports", settings.connect_ports);
    reader.read("http_ports", settings.http_ports);
    reader.read("private", settings.reachable_private);
    if (reader.has("private_names")) {
        auto& names = settings.private_names.emplace();
        reader.read("private_names", names);
        check_private_names(reader, names);
    }
    reader.read("extra_roots", settings.extra_roots, settings.config_dir);
    reader.read("revoked", settings.revoked, settings.config_dir);
}

void read_log(SettingsReader& reader, Settings& settings)
{
    reader.read("queries", settings.log_queries);
    reader.read("days", settings.log_days);
    reader.read_size("ring", settings.log_ring);
    reader.read("sinks", settings.log_sinks);
    for (auto const& sink : settings.log_sinks)
        if (sink != "squid" && sink != "ecs" && sink != "search")
            reader.complain("sinks", "`sinks` may hold \"squid\", \"ecs\" and \"search\"");
    reader.read("level", settings.log_level);
    std::vector<std::string_view> const levels{"debug", "info", "warn", "error"};
    if (std::find(levels.begin(), levels.end(), settings.log_level) == levels.end())
        reader.complain("level", "`level` must be \"debug\", \"info\", \"warn\" or \"error\"");
}

void read_limits(SettingsReader& reader, Settings& settings)
{
    auto& limits = settings.limits;
    reader.read_count("connections", limits.connections);
    reader.read_count("connections_per_client", limits.connections_per_client);
    reader.read_count("streams_per_client", limits.streams_per_client);
    reader.read_count("idle_upstream_per_worker", limits.idle_upstream_per_worker);
    reader.read_count("idle_upstream_per_host", limits.idle_upstream_per_host);
    reader.read_size("relay_buffer", limits.relay_buffer);
    reader.read_count("dns_cache", limits.dns_cache);
    reader.read_size("memory", limits.memory);
    reader.read("body_rate", limits.body_rate); // zero is a value here
}

void read_deadlines(SettingsReader& reader, Settings& settings)
{
    auto& deadlines = settings.deadlines;
    reader.read("request_head", deadlines.request_head);
    reader.read("keep_alive", deadlines.keep_alive);
    reader.read("client_hello", deadlines.client_hello);
    reader.read("server_first", deadlines.server_first);
    reader.read("resolve", deadlines.resolve);
    reader.read("connect", deadlines.connect);
    reader.read("connect_attempt", deadlines.connect_attempt);
    reader.read("response_head", deadlines.response_head);
    reader.read("body_idle", deadlines.body_idle);
    reader.read("body_grace", deadlines.body_grace);
    reader.read("tunnel_idle", deadlines.tunnel_idle);
    reader.read("handshake", deadlines.handshake);
    reader.read("upstream_idle", deadlines.upstream_idle);
    reader.read("drain", deadlines.drain);
    reader.read("hang", deadlines.hang);
    reader.read("hang_at_disk", deadlines.hang_at_disk);
    reader.read("long_work", deadlines.long_work);
    constexpr std::chrono::milliseconds shortest_hang{1000};
    if (std::min({deadlines.hang, deadlines.hang_at_disk, deadlines.long_work}) < shortest_hang)
        reader.complain("hang", "`hang`, `hang_at_disk` and `long_work` must be at least \"1s\"");
}

void read_resolver(SettingsReader& reader, Settings& settings)
{
    auto& resolver = settings.resolver;
    reader.read("servers", resolver.servers);
    reader.read("hosts_file", resolver.hosts_file, settings.config_dir);
    reader.read("max_ttl", resolver.max_ttl);
    reader.read("negative_ttl", resolver.negative_ttl);
    for (auto const& server : resolver.servers)
        if (!policy::IpAddress::parse(server) && !parse_endpoint(server))
            reader.complain("servers", fmt::format("\"{}\" is not an address such as \"10.0.0.53\"", server));
    if (resolver.negative_ttl > std::chrono::seconds{30})
        reader.complain("negative_ttl", "`negative_ttl` must be at most \"30s\"");
}

void check_socket_path(SettingsReader& reader, std::string_view key, std::filesystem::path const& path)
{
    constexpr std::size_t longest_path = 107; // unix(7)
    if (path.string().size() > longest_path)
        reader.complain(key, "the path of a socket has at most 107 letters");
}

void read_antivirus(SettingsReader& reader, Settings& settings)
{
    auto& antivirus = settings.antivirus;
    reader.read("socket", antivirus.socket, settings.config_dir);
    reader.read_size("most", antivirus.most);
    reader.read("patience", antivirus.patience);
    check_socket_path(reader, "socket", antivirus.socket);
}

void read_ca(SettingsReader& reader, Settings& settings)
{
    reader.read("signer", settings.ca_signer, settings.config_dir);
    check_socket_path(reader, "signer", settings.ca_signer);
}

void read_console(SettingsReader& reader, Settings& settings)
{
    reader.read("second_factor", settings.second_factor);
    for (auto const& role : settings.second_factor)
        if (!is_console_role(role))
            reader.complain("second_factor", fmt::format("\"{}\" is not a role of the console", role),
                fmt::format("the roles are {}", fmt::join(console_roles, ", ")));
}

void read_retention(SettingsReader& reader, Settings& settings)
{
    for (auto const& key : retention_keys)
        reader.read(key.id, settings.retention.*key.days);
}

void read_audit(SettingsReader& reader, Settings& settings)
{
    reader.read("heads", settings.heads_dir, settings.config_dir);
}

void check_pseudonym(SettingsReader& reader, std::string_view pseudonym)
{
    auto const fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    };
    if (pseudonym.empty() || !std::all_of(pseudonym.begin(), pseudonym.end(), fits))
        reader.complain("pseudonym", "`pseudonym` may have letters, digits, dots and hyphens only");
}

void check_time_zone(SettingsReader& reader, std::string const& zone)
{
    try {
        Clock const known{zone};
    } catch (std::runtime_error const&) { // how the time zone library says that it knows no such zone
        reader.complain(
            "time_zone", fmt::format("the time zone database knows no \"{}\"", zone), "write a name such as \"Europe/London\"");
    }
}

using ReadSection = void (*)(SettingsReader&, Settings&);
struct Section {
    std::string_view name;
    ReadSection read;
};
constexpr Section sections[]{{"listen", read_listen}, {"urls", read_urls}, {"reach", read_reach}, {"log", read_log},
    {"limits", read_limits}, {"deadlines", read_deadlines}, {"resolver", read_resolver}, {"pac", read_pac},
    {"antivirus", read_antivirus}, {"ca", read_ca}, {"console", read_console}, {"mail", read_mail}, {"sign_on", read_sign_on},
    {"retention", read_retention}, {"audit", read_audit}, {"gateway", read_gateway}};

void read_document(toml::table const& document, std::string const& file, LoadedSettings& loaded)
{
    auto& settings = loaded.settings;
    SettingsReader top{document, file, loaded.problems};
    top.read("time_zone", settings.time_zone);
    top.read("state_dir", settings.state_dir, settings.config_dir);
    top.read("log_dir", settings.log_dir, settings.config_dir);
    top.read("pseudonym", settings.pseudonym);
    top.read("workers", settings.workers);
    check_pseudonym(top, settings.pseudonym);
    check_time_zone(top, settings.time_zone);
    for (auto const* const key : {"state_dir", "log_dir", "listen"})
        if (!top.has(key))
            top.complain(key, fmt::format("`{}` is missing", key));
    for (auto const& section : sections)
        top.in_table(section.name, [&](SettingsReader& reader) { section.read(reader, settings); });
    top.finish();
    if (settings.heads_dir.empty())
        settings.heads_dir = settings.state_dir / "heads";
}

std::string url_of(std::string_view scheme, Endpoint const& endpoint)
{
    auto const address = endpoint.address.to_text();
    return endpoint.address.is_v4() ? fmt::format("{}://{}:{}", scheme, address, endpoint.port)
                                    : fmt::format("{}://[{}]:{}", scheme, address, endpoint.port);
}

/// Empty URLs stay empty where the port is chosen at start: whoever binds knows it.
void fill_urls(Settings& settings)
{
    if (settings.portal_url.empty() && settings.portal.port != 0)
        settings.portal_url = url_of("http", settings.portal);
    if (settings.console_url.empty() && settings.console.port != 0)
        settings.console_url = url_of("https", settings.console);
}

} // namespace

LoadedSettings load_settings(std::filesystem::path const& dir)
{
    LoadedSettings loaded;
    loaded.settings.config_dir = dir;
    auto const path = dir / "gatehouse.toml";
    auto const file = path.string();
    auto const fail = [&](std::uint32_t line, std::uint32_t column, std::string message) {
        loaded.problems.push_back({policy::Problem::Severity::error, file, line, column, std::move(message), {}});
    };

    std::ifstream stream{path, std::ios::binary};
    if (!stream) {
        fail(0, 0, "cannot be read");
        return loaded;
    }
    loaded.source.assign(std::istreambuf_iterator<char>{stream}, {});
    if (loaded.source.size() > max_file_size) {
        fail(0, 0, "is larger than 1 MiB: this is no settings file");
        return loaded;
    }
    if (auto const fault = policy::find_fault(loaded.source)) {
        fail(fault->place.line, fault->place.column, std::string{fault->message});
        return loaded;
    }
    // The one place where toml++ reports bad text: by exception.
    try {
        read_document(toml::parse(loaded.source, file), file, loaded);
    } catch (toml::parse_error const& error) {
        fail(error.source().begin.line, error.source().begin.column, std::string{error.description()});
    }
    fill_urls(loaded.settings);
    return loaded;
}

std::vector<policy::Problem> lint(Settings const& settings)
{
    std::vector<policy::Problem> found;
    if (!settings.reachable_private.empty() && !settings.private_names)
        found.push_back({policy::Problem::Severity::warning, (settings.config_dir / "gatehouse.toml").string(), 0, 0,
            "`private` of [reach] lets private networks be reached by address and by names of hosts files, by no other name",
            "write the school's own names, private_names = ['school.example'], or none, private_names = []"});
    return found;
}

} // namespace gatehouse
