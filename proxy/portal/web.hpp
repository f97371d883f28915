#pragma once
// What every page is given, and what it answers with. Pages are coroutines on the console's thread; whatever may wait longer than a moment goes to
// the store's thread (Store::call) or to run_aside().

#include "proxy/portal/components.hpp"
#include "proxy/portal/guard.hpp"
#include "proxy/portal/message.hpp"
#include "proxy/portal/quota.hpp"
#include "proxy/portal/services.hpp"
#include "proxy/sign_on/provider.hpp"
#include "proxy/store/audit_watch.hpp"
#include "proxy/store/given_access.hpp"
#include "proxy/store/sessions.hpp"
#include "proxy/store/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/resource.h>
#include <unistd.h>

namespace gatehouse::portal {

template <class T>
using task = boost::asio::awaitable<T>;

/// One for both servers. Lifetime: outlives every connection.
struct Site {
    explicit Site(Services given);
    Services services;
    Clock clock; ///< of the console's thread
    FormTokens tokens;
    std::uint16_t portal_port = 0, console_port = 0;
    std::vector<std::string> portal_authorities, console_authorities;
    sign_on::Flows flows;                        ///< of the console's thread
    std::unique_ptr<sign_on::Provider> provider; ///< null: people sign in with passwords only
    Quota forms{60, std::chrono::hours(1)};      ///< of the portal, by address
    store::AuditWatch audit_watch;               ///< asked on `gentle`
    /// Streams of the access log that are open. Shared with them: at the end of the process they may be dropped after the site.
    std::shared_ptr<int> live_tails = std::make_shared<int>(0);
    std::shared_ptr<int> uploads = std::make_shared<int>(0); ///< requests with a long body; shared likewise
    boost::asio::thread_pool aside{2};                       ///< for publish and log search, which block
    boost::asio::thread_pool outside{1}; ///< for what waits for a provider of sign-on: nothing of ours ever waits behind it
    boost::asio::thread_pool gentle{1};  ///< for what takes seconds: publication never waits behind it

    std::string portal_url() const; ///< "http://127.0.0.1:8180", without a slash at the end
    std::string school() const;
};

/// One request on its way to its page.
struct Visit {
    Site& site;
    Side side;
    Request const& request;
    policy::Moment now;
    std::string session_token;              ///< of the cookie; of the visitor's cookie where nobody is signed in
    std::optional<store::Session> session;  ///< of a person who is signed in
    std::string key_name;                   ///< of the key with which a program acts for that person; empty for people
    std::optional<store::Session> unproved; ///< of somebody whose password was right and whose code is still to come
    std::optional<store::AccessHold> hold;  ///< somebody else gave that account another way in, and it decides nothing yet
    Language language = Language::english;

    std::string_view query(std::string_view name) const { return value_of(request.query, name); }
    std::string_view form(std::string_view name) const { return value_of(request.form, name); }
    std::string csrf() const { return site.tokens.token_for(session_token); }
    store::Actor actor() const;
    store::Instant instant() const { return now.instant; }
    bool is_held() const { return session && session->account.is_held(instant()); }
    /// From when the role counts, if it is of those that decide and was given less than 24 hours ago.
    std::optional<store::Instant> role_counts_from() const;
    bool has_role(store::ConsoleRole role) const { return session && session->account.console_role == role; }
};

using Handler = task<Response> (*)(Visit const& visit);

struct Page {
    Words title;
    std::vector<Part> parts;
    std::string back; ///< address of the page before; empty: no link
    unsigned status = 200;
    bool has_problem = false; ///< "Error: " before the title
};

/// What is wrong with a form that came back: a summary with links to its fields, 422 and "Error" in the title. Nothing if nothing is wrong.
void add_problems(Page& page, std::vector<Problem> const& problems);

Response show(Visit const& visit, Page const& page);
/// A page with a heading and one paragraph.
Response show_message(Visit const& visit, unsigned status, Words title, Words text);
/// A form came without what it asks to choose (named_choice).
Response nothing_chosen(Visit const& visit);
/// A table as a file "NAME.csv". One that is cut says so where programs look ("Gatehouse-Cut: 5000", its rows) and in its name.
Response csv_file(std::string name, std::string csv, std::optional<std::size_t> cut_after);
/// What to say when the store refused or failed, with a fitting status. Never more detail than the person needs.
Response show_failure(Visit const& visit, error_code const& failure);
/// One plain sentence for a failure of the store.
Words failure_text(error_code const& failure);

/// "24 Nov 2026, 10:40" on the school's clock.
Words shown_time(Site const& site, store::Instant at);
Words shown_date(policy::Date const& date);
/// A number of a row from a query or form, or nothing.
std::optional<std::int64_t> parse_id(std::string_view text);
/// The value of a text field, trimmed.
std::string trimmed_value(Fields const& fields, std::string_view name);
/// One for each of these fields of a form that holds signs of control: pasted with the words of a document, and not taken by the store.
void add_unreadable(std::vector<Problem>& problems, Fields const& form, std::initializer_list<std::string_view> names);

/// Runs blocking work on the site's own threads and resumes here. Name the lambda first (see Store::call).
template <class Work>
task<std::invoke_result_t<Work&>> aside_body(Work work)
{
    co_return work();
}
template <class Work>
task<std::invoke_result_t<Work&>> run_aside(Site& site, Work work)
{
    co_return co_await boost::asio::co_spawn(site.aside, aside_body(std::move(work)), boost::asio::use_awaitable);
}

/// The same on the thread that asks others.
template <class Work>
task<std::invoke_result_t<Work&>> run_outside(Site& site, Work work)
{
    co_return co_await boost::asio::co_spawn(site.outside, aside_body(std::move(work)), boost::asio::use_awaitable);
}

/// The same on one thread that gives way to all others, work after work: for what keeps a core busy for seconds.
template <class Work>
task<std::invoke_result_t<Work&>> run_gently(Site& site, Work work)
{
    auto const gently = [work = std::move(work)]() mutable {
        constexpr int least_urgent = 19;
        ::setpriority(PRIO_PROCESS, static_cast<::id_t>(::gettid()), least_urgent); // of this thread alone, on Linux
        return work();
    };
    co_return co_await boost::asio::co_spawn(site.gentle, aside_body(gently), boost::asio::use_awaitable);
}

/// Publishes what the store now says. Errors are in the answer, not thrown.
task<PublishResult> publish_now(Site& site, std::string cause);

} // namespace gatehouse::portal
