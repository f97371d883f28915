#include "policy/step_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

std::string join(std::vector<Selector> const& column)
{
    std::string text;
    for (auto const& selector : column)
        text += (text.empty() ? "" : " or ") + to_text(selector);
    return text;
}

void append(std::string& text, std::string_view what, std::string_view value)
{
    if (value.empty())
        return;
    text += text.empty() ? "" : ", ";
    text += what;
    text += value;
}

} // namespace

StepWriter::StepWriter(Facts const& facts, std::vector<Step>& steps)
    : facts_(&facts)
    , steps_(steps)
{
}

std::string StepWriter::describe_who() const
{
    auto const& subject = facts_->query.subject;
    std::string text;
    append(text, "", facts_->role == none ? std::string_view{"nobody known"} : facts_->policy.roles[facts_->role].id);
    for (auto const& group : subject.groups)
        append(text, "group:", group);
    append(text, "user:", subject.user);
    return text;
}

std::string StepWriter::describe_what() const
{
    std::string text{facts_->query.target.host.text()};
    std::vector<std::uint16_t> seen;
    if (facts_->test_category != none)
        append(text, "category:", facts_->policy.categories[facts_->test_category].id);
    for (auto const& found : facts_->all_found()) {
        auto const& list = facts_->policy.lists[found.list];
        if (list.service_index != none)
            append(text, "service:", list.service);
        if (list.category_index == none || std::count(seen.begin(), seen.end(), list.category_index) != 0)
            continue;
        seen.push_back(list.category_index);
        append(text, "category:", facts_->policy.categories[list.category_index].id);
    }
    for (std::size_t i = 0;
         (facts_->search_engine != none || facts_->query.written != nullptr) && i < facts_->policy.term_lists.size(); ++i)
        if (facts_->terms.lists[i])
            append(text, "search:", facts_->policy.term_lists[i].id);
    for (unsigned i = 0; i < signal_count; ++i)
        if (facts_->signals.has(static_cast<Signal>(i)))
            append(text, "signal:", to_text(static_cast<Signal>(i)));
    return text;
}

std::string StepWriter::describe_where() const
{
    auto const& subject = facts_->query.subject;
    std::string text;
    append(text, "network:", subject.network.empty() ? std::string_view{"unknown"} : subject.network);
    append(text, "device:", to_text(subject.device_kind));
    append(text, "device-id:", subject.device);
    return text;
}

std::string StepWriter::describe_when() const
{
    std::string text;
    append(text, "", to_text(facts_->period_kind));
    if (facts_->period)
        append(text, "period:", facts_->period->name);
    append(text, "weekday:", weekday_to_text(facts_->weekday));
    append(text, "closed: ", facts_->policy.timetable.closed_for(facts_->query.now.local.date));
    return text;
}

template <class Entry>
std::string StepWriter::describe(Entry const& entry, Match const& match) const
{
    switch (match.failed) {
    case Match::Column::who: return fmt::format("who: {} is not {}", describe_who(), join(entry.who));
    case Match::Column::what: return fmt::format("what: {} is not {}", describe_what(), join(entry.what));
    case Match::Column::where: return fmt::format("where: {} is not {}", describe_where(), join(entry.where));
    case Match::Column::when: return fmt::format("when: {} is not {}", describe_when(), join(entry.when));
    case Match::Column::nothing: break;
    }
    auto all = to_text(*match.who);
    append(all, "", to_text(*match.what));
    append(all, "", match.where ? to_text(*match.where) : "anywhere");
    append(all, "", match.when ? to_text(*match.when) : "at any time");
    return fmt::format("matches: {}", all);
}

void StepWriter::sealed(bool decided)
{
    steps_.push_back({Stage::sealed, "sealed", decided,
        decided ? "this is on a list that nobody can open, change or see" : "no sealed list names it"});
}

void StepWriter::restriction(Restriction const& restriction, bool in_force, bool decided)
{
    std::string because = "is not in force now";
    if (decided)
        because = "this person uses school computers under supervision only, and none is live here";
    else if (in_force)
        because = fmt::format("a supervision is live at {}", restriction.supervised_device);
    steps_.push_back({Stage::restriction, restriction.id, decided, std::move(because)});
}

void StepWriter::override_grant(Override const& grant, bool live, Match const& match)
{
    auto because = live                          ? describe(grant, match)
        : facts_->query.now.instant < grant.from ? std::string{"has not begun"}
                                                 : std::string{"has ended"};
    steps_.push_back({Stage::override_grant, grant.id, false, std::move(because)});
}

void StepWriter::override_chosen(Override const& grant)
{
    for (auto& step : steps_)
        if (step.stage == Stage::override_grant && step.id == grant.id)
            step.decided = true;
}

void StepWriter::rule(Rule const& rule, Match const& match)
{
    steps_.push_back({Stage::rule, rule.id, static_cast<bool>(match), describe(rule, match)});
}

void StepWriter::role_default()
{
    bool const known = facts_->role != none;
    steps_.push_back({Stage::role_default, known ? facts_->policy.roles[facts_->role].default_id : "default", true,
        !known ? "no rule matches and the policy has no role for this person"
            : facts_->policy.roles[facts_->role].default_verdict == Verdict::allow ? "no rule matches; allow by default"
                                                                                   : "no rule matches; block by default"});
}

void StepWriter::wrapped(UrlForm const& wrapper, Facts const& behind)
{
    steps_.push_back({Stage::wrapper, wrapper.id, false,
        fmt::format(
            "{} shows {} under another name, so that is judged as well", wrapper.title, behind.query.target.host.text())});
    facts_ = &behind;
}

void StepWriter::refused(InspectionRule const& entry)
{
    for (auto& step : steps_)
        step.decided = false;
    steps_.push_back({Stage::inspection, entry.id, true,
        facts_->query.subject.trusts_ca
            ? "what is inside would have to be seen, and is not"
            : "what is inside would have to be seen, and this device does not trust the school's certificate"});
}

} // namespace gatehouse::policy
