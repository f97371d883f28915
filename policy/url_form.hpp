#pragma once
// URLs that carry something else: the words that somebody searches for, or the address of another site that is shown under this one's
// name (translators, archives, caches, readers, picture proxies).

#include "policy/target.hpp"
#include "policy/url_path.hpp"
#include "policy/words.hpp"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatehouse::policy {

struct Policy;

/// An entry of [[search_engine]] or [[wrapper]].
struct UrlForm {
    enum class Holds : std::uint8_t { search, address };
    enum class In : std::uint8_t {
        parameter, ///< of the query
        path,      ///< behind one of `paths`
        name,      ///< the label before the host's own: www-example-org.translate.goog
    };
    std::string id;
    std::string title;              ///< "Google Translate"
    std::vector<std::string> hosts; ///< canonical names, each with the names below it
    Holds holds = Holds::search;
    In in = In::parameter;
    std::vector<std::string> paths; ///< canonical, "*" stands for one segment; for parameters: where they count, empty: anywhere
    std::vector<std::string> parameters; ///< lower case
    std::string file;
    std::uint32_t line = 0;
};

/// Which forms a host has, itself or through a name above it.
class UrlFormIndex {
public:
    void build(std::vector<UrlForm> const& forms);
    bool empty() const { return by_host_.empty(); }
    /// Calls `use(index)` for each form of the host and of the names above it, until it returns true.
    template <class Use>
    bool any_of(Host const& host, Use const& use) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, std::vector<std::uint16_t>, Hash, std::equal_to<>> by_host_;
};

/// What somebody searches for, as typed but in lower case, as well-formed UTF-8: blanks and control characters are one blank, and of signs
/// in a row, which could push words out of sight, the first few stand for all.
struct SearchText {
    std::uint16_t form; ///< into Policy::url_forms
    std::size_t size = 0;
    std::array<char, max_request_path> bytes; // not initialised: filled up to size

    std::string_view all() const { return {bytes.data(), size}; }
    /// The first `max_read_text` bytes, for people and records.
    std::string_view text() const;
};

/// False if the URL asks none of the policy's search engines for anything. Never allocates.
bool find_search(Policy const& policy, Target const& url, SearchText& found);

/// The same for the URL or a site behind it.
bool find_search_within(Policy const& policy, Target const& url, SearchText& found);

/// Another site behind a URL. Its target views it, and the URL that it was found in.
struct Wrapped {
    std::uint16_t form; ///< into Policy::url_forms
    Target target;

    Wrapped() = default;
    Wrapped(Wrapped const&) = delete;
    Wrapped& operator=(Wrapped const&) = delete;

    std::array<char, max_whole_path> bytes; // not initialised: holds the target's path
};

/// Sites behind one URL that are judged; nobody writes more, and a URL with more is closed.
inline constexpr std::size_t most_wrapped = 16;

/// The site number `nth` (from zero) behind a URL or tunnel: there is more than one if a parameter is repeated, or if servers may read the
/// address in several ways. False if there is none.
/// Never allocates.
bool find_wrapped(Policy const& policy, Target const& url, std::size_t nth, Wrapped& found);

template <class Use>
bool UrlFormIndex::any_of(Host const& host, Use const& use) const
{
    if (empty() || host.is_address())
        return false;
    for (auto name = host.text();;) {
        if (auto const found = by_host_.find(name); found != by_host_.end())
            for (auto const form : found->second)
                if (use(form))
                    return true;
        auto const dot = name.find('.');
        if (dot == name.npos)
            return false;
        name.remove_prefix(dot + 1);
    }
}

} // namespace gatehouse::policy
