#pragma once
// What a fetched file is, as far as rules care.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::policy {

enum class FileKind : std::uint8_t {
    text, ///< pages, their styles and scripts, data as text
    image,
    audio,
    video,
    font,
    document,   ///< PDF, word processing, spreadsheets, presentations, books
    archive,    ///< packed files
    program,    ///< runs on a computer or phone: executables, installers, apps, add-ons of browsers
    script,     ///< text that a computer's own shell runs: batch files, PowerShell
    disk_image, ///< what can be written to a drive, or run as a machine
    torrent,
    web_program, ///< WebAssembly
    part,        ///< a piece of a file whose beginning was not seen
    other,
};

/// What rules call them, in the order of FileKind.
inline constexpr std::array<std::string_view, 14> file_kind_words{"text", "image", "audio", "video", "font", "document",
    "archive", "program", "script", "disk-image", "torrent", "web-program", "part", "other"};
std::string_view to_text(FileKind kind);
std::optional<FileKind> parse_file_kind(std::string_view word);

class FileKinds {
public:
    bool empty() const { return bits_ == 0; }
    bool has(FileKind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1U) != 0; }
    void add(FileKinds others) { bits_ |= others.bits_; }
    void add(FileKind kind) { bits_ |= 1U << static_cast<unsigned>(kind); }

private:
    std::uint32_t bits_ = 0;
};

} // namespace gatehouse::policy
