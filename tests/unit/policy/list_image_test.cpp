#include "lists_support.hpp"

#include "policy/list_layout.hpp"

#include <random>

namespace gatehouse::policy {
namespace {

std::vector<ListFile> small_lists()
{
    std::vector<ListFile> files{domains("a", "example.com\nwww.example.org\n192.0.2.1\n"),
        list_file("u", ListFormat::urls, "example.net/x\nexample.net/x/y\nexample.com/z?q=1\n")};
    files[0].also_lists = {"alias"};
    return files;
}

void seal(std::vector<std::byte>& image)
{
    auto const sum = layout::checksum(image);
    std::copy(sum.begin(), sum.end(), image.begin() + layout::checksum_at);
}

/// Uses everything a verified image offers, so that a sanitizer sees any read out of bounds.
void use(std::vector<std::byte> const& image)
{
    DomainSet const set(image);
    for (auto const* host : {"www.example.com", "example.net", "www.example.org", "192.0.2.1", "a.b.c.d"}) {
        ListHits hits;
        auto const parsed = Host::parse(host).value();
        set.find(parsed, "/x/y/z?q=1", hits);
        for (ListHit const& hit : set.find_every(parsed, "/x/y/z?q=1"))
            EXPECT_LE(set.list_id(hit.list).size() + set.file_name(hit.file).size(), image.size());
    }
    for_each_entry(image, [&set](StoredEntry const& entry) { EXPECT_LT(entry.list, set.list_count()); });
}

TEST(ListImage, GivesBackWhatWentIn)
{
    auto const image = encode_list_image(small_lists(), 7);
    ASSERT_TRUE(verify_list_image(image));
    std::vector<std::string> seen;
    DomainSet const set(image);
    for_each_entry(image, [&](StoredEntry const& entry) {
        seen.push_back(std::string(set.list_id(entry.list)) + ' ' + std::string(entry.host) + std::string(entry.path) + ' '
            + std::to_string(entry.line));
    });
    std::sort(seen.begin(), seen.end());
    std::vector<std::string> const expected{"a 192.0.2.1 3", "a example.com 1", "a www.example.org 2", "alias 192.0.2.1 3",
        "alias example.com 1", "alias www.example.org 2", "u example.com/z?q=1 3", "u example.net/x 1", "u example.net/x/y 2"};
    EXPECT_EQ(seen, expected);
}

TEST(ListImage, CountsDuplicatesAndCoveredNames)
{
    auto const encoded
        = encode_lists(std::vector{domains("a", "example.com\nexample.com\nwww.example.com\nother.org\nexample.com.\n"),
                           domains("b", "www.example.com"), list_file("a", ListFormat::urls, "example.com/x\nfree.org/x")},
            7);
    ASSERT_EQ(encoded.lists.size(), 2U);
    EXPECT_EQ(encoded.lists[0].entries, 7U);
    EXPECT_EQ(encoded.lists[0].duplicates, 2U);
    EXPECT_EQ(encoded.lists[0].redundant, 2U);
    EXPECT_EQ(encoded.lists[0].kept(), 3U);
    EXPECT_EQ(encoded.lists[1].kept(), 1U);
}

TEST(ListImage, KeepsCoveredNamesWhereAPassthroughMayLieBetween)
{
    auto const encoded = encode_lists(std::vector{list_file("d", ListFormat::dnsmasq,
                                          "local=/example.com/\nserver=/ok.example.com/#\nlocal=/bad.ok.example.com/\n")},
        7);
    EXPECT_EQ(encoded.lists[0].redundant, 0U);
}

TEST(ListImage, DoesNotLeanAnAliasOnAFileThatTheAliasDoesNotState)
{
    auto shared = domains("a", "www.example.com\nother.com\n");
    shared.also_lists = {"b"};
    TestImage const image({domains("a", "example.com\nother.com\n"), shared});
    EXPECT_EQ(image.lists("www.example.com"), "a b");
    EXPECT_EQ(image.lists("other.com"), "a b");
}

TEST(ListImage, LeavesOutEntriesThatCannotBeStored)
{
    ListFile file{.list = "a", .file = "a", .entries = {}};
    file.entries.push_back({.host = "", .path = {}});
    file.entries.push_back({.host = std::string(254, 'x'), .path = {}});
    file.entries.push_back({.host = "example.com", .path = std::string(5000, '/')});
    auto const encoded = encode_lists(std::vector{file}, 7);
    EXPECT_EQ(encoded.lists[0].unusable, 3U);
    EXPECT_TRUE(verify_list_image(encoded.bytes));
}

TEST(ListImage, RefusesEveryFlippedByte)
{
    auto image = encode_list_image(small_lists(), 7);
    for (std::size_t i = 0; i < image.size(); ++i) {
        for (unsigned const flip : {0x01U, 0x80U, 0xffU}) {
            image[i] ^= static_cast<std::byte>(flip);
            EXPECT_FALSE(verify_list_image(image)) << i;
            image[i] ^= static_cast<std::byte>(flip);
        }
    }
    EXPECT_TRUE(verify_list_image(image));
}

TEST(ListImage, RefusesEveryOtherLength)
{
    auto const image = encode_list_image(small_lists(), 7);
    for (std::size_t size = 0; size < image.size(); ++size)
        EXPECT_EQ(verify_list_image(std::span{image}.first(size)).error(), error_code(errc::image_truncated)) << size;
    auto longer = image;
    longer.push_back({});
    EXPECT_FALSE(verify_list_image(longer));
}

TEST(ListImage, NamesTheFault)
{
    auto const image = encode_list_image(small_lists(), 7);
    auto const fault = [&image](std::size_t at) {
        auto copy = image;
        copy[at] ^= std::byte{1};
        return verify_list_image(copy).error();
    };
    EXPECT_EQ(fault(0), error_code(errc::image_bad_magic));
    EXPECT_EQ(fault(8), error_code(errc::image_bad_version));
    EXPECT_EQ(fault(20), error_code(errc::image_bad_checksum));
    EXPECT_EQ(fault(300), error_code(errc::image_bad_checksum));
}

TEST(ListImage, SurvivesEveryByteChangedUnderAValidChecksum)
{
    auto const image = encode_list_image(small_lists(), 7);
    std::size_t accepted = 0;
    for (std::size_t i = layout::covered_from; i < image.size(); ++i) {
        for (unsigned const value : {0x00U, 0x01U, 0x02U, 0x7fU, 0x80U, 0xffU}) {
            auto copy = image;
            copy[i] = static_cast<std::byte>(value);
            seal(copy);
            if (!verify_list_image(copy))
                continue;
            ++accepted;
            use(copy);
        }
    }
    EXPECT_GT(accepted, 0U); // a changed line number or hash is no danger
}

TEST(ListImage, SurvivesRandomDamageUnderAValidChecksum)
{
    std::mt19937 random(11);
    auto const image = encode_list_image(small_lists(), 7);
    for (int round = 0; round < 20'000; ++round) {
        auto copy = image;
        for (unsigned changes = 1 + random() % 4; changes > 0; --changes)
            copy[layout::covered_from + random() % (copy.size() - layout::covered_from)] = static_cast<std::byte>(random());
        seal(copy);
        if (verify_list_image(copy))
            use(copy);
    }
}

TEST(ListImage, SpillsNamesWithTheSameHomeIntoTheNextBuckets)
{
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "name-" + std::to_string(i) + ".example\n";
    for (std::uint64_t key = 0; key < 20; ++key) {
        TestImage const image({domains("a", text)}, key);
        for (int i = 0; i < 3000; ++i)
            ASSERT_EQ(image.lists("name-" + std::to_string(i) + ".example"), "a");
        EXPECT_EQ(image.lists("name-3000.example"), "");
    }
}

TEST(ListImage, HoldsANameThatVeryManyFilesState)
{
    std::vector<ListFile> files;
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += "shared-" + std::to_string(i) + ".example\n";
    for (int i = 0; i < 3000; ++i)
        files.push_back(domains("l" + std::to_string(i), text));
    TestImage const image(files);
    EXPECT_EQ(image.set.find_every(Host::parse("shared-39.example").value(), {}).size(), 3000U);
}

} // namespace
} // namespace gatehouse::policy
