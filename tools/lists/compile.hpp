#pragma once
// Turns list sources into one image on disk, holding back what is not fit, and small lists in memory into bytes.

#include "tools/lists/report.hpp"

#include <functional>
#include <memory>

namespace gatehouse::lists {

/// A list that lost more than this share of its lines against its last good copy is held back.
inline constexpr double max_shrink = 0.6;
/// Copies with fewer lines are exempt from the share: people edit small lists by hand. Emptying one is still held back.
inline constexpr std::size_t min_guarded_entries = 50;

struct Progress {
    enum class Stage : std::uint8_t { reading_sources, reading_lists, encoding, writing };
    Stage stage = Stage::reading_sources;
    std::size_t done = 0, total = 0; ///< lists, in stage reading_lists
};

/// Whether sources found fit become the last good copies: not when they are only tried.
enum class Copies : std::uint8_t { keep, leave };

struct CompileOptions {
    std::vector<policy::ListInfo> lists;             ///< entries without a path are the store's and are left out
    std::filesystem::path config_folder;             ///< what relative paths start from
    std::filesystem::path state_folder;              ///< holds lists.image and the last good copies under lists/; made if missing
    std::filesystem::path image{};                   ///< empty: lists.image in the state folder
    std::vector<std::string> accept_shrunken{};      ///< ids of lists whose new size somebody has confirmed; "*" for all
    std::function<void(Progress const&)> progress{}; ///< may be empty
    Copies copies = Copies::keep;
};

/// Reads all sources, guards them, encodes, and replaces the image atomically; the image before it stays beside it as
/// "lists.image.previous". The report says everything that went wrong.
CompileReport compile_lists(CompileOptions const& options);

/// A small image in memory: the school's own lists from the store. Always verified.
/// Lifetime: the owner keeps the bytes; hand both to Policy::attach.
struct CompiledEntries {
    std::shared_ptr<std::vector<std::byte> const> owner;
    std::span<std::byte const> bytes() const { return *owner; }
};
CompiledEntries compile_entries(std::span<policy::ListFile const> files);

/// A hash key that nobody can guess.
std::uint64_t random_hash_key();

} // namespace gatehouse::lists
