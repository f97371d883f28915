#include "proxy/publisher.hpp"

#include "proxy/policy_loader.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/school_lists.hpp"
#include "proxy/store/store.hpp"
#include "tools/lists/compile.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace gatehouse {

namespace {

/// What the store adds to the configuration.
struct StoredPolicy {
    std::vector<policy::ListEntry> block, allow;
    std::vector<store::OverrideRow> overrides;
    std::vector<policy::Restriction> restrictions;
    std::optional<std::chrono::sys_seconds> next_change;
};

result<StoredPolicy> read_stored(store::Store& store, std::chrono::sys_seconds now)
{
    return store.run([now](store::Ledger& ledger) -> result<StoredPolicy> {
        auto block = store::school_entries(ledger, store::SchoolList::block);
        auto allow = store::school_entries(ledger, store::SchoolList::allow);
        auto overrides = store::current_overrides(ledger, now);
        auto restrictions = store::current_restrictions(ledger, now);
        auto next = store::next_override_change(ledger, now);
        for (auto const& failed : {block ? error_code{} : block.error(), allow ? error_code{} : allow.error(),
                 overrides ? error_code{} : overrides.error(), restrictions ? error_code{} : restrictions.error(),
                 next ? error_code{} : next.error()})
            if (failed)
                return failed;
        return StoredPolicy{std::move(*block), std::move(*allow), std::move(*overrides), std::move(*restrictions), *next};
    });
}

policy::Problem problem(policy::Problem::Severity severity, std::string message, std::string suggestion = {})
{
    policy::Problem made;
    made.severity = severity;
    made.message = std::move(message);
    made.suggestion = std::move(suggestion);
    return made;
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
    using Severity = policy::Problem::Severity;
    auto loaded = load_policy(settings_);
    bool const ok = loaded.ok();
    Built built{nullptr, std::move(loaded.problems), std::nullopt};
    if (!ok)
        return built;
    auto const now = clock_.now().instant;
    auto stored = read_stored(store_, now);
    if (!stored) {
        built.problems.push_back(problem(Severity::error, "the store did not answer: " + stored.error().message(),
            "try again; if it stays so, run `gatehouse doctor`"));
        return built;
    }
    built.policy = std::make_shared<policy::Policy>(std::move(loaded.policy));
    std::vector<policy::ListFile> const kept{{"school-block", "kept in the console", std::move(stored->block)},
        {"school-allow", "kept in the console", std::move(stored->allow)}};
    auto const school = lists::compile_entries(kept);
    built.policy->attach(school.owner, school.bytes());
    for (auto const& row : stored->overrides) {
        auto grant = store::to_override(row, *built.policy);
        if (auto* const fits = std::get_if<policy::Override>(&grant))
            built.policy->overrides.push_back(std::move(*fits));
        else
            built.problems.push_back(problem(Severity::warning, row.name() + " opens nothing: " + std::get<std::string>(grant)));
    }
    built.policy->restrictions = std::move(stored->restrictions);
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

void Publisher::set_delivery(Deliver deliver) { deliver_ = std::move(deliver); }

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
