#pragma once
// From the configuration folder and the compiled lists to a Policy, with everything that is wrong with it. The daemon, `gatehouse check`
// and `gatehouse explain` all come through here, so that they can only ever disagree about the clock.

#include "policy/parse.hpp"
#include "proxy/clock.hpp"
#include "proxy/settings.hpp"

namespace gatehouse::lists {
class PrivateImages;
}

namespace gatehouse {

/// The image that the command line compiles and the daemon copies and maps: STATE/lists.image.
std::filesystem::path lists_image_path(Settings const& settings);

/// The three files of the configuration folder, under the names that complaints show. A file that cannot be read is empty.
policy::PolicySources read_policy_sources(Settings const& settings);

struct LoadedPolicy {
    policy::Policy policy; ///< meaningful if there is no error. Overrides and restrictions are the publisher's to add
    std::vector<policy::Problem> problems; ///< errors, then warnings of lint
    bool ok() const;                       ///< there may be warnings
};

/// The policy's own expectations that do not hold, as errors.
std::vector<policy::Problem> failed_expectations(policy::Policy const& policy, Clock const& clock);

/// Reads, parses and attaches the list image. Blocks on the disk. What the console keeps is to be added (stored_policy.hpp), then judged.
/// Without an image there is no policy: a filter without its lists would let everything through.
LoadedPolicy load_files(Settings const& settings, std::filesystem::path const& image);
/// The same for a process that stays: the lists are a copy of its own, and the ones it has are used again while the image is the same.
LoadedPolicy load_files(Settings const& settings, lists::PrivateImages& images);
/// What a complete policy says against itself: its expectations that fail, as errors, and what lint finds, as warnings.
std::vector<policy::Problem> judge_policy(policy::Policy const& policy, Clock const& clock);

/// The files alone, judged.
LoadedPolicy load_policy(Settings const& settings);

} // namespace gatehouse
