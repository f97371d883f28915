#include "proxy/files/file_type.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <array>
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

/// Pictures that every browser shows; others are saved by some (HEIC, TIFF).
constexpr std::array<std::string_view, 10> shown_pictures{"image/png", "image/apng", "image/jpeg", "image/jpg", "image/gif",
    "image/webp", "image/avif", "image/x-icon", "image/vnd.microsoft.icon", "image/svg+xml"};

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

bool is_shown(std::string_view type, std::string_view beginning)
{
    auto const name = lower(http1::trim_blanks(type.substr(0, type.find_first_of("; \t"))));
    if (name == "text/html")
        return true;
    if (name == "application/pdf")
        return beginning.starts_with("%PDF-");
    bool const is_picture = std::find(shown_pictures.begin(), shown_pictures.end(), name) != shown_pictures.end();
    return is_picture && !beginning.empty()
        && kind_by_first_bytes(beginning) == (name == "image/svg+xml" ? FileKind::text : FileKind::image);
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
