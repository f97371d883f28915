#include "proxy/identity/sign_in.hpp"

#include "proxy/identity/basic.hpp"
#include "proxy/store/sign_in.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace gatehouse::identity {
namespace {

namespace asio = boost::asio;

using Heard = std::optional<SignInResult>;

/// What somebody else's check of the same credentials says, once it is over; nothing, at once, if it is for the caller to check them.
template <class Token>
auto async_join(JointChecks& checks, net::Executor executor, CredentialKey key, Token token)
{
    auto start = [&checks, executor](auto handler, CredentialKey wanted) {
        // std::function needs a copyable callable; the handler is not.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto const finish = [shared, executor, work = asio::make_work_guard(executor)](Heard heard) {
            asio::post(executor, [shared, heard = std::move(heard)]() mutable { (*shared)(std::move(heard)); });
        };
        if (checks.begin(wanted, [finish](SignInResult const& result) { finish(result); }))
            finish(std::nullopt);
    };
    return asio::async_initiate<Token, void(Heard)>(start, token, key);
}

} // namespace

SignIn::SignIn(store::Store& store, net::Executor executor, std::shared_ptr<JointChecks> checks)
    : store_(store)
    , executor_(executor)
    , checks_(std::move(checks))
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
    auto const key = checks_->key_of(client, *credentials);
    auto heard = co_await async_join(*checks_, executor_, key, asio::use_awaitable_t<net::Executor>{});
    if (!heard) {
        LeadingCheck leading(*checks_, key);
        heard = co_await ask_store(client, *credentials, now);
        leading.answer(*heard);
    }
    if (heard->status == SignInStatus::proved)
        cache_.keep(client, *credentials, heard->person, at);
    co_return std::move(*heard);
}

net::task<SignInResult> SignIn::ask_store(policy::IpAddress client, Credentials credentials, std::chrono::sys_seconds now)
{
    store::SignInAttempt attempt{std::move(credentials.login), std::move(credentials.password), client.to_text(), now};
    // The store speaks Asio's general executor; the answer comes back to this worker's own.
    auto asked = store::sign_in_proxy(store_, std::move(attempt));
    auto const outcome = co_await asio::co_spawn(executor_, std::move(asked), asio::use_awaitable_t<net::Executor>{});
    if (!outcome)
        co_return SignInResult{SignInStatus::unavailable, {}};
    if (outcome->status != store::SignInOutcome::Status::signed_in)
        co_return SignInResult{};
    co_return SignInResult{
        SignInStatus::proved, {outcome->account.login, outcome->account.subject_role, outcome->account.groups}};
}

} // namespace gatehouse::identity
