// What the daemon sees to by itself, minute by minute: what is over, what is too old, and whether its files are still its own.
#include "proxy/server.hpp"
#include "proxy/store/audit.hpp"
#include "proxy/store/believed_time.hpp"
#include "proxy/store/kept_heads.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/retention.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/sessions.hpp"
#include "proxy/store/store.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace gatehouse {

namespace {

template <class T>
error_code error_of(result<T> const& done)
{
    return done ? error_code{} : done.error();
}

} // namespace

/// Once a minute of the wall clock, which decides what is over and may be set: requests, roles, publications and supervised use that nobody decided, and
/// sessions and supervised use that are over.
void Server::keep_house()
{
    auto const now = clock_.now().instant;
    if (now >= house_kept_ && now - house_kept_ < std::chrono::minutes{1})
        return;
    house_kept_ = now;
    auto tidy = [this, now](store::Ledger& ledger) {
        auto const requests = store::expire_requests(ledger, now);
        auto const sessions = store::prune_sessions(ledger, now);
        auto const roles = store::expire_roles(ledger, now);
        auto const publications = store::expire_publications(ledger, now);
        auto const restrictions = store::expire_restrictions(ledger, now);
        store_failing_ = false;
        for (auto const& failure :
            {error_of(requests), error_of(sessions), error_of(roles), error_of(publications), error_of(restrictions)})
            if (failure) {
                store_failing_ = true;
                spdlog::warn("store.not_tidied reason=\"{}\"", failure.message());
            }
    };
    (void)store_->post(store::Job{std::move(tidy)}); // a full queue: the next minute will do
    let_records_go(now);
    keep_head(now);
}

/// Records whose time is over go, after the start and then with each new day, by the time that is believed: a clock that leapt ahead deletes nothing
/// before it has stood for a day.
void Server::let_records_go(std::chrono::sys_seconds now)
{
    auto look = [this, now](store::Ledger& ledger) {
        auto const kept = store::keep_believed_time(ledger, now);
        if (!kept)
            return spdlog::warn("clock.not_kept reason=\"{}\"", kept.error().message());
        if (kept->leap_seen == now)
            spdlog::warn("clock.leap effect=\"no record goes by it for a day\"");
        believed_ = kept->at;
        auto const today = clock_.moment_of(kept->at).local.date;
        if (std::exchange(purged_on_, today) != today)
            purge(ledger, kept->at);
    };
    (void)store_->post(store::Job{std::move(look)}); // a full queue: the next minute will do
}

/// The audit's head, once a day, in a file that may lie where nobody of this machine can change it.
void Server::keep_head(std::chrono::sys_seconds now)
{
    auto keep = [this, now](store::Ledger& ledger) {
        auto const today = std::chrono::floor<std::chrono::days>(now);
        if (head_kept_on_ == today)
            return;
        auto const kept = store::keep_head_of_day(ledger, settings_.heads_dir, now);
        if (kept)
            head_kept_on_ = today;
        else if (std::exchange(head_missed_on_, today) != today)
            spdlog::warn("audit.head_not_kept folder=\"{}\" reason=\"{}\"", settings_.heads_dir.string(), kept.error().message());
    };
    (void)store_->post(store::Job{std::move(keep)}); // a full queue: the next minute will do
}

/// On the store's thread.
void Server::purge(store::Ledger& ledger, std::chrono::sys_seconds now) const
{
    store::PurgeBefore before;
    for (auto const& key : retention_keys)
        if (auto const days = settings_.retention.*key.days; days != 0)
            before.emplace(key.id, now - std::chrono::days{days});
    auto const purged = store::purge_records(ledger, before, now);
    if (!purged)
        spdlog::warn("records.not_purged reason=\"{}\"", purged.error().message());
    else if (purged->all() > 0)
        spdlog::info("records.purged count={} what=\"{}\"", purged->all(), purged->text());
}

/// Somebody deleted or damaged a day file of the access log: the diagnostic log says so at once, and the audit keeps it.
void Server::record_replaced_log(std::chrono::sys_seconds now)
{
    auto const replaced = access_log_->counters().files_replaced;
    if (replaced == log_files_replaced_)
        return;
    auto write = [now, count = replaced - log_files_replaced_](store::Ledger& ledger) {
        auto const written
            = store::record_event(ledger, {store::AccountId::none, "system", ""}, "log.file-replaced", "access-log",
                fmt::format("{} day files of the access log were found deleted or damaged, and begun anew", count), now);
        if (!written)
            spdlog::error("log.replacement_not_recorded reason=\"{}\"", written.error().message());
    };
    if (store_->post(store::Job{std::move(write)}))
        log_files_replaced_ = replaced;
}

/// The store looks at its own file after each job, so there is one now and then. An audit that disagrees is said once, and kept.
void Server::check_store()
{
    auto const now = clock_.now().instant;
    if (std::exchange(store_checked_, now) == now)
        return;
    auto look = [this, now](store::Ledger& ledger) {
        bool const agrees = ledger.audit_agrees();
        if (agrees == audit_agrees_.exchange(agrees) || agrees)
            return;
        spdlog::error("audit.disagrees effect=\"rows were cut off or changed\" see=\"the audit page of the console\"");
        if (auto const kept = store::record_event(ledger, {store::AccountId::none, "system", ""}, "audit.disagrees",
                "gatehouse.db", "the rows do not bear out the signed head", now);
            !kept)
            spdlog::warn("audit.alarm_not_kept reason=\"{}\"", kept.error().message());
    };
    (void)store_->post(store::Job{std::move(look)}); // a full queue: the store is looked after anyway
}

/// What is asked whether it still turns. A school can be without its pages and its e-mail for a while, and their threads may rightly wait for long;
/// the main thread says when it does, for a publication. All others are what the gateway is for.
void Server::begin_watch()
{
    auto const& limits = settings_.deadlines;
    auto const posts_to = [](boost::asio::io_context& context) {
        return [&context](std::function<void()> answer) {
            boost::asio::post(context, std::move(answer));
            return true;
        };
    };
    auto const asks = [](auto& part) {
        return [&part](std::function<void()> answer) {
            part.ask_turn(std::move(answer));
            return true;
        };
    };
    auto const ask_store = [this](std::function<void()> answer) {
        return store_->post(store::Job{[answer = std::move(answer)](store::Ledger&) { answer(); }});
    };
    std::vector<WatchedPart::Ask> workers;
    for (auto const& worker : workers_)
        workers.push_back(asks(*worker));
    Patience const in_turns{limits.hang, limits.hang}, at_disk{limits.hang_at_disk, limits.long_work},
        may_wait{std::chrono::milliseconds{0}, limits.long_work};
    std::vector<WatchedPart> parts{{"workers", std::move(workers), in_turns, true},
        {"resolver", {asks(*resolver_)}, in_turns, true}, {"store", {ask_store}, at_disk, true},
        {"log", {asks(*access_log_)}, at_disk, true},
        {"main", {posts_to(main_)}, at_disk, true, [this] { return main_waits_.load(); }},
        {"console", {posts_to(console_)}, may_wait}, {"pages", {asks(*portal_)}, may_wait}};
    if (notifier_->runs())
        parts.push_back({"mail", {asks(*notifier_)}, may_wait});
    auto const patience = beginning_.manager->watchdog().value_or(std::chrono::microseconds{0});
    watchdog_ = std::make_unique<Watchdog>(
        std::move(parts), Watchdog::Manager{patience, [this] { beginning_.manager->tell("WATCHDOG=1"); }});
}

} // namespace gatehouse
