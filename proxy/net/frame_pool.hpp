#pragma once
// Memory of coroutine frames: free lists by size for each thread, so that a request that calls thirty coroutines asks the heap for none.
// Asio's own cache keeps two small frames.

#include <cstddef>

namespace gatehouse::net {

/// Memory for one frame; from the heap only if this thread has none of that size left over. Throws std::bad_alloc.
void* allocate_frame(std::size_t size);
/// `size` as it was asked for. Any thread: the memory stays with the one that gives it back.
void release_frame(void* frame, std::size_t size) noexcept;

} // namespace gatehouse::net
