#pragma once
// What a page may say: limits on the weights of its phrases, for whom, where and when; and where what people write is read.

#include "policy/phrase_index.hpp"

#include <bitset>
#include <span>

namespace gatehouse::policy {

struct Policy;
struct Query;
struct Decision;
struct Explanation;

inline constexpr std::size_t max_content_rules = 64;

/// An entry of [[content]]: a rule whose columns say for whom and where a page is read; it is closed if the phrases of the named lists
/// together weigh as much as the limit.
struct ContentRule : Rule {
    std::vector<std::uint16_t> lists; ///< into Policy::phrase_lists
    int limit = 0;
};

/// An entry of [[prompt]]: a rule whose columns say for whom and where what people write is read like a search.
struct PromptRule : Rule { };

/// True if an entry of [[prompt]] holds for the allowed request; never where nothing is ever looked into. Never allocates.
bool reads_prompt(Policy const& policy, Query const& query, Decision const& decision);

/// The entries that apply to one allowed request. None: its answer need not be read.
using ContentPlan = std::bitset<max_content_rules>;

/// What a grant opened is not read, nor what is never inspected. Never allocates.
ContentPlan plan_content(Policy const& policy, Query const& query, Decision const& decision);

/// An entry whose limit is reached, with what weighs most.
struct ContentFinding {
    std::uint16_t rule = 0xffff; ///< into Policy::content_rules; `none`: no limit is reached
    std::uint16_t list = 0xffff; ///< into Policy::phrase_lists
    int score = 0;

    explicit operator bool() const { return rule != 0xffff; }
};

/// The first entry of the plan whose limit is reached. `scores` are those of PhraseScan.
ContentFinding judge_content(Policy const& policy, ContentPlan const& plan, std::span<int const> scores);

/// The decision that a finding turns an allowed request's into.
Decision close_for(Decision decision, Policy const& policy, ContentFinding const& finding);

} // namespace gatehouse::policy
