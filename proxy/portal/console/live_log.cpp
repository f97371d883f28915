#include "proxy/portal/console/live_log.hpp"

#include "proxy/portal/console/log_view.hpp"
#include "proxy/settings.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace gatehouse::portal::console {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds between_looks{1};
constexpr std::chrono::seconds looked_back{10}; ///< rows reach the log some moments after their time
constexpr std::chrono::minutes longest_tail{10};
constexpr std::size_t most_rows = 200; ///< of one look; what is more is left to the search

class LiveRows : public BodyStream {
public:
    LiveRows(Visit const& visit, log::SearchQuery query, LogSight sight)
        : site_(visit.site)
        , count_(visit.site.live_tails)
        , session_(visit.session->id)
        , language_(visit.language)
        , query_(std::move(query))
        , sight_(std::move(sight))
    {
        ++*count_;
        query_.limit = most_rows;
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
            co_return std::string{"retry: 60000\nevent: begin\ndata: -\n\n"};
        }
        for (int looks = 0;; ++looks) {
            boost::asio::steady_timer pause{co_await boost::asio::this_coro::executor, between_looks};
            co_await pause.async_wait(boost::asio::use_awaitable);
            if (steady_clock::now() - begun_ >= longest_tail || !co_await session_lives()) {
                ended_ = true;
                co_return std::string{"event: end\ndata: -\n\n"};
            }
            if (auto events = co_await look(); !events.empty())
                co_return events;
            if (looks >= 10)
                co_return std::string{": nothing yet\n\n"}; // so that a connection that broke is noticed
        }
    }

private:
    task<bool> session_lives()
    {
        auto const now = site_.clock.now().instant;
        auto const work = [id = session_, now](store::Ledger& ledger) { return store::check_session(ledger, id, now); };
        auto const lives = co_await site_.services.store.call(work);
        co_return lives.has_value();
    }

    task<std::string> look()
    {
        query_.from = std::chrono::system_clock::time_point{site_.clock.now().instant} - looked_back;
        auto const work = [dir = site_.services.settings.log_dir, query = query_] { return log::search(dir, query); };
        auto found = co_await run_aside(site_, work);
        std::string events;
        if (found)
            for (auto const& row : fresh_.take(sight_.shown(std::move(found->rows))))
                events += event_of(site_, row, sight_.names(), language_);
        co_return events;
    }

    Site& site_;
    std::shared_ptr<int> count_;
    store::SessionId session_;
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
    boost::json::object const value{{"when", row_time(site, row).in(language)}, {"verdict", policy::to_text(row.verdict)},
        {"site", site_text(row).in(language)}, {"who", row_person(row, names).in(language)}, {"rule", row.rule}};
    return fmt::format("event: row\ndata: {}\n\n", boost::json::serialize(value)); // JSON has no line feeds of its own
}

std::shared_ptr<BodyStream> live_rows(Visit const& visit, log::SearchQuery query, LogSight sight)
{
    return std::make_shared<LiveRows>(visit, std::move(query), std::move(sight));
}

} // namespace gatehouse::portal::console
