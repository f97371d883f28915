#pragma once
// The questions that the school's governors, DfE and the UK Safer Internet Centre ask of a filter, answered by trying it: nothing here is taken from a
// form, all of it from what runs.

#include "proxy/checks/category_matrix.hpp"
#include "proxy/checks/proxy_look.hpp"

namespace gatehouse::checks {

enum class State : std::uint8_t {
    good,
    look, ///< somebody should look at it
    gap,  ///< children are not protected as they should be, or nobody could tell
};
std::string_view to_text(State state); ///< "good", "look", "gap"

struct SelfCheck {
    std::string id; ///< "adult", "logs": stable
    std::string question;
    std::vector<std::string> findings; ///< a sentence each
    std::string advice;                ///< what to do; empty if it is good
    State state = State::good;
};

/// What is looked at beside the policy. Facts that could not be read are missing, which is a finding too.
struct Facts {
    std::optional<std::size_t> failed_expectations; ///< of the policy that runs
    std::optional<std::uint64_t> rows_of_a_day;     ///< in the access log
    std::optional<std::uint64_t> tunnels, unseen;   ///< of a week: opened, and without even a name
    std::optional<std::chrono::hours> lists_age;    ///< of the compiled image
    std::optional<std::chrono::days> ca_left;       ///< until the CA is over
    std::optional<bool> audit_is_whole;
    std::optional<std::chrono::days> last_checked;  ///< since the last run of these checks
    std::optional<std::chrono::days> last_reviewed; ///< since the last review of the filter that was recorded
    std::optional<ProxyLook> look;                  ///< what the gateway itself answered just now; nothing: it was not asked
    std::uint64_t lost_rows = 0;                    ///< of the access log, since the start
};

/// Reads what of it lies in the log and the CA's folder. Blocks for two seconds at most.
Facts read_facts(Settings const& settings, std::chrono::sys_seconds now);

/// All checks, in the order in which they are shown.
std::vector<SelfCheck> run(
    policy::Policy const& policy, Settings const& settings, Facts const& facts, std::chrono::sys_seconds now, Clock const& clock);

/// The themes by which the guidance groups content, with the categories of the policy that stand for them.
struct Theme {
    std::string_view title;
    std::vector<std::string_view> categories;
};
std::vector<Theme> const& themes();
/// Those of the themes, also where the policy has none such, and the sealed ones. Lifetime: views the policy.
std::vector<std::string_view> asked_categories(policy::Policy const& policy);

/// For keeping a run: JSON, a list of objects. Reading back answers nothing for text that is none.
std::string to_json(std::vector<SelfCheck> const& checks);
std::optional<std::vector<SelfCheck>> from_json(std::string_view text);

} // namespace gatehouse::checks
