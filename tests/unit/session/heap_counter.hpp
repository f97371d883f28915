#pragma once
// Counts what one thread asks the heap for, malloc and operator new alike. Linked into a test, it stands before the C library's functions.

#include <cstdint>

namespace gatehouse::session::test {

/// Since the thread began. Other threads are not counted.
std::uint64_t heap_requests_of_this_thread();

} // namespace gatehouse::session::test
