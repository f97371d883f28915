#pragma once
// Reading what a sign-on service writes as JSON. Internal to this folder.

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace gatehouse::sign_on {

/// The member's text; empty if there is none or it is no text.
inline std::string text_in(boost::json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

} // namespace gatehouse::sign_on
