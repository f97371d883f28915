#include "proxy/files/file_type.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace gatehouse::files {
namespace {

using namespace std::string_view_literals;

struct Ending {
    std::string_view name;
    FileKind kind;
    bool only_saved = false; ///< pages load or speak of such names, too
};

constexpr Ending endings[]{
    {"exe", FileKind::program},
    {"msi", FileKind::program},
    {"msix", FileKind::program},
    {"msixbundle", FileKind::program},
    {"appx", FileKind::program},
    {"appxbundle", FileKind::program},
    {"scr", FileKind::program},
    {"pif", FileKind::program},
    {"cpl", FileKind::program},
    {"lnk", FileKind::program},
    {"jar", FileKind::program},
    {"apk", FileKind::program},
    {"xapk", FileKind::program},
    {"apks", FileKind::program},
    {"ipa", FileKind::program},
    {"deb", FileKind::program},
    {"rpm", FileKind::program},
    {"pkg", FileKind::program},
    {"appimage", FileKind::program},
    {"snap", FileKind::program},
    {"flatpak", FileKind::program},
    {"crx", FileKind::program},
    {"xpi", FileKind::program},
    {"swf", FileKind::program},
    {"msp", FileKind::program},
    {"mst", FileKind::program},
    {"xll", FileKind::program},
    {"ocx", FileKind::program},
    {"chm", FileKind::program},
    {"hlp", FileKind::program},
    {"gadget", FileKind::program},
    {"diagcab", FileKind::program},
    {"appinstaller", FileKind::program},
    {"appref-ms", FileKind::program},
    {"jnlp", FileKind::program},
    {"ade", FileKind::program},
    {"adp", FileKind::program},
    {"mde", FileKind::program},
    {"accde", FileKind::program},
    {"com", FileKind::program, true},         // "/whois/example.com"
    {"application", FileKind::program, true}, // "/api/application"
    {"bat", FileKind::script},
    {"cmd", FileKind::script},
    {"ps1", FileKind::script},
    {"psm1", FileKind::script},
    {"vbs", FileKind::script},
    {"vbe", FileKind::script},
    {"wsf", FileKind::script},
    {"wsh", FileKind::script},
    {"jse", FileKind::script},
    {"hta", FileKind::script},
    {"reg", FileKind::script},
    {"sh", FileKind::script},
    {"command", FileKind::script},
    {"scpt", FileKind::script},
    {"applescript", FileKind::script},
    {"tool", FileKind::script},
    {"bash", FileKind::script},
    {"csh", FileKind::script},
    {"ksh", FileKind::script},
    {"zsh", FileKind::script},
    {"ps1xml", FileKind::script},
    {"psc1", FileKind::script},
    {"msh", FileKind::script},
    {"msc", FileKind::script},
    {"sct", FileKind::script},
    {"wsc", FileKind::script},
    {"scf", FileKind::script},
    {"shb", FileKind::script},
    {"shs", FileKind::script},
    {"webloc", FileKind::script},
    {"settingcontent-ms", FileKind::script},
    {"library-ms", FileKind::script},
    {"search-ms", FileKind::script},
    {"searchconnector-ms", FileKind::script},
    {"js", FileKind::script, true},
    {"mjs", FileKind::script, true},
    {"inf", FileKind::script, true},
    {"url", FileKind::script, true},
    {"website", FileKind::script, true}, // a shortcut, and a name of its own by now
    {"ws", FileKind::script, true},
    {"iso", FileKind::disk_image},
    {"img", FileKind::disk_image},
    {"dmg", FileKind::disk_image},
    {"vhd", FileKind::disk_image},
    {"vhdx", FileKind::disk_image},
    {"vmdk", FileKind::disk_image},
    {"qcow2", FileKind::disk_image},
    {"wim", FileKind::disk_image},
    {"udf", FileKind::disk_image},
    {"vdi", FileKind::disk_image},
    {"torrent", FileKind::torrent},
    {"zip", FileKind::archive}, // whose packers find it behind anything else
    {"7z", FileKind::archive},
    {"rar", FileKind::archive},
};
constexpr auto longest_ending = "searchconnector-ms"sv.size();

/// Hands each parameter of a field to `take`: its name and its value, quotes and quoted pairs undone (RFC 9110 §5.6.4).
template <class Take>
void for_each_parameter(std::string_view field, Take const& take)
{
    std::string part;
    bool quoted = false;
    for (std::size_t i = 0; i <= field.size(); ++i) {
        if (i == field.size() || (!quoted && field[i] == ';')) {
            auto const sign = part.find('=');
            if (sign != part.npos)
                take(http1::trim_blanks(std::string_view{part}.substr(0, sign)), std::string_view{part}.substr(sign + 1));
            part.clear();
        } else if (field[i] == '"') {
            quoted = !quoted;
        } else {
            if (quoted && field[i] == '\\' && i + 1 < field.size())
                ++i;
            part += field[i];
        }
    }
}

std::string percent_decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        auto const* const digits = text.data() + i + 1;
        bool const escaped
            = text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
        out += escaped ? static_cast<char>(byte) : text[i];
        i += escaped ? 2 : 0;
    }
    return out;
}

