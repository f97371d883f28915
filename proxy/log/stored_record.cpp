#include "proxy/log/stored_record.hpp"

#include "policy/sealed.hpp"
#include "proxy/log/fields.hpp"
#include "proxy/log/squid_format.hpp"

namespace gatehouse::log {

AccessRecord StoredRecord::view() const
{
    AccessRecord record;
    record.at = at;
    record.elapsed = elapsed;
    record.client = client;
    record.device_kind = device_kind;
    record.confidence = confidence;
    record.port = port;
    record.status = status;
    record.bytes_to_client = bytes_to_client;
    record.bytes_from_client = bytes_from_client;
    record.code = code;
    record.upstream = upstream;
    record.verdict = verdict;
    record.tls = tls;
    record.list_line = list_line;
    record.signals = signals;
    for (auto const& field : text_fields)
        record.*field.seen = this->*field.stored;
    return record;
}

std::string StoredRecord::url() const
{
    if (host == sealed_name && port == 0)
        return host;
    LineBuffer text;
    append_url(text, view());
    return std::string{text.view()};
}

bool is_sealed(StoredRecord const& row)
{
    return row.stage == policy::to_text(policy::Stage::sealed);
}

namespace {

bool is_sealed_now(StoredRecord const& row, policy::Policy const& policy)
{
    auto const is_named = [&](std::string const& host, std::string_view path) {
        return !host.empty() && policy::is_on_sealed_list(policy, host, path);
    };
    return is_named(row.host, row.path) || is_named(row.sni, {}) || is_named(row.wrapped, {});
}

} // namespace

void hide_sealed(StoredRecord& row, policy::Policy const& policy)
{
    if (is_sealed_now(row, policy))
        row.stage = policy::to_text(policy::Stage::sealed);
    if (!is_sealed(row))
        return;
    for (auto const text : {&StoredRecord::scheme, &StoredRecord::path, &StoredRecord::sni, &StoredRecord::content_type,
             &StoredRecord::category, &StoredRecord::service, &StoredRecord::list, &StoredRecord::list_file,
             &StoredRecord::search, &StoredRecord::term_list, &StoredRecord::wrapped, &StoredRecord::prompt,
             &StoredRecord::file_kind, &StoredRecord::virus})
        (row.*text).clear();
    row.host = sealed_name;
    row.port = 0;
    row.list_line = 0;
    row.upstream = {};
}

std::vector<std::string> personal_devices(policy::Policy const& policy)
{
    std::vector<std::string> ids;
    for (auto const& device : policy.devices)
        if (!device.user.empty())
            ids.push_back(device.id);
    return ids;
}

void hide_person(StoredRecord& row, std::string pseudonym, std::span<std::string const> personal_devices)
{
    row.user = std::move(pseudonym);
    row.client = {};
    // One that was renamed or taken out of the policy since is known by its kind.
    if (row.device_kind == policy::DeviceKind::personal
        || std::find(personal_devices.begin(), personal_devices.end(), row.device) != personal_devices.end())
        row.device.clear();
}

} // namespace gatehouse::log
