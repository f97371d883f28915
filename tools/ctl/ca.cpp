#include "proxy/clock.hpp"
#include "proxy/tls/issuer.hpp"
#include "tools/ctl/configuration.hpp"

#include <fmt/format.h>
#include <iostream>

namespace gatehouse::ctl {
namespace {

int show(Common const& common, Settings const& settings, Streams streams)
{
    auto const dir = settings.state_dir / "ca";
    auto const info = tls::read_ca_info(dir);
    if (!info)
        return report_failure(common, streams, info.error().message());
    auto const until = Clock{settings.time_zone}.moment_of(info->not_after).local.date.to_text();
    auto const certificate = (dir / "ca.crt").string();
    if (common.output == Output::json) {
        write_json(streams,
            {{"ok", true}, {"certificate", certificate}, {"subject", info->subject}, {"sha256", info->sha256},
                {"valid_until", until}});
        return success;
    }
    streams.out << fmt::format(
        "certificate  {}\nsubject      {}\nSHA-256      {}\nvalid until  {}\n", certificate, info->subject, info->sha256, until);
    return success;
}

} // namespace

int ca_create(Common const& common, std::string const& school, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return failure;
    auto name = school;
    if (name.empty()) {
        auto const policy = read_declarations(common, *settings, streams);
        if (!policy)
            return failure;
        name = policy->school;
    }
    if (auto const created = tls::create_ca(settings->state_dir / "ca", name); !created)
        return report_failure(common, streams, created.error().message());
    return show(common, *settings, streams);
}

int ca_move_key(Common const& common, std::string const& to, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return failure;
    if (auto const moved = tls::move_ca_key(settings->state_dir / "ca", to); !moved)
        return report_failure(common, streams, moved.error().message());
    auto const key = (std::filesystem::path{to} / "ca.key").string();
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"key", key}});
    else
        streams.out << fmt::format("The CA's key is {} now, and nowhere else but in backups.\n", key)
                    << "Next: signer below [ca] in gatehouse.toml names the socket of the account that owns it; then `gatehouse "
                       "restart`.\n";
    return success;
}

int ca_show(Common const& common, Streams streams)
{
    auto const settings = read_settings(common, streams);
    return settings ? show(common, *settings, streams) : failure;
}

} // namespace gatehouse::ctl
