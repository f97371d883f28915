#pragma once
// Sentences that the gateway made and kept in English, said in another language: rows of the audit, evidence, problems of the policy, steps of an
// explanation. They are recognised by the patterns they were made from; who keeps them knows no languages, and what was kept is never changed.

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::portal {

/// "{}" or "{3}" in `pattern` replaced by the parts; what stands in braces otherwise stays.
std::string filled(std::string_view pattern, std::span<std::string const> parts);

/// The patterns of one language, in contexts: what may stand where, "evidence" or the action of an audit row. A context is never chosen by what
/// somebody typed.
///
/// A place of a pattern takes what somebody may have typed and gives it back letter for letter: "{}" anything, "{word}" something without a
/// blank. Only "{NAME}" is ours as well: it is said by the context NAME if that knows it, and "{NAME...}" is several of them with ", " or " or "
/// between them, as a list.
///
/// A text that could be read in two ways by its pattern stays English as a whole: nobody can move a piece by what they type. Of several patterns the
/// one whose beginning is the longest counts, then the one with most words of its own. Longer texts than `longest` stay as they are.
/// Bounded: each pattern is looked for once, in time that grows with the length of the text alone.
class KeptSentences {
public:
    static constexpr std::size_t longest = 4096; ///< bytes

    /// False, and nothing is added, if `pattern` is none: a brace that is not closed, two places side by side, other places in `said`.
    bool add(std::string_view context, std::string_view pattern, std::string_view said);

    /// `text` as it is if no pattern of the context knows it.
    std::string say(std::string_view context, std::string_view text) const;

private:
    struct Place {
        std::string context; ///< empty: somebody's own
        bool is_word = false, is_list = false;
    };
    struct Pattern {
        std::vector<std::string> literals; ///< one more than places
        std::vector<Place> places;
        std::string said;
        std::size_t size = 0; ///< of all literals
    };
    struct Context {
        std::map<std::string, std::string, std::less<>> whole; ///< without places
        std::array<std::vector<Pattern>, 256> by_first;        ///< by their first byte
        std::vector<Pattern> open;                             ///< that begin with a place
    };
    enum class Reading : std::uint8_t { none, one, several };

    static bool parse(std::string_view pattern, Pattern& out);
    static Reading read(Pattern const& pattern, std::string_view text, std::vector<std::string_view>& parts);
    std::string say(std::string_view context, std::string_view text, unsigned depth) const;
    std::string say_part(Place const& place, std::string_view part, unsigned depth) const;

    std::map<std::string, Context, std::less<>> contexts_;
};

} // namespace gatehouse::portal
