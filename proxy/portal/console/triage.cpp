// What the online safety officer recommends for a request.
#include "proxy/portal/console/left_out.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/console/seen_part.hpp"
#include "proxy/portal/console/service_age.hpp"
#include "proxy/portal/test_site.hpp"

#include <array>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

struct Span {
    char const *value, *text;
    std::chrono::hours length;
};
constexpr std::string_view one_lesson = "lesson";
constexpr std::array spans{Span{"lesson", "One lesson, until it ends", {}}, Span{"hour", "1 hour", std::chrono::hours(1)},
    Span{"day", "1 day", std::chrono::hours(24)}, Span{"week", "1 week", std::chrono::hours(7 * 24)},
    Span{"month", "1 month", std::chrono::hours(30 * 24)}, Span{"term", "1 term (14 weeks)", std::chrono::hours(98 * 24)},
    Span{"year", "1 year", std::chrono::hours(365 * 24)}};

constexpr std::string_view period_prefix = "period:";
constexpr std::chrono::days longest_wait{366}; ///< until it opens

struct Times {
    std::string_view value;
    char const* text;
    std::vector<std::string> selectors() const
    {
        if (value == "lessons")
            return {"lesson"};
        if (value == "breaks")
            return {"break", "lunch"};
        if (value == "outside")
            return {"outside"};
        return {};
    }
};
constexpr std::array times{Times{"any", "At any time"}, Times{"lessons", "In lessons only"},
    Times{"breaks", "At break and lunch only"}, Times{"outside", "Outside the school day only"}};

template <class Table>
std::vector<Option> options_of(Table const& table)
{
    std::vector<Option> options;
    for (auto const& row : table)
        options.push_back({std::string(row.value), row.text, ""});
    return options;
}

/// The general times, and each period of the timetable by its name: a curriculum activity is one lesson.
std::vector<Option> time_options(policy::Policy const& policy)
{
    auto options = options_of(times);
    for (auto const& period : policy.timetable.periods) {
        auto const value = "period:" + period.name;
        bool const there = std::any_of(options.begin(), options.end(), [&](Option const& each) { return each.value == value; });
        if (!there)
            options.push_back({value, words("Only during {}", spoken(period.name)), ""});
    }
    return options;
}

std::string first_of(std::string_view typed, std::string const& proposed)
{
    return typed.empty() ? proposed : std::string(typed);
}

/// Title of the network that it was asked from, as long as the policy has it.
std::string place_of(policy::Policy const& policy, store::Requester const& who)
{
    for (auto const& network : policy.networks)
        if (network.id == who.network)
            return network.title.empty() ? network.id : network.title;
    return {};
}

/// Whom the officer can open it for; what is not known of the requester is not offered.
std::vector<Option> scope_options(store::Requester const& who, std::string const& place)
{
    std::vector<Option> options;
    if (!who.user.empty())
        options.push_back({"person", "Only the person who asked", who.user});
    if (!who.group.empty())
        options.push_back({"group", "The group of the person who asked", who.group});
    if (!place.empty())
        options.push_back({"network", "Everyone at the place where it was asked", place});
    if (!who.role.empty())
        options.push_back({"role", "Everyone with the same role", who.role});
    options.push_back({"other-group", "Another group", "Write its name in the next field"});
    options.push_back({"everyone", "Everyone", ""});
    return options;
}

/// The narrowest of them that a class needs: wider is what the officer chooses.
std::string proposed_scope(store::Requester const& who, std::string const& place)
{
    if (!who.group.empty())
        return "group";
    if (!place.empty())
        return "network";
    if (!who.role.empty())
        return "role";
    return who.user.empty() ? "" : "person";
}

/// The kind of period in which it was asked for.
std::string proposed_times(Visit const& visit, store::UnblockRequest const& request)
{
    auto const policy = visit.site.services.current_policy();
    std::vector<std::string> groups;
    if (!request.requester.group.empty())
        groups.push_back(request.requester.group);
    auto const then = policy->timetable.at(visit.site.clock.moment_of(request.submitted_at).local, groups);
    switch (then.kind) {
    case policy::PeriodKind::lesson: return "lessons";
    case policy::PeriodKind::break_time:
    case policy::PeriodKind::lunch: return "breaks";
    case policy::PeriodKind::outside: break;
    }
    return "outside";
}

