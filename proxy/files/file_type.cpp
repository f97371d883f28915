#include "proxy/files/file_type.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace gatehouse::files {
namespace {

using namespace std::string_view_literals;

struct Mark {
    std::string_view begins; ///< the file
    std::size_t at;
    std::string_view bytes;
    FileKind kind;
};

/// A container's first box: the upper half of its size, which is never so large (ISO/IEC 14496-12 §4.2), and where its type stands.
constexpr auto small_box = "\0\0"sv;
constexpr auto box = "\0"sv;

/// Of two marks that fit, the first counts: what runs comes before what is shown, because a program may hold any bytes behind its own mark.
constexpr Mark marks[]{
    {"MZ"sv, 0, ""sv, FileKind::program},
    {"\x7f"
     "ELF"sv,
        0, ""sv, FileKind::program},
    {"#!"sv, 0, ""sv, FileKind::script},
    {"\0asm"sv, 0, ""sv, FileKind::web_program},
    {"d8:announce"sv, 0, ""sv, FileKind::torrent},
    {"d13:announce-list"sv, 0, ""sv, FileKind::torrent},
    {"\x89PNG\r\n\x1a\n"sv, 0, ""sv, FileKind::image},
    {"\xff\xd8\xff"sv, 0, ""sv, FileKind::image},
    {"GIF87a"sv, 0, ""sv, FileKind::image},
    {"GIF89a"sv, 0, ""sv, FileKind::image},
    {"RIFF"sv, 8, "WEBP"sv, FileKind::image},
    {small_box, 4, "ftypavif"sv, FileKind::image},
    {small_box, 4, "ftypheic"sv, FileKind::image},
    {small_box, 4, "ftypmif1"sv, FileKind::image},
    {"\0\0\1\0"sv, 0, ""sv, FileKind::image}, // icons
    {small_box, 4, "ftypM4A"sv, FileKind::audio},
    {"ID3"sv, 0, ""sv, FileKind::audio},
    {"OggS"sv, 0, ""sv, FileKind::audio},
    {"fLaC"sv, 0, ""sv, FileKind::audio},
    {"RIFF"sv, 8, "WAVE"sv, FileKind::audio},
    {"RIFF"sv, 8, "AVI "sv, FileKind::video},
    {small_box, 4, "ftyp"sv, FileKind::video},
    {small_box, 4, "styp"sv, FileKind::video},
    {box, 4, "moof"sv, FileKind::video}, // lists every frame of its piece, and may be longer than 64 KiB
    {"\x1a\x45\xdf\xa3"sv, 0, ""sv, FileKind::video},
    {"wOF2"sv, 0, ""sv, FileKind::font},
    {"wOFF"sv, 0, ""sv, FileKind::font},
    {"%PDF-"sv, 0, ""sv, FileKind::document},
};

bool fits(Mark const& mark, std::string_view beginning)
{
    return beginning.starts_with(mark.begins) && beginning.size() >= mark.at && beginning.substr(mark.at).starts_with(mark.bytes);
}

/// Bytes that no text has (§4.1: binary data bytes).
bool is_binary(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return byte <= 0x08 || byte == 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);
}

bool is_text(std::string_view beginning)
{
    bool const is_utf16 = beginning.starts_with("\xff\xfe"sv) || beginning.starts_with("\xfe\xff"sv);
    auto const looked_at = beginning.substr(0, enough_for_text);
    return is_utf16 || std::none_of(looked_at.begin(), looked_at.end(), is_binary);
}

std::string lower(std::string_view text)
{
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), http1::to_lower);
    return out;
}

struct Named {
    std::string_view name;
    FileKind kind;
};

