// The box that checks a site for anybody at any time. It says what the live proxy would do (proxy/question).
#include "proxy/portal/console/explain_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/question/question.hpp"
#include "proxy/settings.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using question::Question;

/// Without a role and a place it is the role that the form shows first. The person stays out of it: whether somebody may use school computers only
/// beside a member of staff is not for everybody who is signed in.
Question question_of(Visit const& visit, policy::Policy const& policy)
{
    Question question;
    question.url = trimmed_value(visit.request.query, "url");
    question.role = visit.query("role");
    question.network = visit.query("network");
    question.device = visit.query("device");
    question.at = visit.query("at").empty() ? visit.now.local.to_text() : std::string(visit.query("at"));
    if (!visit.query("group").empty())
        question.groups.emplace_back(visit.query("group"));
    if (question.role.empty() && question.network.empty() && question.device.empty())
        question.role = policy.roles.front().id;
    return question;
}

/// So devices of one person are left out too.
bool is_shared(policy::DeviceInfo const& device)
{
    return device.user.empty();
}

bool is_offered(policy::Policy const& policy, std::string const& id)
{
    auto const is_it = [&](auto const& device) { return device.id == id && is_shared(device); };
    return id.empty() || std::any_of(policy.devices.begin(), policy.devices.end(), is_it);
}

template <class Rows>
std::vector<Option> options_of(Words nothing, Rows const& rows)
{
    std::vector<Option> options{{"", std::move(nothing), ""}};
    for (auto const& row : rows)
        options.push_back({row.id, row.title, ""});
    return options;
}

Part check_form(policy::Policy const& policy, Question const& question, std::vector<Problem> const& problems)
{
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    std::vector<Option> roles;
    for (auto const& role : policy.roles)
        roles.push_back({role.id, role.title, ""});
    roles.push_back({"", "Whoever is usually there", ""});
    std::vector<Option> devices{{"", "Any", ""}};
    for (auto const& device : policy.devices)
        if (is_shared(device))
            devices.push_back({device.id, device.id, ""});
    auto const group = question.groups.empty() ? std::string() : question.groups.front();
    Form form;
    form.action = "/check";
    form.button = "Check";
    form.is_search = true;
    form.fields = {{Field::Kind::text, "url", "Site", "", question.url, {}, error_of("url"), "", 1000},
        {Field::Kind::select, "role", "Who", "", question.role, std::move(roles), error_of("role")},
        {Field::Kind::select, "group", "Group", "", group, options_of("Any", policy.groups), error_of("group")},
        {Field::Kind::select, "network", "Where", "", question.network, options_of("Any", policy.networks), error_of("network")},
        {Field::Kind::select, "device", "Device", "", question.device, std::move(devices), error_of("device")},
        {Field::Kind::datetime, "at", "When", "", question.at, {}, error_of("at"), "", 16}};
    return portal::form(form);
}

Problem problem_of(question::Complaint const& complaint)
{
    if (complaint.field == "url")
        return {"url", "This is not the address of a site"};
    if (complaint.field == "at")
        return {"at", "Choose a day and a time"};
    if (complaint.field == "group")
        return {"group", "Choose the group"};
    if (complaint.field == "network")
        return {"network", "Choose where"};
    if (complaint.field == "device")
        return {"device", "Choose the device"};
    return {"role", "Choose who"};
}

template <class Rows>
Words title_in(Rows const& rows, std::string const& id)
{
    auto const found = std::find_if(rows.begin(), rows.end(), [&](auto const& row) { return row.id == id; });
    return found == rows.end() ? Words(id) : Words(found->title);
}

Words asker_text(policy::Policy const& policy, policy::Subject const& subject)
{
    std::vector<Words> parts{title_in(policy.roles, subject.role)};
    for (auto const& group : subject.groups)
        parts.push_back(title_in(policy.groups, group));
    parts.push_back(title_in(policy.networks, subject.network));
    parts.push_back(subject.device);
    return joined(parts);
}

void show_answer(Page& page, policy::Policy const& policy, Question const& question, question::Answer const& answer)
{
    page.parts.push_back(paragraph(words("This is the answer for: {}", asker_text(policy, answer.subject))));
    if (answer.by_name)
        page.parts.push_back(
            inset(words("For them the gateway goes by the name of this site alone, so the answer is the same for "
                        "all of it, whatever follows the name in {}.",
                shown_text(question.url))));
    for (auto const& part : explanation_parts(answer.explanation))
        page.parts.push_back(part);
}

} // namespace

task<Response> show_check(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    auto const question = question_of(visit, *policy);
    auto const answered = question::answer(*policy, question, visit.site.clock, visit.site.services.settings.connect_ports);
    std::vector<Problem> problems;
    auto const* const complaint = std::get_if<question::Complaint>(&answered);
    bool const waits = question.url.empty() && complaint != nullptr && complaint->field == "url"; // nothing is asked yet
    if (complaint != nullptr && !waits)
        problems.push_back(problem_of(*complaint));
    else if (!is_offered(*policy, question.device))
        problems.push_back({"device", "Choose the device"});
    Page page;
    page.title = "Check a site";
    add_problems(page, problems);
    page.parts.push_back(heading("Check a site"));
    page.parts.push_back(paragraph("Would it open, for whom and when? The answer comes from the rules that run now."));
    page.parts.push_back(check_form(*policy, question, problems));
    if (!waits && problems.empty())
        show_answer(page, *policy, question, std::get<question::Answer>(answered));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
