#include "proxy/publisher.hpp"

#include "proxy/policy_loader.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/store.hpp"
#include "proxy/stored_policy.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace gatehouse {

namespace {

/// What the store gives in one job, so that lists, grants and restrictions are of one moment.
struct FromStore {
    std::vector<policy::Problem> warnings;
    std::optional<std::chrono::sys_seconds> next_change;
    std::int64_t audit_rows = 0;
};

result<FromStore> complete(policy::Policy& policy, store::Store& store, std::chrono::sys_seconds now)
{
    return store.run([&policy, now](store::Ledger& ledger) -> result<FromStore> {
        auto warnings = add_stored(policy, ledger, now);
        if (!warnings)
            return warnings.error();
        auto const next = store::next_override_change(ledger, now);
        if (!next)
            return next.error();
        auto const rows = ledger.database().first(
            "SELECT coalesce(max(sequence), 0) FROM audit", [](store::Statement const& row) { return row.integer(0); });
        if (!rows)
            return rows.error();
        return FromStore{std::move(*warnings), *next, rows->value_or(0)};
    });
}

policy::Problem store_failure(error_code const& why)
{
    policy::Problem problem;
    problem.message = "the store did not answer: " + why.message();
    problem.suggestion = "try again; if it stays so, run `gatehouse doctor`";
    return problem;
}

policy::Problem store_begun_anew()
{
    policy::Problem problem;
    problem.message = "the store was damaged and begun anew while this gateway runs: its lists, grants and restrictions are gone";
    problem.suggestion
        = "put gatehouse.db back from a backup with the gateway stopped; a restart without one goes on with an empty store";
    return problem;
}

bool has_error(std::vector<policy::Problem> const& problems)
{
    for (auto const& each : problems)
        if (each.severity == policy::Problem::Severity::error)
            return true;
    return false;
}

} // namespace

struct Publisher::Built {
    std::shared_ptr<policy::Policy> policy;
    std::vector<policy::Problem> problems;
    std::optional<std::chrono::sys_seconds> next_change;
};

Publisher::Publisher(Settings const& settings, store::Store& store, Clock clock)
    : settings_(settings)
    , store_(store)
    , clock_(std::move(clock))
{
}

Publisher::Built Publisher::build()
{
    auto loaded = load_policy(settings_, images_);
    bool const ok = loaded.ok();
    Built built{nullptr, std::move(loaded.problems), std::nullopt};
    if (!ok)
        return built;
    auto const made = std::make_shared<policy::Policy>(std::move(loaded.policy));
    auto stored = complete(*made, store_, clock_.now().instant);
    if (!stored) {
        built.problems.push_back(store_failure(stored.error()));
        return built;
    }
    // Rows are only ever added. Fewer than before: publishing what is left would open sites that the school had closed.
    if (stored->audit_rows < audit_rows_) {
        built.problems.push_back(store_begun_anew());
        return built;
    }
    audit_rows_ = stored->audit_rows;
    built.problems.insert(built.problems.end(), stored->warnings.begin(), stored->warnings.end());
    built.policy = made;
    built.policy->version = fmt::format("{}", ++version_);
    built.next_change = stored->next_change;
    return built;
}

std::shared_ptr<policy::Policy const> Publisher::first()
{
    std::lock_guard const one_at_a_time(building_);
    auto built = build();
    if (!built.policy || has_error(built.problems)) {
        std::string message = "this configuration may not run:\n";
        auto const sources = read_policy_sources(settings_);
        for (auto const& each : built.problems)
            if (each.severity == policy::Problem::Severity::error)
                message += policy::to_text(each, sources) + "\n";
        throw std::runtime_error(message);
    }
    std::lock_guard const lock(guard_);
    current_ = std::move(built.policy);
    next_change_ = built.next_change;
    return current_;
}

void Publisher::set_delivery(Deliver deliver)
{
    deliver_ = std::move(deliver);
}

portal::PublishResult Publisher::publish(std::string_view)
{
    std::lock_guard const one_at_a_time(building_);
    auto built = build();
    portal::PublishResult result{false, current()->version, std::move(built.problems)};
    if (!built.policy || has_error(result.problems))
        return result;
    {
        std::lock_guard const lock(guard_);
        current_ = built.policy;
        next_change_ = built.next_change;
    }
    deliver_(built.policy);
    result.published = true;
    result.version = built.policy->version;
    return result;
}

std::shared_ptr<policy::Policy const> Publisher::current() const
{
    std::lock_guard const lock(guard_);
    return current_;
}

std::optional<std::chrono::sys_seconds> Publisher::next_change() const
{
    std::lock_guard const lock(guard_);
    return next_change_;
}

} // namespace gatehouse
