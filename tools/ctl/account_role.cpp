#include "proxy/store/accounts.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/own_store.hpp"

#include <fmt/format.h>

namespace gatehouse::ctl {

int account_role(Common const& common, std::string const& login, std::string const& name, Streams streams)
{
    auto const role = store::parse_console_role(name);
    if (!role)
        return report_failure(common, streams, fmt::format("there is no console role \"{}\"", name));
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const done = store->run([&](store::Ledger& ledger) -> result<void> {
        auto const account = store::find_account(ledger, login);
        if (!account)
            return account.error();
        return store::set_console_role(ledger, account->id, *role, command_line(), now);
    });
    if (!done)
        return report_failure(common, streams, fmt::format("nothing was changed for \"{}\": {}", login, done.error().message()));
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"login", login}, {"console_role", store::to_text(*role)}});
    else
        streams.out << fmt::format("{} has the role {}: signed out everywhere, and a new role decides nothing for 24 hours; the "
                                   "audit and the headteacher are told\n",
            login, store::to_text(*role));
    return success;
}

} // namespace gatehouse::ctl
