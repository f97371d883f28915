#include "proxy/mail/notifier.hpp"

#include "proxy/mail/mailer.hpp"
#include "proxy/mail/unreachable.hpp"
#include "proxy/store/store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

namespace gatehouse::mail {
namespace {

constexpr std::chrono::seconds between_looks{5};
constexpr std::chrono::seconds longest_wait{15 * 60}; ///< while the server takes nothing

} // namespace

Notifier::Notifier(Mail const& settings, std::string console_url, store::Store& store, Clock clock)
    : settings_(settings)
    , console_url_(std::move(console_url))
    , store_(store)
    , clock_(std::move(clock))
    , roles_(roles_with_addresses(settings_))
{
    note_unreachable(settings_, store_, clock_.now().instant);
    if (!settings_.server.empty() && !roles_.empty()) {
        thread_ = std::thread{[this] { work(); }};
        ::pthread_setname_np(thread_.native_handle(), "mail");
    }
}

Notifier::~Notifier()
{
    end();
}

void Notifier::end()
{
    {
        std::lock_guard const alone(guard_);
        ends_ = true;
    }
    wakes_.notify_all();
    if (thread_.joinable())
        thread_.join();
}

void Notifier::work()
{
    auto wait = between_looks;
    while (!ends_) {
        wait = tell_all() ? between_looks : std::min(longest_wait, 2 * wait);
        rest(wait);
    }
}

void Notifier::rest(std::chrono::seconds wait)
{
    auto const until = std::chrono::steady_clock::now() + wait;
    std::unique_lock lock(guard_);
    while (wakes_.wait_until(lock, until, [this] { return ends_ || !turns_.empty(); }) && !ends_)
        for (auto const& answer : std::exchange(turns_, {}))
            answer();
}

void Notifier::ask_turn(std::function<void()> answer)
{
    {
        std::lock_guard const alone(guard_);
        turns_.push_back(std::move(answer));
    }
    wakes_.notify_all();
}

bool Notifier::tell_all()
{
    auto const due
        = store_.run([this](store::Ledger& ledger) { return store::due_notices(ledger, roles_, clock_.now().instant); });
    if (!due)
        return true; // the store says so itself; the next look will do
    bool are_told = true;
    for (auto const& notice : *due) // one that is not taken keeps no other back: its address alone may be wrong
        are_told = !ends_ && tell(notice) && are_told;
    return are_told;
}

bool Notifier::tell(store::DueNotice const& notice)
{
    auto const& kind = *notice.kind;
    Message const message{settings_.to.at(std::string{store::to_text(kind.role)}), fmt::format("Gatehouse: {}", kind.subject),
        fmt::format("{}\n\n{}{}{}{}\n\nThis notice says on purpose nothing about anybody: sign in to see what it is about.\n",
            kind.text, notice.more, notice.more.empty() ? "" : "\n\n", console_url_, kind.page)};
    if (auto const fault = send(settings_, message, clock_.now().instant, ends_); !fault.empty()) {
        spdlog::warn("mail.not_sent kind={} reason=\"{}\"", kind.id, fault);
        auto const note = [&](store::Ledger& ledger) { return store::note_untold(ledger, notice, fault, clock_.now().instant); };
        if (auto const noted = store_.run(note); !noted)
            spdlog::warn("mail.not_noted kind={} reason=\"{}\"", kind.id, noted.error().message());
        return false;
    }
    spdlog::info("mail.sent kind={} role={}", kind.id, store::to_text(kind.role));
    auto const mark = [&](store::Ledger& ledger) { return store::mark_told(ledger, notice, clock_.now().instant); };
    auto const marked = store_.run(mark);
    if (!marked)
        spdlog::warn("mail.not_marked kind={} reason=\"{}\"", kind.id, marked.error().message());
    return marked.has_value();
}

} // namespace gatehouse::mail
