#pragma once
// One thing that somebody looked at, and how it is: for `gatehouse doctor` and for the console's Status page.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::checks {

/// Words of ours with what is put into them ("{}"), so that a page can say them in its reader's language.
struct Sentence {
    char const* words = "";
    std::vector<std::string> parts = {};

    bool empty() const { return *words == '\0'; }
    std::string text() const; ///< in English
};

struct Finding {
    enum class State : std::uint8_t { ok, warning, failed };
    std::string id; ///< "lists", "ca" ...; stable, for scripts
    State state = State::ok;
    Sentence text;
    Sentence advice = {}; ///< empty: nothing is to be done
};
std::string_view to_text(Finding::State state); ///< "ok", "warning", "failed"

} // namespace gatehouse::checks
