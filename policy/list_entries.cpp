#include "policy/list_entries.hpp"
#include "policy/host.hpp"
#include "policy/url_path.hpp"

namespace gatehouse::policy {

EntryView view_of(ListEntry const& entry)
{
    return {entry.host, entry.path, entry.reach, entry.sense, entry.line};
}

ListEntries::ListEntries(std::initializer_list<ListEntry> entries)
{
    for (ListEntry const& entry : entries)
        push_back(view_of(entry));
}

ListEntries::ListEntries(std::vector<ListEntry> const& entries)
{
    for (ListEntry const& entry : entries)
        push_back(view_of(entry));
}

void ListEntries::reserve_for(std::size_t file_size)
{
    constexpr std::size_t usual_line = 16; // memory that is never touched costs nothing
    rows_.reserve(rows_.size() + file_size / usual_line);
    text_.reserve(text_.size() + file_size);
}

void ListEntries::push_back(EntryView const& entry)
{
    std::string_view const host = entry.host.substr(0, Host::max_size + 1);
    std::string_view const path = entry.path.substr(0, max_url_path + 1);
    rows_.push_back({static_cast<std::uint32_t>(text_.size()), entry.line, static_cast<std::uint16_t>(path.size()),
        static_cast<std::uint8_t>(host.size()), static_cast<std::uint8_t>(static_cast<unsigned>(entry.reach) & 3U),
        static_cast<std::uint8_t>(static_cast<unsigned>(entry.sense) & 7U)});
    text_ += host;
    text_ += path;
}

} // namespace gatehouse::policy
