// A million hosts and URLs in the spellings people and machines use, each judged by decide() and by a reference that never sees the
// spelling: it knows which host was meant and walks that host's suffixes through plain maps.

#include "policy/decide.hpp"
#include "policy/parse.hpp"

#include "lists_support.hpp"

#include <fmt/format.h>

#include <random>
#include <unordered_map>

namespace gatehouse::policy {
namespace {

constexpr std::size_t queries = 1'000'000;
constexpr std::array<std::string_view, 6> list_ids{"d0", "d1", "d2", "d3", "hosts", "urls"};
constexpr std::size_t domain_lists = 4, hosts_list = 4, urls_list = 5;

struct Label {
    std::string ascii, unicode; ///< the same where the label has only ASCII
};

/// U-labels and their A-labels as registries print them; the last two are one label in two letter cases.
Label const international[]{{"xn--mnchen-3ya", "münchen"}, {"xn--bcher-kva", "bücher"}, {"xn--e1afmkfd", "пример"},
    {"xn--fa-hia", "faß"}, {"xn--r8jz45g", "例え"}, {"xn--9t4b11yi5a", "테스트"}, {"xn--jxalpdlp", "δοκιμή"},
    {"xn--zckzah", "テスト"}, {"xn--bcher-kva", "BÜCHER"}, {"xn--e1afmkfd", "ПРИМЕР"}};

/// The host that is meant: labels, or an address.
struct Meant {
    std::vector<Label> labels;
    std::uint32_t v4 = 0;
    std::uint16_t v6 = 0; ///< 2001:db8::v6
    enum class Kind { name, v4, v6 } kind = Kind::name;

    std::string text() const
    {
        if (kind == Kind::v4)
            return fmt::format("{}.{}.{}.{}", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
        if (kind == Kind::v6)
            return fmt::format("2001:db8::{:x}", v6);
        std::string joined;
        for (Label const& label : labels)
            joined += (joined.empty() ? "" : ".") + label.ascii;
        return joined;
    }
};

class Generator {
public:
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

    Meant host()
    {
        Meant meant;
        if (below(16) == 0) {
            meant.kind = below(3) == 0 ? Meant::Kind::v6 : Meant::Kind::v4;
            meant.v4 = 0xc0000200U + below(2'000);
            meant.v6 = static_cast<std::uint16_t>(1 + below(0xfff));
            return meant;
        }
        static constexpr std::array<std::string_view, 6> tops{"com", "org", "uk", "example", "net", "xn--zckzah"};
        for (unsigned count = 1 + below(3); count > 0; --count)
            meant.labels.push_back(label());
        std::string const top(tops[below(tops.size())]);
        meant.labels.push_back({top, top});
        return meant;
    }

    /// The host with more in front of it, or less.
    Meant near(Meant meant)
    {
        if (meant.kind != Meant::Kind::name)
            return meant;
        unsigned const way = below(4);
        if (way == 0)
            meant.labels.insert(meant.labels.begin(), {"www", "www"});
        else if (way == 1)
            meant.labels.insert(meant.labels.begin(), label());
        else if (way == 2 && meant.labels.size() > 2)
            meant.labels.erase(meant.labels.begin());
        return meant;
    }

    std::vector<std::string> segments()
    {
        std::vector<std::string> made;
        for (unsigned count = below(4); count > 0; --count)
            made.emplace_back(std::array{"a", "b", "news", "q~1"}[below(4)]);
        return made;
    }

    std::string spell(Meant const& meant)
    {
        switch (meant.kind) {
        case Meant::Kind::v4: return spell_v4(meant.v4);
        case Meant::Kind::v6: return spell_v6(meant.v6);
        case Meant::Kind::name: break;
        }
        std::string text = below(8) == 0 ? international_text(meant) : mixed_case(meant.text());
        return below(6) == 0 ? text + '.' : text;
    }

    /// Segments as somebody might write them: letters encoded or in upper case, dot segments, doubled slashes.
    std::string spell(std::vector<std::string> const& segments)
    {
        std::string text;
        for (std::string const& segment : segments) {
            text += below(8) == 0 ? "//" : "/";
            text += below(16) == 0 ? "./" : "";
            text += below(16) == 0 ? "x/../" : "";
            for (char const c : segment)
                text += below(8) == 0 ? fmt::format("%{:02x}", c) : mixed_case(std::string(1, c));
        }
        return text.empty() ? "/" : text;
    }

private:
    Label label()
    {
        static constexpr std::array<std::string_view, 8> words{"a", "ab", "www", "news", "x-y", "cdn", "_dmarc", "0x7g"};
        if (below(10) == 0)
            return international[below(std::size(international))];
        std::string text(words[below(words.size())]);
        if (below(8) != 0)
            text += std::to_string(below(2000));
        return {text, text};
    }

    std::string mixed_case(std::string text)
    {
        if (below(3) != 0)
            return text;
        for (char& c : text)
            c = c >= 'a' && c <= 'z' && below(2) == 0 ? static_cast<char>(c - 'a' + 'A') : c;
        return text;
    }

    /// U-labels, now and then full-width letters and ideographic full stops (UTS 46 maps both).
    std::string international_text(Meant const& meant)
    {
        std::string text;
        bool const is_wide = below(4) == 0;
        for (Label const& label : meant.labels) {
            text += text.empty() ? "" : is_wide ? "\u3002" : ".";
            bool const is_widened = is_wide && label.ascii == label.unicode && !label.ascii.starts_with("xn--");
            for (char const c : label.unicode)
                text += is_widened && c >= 'a' && c <= 'z' ? std::string("\xef\xbd") + static_cast<char>(c - 'a' + 0x81) // U+FF41
                                                           : std::string(1, c);
        }
        return text;
    }

    std::string spell_v4(std::uint32_t v4)
    {
        unsigned const a = v4 >> 24, b = v4 >> 16 & 255, c = v4 >> 8 & 255, d = v4 & 255;
        switch (below(9)) {
        case 0: return std::to_string(v4);
        case 1: return fmt::format("0x{:X}", v4);
        case 2: return fmt::format("0{:o}", v4);
        case 3: return fmt::format("{}.{}", a, v4 & 0xffffff);
        case 4: return fmt::format("{}.{}.{}", a, b, v4 & 0xffff);
        case 5: return fmt::format("0{:o}.0x{:x}.00{:o}.{}", a, b, c, d);
        case 6: return fmt::format("{}.{}.{}.{}.", a, b, c, d);
        case 7: return fmt::format("[::FFFF:{}.{}.{}.{}]", a, b, c, d);
        default: return fmt::format("{}.{}.{}.{}", a, b, c, d);
        }
    }

    std::string spell_v6(std::uint16_t v6)
    {
        switch (below(3)) {
        case 0: return fmt::format("[2001:DB8::{:X}]", v6);
        case 1: return fmt::format("[2001:0db8:0:0:0:0:0:{:04x}]", v6);
        default: return fmt::format("[2001:db8::{:x}]", v6);
        }
    }

    std::mt19937 random_{20261122};
};

std::string joined(std::vector<std::string> const& segments)
{
    std::string path;
    for (std::string const& segment : segments)
        path += '/' + segment;
    return path;
}

/// What the lists say, kept as simply as possible: line numbers by host, or by host and path. Zero: not there.
struct Reference {
    using Lines = std::array<std::uint32_t, list_ids.size()>;
    std::unordered_map<std::string, Lines> by_host;
    std::unordered_map<std::string, std::uint32_t> by_url;

