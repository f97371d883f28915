#pragma once
// From configuration and store to a policy in force: built aside, checked, then posted to every worker. One at a time.

#include "proxy/clock.hpp"
#include "proxy/portal/services.hpp"
#include "proxy/store/publications.hpp"
#include "tools/lists/private_image.hpp"

#include <functional>
#include <mutex>

namespace gatehouse {

class Publisher {
public:
    /// Posts a policy to all workers and returns when all run it.
    using Deliver = std::function<void(std::shared_ptr<policy::Policy const>)>;

    /// Lifetime: what is referred to outlives this.
    Publisher(Settings const& settings, lists::PrivateImages& images, store::Store& store, Clock clock);

    /// Builds the policy of the start. Throws std::runtime_error with every problem if there is none that may run.
    std::shared_ptr<policy::Policy const> first();
    void set_delivery(Deliver deliver);

    /// Thread-safe; never from a worker's thread. A policy that is refused leaves the running one in force.
    portal::PublishResult publish(std::string_view cause);
    /// Makes the publications that are due live, oldest first, each only if the policy holds with it; then publishes. A refused one goes back to
    /// the draft. The result is that of the publication, or of the last that was refused if none went live. Thread-safe as publish().
    portal::PublishResult publish_pending();
    /// The policy as it would be with the draft, or with what one account made of it (none: all). Thread-safe as publish().
    portal::Preview preview_draft(store::AccountId by);
    /// Callable from any thread.
    portal::PolicyHealth health() const;
    std::shared_ptr<policy::Policy const> current() const;
    /// When the next grant or restriction begins or ends, or a publication is due, so that it is published then; nullopt: nothing is due.
    std::optional<std::chrono::sys_seconds> next_change() const;

private:
    struct Built;
    Built build(std::optional<store::PublicationId> pending = std::nullopt, store::AccountId drafted_by = store::AccountId::none);
    portal::PublishResult publish_alone();
    void note_next_publication();
    result<std::optional<portal::PublishResult>> make_next_live(std::chrono::sys_seconds now);

    Settings const& settings_;
    lists::PrivateImages& images_;
    store::Store& store_;
    Clock clock_;
    Deliver deliver_;
    mutable std::mutex building_; ///< of images_, version_ and audit_rows_
    mutable std::mutex guard_;    ///< of current_ and next_change_
    std::shared_ptr<policy::Policy const> current_;
    std::optional<std::chrono::sys_seconds> next_change_;
    std::uint64_t version_ = 0;
    std::int64_t audit_rows_ = 0; ///< of the store when a policy was last built from it
};

} // namespace gatehouse
