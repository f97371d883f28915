#include "proxy/checks/topic_checks.hpp"

#include "policy/decide.hpp"
#include "policy/self_check.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gatehouse::checks {
namespace {

bool has_children(policy::Policy const& policy, std::vector<std::string> const& groups)
{
    constexpr unsigned grown_up = 18;
    return std::any_of(policy.groups.begin(), policy.groups.end(), [&](policy::Group const& group) {
        return group.youngest_age > 0 && group.youngest_age < grown_up
            && std::find(groups.begin(), groups.end(), group.id) != groups.end();
    });
}

/// Roles of children: those of rooms whose groups are of an age below 18, and that of people who are not known. All of them, if the policy says no age.
std::vector<std::size_t> protected_roles(policy::Policy const& policy)
{
    std::vector<std::size_t> roles, all;
    for (std::size_t i = 0; i < policy.roles.size(); ++i) {
        auto const& id = policy.roles[i].id;
        bool const is_childrens = std::any_of(policy.networks.begin(), policy.networks.end(),
            [&](policy::NetworkInfo const& network) { return network.role == id && has_children(policy, network.groups); });
        if (is_childrens || id == policy.unknown_role)
            roles.push_back(i);
        all.push_back(i);
    }
    bool const knows_ages = std::any_of(
        policy.groups.begin(), policy.groups.end(), [](policy::Group const& group) { return group.youngest_age > 0; });
    return knows_ages ? roles : all;
}

bool is_protected(policy::Policy const& policy, std::string const& role)
{
    auto const roles = protected_roles(policy);
    return std::any_of(roles.begin(), roles.end(), [&](std::size_t index) { return policy.roles[index].id == role; });
}

std::string title_of(policy::Policy const& policy, std::size_t role)
{
    auto const& found = policy.roles[role];
    return found.title.empty() ? found.id : found.title;
}

std::string title_of(Place const& place)
{
    return place.title.empty() ? place.subject.address.to_text() : place.title;
}

/// How many names the lists of these categories have, those of their services too.
std::uint64_t names_on_lists(policy::Policy const& policy, std::span<std::string_view const> categories)
{
    std::uint64_t names = 0;
    for (auto const& attached : policy.attached)
        for (std::uint16_t i = 0; i < attached.info.size(); ++i) {
            auto const info = attached.info[i];
            auto const within = [&](std::string_view id) {
                auto const* const category = policy.category(id);
                auto const index
                    = category == nullptr ? policy::none : static_cast<std::uint16_t>(category - policy.categories.data());
                return index != policy::none && policy.is_within(policy.lists[info].category_index, index);
            };
            if (info != policy::none && std::any_of(categories.begin(), categories.end(), within))
                names += attached.set.member_count(i);
        }
    return names;
}

/// Asked in a place of children, and answered by a decision.
struct Seen {
    std::size_t asked = 0, closed = 0;
};

template <class Wanted>
Seen count_seen(Tried const& tried, Wanted const& wanted)
{
    Seen seen;
    if (!tried.look)
        return seen;
    for (auto const& look : tried.look->looks)
        if ((look.seen == Answer::closed || look.seen == Answer::open) && wanted(look)) {
            ++seen.asked;
            seen.closed += look.seen == Answer::closed ? 1U : 0U;
        }
    return seen;
}

std::string seen_sentence(Seen const& seen)
{
    if (seen.asked == 0)
        return "The gateway itself was not asked: this is worked out from the rules.";
    return fmt::format("The gateway itself was asked just now and closed {} of {} test pages.", seen.closed, seen.asked);
}

/// Whether every answer is the one that the rules give.
bool is_as_due(Look const& look)
{
    return look.seen == look.due;
}

std::vector<std::string> titles_of(std::vector<Place> const& places)
{
    std::vector<std::string> titles;
    for (auto const& place : places)
        titles.push_back(title_of(place));
    return titles;
}

char const* said(Answer answer)
{
    switch (answer) {
    case Answer::closed: return "closed";
    case Answer::open: return "open";
    case Answer::wants_name: return "sign in first";
    case Answer::none: break;
    }
    return "no answer";
}

void tell_differences(SelfCheck& check, ProxyLook const& found)
{
    constexpr std::size_t most = 10;
    std::size_t told = 0, left = 0;
    for (auto const& look : found.looks)
        if (!is_as_due(look) && told++ < most)
            check.findings.push_back(fmt::format("{}, \"{}\": by the rules {}, seen {}.",
                title_of(found.places.reached[look.place]), look.category, said(look.due), said(look.seen)));
        else
            left += is_as_due(look) ? 0U : 1U;
    if (left > 0)
        check.findings.push_back(fmt::format("And {} more.", left));
    if (told == 0)
        return;
    check.state = State::gap;
    check.advice = "Open such a test page at a computer there, and look at its row in the access log and at the Status page.";
}

void tell_unreached(SelfCheck& check, policy::Policy const& policy, ProxyLook const& found)
{
    std::vector<std::string> names;
    bool any_child = false;
    for (auto const& place : found.places.reached)
        if (place.asks_sign_in)
            names.push_back(title_of(place));
    if (!names.empty())
        check.findings.push_back(fmt::format("Asked for a name first, as it should, in {}.", fmt::join(names, ", ")));
    if (found.places.unreached.empty())
        return;
    for (auto const& place : found.places.unreached)
        any_child |= is_protected(policy, place.subject.role);
    check.findings.push_back(fmt::format(
        "The gateway has no address in {}, so nobody could ask from there.", fmt::join(titles_of(found.places.unreached), ", ")));
    if (any_child && check.state == State::good) {
        check.state = State::look;
        check.advice = "Open the page \"Try the filter\" of the portal at a computer there.";
    }
}

} // namespace

