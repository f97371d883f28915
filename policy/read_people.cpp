#include "policy/readers.hpp"
#include "policy/suggest.hpp"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

/// A role called "staff" is theirs without being told.
People read_people_of_role(TableReader& reader, std::string_view id)
{
    static constexpr std::array<std::string_view, 2> kinds{"pupils", "staff"};
    auto const written = reader.word("people");
    if (written.text.empty())
        return id == "staff" ? People::staff : People::pupils;
    reader.must_be_one_of(written, "kind of people", kinds);
    return written.text == "staff" ? People::staff : People::pupils;
}

void read_role(TableReader& reader, Policy& policy)
{
    Role role;
    role.id = reader.id();
    role.title = reader.text("title", Need::required);
    role.people = read_people_of_role(reader, role.id);
    role.default_verdict = reader.verdict("default");
    role.default_reason = reader.text("default_reason", Need::required);
    role.default_clause = reader.text("default_clause");
    auto const fails = reader.word("fails");
    static constexpr std::array<std::string_view, 2> ways{"closed", "open"};
    if (!fails.text.empty())
        reader.must_be_one_of(fails, "way to fail", ways);
    role.fails_closed = fails.text != "open";
    role.inspect = reader.flag("inspect");
    if (role.id == "everyone")
        reader.complain("a role cannot be called \"everyone\"");
    policy.roles.push_back(std::move(role));
    must_be_new(reader, policy.roles, "role");
}

void read_group(TableReader& reader, Policy& policy)
{
    Group group;
    group.id = reader.id();
    group.title = reader.text("title", Need::required);
    group.youngest_age = reader.number("youngest_age", greatest_age);
    policy.groups.push_back(std::move(group));
    must_be_new(reader, policy.groups, "group");
}

DeviceKind read_device_kind(TableReader& reader, std::string_view key)
{
    auto const written = reader.word(key);
    if (written.text.empty())
        return DeviceKind::unknown;
    static constexpr std::array<std::string_view, 3> kinds{"school", "personal", "unknown"};
    reader.must_be_one_of(written, "kind of device", kinds);
    return parse_device_kind(written.text).value_or(DeviceKind::unknown);
}

void read_network(TableReader& reader, Policy& policy)
{
    NetworkInfo network;
    network.id = reader.id();
    network.title = reader.text("title", Need::required);
    for (auto const& written : reader.words("ranges", Need::required)) {
        auto const range = Network::parse(written.text);
        if (range)
            network.ranges.push_back(*range);
        else
            reader.complain_at(written, fmt::format("\"{}\": {}", written.text, range.error().message()));
    }
    auto const role = reader.word("role", Need::required);
    if (!role.text.empty() && reader.must_be_one_of(role, "role", ids_of(policy.roles)))
        network.role = role.text;
    network.groups = known_words(reader, reader.words("groups"), "group", ids_of(policy.groups));
    network.device_kind = read_device_kind(reader, "device_kind");
    network.trusts_ca = reader.flag("trusts_ca");
    network.asks_sign_in = reader.flag("asks_sign_in");
    policy.networks.push_back(std::move(network));
    must_be_new(reader, policy.networks, "network");
}

void read_device(TableReader& reader, Policy& policy)
{
    DeviceInfo device;
    device.id = reader.id();
    auto const address = reader.word("address", Need::required);
    auto const parsed = IpAddress::parse(address.text);
    if (parsed)
        device.address = *parsed;
    else if (!address.text.empty())
        reader.complain_at(address, fmt::format("\"{}\": {}", address.text, parsed.error().message()));
    auto const role = reader.word("role");
    if (!role.text.empty() && reader.must_be_one_of(role, "role", ids_of(policy.roles)))
        device.role = role.text;
    device.user = folded_user(reader.text("user"));
    device.groups = known_words(reader, reader.words("groups"), "group", ids_of(policy.groups));
    device.kind = read_device_kind(reader, "kind");
    for (auto const& other : policy.devices)
        if (parsed && other.address == device.address)
            reader.complain_at(address, fmt::format("device \"{}\" has this address already", other.id));
    policy.devices.push_back(std::move(device));
    must_be_new(reader, policy.devices, "device");
}

void read_unknown_role(TableReader& file, Policy& policy)
{
    auto const role = file.word("unknown_role", Need::required);
    if (!role.text.empty() && file.must_be_one_of(role, "role", ids_of(policy.roles)))
        policy.unknown_role = role.text;
}

} // namespace

std::vector<std::string> known_words(
    TableReader const& reader, std::vector<Word> const& words, std::string_view kind, std::span<std::string_view const> names)
{
    std::vector<std::string> known;
    for (auto const& word : words)
        if (reader.must_be_one_of(word, kind, names))
            known.push_back(word.text);
    return known;
}

void read_people(TableReader& file, std::string const& name, Draft draft)
{
    auto const read_all = [&](std::string_view key, auto read_one) {
        for (auto const* table : file.tables(key)) {
            TableReader reader{*table, name, draft.problems};
            read_one(reader, draft.policy);
            reader.finish();
        }
    };
    read_all("role", read_role);
    read_all("group", read_group);
    read_all("network", read_network);
    read_all("device", read_device);
    read_unknown_role(file, draft.policy);
    if (draft.policy.groups.size() > max_groups)
        file.complain(fmt::format("there are more than {} groups", max_groups));
}

} // namespace gatehouse::policy
