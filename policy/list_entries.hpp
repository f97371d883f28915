#pragma once
// What list files state: one entry as its own value, and the entries of a whole file in two blocks of memory, because there are
// millions of them.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// One name or URL prefix as a list states it.
struct ListEntry {
    enum class Reach : std::uint8_t {
        suffix, ///< the name and all below it
        exact,  ///< the name alone
        below,  ///< all below it, not the name itself (RPZ wildcard)
        site,   ///< the name and its "www." form (squidGuard URLs)
    };
    enum class Sense : std::uint8_t {
        member,              ///< in the list
        exception,           ///< takes what it covers out of the same list again
        important,           ///< in the list, whatever `exception` says (adblock $important)
        important_exception, ///< stronger than `important`
        passthrough,         ///< takes out what members state with as many or fewer labels; longer members stay (dnsmasq, RPZ)
    };

    std::string host; ///< canonical (Host::parse)
    std::string path; ///< empty: the whole host; otherwise a path prefix starting with '/' (see url_path.hpp)
    Reach reach = Reach::suffix;
    Sense sense = Sense::member;
    std::uint32_t line = 0; ///< 1-based line in its file
};

/// An entry within ListEntries. Lifetime: views the container as it stands.
struct EntryView {
    std::string_view host, path;
    ListEntry::Reach reach = ListEntry::Reach::suffix;
    ListEntry::Sense sense = ListEntry::Sense::member;
    std::uint32_t line = 0;
};

EntryView view_of(ListEntry const& entry);

/// Entries in the order stated: a row of twelve bytes each and one text behind all of them. At most 4 GiB of text.
/// A host over 253 bytes or a path over `max_url_path` is kept cut, one byte too long: it stays what the encoder refuses.
class ListEntries {
public:
    class Iterator;

    ListEntries() = default;
    ListEntries(std::initializer_list<ListEntry> entries);
    ListEntries(std::vector<ListEntry> const& entries); // NOLINT(google-explicit-constructor): small lists come as vectors

    /// Makes room for a file of this many bytes.
    void reserve_for(std::size_t file_size);
    void push_back(EntryView const& entry);

    std::size_t size() const { return rows_.size(); }
    EntryView operator[](std::size_t index) const
    {
        Row const& row = rows_[index];
        std::string_view const text{text_.data() + row.text_at, std::size_t{row.host_size} + row.path_size};
        return {text.substr(0, row.host_size), text.substr(row.host_size), static_cast<ListEntry::Reach>(row.reach),
            static_cast<ListEntry::Sense>(row.sense), row.line};
    }
    Iterator begin() const;
    Iterator end() const;

private:
    struct Row {
        std::uint32_t text_at, line;
        std::uint16_t path_size;
        std::uint8_t host_size;
        std::uint8_t reach : 2, sense : 3;
    };

    std::vector<Row> rows_;
    std::string text_;
};

class ListEntries::Iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = EntryView;
    using difference_type = std::ptrdiff_t;
    using pointer = EntryView const*;
    using reference = EntryView;

    Iterator(ListEntries const& entries, std::size_t index)
        : entries_(&entries)
        , index_(index)
    {
    }
    EntryView operator*() const { return (*entries_)[index_]; }
    Iterator& operator++()
    {
        ++index_;
        return *this;
    }
    bool operator==(Iterator const& other) const { return index_ == other.index_; }

private:
    ListEntries const* entries_;
    std::size_t index_;
};

inline ListEntries::Iterator ListEntries::begin() const
{
    return {*this, 0};
}

inline ListEntries::Iterator ListEntries::end() const
{
    return {*this, size()};
}

} // namespace gatehouse::policy
