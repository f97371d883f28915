#include "tools/ctl/own_store.hpp"

#include "proxy/policy_loader.hpp"
#include "proxy/stored_policy.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace gatehouse::ctl {

std::unique_ptr<store::Store> open_store(Common const& common, Settings const& settings, Streams streams)
{
    store::StoreOptions options;
    options.ledger.state_dir = settings.state_dir;
    auto opened = store::Store::open(options);
    if (opened)
        return std::move(*opened);
    report_failure(common, streams, "the store cannot be opened: " + opened.error().message());
    return nullptr;
}

Judged add_own_store(policy::Policy& policy, Settings const& settings, std::chrono::sys_seconds now)
{
    auto const judge = [clock = Clock{settings.time_zone}](policy::Policy const& judged) { return judge_policy(judged, clock); };
    std::error_code ec;
    if (!std::filesystem::exists(settings.state_dir / "gatehouse.db", ec))
        return judge(policy);
    store::LedgerOptions options;
    options.state_dir = settings.state_dir;
    auto ledger = store::Ledger::open(options);
    if (!ledger)
        return "the store cannot be opened: " + ledger.error().message();
    auto added = add_stored(policy, *ledger, {now, {}, judge});
    if (!added)
        return "the store cannot be read: " + added.error().message();
    return std::move(added->problems);
}

store::Actor command_line()
{
    return {store::AccountId::none, fmt::format("command-line:{}", ::getuid()), {}};
}

} // namespace gatehouse::ctl
