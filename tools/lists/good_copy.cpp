#define XXH_INLINE_ALL
#include "tools/lists/good_copy.hpp"
#include "tools/lists/files.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>

namespace gatehouse::lists {
namespace {

constexpr std::string_view title = "gatehouse list copy 1\n";
constexpr std::size_t digest_size = 32;

std::string digest_of(std::string_view text)
{
    XXH128_hash_t const hash = XXH3_128bits(text.data(), text.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

/// A list id as a file name: itself if harmless, otherwise its hash.
std::string file_name_of(std::string_view list)
{
    bool const is_harmless = !list.empty() && list.size() <= 100 && list.front() != '.'
        && list.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string_view::npos;
    return is_harmless ? std::string(list) + ".copy" : '%' + digest_of(list) + ".copy";
}

std::string write_copy(GoodCopy const& copy)
{
    std::string body = fmt::format("entries {}\nusage {}\nalias {}\n", copy.entries, copy.usage, copy.alias_of);
    for (SourceFile const& file : copy.files) {
        body += fmt::format("file {} {} {}\n", policy::to_text(file.format), file.text.size(), file.name);
        body += file.text;
    }
    return std::string(title) + digest_of(body) + '\n' + body;
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

bool read_copy(std::string_view text, GoodCopy& copy)
{
    if (!text.starts_with(title) || text.size() < title.size() + digest_size + 1)
        return false;
    std::string_view const digest = text.substr(title.size(), digest_size);
    text.remove_prefix(title.size() + digest_size + 1);
    std::string_view entries, usage, alias;
    if (digest_of(text) != digest || !take_line(text, "entries ", entries) || !take_line(text, "usage ", usage)
        || !take_line(text, "alias ", alias))
        return false;
    copy.usage = usage;
    copy.alias_of = alias;
    if (!take_number(entries, copy.entries))
        return false;
    while (!text.empty()) {
        if (!take_file(text, copy.files.emplace_back()))
            return false;
    }
    return true;
}

} // namespace

result<GoodCopy> read_good_copy(std::filesystem::path const& folder, std::string_view list)
{
    auto const text = read_file(folder / file_name_of(list));
    if (!text)
        return text.error();
    GoodCopy copy;
    if (!read_copy(*text, copy))
        return make_error_code(boost::system::errc::bad_message);
    return copy;
}

result<void> keep_good_copy(std::filesystem::path const& folder, std::string_view list, GoodCopy const& copy)
{
    auto const path = folder / file_name_of(list);
    std::string const text = write_copy(copy);
    if (auto const present = read_file(path); present && *present == text)
        return {};
    return replace_file(path, text);
}

} // namespace gatehouse::lists
