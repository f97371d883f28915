#pragma once
// What a page may say: limits on the weights of its phrases, for whom, where and when; where what people write is read; which files may come.

#include "policy/file_kind.hpp"
#include "policy/phrase_index.hpp"

#include <bitset>
#include <optional>
#include <span>

namespace gatehouse::policy {

struct Policy;
struct Query;
struct Decision;
struct Explanation;

inline constexpr std::size_t max_content_rules = 64;
inline constexpr std::size_t max_file_rules = 64;

/// What happens to a page that reaches a limit.
enum class ContentAction : std::uint8_t {
    close,
    tell, ///< it passes, and whoever looks after the person is told
};

/// An entry of [[content]]: a rule whose columns say for whom and where a page is read; it is closed, or told of, if the phrases of the
/// named lists together weigh as much as the limit.
struct ContentRule : Rule {
    std::vector<std::uint16_t> lists; ///< into Policy::phrase_lists
    int limit = 0;
    ContentAction then = ContentAction::close;
};

/// An entry of [[prompt]]: a rule whose columns say for whom and where what people write is read like a search.
struct PromptRule : Rule { };

/// An entry of [[file]]: a rule about what is fetched, by what it is and how large; the first one that holds decides.
struct FileRule : Rule {
    FileKinds kinds;               ///< empty: any
    std::uint64_t larger_than = 0; ///< bytes as they are transferred; zero: of any size
};

/// True if an entry of [[prompt]] holds for the allowed request; never where nothing is ever looked into. Never allocates.
bool reads_prompt(Policy const& policy, Query const& query, Decision const& decision);

/// The entries that apply to one allowed request. None: its answer need not be read.
using ContentPlan = std::bitset<max_content_rules>;

/// What a grant opened is not read, nor what is never inspected. Never allocates.
ContentPlan plan_content(Policy const& policy, Query const& query, Decision const& decision);

/// Those of the plan that may close a page.
ContentPlan closing_part(Policy const& policy, ContentPlan plan);

/// An entry whose limit is reached, with what weighs most.
struct ContentFinding {
    std::uint16_t rule = 0xffff; ///< into Policy::content_rules; `none`: no limit is reached
    std::uint16_t list = 0xffff; ///< into Policy::phrase_lists
    int score = 0;

    explicit operator bool() const { return rule != 0xffff; }
};

/// The first entry of the plan with that action whose limit is reached. `scores` are those of PhraseScan.
ContentFinding judge_content(
    Policy const& policy, ContentPlan const& plan, std::span<int const> scores, ContentAction action = ContentAction::close);

/// The decision that a finding turns an allowed request's into.
Decision close_for(Decision decision, Policy const& policy, ContentFinding const& finding);

/// The entries that apply to one allowed request. None: what it fetches need not be known.
using FilePlan = std::bitset<max_file_rules>;

/// What a grant opened may be any file, and so may what is never inspected. Never allocates.
FilePlan plan_files(Policy const& policy, Query const& query, Decision const& decision);

/// What is known of a file so far.
struct FileFacts {
    std::optional<FileKind> kind; ///< nothing: not known yet
    std::uint64_t size = 0;       ///< bytes that have come, or that will come if that is known
};

/// The entry of the plan that closes the file, into Policy::file_rules; nothing if none does, or as long as an entry before it has to know
/// the kind.
std::optional<std::uint16_t> judge_file(Policy const& policy, FilePlan const& plan, FileFacts const& facts);

/// The decision that such an entry turns an allowed request's into.
Decision close_for_file(Decision decision, std::uint16_t rule, FileFacts const& facts);
/// The same where something harmful was found in the file, whoever asked for it.
Decision close_for_virus(Decision decision);

} // namespace gatehouse::policy