/// Whole types, and beginnings of types where they end in a star. The first one that fits counts.
constexpr Named types[]{
    {"image/*", FileKind::image},
    {"audio/*", FileKind::audio},
    {"video/*", FileKind::video},
    {"font/*", FileKind::font},
    {"application/vnd.ms-fontobject", FileKind::font},
    {"application/vnd.ms-opentype", FileKind::font},
    {"application/font-*", FileKind::font},
    {"application/x-font-*", FileKind::font},
    {"application/ogg", FileKind::audio},
    {"application/vnd.apple.mpegurl", FileKind::video},
    {"application/dash+xml", FileKind::video},
    {"text/x-shellscript", FileKind::script},
    {"text/x-msdos-batch", FileKind::script},
    {"text/rtf", FileKind::document},
    {"text/*", FileKind::text},
    {"application/json", FileKind::text},
    {"application/xml", FileKind::text},
    {"application/xhtml+xml", FileKind::text},
    {"application/javascript", FileKind::text},
    {"application/ecmascript", FileKind::text},
    {"application/x-javascript", FileKind::text},
    {"application/x-ndjson", FileKind::text},
    {"application/ld+json", FileKind::text},
    {"application/pdf", FileKind::document},
    {"application/postscript", FileKind::document},
    {"application/rtf", FileKind::document},
    {"application/msword", FileKind::document},
    {"application/vnd.ms-excel*", FileKind::document},
    {"application/vnd.ms-powerpoint*", FileKind::document},
    {"application/vnd.ms-word*", FileKind::document},
    {"application/vnd.ms-office", FileKind::document},
    {"application/vnd.ms-outlook", FileKind::document},
    {"application/cdfv2*", FileKind::document},
    {"application/x-ole-storage", FileKind::document},
    {"application/vnd.openxmlformats-officedocument.*", FileKind::document},
    {"application/vnd.oasis.opendocument.*", FileKind::document},
    {"application/epub+zip", FileKind::document},
    {"application/x-mobipocket-ebook", FileKind::document},
    {"application/vnd.apple.*", FileKind::document},
    {"application/vnd.debian.binary-package", FileKind::program},
    {"application/x-rpm", FileKind::program},
    {"application/x-dosexec", FileKind::program},
    {"application/vnd.microsoft.portable-executable", FileKind::program},
    {"application/x-msdownload", FileKind::program},
    {"application/x-msi", FileKind::program},
    {"application/vnd.ms-msi", FileKind::program},
    {"application/x-executable", FileKind::program},
    {"application/x-pie-executable", FileKind::program},
    {"application/x-sharedlib", FileKind::program},
    {"application/x-object", FileKind::program},
    {"application/x-mach-binary", FileKind::program},
    {"application/java-archive", FileKind::program},
    {"application/x-java-*", FileKind::program},
    {"application/vnd.android.package-archive", FileKind::program},
    {"application/x-chrome-extension", FileKind::program},
    {"application/x-xpinstall", FileKind::program},
    {"application/x-ms-shortcut", FileKind::program},
    {"application/x-shockwave-flash", FileKind::program},
    {"application/vnd.ms-cab-compressed", FileKind::archive},
    {"application/zip", FileKind::archive},
    {"application/gzip", FileKind::archive},
    {"application/x-gzip", FileKind::archive},
    {"application/x-7z-compressed", FileKind::archive},
    {"application/x-rar*", FileKind::archive},
    {"application/vnd.rar", FileKind::archive},
    {"application/x-bzip*", FileKind::archive},
    {"application/x-xz", FileKind::archive},
    {"application/zstd", FileKind::archive},
    {"application/x-zstd", FileKind::archive},
    {"application/x-tar", FileKind::archive},
    {"application/x-lz*", FileKind::archive},
    {"application/x-compress*", FileKind::archive},
    {"application/x-cpio", FileKind::archive},
    {"application/x-archive", FileKind::archive},
    {"application/x-arj", FileKind::archive},
    {"application/x-arc", FileKind::archive},
    {"application/x-iso9660-image", FileKind::disk_image},
    {"application/x-qemu-disk", FileKind::disk_image},
    {"application/x-virtualbox-*", FileKind::disk_image},
    {"application/x-vmdk-disk", FileKind::disk_image},
    {"application/x-apple-diskimage", FileKind::disk_image},
    {"application/x-bittorrent", FileKind::torrent},
    {"application/wasm", FileKind::web_program},
};

constexpr Named endings[]{
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
    {"iso", FileKind::disk_image},
    {"img", FileKind::disk_image},
    {"dmg", FileKind::disk_image},
    {"vhd", FileKind::disk_image},
    {"vhdx", FileKind::disk_image},
    {"vmdk", FileKind::disk_image},
    {"qcow2", FileKind::disk_image},
    {"wim", FileKind::disk_image},
    {"torrent", FileKind::torrent},
    {"zip", FileKind::archive}, // whose packers find it behind anything else
    {"7z", FileKind::archive},
    {"rar", FileKind::archive},
};
constexpr auto longest_ending = "msixbundle"sv.size();

