// The headteacher's yes or no: one page, from a phone.
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/console/seen_part.hpp"
#include "proxy/portal/console/service_age.hpp"

namespace gatehouse::portal::console {

using store::Ledger;

namespace {

/// A proposal to keep it closed says nothing of for whom and until when it would open, so there is nothing to approve.
std::vector<Option> choices(std::optional<store::Recommendation> const& proposed, store::Instant now)
{
    bool const opens = proposed && proposed->allow;
    Option const refuse{"refuse", "Refuse", "It stays closed"};
    if (opens)
        return {{"approve", "Approve",
                    proposed->from > now ? "It opens on the day that the officer proposes"
                                         : "It opens at once, as the officer proposes"},
            refuse, {"send-back", "Ask the officer", "It goes back with your question"}};
    return {refuse,
        {"send-back", "Ask the officer",
            "It goes back. If you want it open, write so: the officer then proposes for whom and until when"}};
}

/// Approving what then stays closed would promise the person what does not come; and who is too young for a service by now is let in by nobody.
task<std::vector<Problem>> against_approval(Visit const& visit, store::RequestId id)
{
    std::vector<Problem> problems;
    auto const work = [id](Ledger& ledger) { return store::find_request(ledger, id); };
    auto const request = co_await visit.site.services.store.call(work);
    if (!request || !request->recommendation || !request->recommendation->allow)
        co_return problems; // the step itself says what is wrong
    auto const& proposed = *request->recommendation;
    if (!counts_for_asker(visit, *request, proposed.host + proposed.path))
        problems.push_back({"decision",
            "Nothing would open: for the person who asked, the gateway goes by the name of the site alone, not by the part of it "
            "that is proposed. Ask the officer to propose the whole site"});
    auto const groups = co_await groups_of_terms(visit, *request, proposed);
    if (groups)
        check_ages(visit, *groups, proposed, problems);
    for (auto& problem : problems)
        problem.field = "decision";
    co_return problems;
}

} // namespace

Form decision_form(Visit const& visit, store::UnblockRequest const& request, std::vector<Problem> const& problems)
{
    Form form;
    form.action = "/request/decide";
    form.button = "Confirm";
    form.csrf = visit.csrf();
    form.fields = step_fields(request);
    form.fields.push_back({Field::Kind::radios, "decision", "Your decision", "", std::string(visit.form("decision")),
        choices(request.recommendation, visit.instant()), problem_with(problems, "decision")});
    form.fields.push_back({Field::Kind::area, "reason", "Your reason", "The person who asked reads this.",
        std::string(visit.form("reason")), {}, problem_with(problems, "reason"), "", 1000});
    return form;
}

task<Response> take_decision(Visit const& visit)
{
    auto const step = step_of(visit);
    auto const decision = std::string(visit.form("decision"));
    auto const reason = trimmed_value(visit.request.form, "reason");
    std::vector<Problem> problems;
    if (decision != "approve" && decision != "refuse" && decision != "send-back")
        problems.push_back({"decision", "Choose what you decide"});
    if (reason.empty())
        problems.push_back({"reason", "Write your reason"});
    if (decision == "approve") {
        auto against = co_await against_approval(visit, step.id);
        std::move(against.begin(), against.end(), std::back_inserter(problems));
    }
    if (!problems.empty())
        co_return co_await request_page(visit, step.id, problems);
    auto const work = [step, decision, reason](Ledger& ledger) {
        if (decision == "approve")
            return store::approve_request(ledger, step, reason);
        if (decision == "refuse")
            return store::refuse_request(ledger, step, reason);
        return store::send_back_request(ledger, step, reason);
    };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value) {
        problems.push_back(
            {"reason", "Look at your reason again. It may be too long, or the time that the officer proposed is over"});
        co_return co_await request_page(visit, step.id, problems);
    }
    if (!done)
        co_return show_failure(visit, done.error());
    if (decision == "refuse")
        co_return redirect_to("/requests?done=refused");
    if (decision == "send-back")
        co_return redirect_to("/requests?done=sent-back");
    auto const published = co_await publish_now(visit.site, "request " + done->reference + " approved");
    co_return after_publication(visit, published, "/requests?done=approved");
}

} // namespace gatehouse::portal::console
