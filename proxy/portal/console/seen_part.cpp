#include "proxy/portal/console/seen_part.hpp"

#include "proxy/settings.hpp"

namespace gatehouse::portal::console {

namespace {

bool sees_path(Visit const& visit, policy::Subject const& subject, std::string const& url, policy::Moment const& at)
{
    auto const& services = visit.site.services;
    auto const target = policy::Target::parse_url(url);
    if (!target)
        return true; // whoever keeps it says what is wrong with it
    return question::seen_of(*services.current_policy(), subject, *target, at, services.settings.connect_ports).path();
}

bool has_path(std::string_view place)
{
    auto const slash = place.find('/');
    return slash != std::string_view::npos && slash + 1 != place.size();
}

} // namespace

policy::Subject subject_of(policy::Policy const& policy, store::Requester const& who)
{
    policy::Subject subject;
    if (auto const address = policy::IpAddress::parse(who.address))
        subject = policy.subject_at(*address);
    subject.role = who.role;
    subject.user = who.user;
    subject.network = who.network;
    subject.device = who.device;
    if (!who.group.empty())
        subject.groups = {who.group};
    return subject;
}

bool counts_for_asker(Visit const& visit, store::UnblockRequest const& request, std::string const& place)
{
    if (!has_path(place))
        return true;
    auto const subject = subject_of(*visit.site.services.current_policy(), request.requester);
    auto const* const scheme = request.url.starts_with("http://") ? "http://" : "https://";
    return sees_path(visit, subject, scheme + place, visit.site.clock.moment_of(request.submitted_at));
}

store::Opening opens_for_asker(
    Visit const& visit, store::UnblockRequest const& asked, store::Recommendation terms, std::vector<std::string> groups)
{
    if (auto const address = policy::IpAddress::parse(asked.requester.address)) {
        auto const there = visit.site.services.current_policy()->subject_at(*address);
        groups.insert(groups.end(), there.groups.begin(), there.groups.end());
    }
    if (!counts_for_asker(visit, asked, terms.host + terms.path))
        terms.host.clear();
    std::erase_if(terms.also, [&](std::string const& other) { return !counts_for_asker(visit, asked, other); });
    return store::opens_for(terms, asked, groups);
}

Unseen unseen_in(Visit const& visit, std::string const& place)
{
    Unseen unseen;
    if (!has_path(place))
        return unseen;
    auto const policy = visit.site.services.current_policy();
    unseen.everywhere = true;
    for (auto const& network : policy->networks) {
        question::Question asked;
        asked.network = network.id;
        auto const found = question::subject_of(*policy, asked);
        auto const* const subject = std::get_if<policy::Subject>(&found);
        if (subject == nullptr || !sees_path(visit, *subject, "https://" + place, visit.now))
            unseen.networks.emplace_back(network.title);
        else
            unseen.everywhere = false;
    }
    return unseen;
}

Words entry_warning(Visit const& visit, std::string const& host, std::string const& path)
{
    auto const place = host + path;
    auto const unseen = unseen_in(visit, place);
    if (unseen.everywhere)
        return words("{}: on encrypted pages (https) the gateway goes by the name of this site alone, so this entry does nothing "
                     "there. To cover the whole site, write {}.",
            place, host);
    if (unseen.networks.empty())
        return {};
    return words(
        "{}: on encrypted pages (https) the gateway goes by the name of this site alone in these places, so this entry does "
        "nothing there: {}.",
        place, joined(unseen.networks));
}

} // namespace gatehouse::portal::console
