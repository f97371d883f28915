#pragma once
// Reads one TOML table key by key and writes a complaint with its place for whatever is missing, of the wrong type or unknown.
// Internal to policy/.

#include "policy/parse.hpp"
#include "policy/toml.hpp"

namespace gatehouse::policy {

/// A string with the place where it was written.
struct Word {
    std::string text;
    std::uint32_t line = 0, column = 0;
};

enum class Need : std::uint8_t { optional, required };

/// Lifetime: the table and the problems outlive it.
class TableReader {
public:
    TableReader(toml::table const& table, std::string const& file, std::vector<Problem>& problems);

    /// Complains about every key that was not asked for. Call it last.
    void finish();

    /// An empty word if the key is missing or wrong.
    Word word(std::string_view key, Need need = Need::optional);
    std::string text(std::string_view key, Need need = Need::optional) { return word(key, need).text; }
    /// A name of lower-case letters, digits and hyphens.
    std::string id(std::string_view key = "id");
    std::vector<Word> words(std::string_view key, Need need = Need::optional);
    bool flag(std::string_view key, bool otherwise = false);
    /// A whole number from 0 to `max`.
    unsigned number(std::string_view key, unsigned max);
    Verdict verdict(std::string_view key);
    /// A date written as a string or as a TOML date.
    std::optional<Date> date(std::string_view key, Need need = Need::optional);
    /// "10:40" as a string or as a TOML time. "24:00" is the end of the day where `may_be_midnight`.
    std::uint16_t minute(std::string_view key, bool may_be_midnight = false);
    /// The tables of [[key]].
    std::vector<toml::table const*> tables(std::string_view key);
    toml::table const* table(std::string_view key);

    bool has(std::string_view key) const { return table_.contains(key); }
    std::uint32_t line() const;
    void complain(std::string message, std::string suggestion = {}) const;
    void complain_at(Word const& word, std::string message, std::string suggestion = {}) const;
    /// Complains at `word` unless its text is one of the names; `kind` is what they are ("role").
    bool must_be_one_of(Word const& word, std::string_view kind, std::span<std::string_view const> names) const;

private:
    toml::node const* ask(std::string_view key, Need need);
    void complain_at(toml::source_region const& place, std::string message, std::string suggestion = {}) const;
    void wrong_type(toml::node const& node, std::string_view key, std::string_view wanted) const;

    toml::table const& table_;
    std::string const& file_;
    std::vector<Problem>& problems_;
    std::vector<std::string_view> asked_;
};

} // namespace gatehouse::policy
