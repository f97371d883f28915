#pragma once
// HTML leaves only through here: a template of templates/ filled from a View. `Html` is text that a template has
// rendered, so that rendered and raw text cannot be mixed up; everything else is escaped. Knows no page and no socket.

#include "proxy/portal/languages.hpp"

#include <cstdint>
#include <kainjow/mustache.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::portal {

class View;

/// Rendered HTML. Only render() makes it.
class Html {
public:
    std::string const& text() const { return text_; }

private:
    explicit Html(std::string text)
        : text_(std::move(text))
    {
    }
    friend Html render(std::string_view name, View const& view, Language language);
    std::string text_;
};

/// The values of one template. Names that were not set render as nothing and are false in sections.
class View {
public:
    View& text(std::string const& name, std::string_view value); ///< escaped where it is used; empty text is a false section
    View& number(std::string const& name, long long value);
    View& flag(std::string const& name, bool value);
    View& html(std::string const& name, Html const& value); ///< for {{{name}}}; no other way leads into one
    View& list(std::string const& name, std::vector<View> const& rows);
    View& object(std::string const& name, View const& value);

private:
    friend Html render(std::string_view name, View const& view, Language language);
    kainjow::mustache::data data_{kainjow::mustache::data::type::object};
};

/// Fills templates/NAME.mustache, its own words in that language. Thread-safe. Precondition: the template exists and is valid (a test renders them
/// all).
Html render(std::string_view name, View const& view, Language language = Language::english);

/// The bytes of a file of templates/ or of the built assets; empty if there is none. Lifetime: static.
std::string_view embedded_file(std::string_view name);
/// Names of all embedded files, for tests.
std::vector<std::string_view> embedded_names();

/// Text from outside made fit to be read: control and direction-changing characters (Unicode Bidi_Control) become
/// U+FFFD, broken UTF-8 too, and at most `max_bytes` are kept, cut at a character and ended by an ellipsis.
std::string shown_text(std::string_view raw, std::size_t max_bytes = 200);

/// An id as people say it: "lesson 2" for "lesson-2".
std::string spoken(std::string_view id);

} // namespace gatehouse::portal
