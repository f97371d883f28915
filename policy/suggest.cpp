#include "policy/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {

std::size_t edit_distance(std::string_view left, std::string_view right)
{
    std::vector<std::size_t> before(right.size() + 1), last(right.size() + 1), row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            bool const same = left[i - 1] == right[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[right.size()];
}

std::string suggest(std::string_view written, std::span<std::string_view const> names)
{
    constexpr std::size_t longest = 64; // a longer word is no slip of the finger, and comparing is quadratic
    if (written.size() > longest)
        return {};
    std::string_view nearest;
    std::size_t best = written.size() / 3 + 1;
    for (auto const name : names) {
        auto const distance = edit_distance(written, name);
        if (name.size() <= longest && (distance < best || (distance == best && nearest.empty()))) {
            best = distance;
            nearest = name;
        }
    }
    return nearest.empty() ? std::string{} : fmt::format("did you mean \"{}\"?", nearest);
}

} // namespace gatehouse::policy
