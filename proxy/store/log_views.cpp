#include "proxy/store/log_views.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/known_people.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view select_view
    = "SELECT v.id, v.name, v.query, v.account, coalesce(nullif(a.display_name, ''), a.login), v.shared"
      " FROM log_views v JOIN accounts a ON a.id = v.account ";

LogView read_view(Statement const& row)
{
    return {row.id<LogViewId>(0), row.text(1), row.text(2), row.id<AccountId>(3), row.text(4), row.flag(5)};
}

/// No name that the store knows stands in it. Errors: `errc::wrong_state`.
result<void> require_no_name(Ledger& ledger, std::string const& text)
{
    auto const known = known_people(ledger, {});
    if (!known)
        return known.error();
    return Redactor{{}, known->others}.redact(text).replaced == 0 ? result<void>{} : result<void>{errc::wrong_state};
}

/// Errors: `errc::wrong_state`.
result<void> require_shareable(Ledger& ledger, std::string const& name, std::string const& query)
{
    if (!is_about_nobody(query))
        return errc::wrong_state;
    return require_no_name(ledger, name + "\n" + query);
}

/// One that the actor owns, or that is shared and the actor is the ICT lead.
result<LogView> find_own(Ledger& ledger, LogViewId id, Actor const& actor)
{
    static std::string const sql = fmt::format("{}WHERE v.id = ?1 AND (v.account = ?2 OR v.shared = 1)", select_view);
    auto found = ledger.database().first(sql, read_view, id, actor.account);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    if ((*found)->owner != actor.account)
        if (auto const lead = require_role(ledger, actor, {ConsoleRole::ict_lead}); !lead)
            return lead.error();
    return std::move(**found);
}

std::string object_of(LogViewId id)
{
    return fmt::format("log-view:{}", number(id));
}

/// What it is called and whose it is, for whom it concerns.
std::string detail_of(LogView const& view)
{
    return fmt::format("{}, account:{}", view.name, number(view.owner));
}

} // namespace

bool is_about_nobody(std::string_view query)
{
    static constexpr std::array<std::string_view, 7> plain{"host", "verdict", "category", "searches", "rule", "last", "columns"};
    while (!query.empty()) {
        auto const end = std::min(query.find('&'), query.size());
        auto const piece = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (!piece.empty() && std::find(plain.begin(), plain.end(), piece.substr(0, piece.find('='))) == plain.end())
            return false;
    }
    return true;
}

result<void> save_log_view(Ledger& ledger, AccountId account, std::string const& name, std::string const& query)
{
    if (!is_plain_text(name, 100) || name.find('\n') != std::string::npos || !is_plain_text(query, 2000, Empty::allowed))
        return errc::invalid_value;
    return ledger.transact([&]() -> result<void> {
        auto const views = list_log_views(ledger, account);
        if (!views)
            return views.error();
        std::size_t own = 0; // beside the one that is written anew
        for (auto const& view : *views) {
            if (view.owner != account)
                continue;
            own += view.name == name ? 0U : 1U;
            if (view.name == name && view.is_shared)
                if (auto const fits = require_shareable(ledger, name, query); !fits)
                    return fits;
        }
        if (own >= most_log_views)
            return errc::invalid_value;
        return ledger.database().execute("INSERT INTO log_views (account, name, query) VALUES (?1, ?2, ?3) ON CONFLICT (account, "
                                         "name) DO UPDATE SET query = ?3",
            account, name, query);
    });
}

result<void> remove_log_view(Ledger& ledger, LogViewId id, Actor const& actor, Instant now)
{
    Deed const deed{"log-view.remove", object_of(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const view = find_own(ledger, id, actor);
        if (!view)
            return view.error();
        if (auto const gone = ledger.database().execute("DELETE FROM log_views WHERE id = ?", id); !gone)
            return gone;
        return view->is_shared ? audit(ledger, deed, detail_of(*view)) : result<void>{};
    });
}

result<void> set_log_view_seen(Ledger& ledger, LogViewId id, Seen seen, Actor const& actor, Instant now)
{
    bool const shares = seen == Seen::by_all;
    Deed const deed{shares ? "log-view.share" : "log-view.unshare", object_of(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const view = find_own(ledger, id, actor);
        if (!view)
            return view.error();
        if (view->is_shared == shares)
            return {};
        if (shares)
            if (auto const fits = require_shareable(ledger, view->name, view->query); !fits)
                return fits;
        if (auto const set = ledger.database().execute("UPDATE log_views SET shared = ? WHERE id = ?", shares, id); !set)
            return set;
        return audit(ledger, deed, detail_of(*view));
    });
}

result<std::vector<LogView>> list_log_views(Ledger& ledger, AccountId account)
{
    static std::string const sql
        = fmt::format("{}WHERE v.account = ?1 OR v.shared = 1 ORDER BY v.account <> ?1, v.name, v.id", select_view);
    return ledger.database().collect(sql, read_view, account);
}

} // namespace gatehouse::store
