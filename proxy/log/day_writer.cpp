#include "proxy/log/day_writer.hpp"

#include "proxy/log/day_file.hpp"

namespace gatehouse::log {

/// The open file is gone or damaged: lets go of it, and of the journal, which must not be replayed into its successor.
void DayWriter::abandon()
{
    auto const path = day_file_path(dir_, store_->day()).string();
    store_->put_aside();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove(path + "-wal", ignored);
    std::filesystem::remove(path + "-shm", ignored);
    ++replaced_;
}

error_code DayWriter::open_if_needed(Day day)
{
    if (store_ && store_->day() != day)
        close();
    if (store_ && !store_->is_intact())
        abandon();
    if (store_)
        return {};
    bool replaced = false;
    auto store = DayStore::open(dir_, day, replaced);
    replaced_ += replaced;
    if (!store)
        return store.error();
    store_ = std::move(*store);
    return {};
}

error_code DayWriter::try_write(std::span<AccessRecord const* const> rows, Day day)
{
    if (auto const error = open_if_needed(day))
        return error;
    auto const error = store_->write(rows);
    if (is_damage(error))
        abandon();
    else if (error)
        store_.reset();
    return error;
}

error_code DayWriter::write(std::span<AccessRecord const* const> rows, Day day)
{
    auto const error = try_write(rows, day);
    return is_damage(error) ? try_write(rows, day) : error; // the damaged file is out of the way: a new one takes the rows
}

void DayWriter::sync()
{
    if (store_)
        store_->sync();
}

void DayWriter::close()
{
    if (store_)
        store_->seal();
    store_.reset();
}

} // namespace gatehouse::log
