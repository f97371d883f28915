#include "proxy/http1/framing.hpp"

#include "proxy/http1/ascii.hpp"

#include <charconv>

namespace gatehouse::http1 {

std::optional<std::uint64_t> parse_content_length(std::string_view value)
{
    if (value.empty() || !is_digit(value.front()) || (value.size() > 1 && value.front() == '0'))
        return std::nullopt;
    std::uint64_t length = 0;
    auto const* end = value.data() + value.size();
    auto const [stop, ec] = std::from_chars(value.data(), end, length);
    if (ec != std::errc{} || stop != end)
        return std::nullopt;
    return length;
}

Refusal check_transfer_encoding(std::string_view value)
{
    ListReader members{value};
    bool chunked = false;
    bool others = false;
    while (auto const member = members.next()) {
        if (chunked
            || !is_token(*member)) // chunked must come last; parameters, quotes and empty members are read in several ways
            return Refusal::bad_transfer_encoding;
        chunked = equals_ignoring_case(*member, "chunked");
        others |= !chunked;
    }
    if (!chunked)
        return Refusal::bad_transfer_encoding;
    return others ? Refusal::unsupported_transfer_coding : Refusal::none;
}

} // namespace gatehouse::http1
