#pragma once
// The database as a file that others can delete, replace or overwrite while we have it open. A deleted one still lives in our connection, so
// nothing is lost: its contents are written to a new file. Belongs to the store's thread.
//
// The file is looked at through a descriptor that stays open as long as the connection: a process that closes any descriptor of a file loses
// all its locks on it (fcntl(2), advisory record locks), SQLite's among them, and whoever else opens the database next would take the
// journal away under us (sqlite.org/howtocorrupt.html section 2.2).

#include "proxy/store/database.hpp"

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace gatehouse::store {

class StoreFile {
public:
    explicit StoreFile(std::filesystem::path path);
    ~StoreFile();
    StoreFile(StoreFile const&) = delete;
    StoreFile& operator=(StoreFile const&) = delete;

    /// What lies at the path now is what our connection has open.
    void remember();
    /// False: another file lies there, none at all, or one that is no database any more.
    bool is_sound() const;

    /// Writes what the connection sees to a file beside, synced. Errors: `errc::corrupt`, `full`, `io`.
    result<void> save_copy(Database& database) const;
    /// Moves what lies at the path out of the way, as evidence; with `copy` the saved copy takes its place. The connection is closed before:
    /// closing it later would remove the new file's journal. The answer is the name of the evidence, empty if there was nothing.
    enum class Then : bool { copy, nothing };
    std::string replace(Then then, std::chrono::sys_seconds now) const;

private:
    std::filesystem::path copy_path() const;

    std::filesystem::path path_;
    ::dev_t device_ = 0;
    ::ino_t inode_ = 0;
    int descriptor_ = -1; ///< of that file; none if there were no descriptors left
};

} // namespace gatehouse::store
