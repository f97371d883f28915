#include "proxy/portal/web.hpp"
#include "proxy/portal/api.hpp"
#include "proxy/portal/console/given_access_view.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/language_choice.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/role_grants.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace gatehouse::portal {

Site::Site(Services given)
    : services(std::move(given))
    , clock(services.settings.time_zone)
    , audit_watch(services.settings.state_dir)
{
    auto const& settings = services.settings;
    if (!settings.sign_on.issuer.empty())
        provider = std::make_unique<sign_on::Provider>(settings.sign_on, settings.console_url + "/sign-in/school/back");
}

std::string Site::portal_url() const
{
    auto url = services.settings.portal_url;
    if (url.empty()) {
        auto const& address = services.settings.portal.address;
        url = fmt::format("http://{}:{}", address.is_v4() ? address.to_text() : "[" + address.to_text() + "]", portal_port);
    }
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

std::string Site::school() const
{
    return services.current_policy()->school;
}

store::Actor Visit::actor() const
{
    return {session ? session->account.id : store::AccountId::none, session ? session->account.login : "portal",
        key_name.empty() ? request.peer : request.peer + ", key " + key_name};
}

void add_problems(Page& page, std::vector<Problem> const& problems)
{
    if (problems.empty())
        return;
    page.parts.push_back(error_summary(problems));
    page.has_problem = true;
    page.status = 422;
}

std::optional<store::Instant> Visit::role_counts_from() const
{
    if (!session || !session->account.role_changed_at || !store::needs_second_person(session->account.console_role))
        return std::nullopt;
    auto const from = *session->account.role_changed_at + store::settling_time;
    return instant() < from ? std::optional{from} : std::nullopt;
}

Response show(Visit const& visit, Page const& page)
{
    if (visit.request.as_data)
        return data_of(page);
    std::vector<View> parts;
    if (visit.hold && visit.session)
        parts.push_back(View().html("content", warning(console::own_hold_text(visit)).html(visit.language)));
    else if (auto const from = visit.role_counts_from())
        parts.push_back(View().html("content",
            inset(words("Your role is new. It decides from {} on; until then you can look at everything.",
                      shown_time(visit.site, *from)))
                .html(visit.language)));
    for (auto const& part : page.parts)
        parts.push_back(View().html("content", part.html(visit.language)));
    bool const console = visit.side == Side::console;
    View view;
    view.text("title", shown_text(page.title.in(visit.language))).flag("problem", page.has_problem).text("back", page.back);
    view.text("school", visit.site.school())
        .text("service", say(visit.language, console ? "Gatehouse console" : "Web filter help"));
    view.text("lang", info_of(visit.language).tag).flag("rtl", info_of(visit.language).is_right_to_left);
    view.list("languages", language_links(visit));
    view.list("parts", parts).text("help", "/help");
    view.list("menu", {});
    if (visit.session && !visit.session->account.must_change_password)
        view.list("menu", menu_of(visit));
    view.text("person", "");
    if (visit.session) {
        auto const& account = visit.session->account;
        view.text("person", shown_text(account.display_name.empty() ? account.login : account.display_name));
        view.text("role", role_title(account.console_role).in(visit.language)).text("csrf", visit.csrf());
    }
    Response response;
    response.status = page.status;
    response.body = render("layout", view, visit.language).text();
    response.headers.emplace_back("Content-Language", info_of(visit.language).tag);
    return response;
}

Response show_message(Visit const& visit, unsigned status, Words title, Words text)
{
    Page page;
    page.title = title;
    page.status = status;
    page.parts = {heading(title), paragraph(text), link("Go to the start page", "/")};
    return show(visit, page);
}

Response nothing_chosen(Visit const& visit)
{
    return show_message(visit, 422, "Nothing was chosen", "Go back and choose which one you mean. Nothing was changed.");
}

Response csv_file(std::string name, std::string csv, std::optional<std::size_t> cut_after)
{
    Response response{200, "text/csv; charset=utf-8", std::move(csv), {}};
    if (cut_after) {
        name += "-newest-" + std::to_string(*cut_after);
        response.headers.emplace_back("Gatehouse-Cut", std::to_string(*cut_after));
    }
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
    return response;
}

Words failure_text(error_code const& failure)
{
    using store::errc;
    struct Text {
        errc code;
        char const* text;
    };
    static constexpr std::array texts{
        Text{errc::busy, "Too much is going on right now. Nothing was changed. Please try again in a minute."},
        Text{errc::locked, "Too much is going on right now. Nothing was changed. Please try again in a minute."},
        Text{errc::full, "The disk is full, so nothing could be saved. Please tell the ICT lead."},
        Text{errc::not_found, "There is nothing with this number. It may have been an old link."},
        Text{errc::already_exists, "This is there already."},
        Text{errc::invalid_value, "Something is missing, too long or not written as it should be."},
        Text{errc::stale,
            "Somebody else acted on this a moment ago. Nothing was changed by you. Open it again to see where it stands."},
        Text{errc::wrong_state, "This step is not possible any more: it has been decided or closed already."},
        Text{errc::not_permitted, "Your role may not do this."},
        Text{errc::same_person,
            "You have already had a part in this, so somebody else must take this step. The person who asks, the officer who "
            "recommends and the "
            "headteacher who decides are always three different people."},
        Text{errc::role_changed_recently, "Your role changed less than 24 hours ago. You can take this step tomorrow."},
        Text{errc::last_confirmer,
            "Nobody else would be left who says yes to what an ICT lead does with accounts. Ask for the role of whoever comes "
            "after them "
            "first, and let them confirm it; or, on the machine: gatehouse account close, with their user name. To lock the "
            "account now, give it a new password: that signs it out, and it waits."},
        Text{errc::draft_in_doubt,
            "The draft has changes of an account to which somebody else gave another way to sign in, and nobody has said yet "
            "that it is really them. Publish your own changes, or take those out of the draft."},
        Text{errc::way_in_unsaid,
            "The same person might be behind your account and another that has a part in this: your account was given a way to "
            "sign in, or you gave one, and nobody has said yet that it is really them. So somebody else takes this step. You can "
            "take it 14 days after somebody was told of that, or once a second person has said on the page Roles that it is "
            "really them."},
        Text{errc::access_given_recently, "Somebody else gave your account another way to sign in, so it decides nothing yet."},
        Text{errc::conflict_of_interest, "This is about you, so somebody else must look at it."},
        Text{errc::password_too_short,
            "The new password is too short. Use at least 12 characters; three words you will remember are a good choice."},
        Text{errc::password_too_common,
            "The new password is easy to guess. Choose another one; three words you will remember are a good choice."},
        Text{errc::password_too_long, "The new password is too long. Use at most 256 bytes."},
        Text{errc::wrong_password, "The password you have now is not right."},
        Text{errc::throttled, "There were too many wrong passwords. Wait a few minutes, then try again."},
    };
    for (auto const& [code, text] : texts)
        if (failure == make_error_code(code))
            return text;
    return "Something went wrong on our side. Nothing was changed. Please tell the ICT lead.";
}

Response show_failure(Visit const& visit, error_code const& failure)
{
    using store::errc;
    if (failure == errc::access_given_recently && visit.hold && visit.request.as_data) // people read it above every page
        return show_message(visit, 403, "You cannot do this", console::own_hold_text(visit));
    if (failure == errc::not_found)
        return show_message(visit, 404, "We cannot find this", failure_text(failure));
    if (failure == errc::stale || failure == errc::wrong_state)
        return show_message(visit, 409, "Somebody was faster", failure_text(failure));
    if (failure == errc::draft_in_doubt)
        return show_message(visit, 409, "Not while their account waits", failure_text(failure));
    if (failure == errc::not_permitted || failure == errc::same_person || failure == errc::role_changed_recently
        || failure == errc::access_given_recently || failure == errc::conflict_of_interest || failure == errc::last_confirmer
        || failure == errc::way_in_unsaid)
        return show_message(visit, 403, "You cannot do this", failure_text(failure));
    if (failure == errc::throttled) // of asking and telling; pages with passwords say it themselves
        return show_message(visit, 429, "That was a lot",
            "Many requests came from here in a short time. Please wait an hour, or ask your teacher.");
    if (failure == errc::invalid_value || failure == errc::already_exists)
        return show_message(visit, 422, "This does not fit", failure_text(failure));
    if (failure == errc::busy || failure == errc::locked || failure == errc::full)
        return show_message(visit, 503, "Please try again", failure_text(failure));
    return show_message(visit, 500, "Something went wrong", failure_text(failure));
}

Words shown_date(policy::Date const& date)
{
    static constexpr std::array in_month{"{} Jan {}", "{} Feb {}", "{} Mar {}", "{} Apr {}", "{} May {}", "{} Jun {}",
        "{} Jul {}", "{} Aug {}", "{} Sep {}", "{} Oct {}", "{} Nov {}", "{} Dec {}"};
    return words(in_month.at(date.month - 1U), date.day, date.year);
}

Words shown_time(Site const& site, store::Instant at)
{
    auto const local = site.clock.moment_of(at).local;
    return words("{}, {}", shown_date(local.date), policy::minute_to_text(local.minute));
}

std::optional<std::int64_t> parse_id(std::string_view text)
{
    std::int64_t value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || value <= 0)
        return std::nullopt;
    return value;
}

void add_unreadable(std::vector<Problem>& problems, Fields const& form, std::initializer_list<std::string_view> names)
{
    for (auto const name : names)
        if (has_control_signs(value_of(form, name)))
            problems.push_back(
                {std::string(name), "There are signs in it that we cannot read. Type it yourself, and do not paste it"});
}

std::string trimmed_value(Fields const& fields, std::string_view name)
{
    auto value = value_of(fields, name);
    constexpr std::string_view blank = " \t\n";
    auto const first = value.find_first_not_of(blank);
    if (first == std::string_view::npos)
        return {};
    return std::string(value.substr(first, value.find_last_not_of(blank) - first + 1));
}

task<PublishResult> publish_now(Site& site, std::string cause)
{
    auto const work = [&site, cause] { return site.services.publish(cause); };
    co_return co_await run_aside(site, work);
}

} // namespace gatehouse::portal
