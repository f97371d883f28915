#include "policy/signal.hpp"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, signal_count> signal_texts{
    "ip-literal", "odd-port", "sni-mismatch", "sni-absent", "not-tls", "ech", "under-age"};

} // namespace

std::string_view to_text(Signal signal)
{
    return signal_texts[static_cast<std::size_t>(signal)];
}

std::optional<Signal> parse_signal(std::string_view text)
{
    for (std::size_t i = 0; i < signal_texts.size(); ++i)
        if (signal_texts[i] == text)
            return static_cast<Signal>(i);
    return std::nullopt;
}

} // namespace gatehouse::policy