/// Hands each parameter of a field to `take`: its name in lower case and its value, quotes and quoted pairs undone (RFC 9110 §5.6.4).
template <class Take>
void for_each_parameter(std::string_view field, Take const& take)
{
    std::string part;
    bool quoted = false;
    for (std::size_t i = 0; i <= field.size(); ++i) {
        if (i == field.size() || (!quoted && field[i] == ';')) {
            auto const sign = part.find('=');
            if (sign != part.npos)
                take(lower(http1::trim_blanks(std::string_view{part}.substr(0, sign))), part.substr(sign + 1));
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
void add_kinds_of(FileKinds& kinds, std::string_view name)
{
    for (auto const each : {name, name.substr(0, name.find_first_of(":;"))})
        if (auto const kind = kind_of_name(each))
            kinds.add(*kind);
}

/// The same of an encoded name. Endings are ASCII: marks that are not seen, and other letters, hide none.
void add_kinds_of_encoded(FileKinds& kinds, std::string_view name)
{
    auto decoded = percent_decoded(name);
    std::erase_if(decoded, is_unseen);
    add_kinds_of(kinds, decoded);
}

} // namespace

std::optional<FileKind> kind_by_first_bytes(std::string_view beginning)
{
    for (auto const& mark : marks)
        if (fits(mark, beginning))
            return mark.kind;
    return is_text(beginning) ? std::optional{FileKind::text} : std::nullopt;
}

FileKind kind_of_type(std::string_view type)
{
    auto const name = lower(http1::trim_blanks(type.substr(0, type.find(';'))));
    for (auto const& each : types) {
        bool const open = each.name.ends_with('*');
        if (open ? name.starts_with(each.name.substr(0, each.name.size() - 1)) : name == each.name)
            return each.kind;
    }
    return FileKind::other;
}

std::optional<FileKind> kind_of_name(std::string_view name)
{
    for (bool trims = true; trims;) { // Windows drops dots and blanks at the end when it writes the file
        trims = name.ends_with('.') || name.ends_with(' ') || name.ends_with("%20");
        name.remove_suffix(!trims ? 0 : name.back() == '0' ? 3 : 1);
    }
    auto const dot = name.rfind('.');
    if (dot == name.npos || name.size() - dot > longest_ending + 1)
        return std::nullopt;
    auto const ending = lower(name.substr(dot + 1));
    auto const* const found
        = std::find_if(std::begin(endings), std::end(endings), [&](Named const& each) { return each.name == ending; });
    return found == std::end(endings) ? std::nullopt : std::optional{found->kind};
}

FileKinds kinds_of_disposition(std::string_view field)
{
    FileKinds kinds;
    std::string continued; // RFC 2231 §3: filename*0, filename*1
    for_each_parameter(field, [&](std::string const& name, std::string const& value) {
        if (!name.starts_with("filename"))
            return;
        bool const extended = name.ends_with('*'); // RFC 8187 §3.2: charset'language'value
        auto const text = extended ? value.substr(value.rfind('\'') + 1) : words_decoded(value);
        add_kinds_of_encoded(kinds, text);
        if (name.size() > 9)
            add_kinds_of_encoded(kinds, continued.append(text));
    });
    return kinds;
}

FileKinds kinds_of_path(std::string_view path)
{
    FileKinds kinds;
    auto const whole = path.substr(0, path.find_first_of("?#"));
    auto const part = whole.substr(whole.rfind('/') + 1);
    if (std::none_of(part.begin(), part.end(), [](char c) { return c == '%' || is_unseen(c); }))
        add_kinds_of(kinds, part);
    else
        add_kinds_of_encoded(kinds, part);
    return kinds;
}

bool is_attachment(std::string_view content_disposition)
{
    auto const type = http1::trim_blanks(content_disposition.substr(0, content_disposition.find(';')));
    return http1::is_token(type) && !http1::equals_ignoring_case(type, "inline");
}

std::optional<RangeSaid> read_content_range(std::string_view value)
{
    auto const text = lower(http1::trim_blanks(value));
    std::string_view rest{text};
    if (!rest.starts_with("bytes "))
        return std::nullopt;
    rest.remove_prefix(6);
    RangeSaid said;
    auto const [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), said.first);
    if (ec != std::errc{} || end == rest.data() + rest.size() || *end != '-')
        return std::nullopt;
    if (auto const slash = rest.find('/'); slash != rest.npos)
        std::from_chars(rest.data() + slash + 1, rest.data() + rest.size(), said.whole);
    return said;
}

} // namespace gatehouse::files
