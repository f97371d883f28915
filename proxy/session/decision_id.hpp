#pragma once
// The id that ties a block page, its log row and a person's question together.

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

namespace gatehouse::session {

/// "4G7K0QZ2M1XBC": 13 characters of Crockford's base 32, easy to read aloud. Unique within a run, random start for each worker.
struct DecisionId {
    std::array<char, 13> text{};
    std::string_view view() const { return {text.data(), text.size()}; }
};

class DecisionIds {
public:
    DecisionIds()
        : next_((std::uint64_t{std::random_device{}()} << 32) | std::random_device{}())
    {
    }

    DecisionId next()
    {
        static constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        DecisionId id;
        // An odd multiplier permutes the numbers, so neighbours do not look alike and none repeats.
        std::uint64_t bits = next_++ * 0x9e3779b97f4a7c15U;
        for (auto& digit : id.text) {
            digit = digits[bits & 31U];
            bits >>= 5U;
        }
        return id;
    }

private:
    std::uint64_t next_;
};

} // namespace gatehouse::session
