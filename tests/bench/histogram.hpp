#pragma once
// Counts of durations in buckets of about 1.6 per cent, from nanoseconds to hours, as HdrHistogram does it: 64 steps for each power of two.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace gatehouse::bench {

class Histogram {
public:
    void add(std::uint64_t value)
    {
        ++counts_[index_of(value)];
        ++total_;
        greatest_ = std::max(greatest_, value);
    }
    std::uint64_t total() const { return total_; }
    std::uint64_t greatest() const { return greatest_; }

    /// The value below or at which `share` (0 to 1) of all lie, at most one step too high.
    std::uint64_t quantile(double share) const
    {
        auto const wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if ((seen += counts_[i]) > wanted)
                return std::min(highest_of(i), greatest_);
        return greatest_;
    }

private:
    static constexpr unsigned step_bits = 6;
    static constexpr std::uint64_t steps = 1U << step_bits;

    static std::size_t index_of(std::uint64_t value)
    {
        if (value < steps)
            return value;
        auto const shift = static_cast<unsigned>(std::bit_width(value)) - step_bits - 1;
        return (std::size_t{shift} + 1) * steps + (value >> shift) - steps;
    }
    static std::uint64_t highest_of(std::size_t index)
    {
        if (index < steps)
            return index;
        auto const shift = index / steps - 1;
        return ((index % steps + steps + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - step_bits + 1) * steps> counts_{};
    std::uint64_t total_ = 0, greatest_ = 0;
};

} // namespace gatehouse::bench
