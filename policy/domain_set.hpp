#pragma once
// Suffix and URL-prefix lookup over the bytes of a verified list image. Exact: no false hits. Never allocates.

#include "policy/host.hpp"
#include "policy/list_image.hpp"
#include "policy/list_layout.hpp"

namespace gatehouse::policy {

/// Where a list states the name.
struct ListHit {
    std::uint16_t list = 0;                            ///< index into DomainSet::list_ids()
    std::uint16_t file = 0;                            ///< index for DomainSet::file_name()
    std::uint32_t line = 0;                            ///< 1-based
    std::uint8_t labels = 0;                           ///< labels of the matched entry: example.com is 2, an IP address is 1
    bool by_path = false;                              ///< matched a URL prefix, not the whole host
    ListEntry::Sense sense = ListEntry::Sense::member; ///< find gives `member` and `important` only
    ListEntry::Reach reach = ListEntry::Reach::suffix;
};

/// At most one hit for each list: the most specific. Lists whose exception matches give none.
class ListHits {
public:
    static constexpr std::size_t capacity = 64;
    ListHits() { } // NOLINT(modernize-use-equals-default): hits_ stays uninitialised, a lookup costs less than clearing it
    /// Keeps the more specific of two hits of one list: more labels, then a URL prefix over the whole host.
    void add(ListHit const& hit);
    std::span<ListHit const> all() const { return {hits_.data(), size_}; }
    bool empty() const { return size_ == 0; }
    bool overflowed() const { return overflowed_; } ///< more lists hit than fit; the rest are left out

private:
    friend class DomainSet;
    union {
        std::array<ListHit, capacity> hits_; ///< filled up to size_
    };
    std::size_t size_ = 0;
    bool overflowed_ = false;
};

/// Lifetime: views the image; the owner of the bytes must outlive it.
class DomainSet {
public:
    DomainSet() = default; ///< an empty set
    /// Precondition: verify_list_image(image) succeeded.
    explicit DomainSet(std::span<std::byte const> image);

    /// All lists that cover the host (by whole labels) or the URL of host and path. `path` may be empty: then only whole-host entries match.
    /// IP literals match only entries with the same canonical address. `hits` is cleared first.
    void find(Host const& host, std::string_view path, ListHits& hits) const;

    /// Every entry that covers the host or URL, also several of one list and its exceptions (for `lists lookup`), the most
    /// specific first. Allocates.
    std::vector<ListHit> find_every(Host const& host, std::string_view path) const;

    std::size_t list_count() const { return view_.list_count; }
    std::string_view list_id(std::uint16_t list) const;
    /// Entries that put names into the list, prefixes counted, exceptions not.
    std::size_t member_count(std::uint16_t list) const;
    std::size_t file_count() const { return view_.file_count; }
    std::string_view file_name(std::uint16_t file) const;
    std::size_t name_count() const { return view_.name_count; }

private:
    template <class Visit>
    void walk(Host const& host, std::string_view path, Visit&& visit) const;

    layout::View view_;
};

} // namespace gatehouse::policy
