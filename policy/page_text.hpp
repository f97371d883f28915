#pragma once
// The text of a page in the form in which phrases are looked for: its words as `Words` reads them, one blank before and behind each.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// Takes UTF-8 in pieces of any size; what comes out does not depend on how it was cut, but that a word of more than 100 bytes is parted.
class PageText {
public:
    /// Appends what is certain by now to `folded`; the last word may go on.
    void add(std::string_view utf8, std::string& folded);
    /// Appends what is certain although no more may come for a while: all but the last word, and letters that stand alone before it, which may
    /// become a word together.
    void settle(std::string& folded);
    /// The text is over, or something stands here that parts words.
    void finish(std::string& folded);

private:
    void put(std::string_view piece, std::string& folded);
    void put_first(std::size_t size, std::string& folded);

    /// Two bytes a word at least: as many words as `Words` takes.
    static constexpr std::size_t piece_size = 128;
    std::array<char, piece_size> kept_; // not initialised: filled up to size_
    std::size_t size_ = 0;
    bool begun_ = false;
};

} // namespace gatehouse::policy
