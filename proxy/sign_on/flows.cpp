#include "proxy/sign_on/flows.hpp"

#include "proxy/digest.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>
#include <vector>

namespace gatehouse::sign_on {
namespace {

std::string base64url(unsigned char const* bytes, std::size_t size)
{
    std::vector<char> text(sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    sodium_bin2base64(text.data(), text.size(), bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text.data();
}

/// 256 random bits in 43 characters.
std::string random_text()
{
    std::array<unsigned char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return base64url(bytes.data(), bytes.size());
}

} // namespace

std::string challenge_of(std::string const& verifier)
{
    auto const digest = sha256_of(verifier);
    return base64url(digest.data(), digest.size());
}

Flow Flows::begin(std::chrono::sys_seconds now, std::string next, bool again)
{
    std::erase_if(by_state_, [now](auto const& each) { return each.second.begun + longest <= now; });
    if (by_state_.size() >= most)
        by_state_.erase(std::min_element(by_state_.begin(), by_state_.end(),
            [](auto const& left, auto const& right) { return left.second.begun < right.second.begun; }));
    Flow flow{random_text(), random_text(), random_text(), random_text(), now, std::move(next), again};
    by_state_[flow.state] = flow;
    return flow;
}

std::optional<Flow> Flows::take(std::string const& state, std::string_view browser, std::chrono::sys_seconds now)
{
    auto const found = by_state_.find(state);
    if (found == by_state_.end() || found->second.browser != browser)
        return std::nullopt;
    auto flow = std::move(found->second);
    by_state_.erase(found);
    return now < flow.begun + longest ? std::optional{std::move(flow)} : std::nullopt;
}

} // namespace gatehouse::sign_on
