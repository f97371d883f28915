#include "proxy/store/password_hasher.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <array>
#include <sodium.h>

namespace gatehouse::store {
namespace asio = boost::asio;
namespace {

constexpr unsigned waiting_limit = 64;

} // namespace

PasswordHasher::PasswordHasher(HashCost cost)
    : cost_{cost}
{
    // A failed start of libsodium shows at the first hash.
    if (sodium_init() >= 0)
        asio::post(threads_, [this] { decoy(); }); // nobody waits for it at the start
}

std::string const& PasswordHasher::decoy() const
{
    std::call_once(decoy_made_, [this] {
        if (auto const made = compute(random_password())) // without it an unknown login is merely answered sooner
            decoy_ = made->text;
    });
    return decoy_;
}

PasswordHasher::~PasswordHasher()
{
    threads_.join();
}

bool PasswordHasher::admit()
{
    if (waiting_.fetch_add(1) < waiting_limit)
        return true;
    waiting_.fetch_sub(1);
    return false;
}

result<PasswordHash> PasswordHasher::compute(std::string const& password) const
{
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(
            text.data(), password.data(), password.size(), cost_.passes, cost_.memory, crypto_pwhash_ALG_ARGON2ID13)
        != 0)
        return errc::io;
    return PasswordHash{text.data()};
}

result<PasswordCheck> PasswordHasher::compare(std::string const& password, std::optional<PasswordHash> const& stored) const
{
    auto const& text = stored ? stored->text : decoy();
    bool const matches = crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
    PasswordCheck check;
    check.matches = matches && stored.has_value();
    if (!check.matches || crypto_pwhash_str_needs_rehash(text.c_str(), cost_.passes, cost_.memory) == 0)
        return check;
    if (auto better = compute(password))
        check.better = std::move(*better);
    return check;
}

// Both hop to the hasher's threads and back by hand: asio::post with a bound executor resumes this coroutine over there.
asio::awaitable<result<PasswordHash>> PasswordHasher::hash(std::string password)
{
    if (!admit())
        co_return errc::busy;
    auto const home = co_await asio::this_coro::executor;
    co_await asio::post(asio::bind_executor(threads_.get_executor(), asio::use_awaitable));
    auto outcome = compute(password);
    sodium_memzero(password.data(), password.size());
    waiting_.fetch_sub(1);
    co_await asio::post(asio::bind_executor(home, asio::use_awaitable));
    co_return outcome;
}

asio::awaitable<result<PasswordCheck>> PasswordHasher::check(std::string password, std::optional<PasswordHash> stored)
{
    if (!admit())
        co_return errc::busy;
    auto const home = co_await asio::this_coro::executor;
    co_await asio::post(asio::bind_executor(threads_.get_executor(), asio::use_awaitable));
    auto outcome = compare(password, stored);
    sodium_memzero(password.data(), password.size());
    waiting_.fetch_sub(1);
    co_await asio::post(asio::bind_executor(home, asio::use_awaitable));
    co_return outcome;
}

result<PasswordHash> PasswordHasher::hash_now(std::string const& password)
{
    if (!admit())
        return errc::busy;
    auto const work = [&] { return compute(password); };
    auto outcome = asio::post(threads_, std::packaged_task<result<PasswordHash>()>{work}).get();
    waiting_.fetch_sub(1);
    return outcome;
}

result<PasswordCheck> PasswordHasher::check_now(std::string const& password, std::optional<PasswordHash> const& stored)
{
    if (!admit())
        return errc::busy;
    auto const work = [&] { return compare(password, stored); };
    auto outcome = asio::post(threads_, std::packaged_task<result<PasswordCheck>()>{work}).get();
    waiting_.fetch_sub(1);
    return outcome;
}

} // namespace gatehouse::store
