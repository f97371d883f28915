#pragma once
// Every address of the two servers in one table: method, path, page and who may open it. Paths are exact; nothing else answers.

#include "proxy/portal/web.hpp"

#include <span>

namespace gatehouse::portal {

/// Console roles as a set. `open`: no sign-in needed; `signed_in`: any role.
class Access {
public:
    static constexpr Access open() { return Access(0); }
    static constexpr Access signed_in() { return Access(~1U); }
    template <class... Roles>
    static constexpr Access roles(Roles... role)
    {
        return Access(((1U << static_cast<unsigned>(role)) | ...));
    }
    constexpr bool needs_sign_in() const { return bits_ != 0; }
    constexpr bool permits(store::ConsoleRole role) const { return (bits_ >> static_cast<unsigned>(role)) & 1U; }
    /// The same, also for an account that waits for somebody to say that it is really them (store/given_access.hpp).
    constexpr Access also_held() const { return Access(bits_, true); }
    constexpr bool permits_held() const { return also_held_ || !needs_sign_in(); }

private:
    explicit constexpr Access(std::uint32_t bits, bool also_held = false)
        : bits_(bits)
        , also_held_(also_held)
    {
    }
    std::uint32_t bits_;
    bool also_held_;
};

struct Route {
    Method method = Method::get;
    std::string_view path; ///< "/status/" with a slash at the end also takes one more segment
    Handler handler = nullptr;
    Access access = Access::open();
    std::string_view menu = {}; ///< title in the console's menu; empty: not in it
};

std::span<Route const> portal_routes();
std::span<Route const> console_routes();

/// The whole way of a request: Host, method, route, session, form token, role, page. Never throws what a page threw: that becomes a plain 500.
task<Response> answer(Site& site, Side side, Request const& request);

} // namespace gatehouse::portal
