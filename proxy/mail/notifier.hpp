#pragma once
// Tells people by e-mail that something waits for them in the console. On a thread of its own: a mail server that hangs holds up nothing.

#include "proxy/clock.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/notices.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace gatehouse::store {
class Store;
}

namespace gatehouse::mail {

/// A notice is marked as told once the mail server has taken it, so none is lost with the process; one may come twice. While the server takes none,
/// it is tried again after longer and longer waits, a quarter of an hour at most. Lifetime: the store's outlives it.
class Notifier {
public:
    /// Starts at once; without a server or addresses it does nothing.
    Notifier(Mail const& settings, std::string console_url, store::Store& store, Clock clock);
    ~Notifier();
    Notifier(Notifier const&) = delete;
    Notifier& operator=(Notifier const&) = delete;

    void end(); ///< Tells nobody any more. Idempotent; blocks until what is being sent is sent or given up.
    bool runs() const { return thread_.joinable(); }
    /// Calls `answer` on its thread once it has nothing to send.
    void ask_turn(std::function<void()> answer);

private:
    void work();
    void rest(std::chrono::seconds wait);
    /// False if the server did not take one.
    bool tell_all();
    bool tell(store::DueNotice const& notice);

    Mail settings_;
    std::string console_url_;
    store::Store& store_;
    Clock clock_;
    std::vector<store::ConsoleRole> roles_; ///< that have addresses
    std::mutex guard_;
    std::condition_variable wakes_;
    std::vector<std::function<void()>> turns_; ///< asked for; under guard_
    std::atomic<bool> ends_ = false;
    std::thread thread_;
};

} // namespace gatehouse::mail
