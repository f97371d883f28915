#include "proxy/publisher.hpp"

#include "proxy/machine_state.hpp"
#include "proxy/mail/unreachable.hpp"
#include "proxy/policy_loader.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/store.hpp"
#include "proxy/stored_policy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <sys/stat.h>

namespace gatehouse {

namespace {

/// What the store gives in one job, so that rules, lists, grants and restrictions are of one moment.
struct FromStore {
    AddedParts added;
    std::optional<std::chrono::sys_seconds> next_change;
    std::int64_t audit_rows = 0;
};

/// The earlier of two, either of which may be missing.
std::optional<std::chrono::sys_seconds> earlier(
    std::optional<std::chrono::sys_seconds> left, std::optional<std::chrono::sys_seconds> right)
{
    return left && right ? std::min(left, right) : left ? left : right;
}

result<FromStore> complete(policy::Policy& policy, store::Store& store, StoredParts const& parts)
{
    return store.run([&policy, &parts](store::Ledger& ledger) -> result<FromStore> {
        auto added = add_stored(policy, ledger, parts);
        if (!added)
            return added.error();
        auto const next = store::next_override_change(ledger, parts.now);
        if (!next)
            return next.error();
        auto const restriction = store::next_restriction_change(ledger, parts.now);
        if (!restriction)
            return restriction.error();
        auto const publication = store::next_publication(ledger);
        if (!publication)
            return publication.error();
        auto const due = *publication ? std::optional{(*publication)->due_at} : std::nullopt;
        auto const rows = ledger.database().first(
            "SELECT coalesce(max(sequence), 0) FROM audit", [](store::Statement const& row) { return row.integer(0); });
        if (!rows)
            return rows.error();
        return FromStore{std::move(*added), earlier(earlier(*next, *restriction), due), rows->value_or(0)};
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

bool is_error(policy::Problem const& problem)
{
    return problem.severity == policy::Problem::Severity::error;
}

constexpr std::string_view officer_is_gone = "whoever published it is no officer any more";

bool has_error(std::vector<policy::Problem> const& problems)
{
    return std::any_of(problems.begin(), problems.end(), is_error);
}

std::string first_error(std::vector<policy::Problem> const& problems)
{
    auto const found = std::find_if(problems.begin(), problems.end(), is_error);
    return found == problems.end() ? "the configuration cannot be read" : found->message;
}

/// What was changed in files since the last policy stands in the audit, and who is not told of it by mail. A policy that holds runs whether or not that could be written.
void note_machine_state(store::Store& store, Settings const& settings, policy::Policy const& policy, std::chrono::sys_seconds now)
{
    auto const facts = machine_facts(settings, policy);
    auto const noted = store.run([&](store::Ledger& ledger) { return store::keep_machine_state(ledger, facts, now); });
    if (!noted)
        spdlog::warn("machine.change_not_recorded reason=\"{}\"", noted.error().message());
    mail::note_unreachable(settings.mail, store, now);
}

} // namespace

struct Publisher::Built {
    std::shared_ptr<policy::Policy> policy;
    std::vector<policy::Problem> problems;
    std::optional<std::chrono::sys_seconds> next_change;
    std::vector<store::AppliedEdit> edits; ///< of the pending publication
    error_code store_failure;              ///< the store did not answer: nothing is known of the policy
};

Publisher::Publisher(Settings const& settings, lists::PrivateImages& images, store::Store& store, Clock clock)
    : settings_(settings)
    , images_(images)
    , store_(store)
    , clock_(std::move(clock))
{
}

Publisher::Built Publisher::build(std::optional<store::PublicationId> pending, store::AccountId drafted_by)
{
    auto loaded = load_files(settings_, images_);
    bool const ok = loaded.ok();
    Built built{nullptr, std::move(loaded.problems), std::nullopt, {}, {}};
    if (!ok)
        return built;
    auto const made = std::make_shared<policy::Policy>(std::move(loaded.policy));
    StoredParts const parts{
        clock_.now().instant, pending, [this](policy::Policy const& policy) { return judge_policy(policy, clock_); }, drafted_by};
    auto stored = complete(*made, store_, parts);
    if (!stored) {
        built.store_failure = stored.error();
        built.problems.push_back(store_failure(stored.error()));
        return built;
    }
    // Rows are only ever added. Fewer than before: publishing what is left would open sites that the school had closed.
    if (stored->audit_rows < audit_rows_) {
        built.problems.push_back(store_begun_anew());
        return built;
    }
    audit_rows_ = stored->audit_rows;
    auto& added = stored->added;
    std::move(added.problems.begin(), added.problems.end(), std::back_inserter(built.problems));
    built.edits = std::move(added.edits);
    built.policy = made;
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
    built.policy->version = fmt::format("{}", ++version_);
    note_machine_state(store_, settings_, *built.policy, clock_.now().instant);
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
    return publish_alone();
}

portal::PublishResult Publisher::publish_pending()
{
    std::lock_guard const one_at_a_time(building_);
    portal::PublishResult last{true, current()->version, {}};
    bool some_are_live = false;
    for (;;) {
        auto made = make_next_live(clock_.now().instant);
        if (!made)
            last = {false, current()->version, {store_failure(made.error())}};
        if (!made || !*made)
            break;
        last = std::move(**made);
        some_are_live |= last.published;
    }
    if (!some_are_live) {
        note_next_publication();
        return last;
    }
    return publish_alone();
}

/// One that is due later is told of without building a policy.
void Publisher::note_next_publication()
{
    auto const next = store_.run([](store::Ledger& ledger) { return store::next_publication(ledger); });
    std::lock_guard const lock(guard_);
    if (next && *next)
        next_change_ = earlier(next_change_, (*next)->due_at);
}

/// Nothing: none is due. A publication that the store could not take stays pending, and is tried again when somebody next asks.
result<std::optional<portal::PublishResult>> Publisher::make_next_live(std::chrono::sys_seconds now)
{
    auto const next = store_.run([](store::Ledger& ledger) { return store::next_publication(ledger); });
    if (!next)
        return next.error();
    if (!*next || (*next)->due_at > now)
        return std::optional<portal::PublishResult>{};
    auto const id = (*next)->id;
    auto built = build(id);
    if (built.store_failure) // says nothing against the publication
        return built.store_failure;
    bool const holds = built.policy && !has_error(built.problems);
    auto const fault = store_.run([&](store::Ledger& ledger) -> result<std::optional<std::string>> {
        auto const live = holds ? store::apply_publication(ledger, id, now, built.edits) : result<void>{};
        if (!live && live.error() != store::errc::not_permitted)
            return live.error();
        if (holds && live)
            return std::optional<std::string>{};
        auto why = holds ? std::string{officer_is_gone} : first_error(built.problems);
        if (auto const refused = store::refuse_publication(ledger, id, why, now); !refused)
            return refused.error();
        return std::optional{std::move(why)};
    });
    if (!fault)
        return fault.error();
    if (*fault)
        spdlog::error("publication.refused number={} reason=\"{}\"", store::number(id), **fault);
    return std::optional{portal::PublishResult{!*fault, current()->version, std::move(built.problems)}};
}

portal::PolicyHealth Publisher::health() const
{
    portal::PolicyHealth health;
    health.failed_expectations = failed_expectations(*current(), clock_).size();
    struct ::stat image { };
    if (::stat(lists_image_path(settings_).c_str(), &image) == 0)
        health.lists_compiled_at = std::chrono::sys_seconds{std::chrono::seconds{image.st_mtim.tv_sec}};
    return health;
}

portal::Preview Publisher::preview_draft(store::AccountId by)
{
    std::lock_guard const one_at_a_time(building_);
    auto built = build(store::PublicationId::none, by);
    return {std::move(built.policy), std::move(built.problems)};
}

/// Precondition: `building_` is held.
portal::PublishResult Publisher::publish_alone()
{
    auto built = build();
    portal::PublishResult result{false, current()->version, std::move(built.problems)};
    if (!built.policy || has_error(result.problems))
        return result;
    built.policy->version = fmt::format("{}", ++version_);
    {
        std::lock_guard const lock(guard_);
        current_ = built.policy;
        next_change_ = built.next_change;
    }
    deliver_(built.policy);
    note_machine_state(store_, settings_, *built.policy, clock_.now().instant);
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
