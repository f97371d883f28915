#include "proxy/log/registered_domain.hpp"

#include <libpsl.h>

#include <functional>

namespace gatehouse::log {
namespace {

std::size_t domain_size(std::string const& host)
{
    bool const is_address = host.find(':') != std::string::npos || (!host.empty() && host.back() <= '9');
    auto const* domain = is_address ? nullptr : psl_registrable_domain(psl_builtin(), host.c_str());
    return domain ? std::string_view{domain}.size() : 0;
}

} // namespace

RegisteredDomains::RegisteredDomains()
    : known_{std::make_unique<std::array<Known, places>>()}
{
}

std::string_view RegisteredDomains::of(std::string_view host)
{
    auto& known = (*known_)[std::hash<std::string_view>{}(host) % places];
    if (known.host != host) {
        known.host = host;
        known.size = std::min(domain_size(known.host), host.size());
    }
    return host.substr(host.size() - known.size);
}

} // namespace gatehouse::log