/// What covers all that was asked for of this site: the place itself, its name, or its name without "www.".
std::string proposed_target(RequestCase const& found)
{
    auto const& lead = found.request;
    auto const bare = store::without_www(lead.host);
    auto target = lead.host + lead.path;
    for (auto const& other : found.merged) {
        if (store::without_www(other.host) != bare || target == bare)
            continue; // of another site, put here by hand
        if (other.host != lead.host)
            target = bare;
        else if (other.path != lead.path)
            target = lead.host;
    }
    return target;
}

/// Splits "www.example.org/maths" into host and path; the scheme is dropped.
void set_target(store::Recommendation& recommendation, std::string_view text)
{
    if (auto const scheme = text.find("://"); scheme != std::string_view::npos)
        text.remove_prefix(scheme + 3);
    auto const slash = text.find('/');
    recommendation.host = text.substr(0, slash);
    recommendation.path
        = slash == std::string_view::npos || slash + 1 == text.size() ? std::string() : std::string(text.substr(slash));
}

/// What would be approved and then stay closed.
void check_places(Visit const& visit, store::UnblockRequest const& request, store::Recommendation const& recommendation,
    std::vector<Problem>& problems)
{
    if (!counts_for_asker(visit, request, recommendation.host + recommendation.path))
        problems.push_back({"target",
            words("This part alone would stay closed: for the person who asked, the gateway goes by the name of the site alone. "
                  "Write {} to open the whole site, or recommend to keep it closed",
                recommendation.host)});
    for (auto const& other : recommendation.also)
        if (names_test_site(other))
            problems.push_back({"also", no_test_site});
        else if (!counts_for_asker(visit, request, other))
            problems.push_back({"also",
                words("{} would stay closed: for the person who asked, the gateway goes by the name of the site alone. Leave it "
                      "out, or write only the name",
                    shown_text(other))});
}

struct Lesson {
    store::Instant from, until;
};

/// The period of that name on that day, from the earliest of its groups to the latest; nothing if there is none, or no school.
std::optional<Lesson> lesson_on(Visit const& visit, std::string_view name, policy::Date const& day)
{
    auto const policy = visit.site.services.current_policy();
    auto const& timetable = policy->timetable;
    std::optional<Lesson> lesson;
    if (!timetable.closed_for(day).empty())
        return lesson;
    for (auto const& period : timetable.periods) {
        if (period.name != name || (period.weekdays >> day.weekday() & 1U) == 0)
            continue;
        Lesson const found{visit.site.clock.instant_of({day, period.start}), visit.site.clock.instant_of({day, period.end})};
        lesson = lesson ? Lesson{std::min(lesson->from, found.from), std::max(lesson->until, found.until)} : found;
    }
    return lesson;
}

/// Until when, from `recommendation.from` on.
void read_end(Visit const& visit, std::optional<Lesson> const& lesson, bool is_later, store::Recommendation& recommendation,
    std::vector<Problem>& problems)
{
    auto const until = visit.form("until");
    for (auto const& span : spans)
        if (span.value == until && until != one_lesson)
            recommendation.until = recommendation.from + span.length;
    if (until == one_lesson && !visit.form("when").starts_with(period_prefix))
        problems.push_back({"when", "Choose which lesson"});
    else if (until == one_lesson && lesson && lesson->until <= visit.instant())
        problems.push_back({"day", "That lesson is over. Choose another day"});
    else if (until == one_lesson && lesson)
        recommendation.until = lesson->until;
    else if (recommendation.until == store::Instant{} && until != one_lesson)
        problems.push_back({"until", "Choose how long"});
    else if (!lesson && is_later && recommendation.until - recommendation.from < std::chrono::days(1) && until != one_lesson)
        problems.push_back({"until", "From a later day on it opens for one day at least. Choose one day or longer"});
}