SelfCheck check_illegal(policy::Policy const& policy, Tried const& tried)
{
    SelfCheck check{"illegal", "Are the lists of illegal content in force, and can nobody change them?", {}, {}, State::good};
    std::uint64_t names = 0;
    unsigned lists = 0;
    for (auto const& attached : policy.attached)
        for (std::uint16_t i = 0; i < attached.info.size(); ++i)
            if (auto const info = attached.info[i]; info != policy::none && policy.lists[info].sealed) {
                ++lists;
                names += attached.set.member_count(i);
            }
    check.findings.push_back(
        fmt::format("Sealed lists: {}, with {} entries in all. No page, rule or grant opens them.", lists, names));
    auto const is_sealed = [&](Look const& look) {
        auto const* const category = policy.category(look.category);
        return category != nullptr
            && policy::is_sealed_category(policy, static_cast<std::uint16_t>(category - policy.categories.data()));
    };
    auto const seen = count_seen(tried, is_sealed);
    if (lists > 0)
        check.findings.push_back(seen_sentence(seen));
    if (names > 0 && seen.closed == seen.asked)
        return check;
    check.state = State::gap;
    check.advice
        = "Become a member of the Internet Watch Foundation, ask for the police list, and name both in lists.toml as sealed.";
    return check;
}

SelfCheck check_theme(policy::Policy const& policy, Tried const& tried, Theme const& theme)
{
    SelfCheck check{
        std::string{theme.categories.front()}, fmt::format("Is \"{}\" closed for children?", theme.title), {}, {}, State::good};
    for (auto const category : theme.categories) {
        auto const* const row = tried.school.row(category);
        if (row == nullptr) {
            check.findings.push_back(fmt::format("The policy has no category \"{}\".", category));
            continue;
        }
        for (auto const role : protected_roles(policy))
            if (auto const& found = row->by_role[role]; !found.always())
                check.findings.push_back(
                    fmt::format("{}: \"{}\" is closed {} % of the week.", title_of(policy, role), category, found.percent()));
    }
    bool const closed = check.findings.empty();
    if (closed)
        check.findings.emplace_back("Closed at any time for pupils and for whoever is not known.");
    auto const seen = count_seen(tried, [&](Look const& look) {
        return is_protected(policy, tried.look->places.reached[look.place].subject.role)
            && std::find(theme.categories.begin(), theme.categories.end(), look.category) != theme.categories.end();
    });
    check.findings.push_back(seen_sentence(seen));
    auto const names = names_on_lists(policy, theme.categories);
    check.findings.push_back(fmt::format("The lists name {} such sites.", names));
    if (!closed || names == 0)
        check.state = State::gap;
    if (!closed)
        check.advice = "Add a rule that closes it, or write down why it is open.";
    else if (names == 0)
        check.advice = "Name a list of such sites in lists.toml: without one the rule closes nothing.";
    return check;
}

SelfCheck check_proxy(policy::Policy const& policy, Tried const& tried)
{
    SelfCheck check{"proxy", "Does the gateway itself do what the rules say?", {}, {}, State::gap};
    if (!tried.look || tried.look->looks.empty()) {
        check.findings.emplace_back("It could not be asked.");
        check.advice = "Look at the Status page, and give the gateway an address in `proxy` of [listen] if it has none.";
        return check;
    }
    auto const& found = *tried.look;
    check.state = State::good;
    auto const good = static_cast<std::size_t>(std::count_if(found.looks.begin(), found.looks.end(), is_as_due));
    check.findings.push_back(fmt::format("Asked for {} test pages at {} places, {} of them were answered as the rules say.",
        found.looks.size(), found.places.reached.size(), good));
    check.findings.emplace_back(
        found.logged ? "Every question is in the access log." : "Not every question is in the access log.");
    if (!found.logged) {
        check.state = State::gap;
        check.advice = "Look at the Status page: can the log be written?";
    }
    tell_differences(check, found);
    tell_unreached(check, policy, found);
    return check;
}

