#pragma once
// The page that a person sees instead of a blocked site. Below 20 kB, no external asset, no script needed; plain words,
// phone-sized.

#include "policy/explanation.hpp"
#include "policy/subject.hpp"
#include "policy/target.hpp"
#include "proxy/portal/languages.hpp"

#include <string>
#include <string_view>

namespace gatehouse::portal {

struct BlockPage {
    policy::Explanation const& explanation;
    policy::Target const& target;
    policy::Subject const& subject;
    std::string_view decision_id;
    std::string_view school;
    std::string_view portal_url; ///< where the forms are: "http://127.0.0.1:8180"
    Language language = Language::english;
    bool is_on_portal = false; ///< the same page once more, in a language that was chosen there
    std::int64_t now = 0;      ///< seconds since the epoch; signed into the link, so that an old page's link says so
};

/// The whole HTML document. Thread-safe. The links carry a signed token (see ask_token.hpp), so the forms need no
/// look-up.
std::string render_block_page(BlockPage const& page);

/// A page for what is no policy decision: a failed name, an unreachable site, a refused request. `cause` is a stable
/// code (the table in error_page.cpp: "no-such-name", "upstream-refused", ...); unknown codes get a general text.
struct ErrorPage {
    unsigned status = 502;
    std::string_view cause;
    std::string_view host; ///< may be empty
    std::string_view decision_id;
    std::string_view school;
    Language language = Language::english;
};
std::string render_error_page(ErrorPage const& page);

/// One line for what no person opened by itself: a picture, a script, a style. Why it is not there, with a newline. `status` and `cause` as in
/// ErrorPage; `cause` empty: a rule keeps it closed.
std::string refusal_line(unsigned status, std::string_view cause, Language language);

/// The Content-Security-Policy of both pages, for the header of the answer that carries them (the pages say it
/// themselves too). Lifetime: static.
std::string_view page_security_policy();

} // namespace gatehouse::portal