    /// The line of each list that names the host or URL. `path` is null for a tunnel.
    Lines lines(Meant const& meant, std::vector<std::string> const* path) const
    {
        Lines found{};
        std::string const host = meant.text();
        if (auto const at = by_host.find(host); at != by_host.end())
            found[hosts_list] = at->second[hosts_list];
        for (std::size_t at = meant.kind == Meant::Kind::name ? host.rfind('.') + 1 : 0;;) { // the shortest suffix first
            if (auto const stated = by_host.find(host.substr(at)); stated != by_host.end()) {
                for (std::size_t list = 0; list < domain_lists; ++list)
                    found[list] = found[list] != 0 ? found[list] : stated->second[list]; // covered names are left out
            }
            if (at < 2)
                break;
            at = host.rfind('.', at - 2) + 1;
        }
        if (path != nullptr) {
            found[urls_list] = url_line(host, *path);
            if (found[urls_list] == 0 && host.starts_with("www."))
                found[urls_list] = url_line(host.substr(4), *path);
        }
        return found;
    }

    std::uint32_t url_line(std::string const& host, std::vector<std::string> path) const
    {
        for (;; path.pop_back()) { // the longest prefix first
            if (auto const at = by_url.find(host + joined(path)); at != by_url.end())
                return at->second;
            if (path.empty())
                return 0;
        }
    }
};

struct School {
    Generator generate;
    Reference reference;
    std::vector<Meant> listed;
    Policy policy;

    School()
    {
        std::vector<ListFile> files;
        for (std::size_t list = 0; list < list_ids.size(); ++list) {
            std::string const id(list_ids[list]);
            ListFormat const format = list == hosts_list ? ListFormat::hosts
                : list == urls_list                      ? ListFormat::urls
                                                         : ListFormat::domains;
            auto read = read_list(format, list_text(list));
            EXPECT_EQ(read.problem_count, 0U) << id;
            files.push_back({.list = id, .file = id, .entries = std::move(read.entries)});
        }
        auto const image = std::make_shared<std::vector<std::byte> const>(encode_list_image(files, 7));
        EXPECT_TRUE(verify_list_image(*image));
        policy.roles.emplace_back().id = "pupil";
        policy.roles.back().default_verdict = Verdict::allow;
        policy.unknown_role = "pupil";
        policy.categories.emplace_back().id = "listed";
        for (std::string_view const id : list_ids) {
            policy.lists.emplace_back().id = id;
            policy.lists.back().category = "listed";
        }
        Rule rule;
        rule.id = "listed";
        rule.who = {std::get<Selector>(parse_selector(policy, "who", "everyone"))};
        rule.what = {std::get<Selector>(parse_selector(policy, "what", "category:listed"))};
        rule.action = Verdict::block;
        policy.rules = {rule};
        policy.attach(image, *image);
    }