/// In which periods, from which day on and until when.
void read_times(Visit const& visit, store::Recommendation& recommendation, std::vector<Problem>& problems)
{
    auto const when = visit.form("when");
    auto const known = time_options(*visit.site.services.current_policy());
    for (auto const& choice : times)
        if (choice.value == when)
            recommendation.when = choice.selectors();
    bool const is_known = std::any_of(known.begin(), known.end(), [&](Option const& each) { return each.value == when; });
    bool const is_period = is_known && when.starts_with(period_prefix);
    if (is_period)
        recommendation.when = {std::string(when)};
    if (!when.empty() && !is_known)
        problems.push_back({"when", "Choose when it opens"});
    recommendation.from = visit.instant();
    auto on = visit.now.local.date;
    auto const typed = trimmed_value(visit.request.form, "day");
    if (!typed.empty()) {
        auto const day = policy::Date::parse(typed);
        if (!day || *day < visit.now.local.date || visit.site.clock.instant_of({*day, 0}) > visit.instant() + longest_wait)
            problems.push_back({"day", "Choose today or a day of the next 12 months"});
        else
            on = *day;
    }
    auto const lesson = is_period ? lesson_on(visit, when.substr(period_prefix.size()), on) : std::nullopt;
    if (is_period && !lesson && (!typed.empty() || visit.form("until") == one_lesson))
        problems.push_back({"day", "There is no such lesson on that day. Choose another day"});
    bool const is_later = on > visit.now.local.date;
    if (is_later)
        recommendation.from = lesson ? lesson->from : visit.site.clock.instant_of({on, 0});
    read_end(visit, lesson, is_later, recommendation, problems);
}

std::optional<store::Recommendation> recommendation_of(
    Visit const& visit, store::UnblockRequest const& request, std::vector<Problem>& problems)
{
    store::Recommendation recommendation;
    recommendation.allow = visit.form("advice") == "open";
    recommendation.text = trimmed_value(visit.request.form, "text");
    set_target(recommendation, trimmed_value(visit.request.form, "target"));
    recommendation.also = values_of(visit.request.form, "also");
    auto const scope = visit.form("scope");
    if (scope == "other-group") {
        recommendation.scope = store::Scope::group;
        recommendation.scope_value = trimmed_value(visit.request.form, "group");
        auto const& groups = visit.site.services.current_policy()->groups;
        bool const known = std::any_of(
            groups.begin(), groups.end(), [&](auto const& group) { return group.id == recommendation.scope_value; });
        if (!known)
            problems.push_back({"group", "Choose the group"});
    } else if (auto const parsed = store::parse_scope(scope)) {
        recommendation.scope = *parsed;
        auto const& who = request.requester;
        recommendation.scope_value = *parsed == store::Scope::person ? who.user
            : *parsed == store::Scope::group                         ? who.group
            : *parsed == store::Scope::role                          ? who.role
            : *parsed == store::Scope::network                       ? who.network
                                                                     : std::string();
    } else {
        problems.push_back({"scope", "Choose for whom it opens"});
    }
    read_times(visit, recommendation, problems);
    if (visit.form("advice") != "open" && visit.form("advice") != "keep")
        problems.push_back({"advice", "Choose what you recommend"});
    if (recommendation.text.empty())
        problems.push_back({"text", "Write why"});
    if (!policy::Host::parse(recommendation.host))
        problems.push_back({"target", "Write the name of a site, for example www.example.org"});
    else if (names_test_site(recommendation.host))
        problems.push_back({"target", no_test_site});
    else if (recommendation.allow)
        check_places(visit, request, recommendation, problems);
    if (!problems.empty())
        return std::nullopt;
    return recommendation;
}

/// What was asked for, if it can be opened alone; otherwise the whole site, and why.
Field target_field(Visit const& visit, RequestCase const& found, std::vector<Problem> const& problems)
{
    auto const& request = found.request;
    auto const asked = proposed_target(found);
    Field field{Field::Kind::text, "target", "What opens?", "A site, or a part of it such as www.example.org/maths",
        first_of(visit.form("target"), asked), {}, problem_with(problems, "target"), "", 1000};
    if (counts_for_asker(visit, request, asked))
        return field;
    field.hint
        = words("They asked for {}. For them the gateway goes by the name of the site alone, so it opens the whole site or "
                "nothing of it.",
            asked);
    field.value = first_of(visit.form("target"), request.host);
    return field;
}

task<result<RequestCase>> find(Visit const& visit, store::RequestStep const& step)
{
    auto const work = [step](Ledger& ledger) { return read_case(ledger, step); };
    co_return co_await visit.site.services.store.call(work);
}

} // namespace

