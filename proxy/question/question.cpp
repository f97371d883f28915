#include "proxy/question/question.hpp"

#include "policy/suggest.hpp"
#include "proxy/detect/signals.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::question {
namespace {

/// The row of that id, or what to write instead.
template <class Table>
std::variant<typename Table::value_type const*, Complaint> find_row(
    Table const& table, std::string_view id, std::string_view kind)
{
    auto const found = std::find_if(table.begin(), table.end(), [&](auto const& row) { return row.id == id; });
    if (found != table.end())
        return &*found;
    auto const hint = policy::suggest(id, policy::ids_of(table));
    return Complaint{kind, fmt::format("there is no {} \"{}\"{}{}", kind, id, hint.empty() ? "" : "; ", hint)};
}

void sit_in(policy::Subject& subject, policy::NetworkInfo const& network)
{
    subject.network = network.id;
    subject.role = network.role;
    subject.groups = network.groups;
    subject.device_kind = network.device_kind;
    subject.trusts_ca = network.trusts_ca;
}

/// Whoever sits there, whatever else the question says.
std::variant<policy::Subject, Complaint> sitting(policy::Policy const& policy, Question const& question)
{
    policy::Subject subject;
    if (!question.address.empty()) {
        auto const address = policy::IpAddress::parse(question.address);
        if (!address)
            return Complaint{"address", question.address + ": " + address.error().message()};
        subject = policy.subject_at(*address);
    }
    if (!question.device.empty()) {
        auto const device = find_row(policy.devices, question.device, "device");
        if (auto const* const complaint = std::get_if<Complaint>(&device))
            return *complaint;
        subject = policy.subject_at(std::get<0>(device)->address);
    }
    if (!question.network.empty()) {
        auto const network = find_row(policy.networks, question.network, "network");
        if (auto const* const complaint = std::get_if<Complaint>(&network))
            return *complaint;
        sit_in(subject, *std::get<0>(network));
    }
    return subject;
}

/// What the question says that the site's name leads to: nobody asks a name server here.
struct Names {
    std::vector<policy::Host> names;
    std::vector<policy::IpAddress> addresses;
};

std::variant<Names, Complaint> names_of(Question const& question)
{
    Names read;
    for (auto const& text : question.aliases) {
        auto const address = policy::IpAddress::parse(text); // IPv6 also without brackets
        auto const host = address ? result<policy::Host>{policy::Host::from_address(*address)} : policy::Host::parse(text);
        if (!host)
            return Complaint{"alias", text + ": " + host.error().message()};
        if (host->is_address())
            read.addresses.push_back(host->address());
        else
            read.names.push_back(*host);
    }
    return read;
}

/// As it stands in an address bar, or in a mail: without a scheme https is meant, and what follows '#' never leaves the browser.
std::string pasted_url(std::string_view text)
{
    text = text.substr(0, text.find('#'));
    auto const mark = text.find("://");
    bool const has_scheme = mark != text.npos && text.find_first_of("/?") == mark + 1; // not that of a URL in the query
    return (has_scheme ? "" : "https://") + std::string{text};
}

} // namespace

result<policy::Moment> moment_of(Clock& clock, std::string const& at)
{
    auto const now = clock.now();
    if (at.empty())
        return now;
    auto const local = policy::LocalTime::parse(at);
    if (!local)
        return local.error();
    if (*local == now.local)
        return now;
    return policy::Moment{*local, clock.instant_of(*local)};
}

Seen seen_of(policy::Policy const& policy, policy::Subject const& subject, policy::Target const& url, policy::Moment const& now,
    std::span<std::uint16_t const> connect_ports)
{
    auto const of_tunnel = detect::signals_of(url.seen_without_inspection(), connect_ports);
    auto const target = policy::visible_part(policy, {subject, url, now, of_tunnel});
    return {target, detect::signals_of(target, connect_ports)};
}

std::variant<policy::Subject, Complaint> subject_of(policy::Policy const& policy, Question const& question)
{
    auto found = sitting(policy, question);
    if (std::holds_alternative<Complaint>(found))
        return found;
    auto& subject = std::get<policy::Subject>(found);
    for (auto const& id : question.groups)
        if (auto const group = find_row(policy.groups, id, "group"); std::holds_alternative<Complaint>(group))
            return std::get<Complaint>(group);
    if (!question.groups.empty())
        subject.groups = question.groups;
    if (!question.user.empty())
        subject.user = policy::folded_user(question.user);
    if (!question.role.empty())
        subject.role = question.role;
    if (subject.role.empty())
        return Complaint{"role", "say who asks: role, network, device or address"};
    if (auto const role = find_row(policy.roles, subject.role, "role"); std::holds_alternative<Complaint>(role))
        return std::get<Complaint>(role);
    return found;
}

std::variant<Answer, Complaint> answer(
    policy::Policy const& policy, Question const& question, Clock& clock, std::span<std::uint16_t const> connect_ports)
{
    auto const moment = moment_of(clock, question.at);
    if (!moment)
        return Complaint{"at", moment.error().message()};
    auto const url = pasted_url(question.url);
    auto const target = policy::Target::parse_url(url);
    if (!target)
        return Complaint{"url", question.url + ": " + target.error().message()};
    auto const found = subject_of(policy, question);
    if (auto const* const complaint = std::get_if<Complaint>(&found))
        return *complaint;
    auto const also = names_of(question);
    if (auto const* const complaint = std::get_if<Complaint>(&also))
        return *complaint;
    auto const& subject = std::get<policy::Subject>(found);
    auto const seen = seen_of(policy, subject, *target, *moment, connect_ports);
    bool const by_name = !seen.path() && target->path != "/";
    policy::Query const query{subject, seen.target, *moment, seen.signals};
    auto const& [names, addresses] = std::get<Names>(also);
    return Answer{subject, policy::explain_by_names(policy, query, {names, addresses}), by_name};
}

} // namespace gatehouse::question