    /// Writes a list in many spellings and tells the reference what each line means.
    std::string list_text(std::size_t list)
    {
        std::string text;
        for (std::uint32_t line = 1; line <= 10'000; ++line) {
            Meant const meant = generate.host();
            bool const is_name = meant.kind == Meant::Kind::name;
            std::string const spelt = is_name ? generate.spell(meant) : meant.text();
            listed.push_back(meant);
            if (list == urls_list) {
                auto path = generate.segments();
                path.emplace_back("page");
                text += "http://" + (is_name ? spelt : authority_of(meant)) + generate.spell(path) + '\n';
                reference.by_url.try_emplace(without_www(meant.text()) + joined(path), line);
                continue;
            }
            text += (list == hosts_list ? "0.0.0.0 " : generate.below(20) == 0 && is_name ? "*." : "") + spelt + '\n';
            std::uint32_t& stated = reference.by_host[meant.text()][list];
            stated = stated == 0 ? line : stated;
        }
        return text;
    }

    static std::string authority_of(Meant const& meant)
    {
        return meant.kind == Meant::Kind::v6 ? '[' + meant.text() + ']' : meant.text();
    }

    /// As squidGuard reads URLs: "www." in front is left out, except where nothing but a top-level name would remain.
    static std::string without_www(std::string const& host)
    {
        return host.starts_with("www.") && host.find('.', 4) != std::string::npos ? host.substr(4) : host;
    }
};

/// "d0:17 urls:4", lists in order.
std::string to_text(Reference::Lines const& lines)
{
    std::string text;
    for (std::size_t list = 0; list < lines.size(); ++list)
        text += lines[list] == 0 ? std::string{} : fmt::format("{}:{} ", list_ids[list], lines[list]);
    return text;
}

Reference::Lines lines_found(DomainSet const& set, Target const& target)
{
    Reference::Lines found{};
    ListHits hits;
    set.find(target.host, target.path, hits);
    for (ListHit const& hit : hits.all())
        found[hit.list] = hit.line;
    return found;
}

TEST(Verdicts, AgreeWithASlowReferenceOverAMillionHostsAndUrls)
{
    School school;
    Generator& generate = school.generate;
    Subject subject;
    subject.role = "pupil";
    Moment const now{};
    std::size_t wrong = 0, blocked = 0;
    for (std::size_t i = 0; i < queries && wrong < 10; ++i) {
        bool const is_near = generate.below(2) == 0;
        Meant const meant = is_near ? generate.near(school.listed[generate.below(static_cast<unsigned>(school.listed.size()))])
                                    : generate.host();
        std::string const spelt = generate.spell(meant);
        auto segments = generate.segments();
        if (generate.below(2) == 0)
            segments.emplace_back("page");
        std::string const path = generate.spell(segments);
        bool const is_tunnel = generate.below(3) == 0;
        bool const is_ascii
            = std::all_of(spelt.begin(), spelt.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        std::string const url = is_tunnel ? spelt + ":443" : "http://" + spelt + path;
        auto target = is_tunnel ? Target::parse_authority(url) : Target::parse_url(url);
        if (!is_ascii) { // a request line has A-labels only; names in other places come this way
            auto const host = Host::parse(spelt);
            ASSERT_TRUE(host) << spelt;
            target = Target{is_tunnel ? Scheme::tunnel : Scheme::http, *host, 80, is_tunnel ? std::string_view{} : path};
        }
        ASSERT_TRUE(target) << url << ": " << target.error().message();
        auto const expected = school.reference.lines(meant, is_tunnel ? nullptr : &segments);
        auto const found = lines_found(school.policy.attached[0].set, *target);
        auto const decision = decide(school.policy, {subject, *target, now, {}});
        bool const is_blocked = decision.verdict == Verdict::block;
        bool const is_listed = expected != Reference::Lines{};
        bool const names_a_line = !is_listed || expected[decision.hit.list] == decision.hit.line;
        blocked += is_blocked ? 1U : 0U;
        if (found == expected && is_blocked == is_listed && names_a_line)
            continue;
        ++wrong;
        ADD_FAILURE() << url << " means " << meant.text() << joined(segments) << "\nexpected " << to_text(expected)
                      << "\nfound    " << to_text(found);
    }
    EXPECT_EQ(wrong, 0U);
    EXPECT_GT(blocked, queries / 4);
    EXPECT_LT(blocked, queries * 9 / 10);
}

} // namespace
} // namespace gatehouse::policy
