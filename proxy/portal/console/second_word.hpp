#pragma once
// What a second person says of something that takes two people: one form for all of it, with a reason for a no, and the proof that it is really them.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

struct SecondWord {
    bool confirms = false;
    std::string reason;
    std::vector<Problem> problems; ///< empty: it counts
};

/// What `confirm` and `refuse` mean here, each with its hint.
struct WordChoice {
    Words hint;
    Words confirm, confirm_hint;
    Words refuse_hint;
    Words refuse = "Refuse";
    std::vector<Field> also = {}; ///< fields before the choice
    bool only_refuse = false;     ///< this reader may not confirm it
};

Part second_word_form(
    Visit const& visit, std::string action, std::int64_t id, WordChoice choice, std::vector<Problem> const& problems);
/// What came with that form.
task<SecondWord> read_second_word(Visit const& visit);

} // namespace gatehouse::portal::console
