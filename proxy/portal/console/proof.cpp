#include "proxy/portal/console/proof.hpp"

#include "proxy/portal/form_data.hpp"
#include "proxy/store/second_factor.hpp"
#include "proxy/store/sign_in.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

enum class Proof : std::uint8_t { password, code, session, sign_in_again };

Proof proof_of(Visit const& visit)
{
    auto const& session = *visit.session;
    if (!visit.key_name.empty())
        return Proof::password;
    if (session.account.is_break_glass)
        return Proof::session;
    if (!session.by_sign_on)
        return Proof::password;
    if (session.account.has_second_factor)
        return Proof::code;
    return visit.instant() < session.proved_at + proof_is_fresh ? Proof::session : Proof::sign_in_again;
}

} // namespace

void add_proof(Form& form, Visit const& visit, std::string_view name, std::vector<Problem> const& problems)
{
    auto const problem = problem_with(problems, name);
    switch (proof_of(visit)) {
    case Proof::password:
        form.fields.push_back({Field::Kind::password, std::string(name), "Your own password", "To be sure that it is you.", "",
            {}, problem, "current-password", 256});
        break;
    case Proof::code:
        form.fields.push_back({Field::Kind::text, std::string(name), "Your code",
            "Six digits from the app on your phone, or one of the codes on your paper", "", {}, problem, "one-time-code", 20});
        break;
    case Proof::session:
    case Proof::sign_in_again: break;
    }
}

bool add_way_to_sign_in(Page& page, Visit const& visit, std::string_view back)
{
    if (proof_of(visit) != Proof::sign_in_again)
        return false;
    page.parts.push_back(
        inset("You signed in more than ten minutes ago. To be sure that it is you: sign in again, then come back."));
    page.parts.push_back(link("Sign in again", with_query("/sign-in/school", {{"again", "1"}, {"next", std::string(back)}})));
    return true;
}

task<std::optional<Problem>> find_unproved(Visit const& visit, std::string name)
{
    auto& store = visit.site.services.store;
    auto const& account = visit.session->account;
    auto const typed = std::string(visit.form(name));
    switch (proof_of(visit)) {
    case Proof::session: break;
    case Proof::sign_in_again: co_return Problem{{}, "Sign in again, then come back"};
    case Proof::password: {
        if (typed.empty())
            co_return Problem{name, "Write your own password"};
        auto const proved = co_await store::confirm_password(store, account.id, typed, visit.request.peer, visit.instant());
        if (!proved)
            co_return Problem{name, failure_text(proved.error())};
        break;
    }
    case Proof::code: {
        auto const work = [id = account.id, typed, peer = visit.request.peer, now = visit.instant()](
                              Ledger& ledger) { return store::confirm_code(ledger, id, typed, peer, now); };
        auto const proved = co_await store.call(work);
        if (!proved && (proved.error() == store::errc::wrong_code || proved.error() == store::errc::throttled))
            co_return Problem{name, code_problem(proved.error())};
        if (!proved)
            co_return Problem{name, failure_text(proved.error())};
        break;
    }
    }
    co_return std::nullopt;
}

Words code_problem(error_code const& failure)
{
    return failure == store::errc::throttled
        ? "There were too many wrong codes. Wait a few minutes, then try again."
        : "This code is not right, or it was used before. Wait for the next one, then type that.";
}

} // namespace gatehouse::portal::console
