#include "tests/unit/session/heap_counter.hpp"

#include <cerrno>
#include <cstddef>

namespace gatehouse::session::test {
namespace {

constinit thread_local std::uint64_t requests = 0;

} // namespace

std::uint64_t heap_requests_of_this_thread()
{
    return requests;
}

} // namespace gatehouse::session::test

using gatehouse::session::test::requests;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// The sanitizer owns the heap and calls this for each request.
extern "C" void __sanitizer_malloc_hook(void const volatile*, std::size_t)
{
    ++requests;
}

#else

extern "C" {

// The C library's own doors, for programs that stand before malloc.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size)
{
    ++requests;
    return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size)
{
    ++requests;
    return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size)
{
    ++requests;
    return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    ++requests;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** result, std::size_t alignment, std::size_t size)
{
    ++requests;
    *result = __libc_memalign(alignment, size);
    return *result == nullptr ? ENOMEM : 0;
}

} // extern "C"

#endif
