#pragma once
// A part of a page, before it is known who reads it: a person in their language gets HTML, a program gets data.

#include "proxy/portal/html.hpp"

#include <boost/json.hpp>
#include <functional>

namespace gatehouse::portal {

/// Cheap to copy. Components make it (components.hpp) from what they show, and nothing is drawn before it is asked for.
class Part {
public:
    using Draw = std::function<Html(Language)>;
    using Describe = std::function<boost::json::object(Language)>;

    Part(Draw draw, Describe describe)
        : draw_(std::move(draw))
        , describe_(std::move(describe))
    {
    }
    Html html(Language language) const { return draw_(language); }
    /// An object whose "kind" is the component's name; empty: nothing that a program needs.
    boost::json::object data(Language language) const { return describe_ ? describe_(language) : boost::json::object{}; }

private:
    Draw draw_;
    Describe describe_;
};

} // namespace gatehouse::portal
