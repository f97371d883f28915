#include "proxy/identity/sign_in.hpp"

#include "proxy/identity/basic.hpp"
#include "proxy/store/sign_in.hpp"

#include <boost/asio/co_spawn.hpp>

namespace gatehouse::identity {

SignIn::SignIn(store::Store& store, net::Executor executor)
    : store_(store)
    , executor_(executor)
{
}

net::task<SignInResult> SignIn::check(policy::IpAddress client, std::string_view field_value, std::chrono::sys_seconds now)
{
    auto const credentials = parse_basic(field_value);
    if (!credentials)
        co_return SignInResult{};
    auto const at = std::chrono::steady_clock::now();
    if (auto known = cache_.find(client, *credentials, at))
        co_return SignInResult{SignInStatus::proved, std::move(*known)};
    store::SignInAttempt attempt{credentials->login, credentials->password, client.to_text(), now};
    // The store speaks Asio's general executor; the answer comes back to this worker's own.
    auto asked = store::sign_in_proxy(store_, std::move(attempt));
    auto const outcome
        = co_await boost::asio::co_spawn(executor_, std::move(asked), boost::asio::use_awaitable_t<net::Executor>{});
    if (!outcome)
        co_return SignInResult{SignInStatus::unavailable, {}};
    if (outcome->status != store::SignInOutcome::Status::signed_in)
        co_return SignInResult{};
    Proved person{outcome->account.login, outcome->account.subject_role, outcome->account.groups};
    cache_.keep(client, *credentials, person, at);
    co_return SignInResult{SignInStatus::proved, std::move(person)};
}

} // namespace gatehouse::identity