SelfCheck check_safe_search(policy::Policy const& policy, policy::Moment const& now)
{
    SelfCheck check{"safe-search", "Do children search with safe search?", {}, {}, State::good};
    std::vector<std::string> without;
    constexpr std::array engines{"www.google.com", "www.bing.com", "duckduckgo.com"};
    for (auto const role : protected_roles(policy)) {
        policy::Subject subject;
        subject.role = policy.roles[role].id;
        for (auto const* const engine : engines) {
            auto const url = fmt::format("http://{}/", engine); // which the target views
            auto const target = policy::Target::parse_url(url);
            auto const decision = policy::decide(policy, {subject, *target, now, {}});
            if (decision.verdict == policy::Verdict::allow && decision.safe_search == policy::none)
                without.push_back(fmt::format("{} ({})", engine, title_of(policy, role)));
        }
    }
    if (without.empty()) {
        check.findings.emplace_back(
            "Google, Bing and DuckDuckGo are strict, or closed, for pupils and for whoever is not known.");
        return check;
    }
    check.findings.push_back(fmt::format("Without it: {}.", fmt::join(without, ", ")));
    check.state = State::gap;
    check.advice = "Add [[safe_search]] entries for them.";
    return check;
}

SelfCheck check_profiles(policy::Policy const& policy, Tried const& tried)
{
    SelfCheck check{"profiles", "Do pupils and staff have rules of their own?", {}, {}, State::good};
    std::vector<std::string> kinds;
    for (std::size_t role = 0; role < tried.school.roles.size(); ++role) {
        std::string profile;
        for (auto const& row : tried.school.rows)
            profile += fmt::format("{} ", row.by_role[role].percent());
        if (std::find(kinds.begin(), kinds.end(), profile) == kinds.end())
            kinds.push_back(profile);
    }
    check.findings.push_back(
        fmt::format("{} roles, {} of them are told apart by what is closed for them.", policy.roles.size(), kinds.size()));
    if (kinds.size() < 2) {
        check.state = State::look;
        check.advice = "Give pupils and staff roles with rules of their own.";
    }
    return check;
}

/// What is closed on devices that are not the school's, and for addresses of no network.
SelfCheck check_own_devices(policy::Policy const& policy, Tried const& tried)
{
    SelfCheck check{"own-devices", "Does it hold for devices that are not the school's?", {}, {}, State::good};
    for (auto const* const matrix : {&tried.personal, &tried.unknown})
        for (auto const& row : matrix->rows)
            for (auto const role : protected_roles(policy)) {
                auto text = fmt::format(
                    "Not closed at any time on a personal or unknown device: \"{}\" ({}).", row.category, title_of(policy, role));
                bool const told = std::find(check.findings.begin(), check.findings.end(), text) != check.findings.end();
                if (!row.by_role[role].always() && !told)
                    check.findings.push_back(std::move(text));
            }
    if (check.findings.empty()) {
        check.findings.emplace_back("The same topics are closed on personal and on unknown devices, by the names of the sites.");
        return check;
    }
    check.state = State::gap;
    check.advice = "Look for rules with `where` that leave such devices out.";
    return check;
}

/// Names of sites are the same in every language; words are not.
SelfCheck check_languages(policy::Policy const& policy)
{
    SelfCheck check{"languages", "Does it hold in the languages that pupils speak?", {}, {}, State::good};
    std::size_t words = 0, other = 0;
    auto const take = [&](std::string const& text) {
        ++words;
        auto const is_beyond_english = [](char letter) { return static_cast<unsigned char>(letter) >= 0x80; };
        other += std::any_of(text.begin(), text.end(), is_beyond_english) ? 1U : 0U;
    };
    for (auto const& list : policy.term_lists)
        std::for_each(list.terms.begin(), list.terms.end(), take);
    for (auto const& list : policy.phrase_lists)
        for (auto const& phrase : list.phrases)
            for (auto const& part : phrase.parts)
                take(part);
    check.findings.emplace_back("Sites are told by their names, whatever language they are in.");
    check.findings.push_back(fmt::format(
        "Of {} words and phrases that searches, messages and pages are read for, {} have letters that English does not have.",
        words, other));
    if (other == 0) {
        check.state = State::look;
        check.advice = "Add words in the languages of your pupils to the lists of content.toml.";
    }
    return check;
}

std::vector<Theme> const& themes()
{
    static std::vector<Theme> const all{{"Discrimination and hate speech", {"hate"}}, {"Drugs and substance abuse", {"drugs"}},
        {"Extremism", {"extremism"}}, {"Gambling", {"gambling"}}, {"Malware and hacking", {"malware", "hacking"}},
        {"Mis- and disinformation", {"misinformation"}}, {"Pornography", {"adult"}}, {"Piracy", {"piracy"}},
        {"Self-harm and suicide", {"self-harm"}}, {"Violence", {"violence", "weapons"}},
        {"Ways round the filter", {"vpn", "proxy", "tor", "doh"}}};
    return all;
}

std::vector<std::string_view> asked_categories(policy::Policy const& policy)
{
    std::vector<std::string_view> categories;
    for (auto const& theme : themes())
        categories.insert(categories.end(), theme.categories.begin(), theme.categories.end());
    for (std::uint16_t i = 0; i < policy.categories.size(); ++i)
        if (policy::is_sealed_category(policy, i))
            categories.emplace_back(policy.categories[i].id);
    return categories;
}

} // namespace gatehouse::checks
