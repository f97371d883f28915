#pragma once
// Numbers with a unit behind them, as people write sizes and times: "64KiB", "250ms".

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace gatehouse::policy {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

inline constexpr std::array size_units{
    Unit{"", 1}, Unit{"B", 1}, Unit{"KiB", 1ULL << 10}, Unit{"MiB", 1ULL << 20}, Unit{"GiB", 1ULL << 30}};

/// The number times its unit's factor. Absent if the unit is not among them, or the product does not fit.
template <std::size_t Count>
std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::array<Unit, Count> const& units)
{
    std::uint64_t number = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{})
        return std::nullopt;
    std::string_view const name{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    for (auto const& unit : units)
        if (unit.name == name && number <= std::numeric_limits<std::uint64_t>::max() / unit.factor)
            return number * unit.factor;
    return std::nullopt;
}

} // namespace gatehouse::policy
