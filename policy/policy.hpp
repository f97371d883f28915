#pragma once
// The policy: one immutable snapshot of everything that decides. Built by parse_policy, completed with list images, overrides and
// restrictions, then never changed; a new one is built aside and published.

#include "policy/content_rule.hpp"
#include "policy/domain_set.hpp"
#include "policy/inspection.hpp"
#include "policy/local_time.hpp"
#include "policy/override.hpp"
#include "policy/restriction.hpp"
#include "policy/rule.hpp"
#include "policy/safe_search.hpp"
#include "policy/subject.hpp"
#include "policy/term_list.hpp"
#include "policy/timetable.hpp"
#include "policy/url_form.hpp"
#include "policy/url_pattern.hpp"

#include <map>
#include <memory>

namespace gatehouse::policy {

/// An index that points nowhere.
inline constexpr std::uint16_t none = 0xffff;
inline constexpr std::size_t max_services = 1024;
inline constexpr std::size_t max_lists = 1024;
inline constexpr std::size_t max_groups = 256;

/// A subject area. A category may lie within a parent ("micro-blogging" in "social-media").
struct Category {
    std::string id;
    std::string title;  ///< plain English, shown to children
    std::string parent; ///< empty for top level
    bool never_inspect = false;
    std::optional<Severity> alert{};   ///< who goes there may need help; nothing: as its parent
    std::uint16_t parent_index = none; ///< set by Policy::prepare
    std::optional<Severity> alerts{};  ///< `alert` of itself or its nearest ancestor; set by Policy::prepare
};

/// A named bundle of hosts: "instagram".
struct Service {
    std::string id;
    std::string title;
    std::string category;
    unsigned minimum_age = 0;            ///< years; zero: none
    std::uint16_t category_index = none; ///< set by Policy::prepare
};

/// A list as lists.toml declares it. Its hosts belong to its category and, if given, its service.
struct ListInfo {
    std::string id;
    std::string title;
    std::string category; ///< may be empty if `service` is given
    std::string service;  ///< may be empty
    bool sealed = false;  ///< illegal content: always blocked, no request, never displayed
    bool aliases = true;  ///< its names count as other names of a site too (alias.hpp); those of a sealed list always do
    std::string path;     ///< file or folder, relative to the configuration; empty for lists kept in the store
    std::string member;   ///< path inside an archive, or empty
    std::string format;   ///< ListFormat text, or "squidguard" for a folder or archive of categories
    std::string owner;
    std::string reason;
    std::optional<Date> review_by;
    std::uint16_t category_index = none; ///< its own or its service's; set by Policy::prepare
    std::uint16_t service_index = none;  ///< set by Policy::prepare
};

/// A group of people: "year-9".
struct Group {
    std::string id;
    std::string title;
    unsigned youngest_age = 0; ///< years; zero: not known
};

/// Who the people of a role are; what is seen of them goes to another person (clause 11).
enum class People : std::uint8_t { pupils, staff };

/// Role, its default, and whether it is the one for unknown people.
struct Role {
    std::string id;
    std::string title;
    People people = People::pupils; ///< pupils, and whoever else is no member of staff
    Verdict default_verdict = Verdict::block;
    std::string default_reason;
    std::string default_clause;
    bool fails_closed = true; ///< what happens when the policy cannot be asked
    bool inspect = false;     ///< encrypted connections are looked into, unless an entry of [[inspection]] says otherwise
    std::string default_id;   ///< "default-pupil"; set by Policy::prepare
};

/// An address range and what it says about who sits there.
struct NetworkInfo {
    std::string id;
    std::string title;
    std::vector<Network> ranges;
    std::string role; ///< role of people there unless they sign in
    std::vector<std::string> groups;
    DeviceKind device_kind = DeviceKind::unknown;
    bool trusts_ca = false;
    bool asks_sign_in = false; ///< Proxy-Authenticate is asked for
};

/// A device with a known address.
struct DeviceInfo {
    std::string id;
    IpAddress address;
    std::string role; ///< empty: the network's
    std::string user; ///< empty: not personal
    std::vector<std::string> groups;
    DeviceKind kind = DeviceKind::unknown;
};

/// Bytes of a verified list image with the search over them and its owner (a mapping or a vector).
struct AttachedLists {
    std::shared_ptr<void const> owner;
    std::span<std::byte const> image; ///< what `set` searches
    DomainSet set;
    std::vector<std::uint16_t> info; ///< DomainSet list index -> index into Policy::lists; no_list if lists.toml does not know it
    static constexpr std::uint16_t no_list = none;
};

struct Policy {
    std::string school;
    std::string version;       ///< set by the publisher; shown in status and records
    std::string sealed_clause; ///< cited where a sealed list decides
    std::string sealed_reason; ///< shown to the person there
    std::vector<Role> roles;
    std::string unknown_role; ///< role of people in no network
    std::vector<Group> groups;
    std::vector<NetworkInfo> networks; ///< first match wins, in order
    std::vector<DeviceInfo> devices;
    std::vector<Category> categories; ///< at most max_categories
    std::vector<Service> services;
    std::vector<ListInfo> lists;
    std::vector<Rule> rules;
    std::vector<InspectionRule> inspection;                                   ///< first match wins, in order
    std::vector<SafeSearch> safe_search;                                      ///< first match wins, in order
    std::multimap<std::string, std::uint16_t, std::less<>> safe_search_hosts; ///< host to entry; set by prepare
    std::vector<UrlForm> url_forms;                                           ///< search engines and sites that show others
    UrlFormIndex url_form_index;                                              ///< set by prepare
    UrlPatterns url_patterns;                                                 ///< of all rules
    std::vector<TermList> term_lists;                                         ///< at most max_term_lists
    TermIndex term_index;                                                     ///< set by prepare
    std::vector<PhraseList> phrase_lists;                                     ///< at most max_phrase_lists
    std::shared_ptr<PhraseIndex const> phrase_index; ///< over phrase_lists; set by parse_policy; null without phrases
    std::vector<ContentRule> content_rules;          ///< at most max_content_rules; in order
    std::vector<PromptRule> prompts;
    std::vector<FileRule> file_rules; ///< at most max_file_rules; first match wins, in order
    bool names_addresses = false;     ///< a rule is about an address; set by prepare
    Timetable timetable;
    std::vector<Expectation> expectations;

