#include "tools/ctl/own_store.hpp"

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

store::Actor command_line()
{
    return {store::AccountId::none, fmt::format("command-line:{}", ::getuid()), {}};
}

} // namespace gatehouse::ctl
