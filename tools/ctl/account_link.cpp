#include "proxy/store/linked_accounts.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/own_store.hpp"

#include <fmt/format.h>

namespace gatehouse::ctl {
namespace {

std::chrono::sys_seconds this_moment()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

int report(Common const& common, Streams streams, std::string const& login, result<void> const& done, std::string_view text)
{
    if (!done)
        return report_failure(common, streams, fmt::format("nothing was changed for \"{}\": {}", login, done.error().message()));
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"login", login}});
    else
        streams.out << text;
    return success;
}

} // namespace

int account_link(Common const& common, std::string const& login, std::string const& other, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const linked = store->run([&](store::Ledger& ledger) -> result<void> {
        auto const one = store::find_account(ledger, login);
        auto const two = one ? store::find_account(ledger, other) : one;
        if (!two)
            return two.error();
        return store::link_accounts(ledger, one->id, two->id, command_line(), this_moment());
    });
    return report(common, streams, login, linked,
        fmt::format(
            "{} and {} are one human being from now on: what one of them asked for the other does not decide\n", login, other));
}

int account_unlink(Common const& common, std::string const& login, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const parted = store->run([&](store::Ledger& ledger) -> result<void> {
        auto const account = store::find_account(ledger, login);
        if (!account)
            return account.error();
        return store::unlink_account(ledger, account->id, command_line(), this_moment());
    });
    return report(common, streams, login, parted, fmt::format("no other account is of the same human being as {}\n", login));
}

} // namespace gatehouse::ctl