    std::vector<AttachedLists> attached; ///< compiled lists, then the school's own
    std::vector<Override> overrides;
    std::vector<Restriction> restrictions;

    /// Resolves names between the tables to indices. Called by parse_policy and attach; a policy built by hand calls it before deciding.
    void prepare();
    /// Completes the snapshot with a list image. Precondition: the image was verified.
    void attach(std::shared_ptr<void const> owner, std::span<std::byte const> image);

    Role const* role(std::string_view id) const;
    Service const* service(std::string_view id) const;
    Category const* category(std::string_view id) const;
    /// Index of the value in its table: role, group, category, service, list, network, signal, kind or weekday; the place of the
    /// path in a URL selector; `none` if there is no such value, 0 for kinds without a table.
    std::uint16_t index_of(Selector const& selector) const;
    /// True if `category` is `ancestor` or below it. False for `none`.
    bool is_within(std::uint16_t category, std::uint16_t ancestor) const;
    /// True if any of the category and its ancestors is never inspected.
    bool never_inspects(std::uint16_t category) const;
    /// How soon somebody has to look after a visit to the category; nothing: not at all, also for `none`.
    std::optional<Severity> alert_of(std::uint16_t category) const;
    /// Of a role that is not known: pupils, whose protection comes first.
    People people_of(std::string_view role) const;
    /// Who sits at this address when nobody has signed in: device, then network, then the unknown role.
    Subject subject_at(IpAddress const& address) const;
};

} // namespace gatehouse::policy
