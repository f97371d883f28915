#pragma once
// Short ways to make lists and images in tests.

#include "policy/domain_set.hpp"
#include "policy/list_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gatehouse::policy {

/// An image with its bytes.
struct TestImage {
    std::vector<std::byte> bytes;
    DomainSet set;

    explicit TestImage(std::vector<ListFile> const& files, std::uint64_t key = 0x1234567890abcdef)
        : bytes(encode_list_image(files, key))
        , set(bytes)
    {
        EXPECT_FALSE(verify_list_image(bytes).has_error());
    }
    TestImage(TestImage const&) = delete;
    TestImage& operator=(TestImage const&) = delete;

    /// Ids of the lists that hit, sorted, separated by blanks.
    std::string lists(std::string_view host, std::string_view path = {}) const
    {
        ListHits hits;
        set.find(Host::parse(host).value(), path, hits);
        std::vector<std::string> ids;
        for (ListHit const& hit : hits.all())
            ids.emplace_back(set.list_id(hit.list));
        std::sort(ids.begin(), ids.end());
        std::string text;
        for (std::string const& id : ids)
            text += (text.empty() ? "" : " ") + id;
        return text;
    }
};

inline ListFile list_file(std::string list, ListFormat format, std::string_view text)
{
    return {.list = list, .file = list + ".txt", .entries = read_list(format, text).entries};
}

inline ListFile domains(std::string list, std::string_view text)
{
    return list_file(std::move(list), ListFormat::domains, text);
}

} // namespace gatehouse::policy
