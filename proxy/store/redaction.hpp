#pragma once
// Takes other people's names out of what somebody wrote, before it goes to the person it is about (UK GDPR, article 15(4)). Pure: who is known comes in.
// It finds names that the gateway knows; a person looks at the result, and adds those it does not know.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::store {

inline constexpr std::string_view another_person = "[another person]";

/// Names of one side: of the person whose records they are, or of everybody else.
struct NamesOf {
    std::vector<std::string> full;   ///< as accounts show people: "Olive Smith", "Al"
    std::vector<std::string> logins; ///< "o.smith", "ben.year9@school.example"
    std::vector<std::string> typed;  ///< what somebody wrote as a name: may be no name at all ("the boy")
    /// Whether a word, canonical as user names are, was the user name of somebody whose account was forgotten: nobody has a list of those.
    std::function<bool(std::string_view login)> was_login = {};
};

struct Redacted {
    std::string text;
    std::size_t replaced = 0;
    std::vector<std::string>
        doubtful; ///< words of the text that are also a name, or follow a title: left as they are, for a person to judge
};

/// How a text came about. What is typed into a search has no capitals: there a first name or surname alone in small letters is told of too.
enum class Writing : std::uint8_t { text, search };

/// Names are found at the edges of words, whatever their case, accents and spaces: whole names, also turned round and with an initial, user names with what
/// stands behind an @, those of forgotten accounts too, and surnames after a title. A first name or surname alone is found as a name is written, with a capital; one that is also a plain
/// word ("Will", "Brown") is only told of. The person's own names stay, also where somebody else has them too; after a title another's go first.
class Redactor {
public:
    Redactor(NamesOf const& own, NamesOf const& others);
    Redactor(Redactor&&) noexcept;
    Redactor& operator=(Redactor&&) = delete;
    ~Redactor();

    Redacted redact(std::string_view text, Writing writing = Writing::text) const;

private:
    struct Names;
    std::unique_ptr<Names> names_;
};

} // namespace gatehouse::store
