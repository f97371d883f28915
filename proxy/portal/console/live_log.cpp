#include "proxy/portal/console/live_log.hpp"

#include "proxy/portal/console/log_view.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/api_tokens.hpp"
#include "proxy/store/log_purposes.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gatehouse::portal::console {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds between_looks{1};
constexpr std::chrono::seconds looked_back{10}; ///< rows reach the log some moments after their time
constexpr std::chrono::minutes longest_tail{10};
constexpr std::size_t most_live_rows = 200; ///< of one look; what is more is left to the search

/// Whoever listens, asked each second whether they still may.
struct Listener {
    store::SessionId session = store::SessionId::none; ///< of a person
    std::string key;                                   ///< of a program; empty: a person
    store::AccountId account = store::AccountId::none;
    bool needs_purpose = false; ///< one of marketing's, which ends
};

Listener listener_of(Visit const& visit)
{
    return {visit.session->id, visit.request.as_data ? visit.request.bearer : std::string{}, visit.session->account.id,
        visit.has_role(store::ConsoleRole::marketing)};
}

result<void> check_listener(store::Ledger& ledger, Listener const& listener, store::Instant now)
{
    if (listener.needs_purpose) {
        auto const purpose = store::live_log_purpose(ledger, listener.account, now);
        if (!purpose)
            return purpose.error();
        if (!*purpose)
            return store::errc::not_permitted;
    }
    if (listener.key.empty())
        return store::check_session(ledger, listener.session, now);
    auto const caller = store::find_api_caller(ledger, listener.key, now);
    if (caller && caller->account.is_held(now)) // the router opens it to nobody who waits
        return store::errc::access_given_recently;
    return caller ? result<void>{} : caller.error();
}

/// What is no row: that it has begun, or ended and why. A page needs no data, but an event without any is none.
std::string mark_event(std::string_view name, boost::json::object more, bool is_data)
{
    more["kind"] = name;
    return fmt::format("event: {}\ndata: {}\n\n", name, is_data ? boost::json::serialize(more) : "-");
}

class LiveRows : public BodyStream {
public:
    LiveRows(Visit const& visit, log::SearchQuery query, LogSight sight)
        : site_(visit.site)
        , count_(visit.site.live_tails)
        , listener_(listener_of(visit))
        , is_data_(visit.request.as_data)
        , language_(visit.language)
        , query_(std::move(query))
        , sight_(std::move(sight))
    {
        ++*count_;
        query_.limit = most_live_rows;
        query_.cursor.clear();
        query_.to.reset();
    }

    LiveRows(LiveRows const&) = delete;
    LiveRows& operator=(LiveRows const&) = delete;
    ~LiveRows() override { --*count_; }

    task<std::optional<std::string>> next() override
    {
        if (ended_)
            co_return std::nullopt;
        if (begun_ == steady_clock::time_point{}) {
            begun_ = steady_clock::now();
            (void)co_await look(); // the page has shown these
            co_return "retry: 60000\n" + mark_event("begin", {}, is_data_);
        }
        for (int looks = 0;; ++looks) {
            boost::asio::steady_timer pause{co_await boost::asio::this_coro::executor, between_looks};
            co_await pause.async_wait(boost::asio::use_awaitable);
            bool const is_over = steady_clock::now() - begun_ >= longest_tail;
            if (is_over || !co_await may_listen()) {
                ended_ = true;
                boost::json::object const why{{"because", is_over ? "time" : "reader"}};
                co_return mark_event("end", why, is_data_);
            }
            if (auto events = co_await look(); !events.empty())
                co_return events;
            if (looks >= 10)
                co_return std::string{": nothing yet\n\n"}; // so that a connection that broke is noticed
        }
    }

private:
    task<bool> may_listen()
    {
        auto const now = site_.clock.now().instant;
        auto const work = [listener = listener_, now](store::Ledger& ledger) { return check_listener(ledger, listener, now); };
        auto const may = co_await site_.services.store.call(work);
        co_return may.has_value();
    }

    task<std::string> look()
    {
        query_.from = std::chrono::system_clock::time_point{site_.clock.now().instant} - looked_back;
        auto const work = [dir = site_.services.settings.log_dir, query = query_] { return log::search(dir, query); };
        auto found = co_await run_aside(site_, work);
        std::string events;
        if (found)
            for (auto const& row : fresh_.take(sight_.shown(std::move(found->rows))))
                events += is_data_ ? data_event_of(row) : event_of(site_, row, sight_.names(), language_);
        co_return events;
    }

    Site& site_;
    std::shared_ptr<int> count_;
    Listener listener_;
    bool is_data_;
    Language language_;
    log::SearchQuery query_;
    LogSight sight_;
    FreshRows fresh_;
    steady_clock::time_point begun_{};
    bool ended_ = false;
};

} // namespace

std::vector<log::StoredRecord> FreshRows::take(std::vector<log::StoredRecord> found)
{
    std::vector<log::StoredRecord> fresh;
    for (auto row = found.rbegin(); row != found.rend(); ++row) {
        if (!seen_.insert(row->key).second)
            continue;
        order_.push_back(row->key);
        fresh.push_back(std::move(*row));
    }
    for (; order_.size() > remembered; order_.pop_front())
        seen_.erase(order_.front());
    return fresh;
}

std::string event_of(Site const& site, log::StoredRecord const& row, Names names, Language language)
{
    auto const policy = site.services.current_policy();
    boost::json::object const value{{"when", row_time(site, row).in(language)}, {"verdict", policy::to_text(row.verdict)},
        {"site", site_text(row).in(language)}, {"who", row_person(row, names, policy.get()).in(language)}, {"rule", row.rule}};
    return fmt::format("event: row\ndata: {}\n\n", boost::json::serialize(value)); // JSON has no line feeds of its own
}

std::string data_event_of(log::StoredRecord const& row)
{
    auto const at = std::chrono::floor<std::chrono::seconds>(row.at);
    boost::json::object value{{"kind", "row"}, {"key", row.key}, {"when", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(at))},
        {"verdict", policy::to_text(row.verdict)}, {"site", site_text(row).english()}, {"role", row.role},
        {"person", shown_text(row.user)}, {"group", row.group}, {"network", row.network}, {"device", shown_text(row.device)},
        {"rule", row.rule}, {"clause", row.clause}};
    for (auto const& [name, text] : {std::pair{"category", &row.category}, {"service", &row.service}, {"list", &row.list}})
        if (!text->empty())
            value[name] = *text;
    return fmt::format("event: row\ndata: {}\n\n", boost::json::serialize(value));
}

std::shared_ptr<BodyStream> live_rows(Visit const& visit, log::SearchQuery query, LogSight sight)
{
    return std::make_shared<LiveRows>(visit, std::move(query), std::move(sight));
}

} // namespace gatehouse::portal::console
