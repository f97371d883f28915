#define XXH_INLINE_ALL
#include "tools/lists/good_copy.hpp"
#include "tools/lists/files.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>
#include <memory>

namespace gatehouse::lists {
namespace {

constexpr std::string_view title = "gatehouse list copy 1\n";
constexpr std::size_t digest_size = 32;

std::string digest_of(std::span<std::string_view const> parts)
{
    std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> const state{XXH3_createState(), &XXH3_freeState};
    XXH3_128bits_reset(state.get());
    for (std::string_view const part : parts)
        XXH3_128bits_update(state.get(), part.data(), part.size());
    XXH128_hash_t const hash = XXH3_128bits_digest(state.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string digest_of(std::string_view text)
{
    return digest_of(std::span{&text, 1});
}

/// A list id as a file name: itself if harmless, otherwise its hash.
std::string file_name_of(std::string_view list)
{
    bool const is_harmless = !list.empty() && list.size() <= 100 && list.front() != '.'
        && list.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string_view::npos;
    return is_harmless ? std::string(list) + ".copy" : '%' + digest_of(list) + ".copy";
}

/// Takes "KEY rest-of-line" off the front.
bool take_line(std::string_view& text, std::string_view key, std::string_view& value)
{
    std::size_t const end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(key))
        return false;
    value = text.substr(key.size(), end - key.size());
    text.remove_prefix(end + 1);
    return true;
}

bool take_number(std::string_view& text, std::size_t& value)
{
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{})
        return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool take_file(std::string_view& text, SourceFile& file)
{
    std::string_view line;
    if (!take_line(text, "file ", line))
        return false;
    auto const format = policy::parse_list_format(line.substr(0, line.find(' ')));
    if (!format)
        return false;
    line.remove_prefix(policy::to_text(*format).size() + 1);
    std::size_t size = 0;
    if (!take_number(line, size) || !line.starts_with(' ') || size > text.size())
        return false;
    file = {std::string(line.substr(1)), *format, std::string(text.substr(0, size))};
    text.remove_prefix(size);
    return true;
}

/// Reads the title and leaves `text` at the files.
bool take_title(std::string_view& text, CopyTitle& copy)
{
    if (!text.starts_with(title) || text.size() < title.size() + digest_size + 1)
        return false;
    copy.digest = text.substr(title.size(), digest_size);
    text.remove_prefix(title.size() + digest_size + 1);
    std::string_view entries, usage, alias;
    if (digest_of(text) != copy.digest || !take_line(text, "entries ", entries) || !take_line(text, "usage ", usage)
        || !take_line(text, "alias ", alias))
        return false;
    copy.usage = usage;
    copy.alias_of = alias;
    return take_number(entries, copy.entries);
}

} // namespace

result<CopyTitle> check_good_copy(std::filesystem::path const& folder, std::string_view list)
{
    auto const text = read_file(folder / file_name_of(list));
    if (!text)
        return text.error();
    std::string_view rest = *text;
    CopyTitle copy;
    if (!take_title(rest, copy))
        return damaged();
    return copy;
}

result<GoodCopy> read_good_copy(std::filesystem::path const& folder, std::string_view list)
{
    auto const text = read_file(folder / file_name_of(list));
    if (!text)
        return text.error();
    std::string_view rest = *text;
    GoodCopy copy;
    if (!take_title(rest, copy.title))
        return damaged();
    while (!rest.empty()) {
        if (!take_file(rest, copy.files.emplace_back()))
            return damaged();
    }
    return copy;
}

result<void> keep_good_copy(
    std::filesystem::path const& folder, std::string_view list, GoodCopy const& copy, std::string_view present)
{
    std::string const head
        = fmt::format("entries {}\nusage {}\nalias {}\n", copy.title.entries, copy.title.usage, copy.title.alias_of);
    std::vector<std::string> titles;
    for (SourceFile const& file : copy.files)
        titles.push_back(fmt::format("file {} {} {}\n", policy::to_text(file.format), file.text.size(), file.name));
    std::vector<std::string_view> parts{head};
    for (std::size_t i = 0; i < copy.files.size(); ++i) {
        parts.push_back(titles[i]);
        parts.push_back(copy.files[i].text);
    }
    std::string const digest = digest_of(parts);
    if (digest == present)
        return {};
    std::string const front = std::string(title) + digest + '\n';
    parts.insert(parts.begin(), front);
    return replace_file(folder / file_name_of(list), parts);
}

} // namespace gatehouse::lists
