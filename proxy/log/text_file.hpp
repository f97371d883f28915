#pragma once
// An append-only text file that rotates by day and survives a full disk, deletion and renaming without ever leaving half a line.

#include "policy/result.hpp"
#include "proxy/log/utc.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace gatehouse::log {

class TextFile {
public:
    /// Writes DIR/NAME.EXTENSION; a past day's file is renamed to DIR/NAME-YYYY-MM-DD.EXTENSION.
    TextFile(std::filesystem::path dir, std::string name, std::string extension);
    ~TextFile();
    TextFile(TextFile const&) = delete;
    TextFile& operator=(TextFile const&) = delete;

    /// Appends whole lines of one day: all of them, or none and an error. Opens the file if it is not open or no longer has its name.
    error_code write(std::string_view lines, Day day);
    /// The next write opens the file by name again.
    void close();

private:
    std::filesystem::path path() const;
    error_code open_if_needed();
    void rotate_before(Day day);
    bool still_has_its_name() const;

    std::filesystem::path dir_;
    std::string name_, extension_;
    int file_ = -1;
    std::optional<Day> day_; ///< of the newest line in the file, or of its last change if an earlier run wrote it
};

} // namespace gatehouse::log