/// Base64, whatever else stands between its letters.
std::string letters_decoded(std::string_view text)
{
    constexpr auto letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"sv;
    std::string out;
    std::size_t bits = 0;
    unsigned count = 0;
    for (char const c : text) {
        auto const value = letters.find(c);
        if (value == letters.npos)
            continue;
        bits = (bits << 6 | value) & 0xffff;
        count += 6;
        if (count >= 8)
            out += static_cast<char>(bits >> (count -= 8) & 0xff);
    }
    return out;
}

/// With the encoded words of mail undone, which browsers read here too: "=?UTF-8?B?Zy5iYXQ=?=" (RFC 2047 §2).
std::string words_decoded(std::string_view text)
{
    std::string out;
    for (bool after_word = false;; after_word = true) {
        auto const begin = text.find("=?");
        auto const coding = begin == text.npos ? begin : text.find('?', begin + 2);
        auto const end = coding == text.npos || coding + 3 > text.size() ? text.npos : text.find("?=", coding + 3);
        if (end == text.npos)
            return out.append(text);
        auto const between = text.substr(0, begin);
        if (!after_word || !http1::trim_blanks(between).empty())
            out.append(between);
        std::string word{text.substr(coding + 3, end - coding - 3)};
        bool const is_base64 = http1::to_lower(text[coding + 1]) == 'b';
        std::replace(word.begin(), word.end(), '=', '%');
        out.append(is_base64 ? letters_decoded(word) : percent_decoded(word));
        text.remove_prefix(end + 2);
    }
}

bool is_unseen(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte >= 0x7f;
}

/// What stands behind a colon is another stream of the same file, behind a semicolon a parameter of the path.
void add_kinds_of(FileKinds& kinds, std::string_view name, Saved saved)
{
    for (auto const each : {name, name.substr(0, name.find_first_of(":;"))})
        if (auto const kind = kind_of_name(each, saved))
            kinds.add(*kind);
}

/// The same of an encoded name. Endings are ASCII: marks that are not seen, and other letters, hide none.
void add_kinds_of_encoded(FileKinds& kinds, std::string_view name, Saved saved)
{
    auto decoded = percent_decoded(name);
    std::erase_if(decoded, is_unseen);
    add_kinds_of(kinds, decoded, saved);
}

} // namespace

std::optional<FileKind> kind_of_name(std::string_view name, Saved saved)
{
    for (bool trims = true; trims;) { // Windows drops dots and blanks at the end when it writes the file
        trims = name.ends_with('.') || name.ends_with(' ') || name.ends_with("%20");
        name.remove_suffix(!trims ? 0 : name.back() == '0' ? 3 : 1);
    }
    auto const dot = name.rfind('.');
    if (dot == name.npos || name.size() - dot > longest_ending + 1)
        return std::nullopt;
    auto const ending = name.substr(dot + 1);
    auto const* const found = std::find_if(std::begin(endings), std::end(endings),
        [&](Ending const& each) { return http1::equals_ignoring_case(each.name, ending); });
    bool const counts = found != std::end(endings) && (saved == Saved::yes || !found->only_saved);
    return counts ? std::optional{found->kind} : std::nullopt;
}

FileKinds kinds_of_disposition(std::string_view field, Saved saved)
{
    FileKinds kinds;
    std::string continued; // RFC 2231 §3: filename*0, filename*1
    for_each_parameter(field, [&](std::string_view name, std::string_view value) {
        constexpr auto known = "filename"sv;
        if (!http1::equals_ignoring_case(name.substr(0, known.size()), known))
            return;
        bool const extended = name.ends_with('*'); // RFC 8187 §3.2: charset'language'value
        auto const text = extended ? std::string{value.substr(value.rfind('\'') + 1)} : words_decoded(value);
        add_kinds_of_encoded(kinds, text, saved);
        if (name.size() > known.size() + 1)
            add_kinds_of_encoded(kinds, continued.append(text), saved);
    });
    return kinds;
}

FileKinds kinds_of_path(std::string_view path, Saved saved)
{
    FileKinds kinds;
    auto const whole = path.substr(0, path.find_first_of("?#"));
    auto const part = whole.substr(whole.rfind('/') + 1);
    if (std::none_of(part.begin(), part.end(), [](char c) { return c == '%' || is_unseen(c); }))
        add_kinds_of(kinds, part, saved);
    else
        add_kinds_of_encoded(kinds, part, saved);
    return kinds;
}

bool is_attachment(std::string_view content_disposition)
{
    auto const type = http1::trim_blanks(content_disposition.substr(0, content_disposition.find(';')));
    return http1::is_token(type) && !http1::equals_ignoring_case(type, "inline");
}

} // namespace gatehouse::files