Form recommendation_form(
    Visit const& visit, RequestCase const& found, std::vector<std::string> const& also, std::vector<Problem> const& problems)
{
    auto const& request = found.request;
    Form form;
    form.action = "/request/recommend";
    form.button = "Send to the headteacher";
    form.csrf = visit.csrf();
    form.fields = step_fields(request);
    std::vector<Option> groups{{"", "", ""}};
    for (auto const& group : visit.site.services.current_policy()->groups)
        groups.push_back({group.id, group.title, ""});
    auto const place = place_of(*visit.site.services.current_policy(), request.requester);
    auto const scopes = scope_options(request.requester, place);
    form.fields.push_back({Field::Kind::radios, "advice", "What do you recommend?", "", first_of(visit.form("advice"), "open"),
        {{"open", "Open it", ""}, {"keep", "Keep it closed", ""}}, problem_with(problems, "advice")});
    form.fields.push_back({Field::Kind::area, "text", "Why, and with which safeguards?", "The headteacher reads this.",
        std::string(visit.form("text")), {}, problem_with(problems, "text"), "", 2000});
    form.fields.push_back({Field::Kind::radios, "scope", "For whom?", "",
        first_of(visit.form("scope"), proposed_scope(request.requester, place)), scopes, problem_with(problems, "scope")});
    form.fields.push_back({Field::Kind::select, "group", "Another group", "Only if you chose another group above.",
        std::string(visit.form("group")), groups, problem_with(problems, "group")});
    form.fields.push_back(target_field(visit, found, problems));
    if (!also.empty()) {
        Field others{Field::Kind::checkboxes, "also", "What else does the page need?",
            "These blocked sites came with it when it was opened. Choose only what belongs to it.", "", {},
            problem_with(problems, "also")};
        for (auto const& host : also)
            others.options.push_back({host, host, ""});
        others.chosen = values_of(visit.request.form, "also");
        form.fields.push_back(std::move(others));
    }
    form.fields.push_back({Field::Kind::select, "when", "When?", "For one lesson: its name, its day, and until it ends.",
        first_of(visit.form("when"), proposed_times(visit, request)), time_options(*visit.site.services.current_policy()),
        problem_with(problems, "when")});
    form.fields.push_back({Field::Kind::date, "day", "From which day?", "Leave it empty to open it at once.",
        std::string(visit.form("day")), {}, problem_with(problems, "day")});
    form.fields.push_back({Field::Kind::select, "until", "For how long?", "It closes by itself.",
        first_of(visit.form("until"), "week"), options_of(spans), problem_with(problems, "until")});
    if (!problem_with(problems, left_out).empty()) {
        std::vector<Problem> unasked;
        if (auto const terms = recommendation_of(visit, request, unasked))
            form.fields.push_back(left_out_field(visit, found, *terms, problems));
    }
    return form;
}

task<Response> take_recommendation(Visit const& visit)
{
    auto const step = step_of(visit);
    auto const found = co_await find(visit, step);
    if (!found)
        co_return show_failure(visit, found.error());
    std::vector<Problem> problems;
    auto const recommendation = recommendation_of(visit, found->request, problems);
    if (recommendation) {
        auto const groups = co_await groups_of_terms(visit, found->request, *recommendation);
        if (!groups)
            co_return show_failure(visit, groups.error());
        check_ages(visit, *groups, *recommendation, problems);
        check_left_out(visit, *found, *recommendation, problems);
    }
    if (!recommendation || !problems.empty())
        co_return co_await request_page(visit, step.id, problems);
    auto const work = [step, recommendation = *recommendation](Ledger& ledger) -> result<store::ConsoleRole> {
        if (auto const taken = store::recommend_request(ledger, step, recommendation); !taken)
            return taken.error();
        return store::decider_of(ledger, step.id);
    };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value) {
        problems.push_back({"target", "The store does not take this. Look at the site, the group and the time again"});
        co_return co_await request_page(visit, step.id, problems);
    }
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to(
        *done == store::ConsoleRole::chief_executive ? "/requests?done=recommended-chief" : "/requests?done=recommended");
}

} // namespace gatehouse::portal::console
