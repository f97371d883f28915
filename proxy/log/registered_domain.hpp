#pragma once
// The domain that somebody registered, of a host name: "bbc.co.uk" of "www.bbc.co.uk". By the public suffix list, which takes
// microseconds a look-up, so the answers for hosts seen lately are kept.

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace gatehouse::log {

class RegisteredDomains {
public:
    RegisteredDomains();

    /// Empty for addresses and bare suffixes. Lifetime: a view of `host`.
    std::string_view of(std::string_view host);

private:
    /// Each host has one place, by its hash; a newcomer takes it over. So memory is bounded, whatever names are asked for.
    static constexpr std::size_t places = 8192;
    struct Known {
        std::string host;
        std::size_t size = 0; ///< of the domain, which is the end of the host
    };

    std::unique_ptr<std::array<Known, places>> known_;
};

} // namespace gatehouse::log
