// DomainSet against a reference that is too simple to be wrong, over generated lists and hosts.

#include "lists_support.hpp"

#include <map>
#include <random>
#include <set>

namespace gatehouse::policy {
namespace {

using Reach = ListEntry::Reach;
using Sense = ListEntry::Sense;

/// Few distinct labels, so that names share suffixes and prefixes of labels look alike.
class Names {
public:
    explicit Names(unsigned seed)
        : random_(seed)
    {
    }

    std::string label()
    {
        static constexpr std::array<std::string_view, 6> words{"a", "ab", "www", "news", "x-y", "cdn"};
        std::string text(words[random_() % words.size()]);
        if (random_() % 2 == 0)
            text += std::to_string(random_() % 400);
        return text;
    }
    std::string host()
    {
        static constexpr std::array<std::string_view, 5> tops{"com", "org", "co.uk", "example", "net"};
        if (random_() % 50 == 0)
            return "192.0." + std::to_string(random_() % 4) + '.' + std::to_string(random_() % 20);
        std::string text(tops[random_() % tops.size()]);
        for (unsigned labels = 1 + random_() % 4; labels > 0; --labels)
            text = label() + '.' + text;
        return text;
    }
    std::string path()
    {
        std::string text;
        for (unsigned segments = random_() % 4; segments > 0; --segments)
            text += '/' + std::string(1, static_cast<char>('a' + random_() % 3));
        return text;
    }
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

private:
    std::mt19937 random_;
};

struct Reference {
    std::map<std::string, std::vector<std::pair<std::string, ListEntry>>> by_host; ///< host -> list and entry

    static bool reaches(ListEntry const& entry, std::string const& host)
    {
        if (host == entry.host)
            return entry.reach != Reach::below;
        switch (entry.reach) {
        case Reach::suffix:
        case Reach::below: return true;
        case Reach::site: return host == "www." + entry.host;
        case Reach::exact: return false;
        }
        return false;
    }

    static bool path_covers(std::string const& prefix, std::string const& path)
    {
        return prefix.empty() || path == prefix || path.starts_with(prefix + '/');
    }

    static int labels(std::string const& host) { return static_cast<int>(std::count(host.begin(), host.end(), '.')); }

    std::string lists(std::string const& host, std::string const& path) const
    {
        bool const is_address = host.starts_with("192.0.");
        std::map<std::string, std::vector<ListEntry>> covering;
        for (std::size_t at = 0; at != std::string::npos;) {
            auto const found = by_host.find(host.substr(at));
            if (found != by_host.end()) {
                for (auto const& [list, entry] : found->second) {
                    bool const path_fits = entry.path.empty() || (!path.empty() && path_covers(entry.path, path));
                    if (reaches(entry, host) && path_fits)
                        covering[list].push_back(entry);
                }
            }
            at = is_address ? std::string::npos : host.find('.', at);
            if (at != std::string::npos)
                ++at;
        }
        std::string text;
        for (auto const& [list, entries] : covering) {
            if (is_hit(entries))
                text += (text.empty() ? "" : " ") + list;
        }
        return text;
    }

    static bool is_hit(std::vector<ListEntry> const& entries)
    {
        auto const has = [&entries](Sense sense) {
            return std::any_of(entries.begin(), entries.end(), [sense](ListEntry const& entry) { return entry.sense == sense; });
        };
        int member = -1, passthrough = -1;
        for (ListEntry const& entry : entries) {
            if (entry.sense == Sense::member)
                member = std::max(member, labels(entry.host));
            if (entry.sense == Sense::passthrough)
                passthrough = std::max(passthrough, labels(entry.host));
        }
        if (has(Sense::important_exception))
            return false;
        if (has(Sense::important))
            return true;
        return member > passthrough && !has(Sense::exception);
    }
};

/// Lists 0 and 1 are plain domains, 2 has exceptions and importance, 3 passthroughs, 4 URLs of every reach.
ListEntry random_entry(Names& names, unsigned list, std::uint32_t line)
{
    ListEntry entry{.host = names.host(), .path = {}, .reach = Reach::suffix, .sense = Sense::member, .line = line};
    if (list == 2 && names.below(10) == 0)
        entry.sense = static_cast<Sense>(1 + names.below(3));
    if (list == 3)
        entry.sense = names.below(4) == 0 ? Sense::passthrough : Sense::member;
    if (list >= 3)
        entry.reach = static_cast<Reach>(names.below(4));
    if (list == 4)
        entry.path = names.path();
    return entry;
}

TEST(DomainSetProperty, AgreesWithASlowReferenceOverGeneratedNames)
{
    Names names(20261122);
    std::vector<ListFile> files;
    Reference reference;
    for (unsigned list = 0; list < 5; ++list) {
        files.push_back({.list = "l" + std::to_string(list), .file = "f", .entries = {}});
        for (std::uint32_t line = 1; line <= 4'000; ++line) {
            auto const entry = random_entry(names, list, line);
            files.back().entries.push_back(view_of(entry));
            reference.by_host[entry.host].emplace_back(files.back().list, entry);
        }
    }
    TestImage const image(files, 99);
    std::size_t hits = 0;
    for (int query = 0; query < 100'000; ++query) {
        EntryView const listed = files[names.below(5)].entries[names.below(4'000)];
        std::string const path = names.path();
        std::string host = names.below(2) == 0 ? names.host() : std::string(listed.host);
        if (host.back() > '9' && names.below(2) == 0)
            host = names.label() + '.' + host;
        std::string const expected = reference.lists(host, path);
        ASSERT_EQ(image.lists(host, path), expected) << host << path;
        hits += expected.empty() ? 0U : 1U;
    }
    EXPECT_GT(hits, 10'000U);
    EXPECT_LT(hits, 95'000U);
}

} // namespace
} // namespace gatehouse::policy
