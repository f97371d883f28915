#include "proxy/portal/visitor_note.hpp"

#include "proxy/portal/ask_token.hpp"

namespace gatehouse::portal {
namespace {

/// Stands where the note of a block page has its URL: people have those in their hands.
constexpr std::string_view visitor_mark = "visitor";

} // namespace

std::string visitor_field(policy::IpAddress const& client, std::int64_t now)
{
    AskToken note;
    note.at = now;
    note.url = visitor_mark;
    note.address = client.to_text();
    return std::string{visitor_field_name} + ": " + seal_token(note) + "\r\n";
}

std::optional<policy::IpAddress> visitor_in(std::string_view value, std::int64_t now)
{
    auto const note = open_token(value, now);
    if (!note || note->url != visitor_mark)
        return std::nullopt;
    auto const address = policy::IpAddress::parse(note->address);
    return address ? std::optional{*address} : std::nullopt;
}

} // namespace gatehouse::portal
