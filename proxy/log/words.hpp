#pragma once
// One table of texts that repeat, for the writer: text to number, kept in memory, looked up in the day file, or added to it.

#include "proxy/log/sqlite.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <functional>
#include <string>

namespace gatehouse::log {

class Words {
public:
    Words() = default;
    /// `find` gives the number of ?1; `add` inserts ?1, and ?2 if it wants the text as it was seen.
    Words(Statement find, Statement add)
        : find_{std::move(find)}
        , add_{std::move(add)}
    {
    }

    /// The number of a text that is remembered; zero: unknown here.
    std::int64_t remembered(std::string_view seen) const;
    /// The number of `text`, in the file or new, remembered under `seen`. Errors: SQLite's.
    result<std::int64_t> number_of(std::string_view seen, std::string_view text);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    Statement find_, add_;
    boost::unordered_flat_map<std::string, std::int64_t, Hash, std::equal_to<>> known_;
};

} // namespace gatehouse::log
