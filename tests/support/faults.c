/* Faults on demand in a process that was not built for it: preloaded, steered through a small file that both sides map.
 *
 * GATEHOUSE_FAULTS names the file (struct switches); without it, or with all switches at zero, nothing is changed. Calls on files are
 * changed only for files under GATEHOUSE_FAULTS_FOLDER. Own code rather than libfiu's preload: that one fails a share of all calls of
 * the process, sockets among them, and cannot be aimed at one folder.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

struct switches {
    _Atomic unsigned allocation_period; /* every n-th allocation of the process fails; zero: none */
    _Atomic unsigned allocations;       /* seen while the switch was on */
    _Atomic unsigned allocations_failed;
    _Atomic unsigned sync_errors;       /* so many syncs more fail with EIO */
    _Atomic unsigned write_error;       /* errno of every write; zero: none */
    _Atomic unsigned read_error;        /* errno of every read; zero: none */
    _Atomic unsigned faults;            /* calls on files that were made to fail, or to take long */
    _Atomic unsigned sync_milliseconds; /* every sync takes so much longer */
};

static struct switches none;
static struct switches *switches = &none;
static char folder[512];
static size_t folder_size;

__attribute__((constructor)) static void begin(void)
{
    char const *const path = getenv("GATEHOUSE_FAULTS");
    char const *const where = getenv("GATEHOUSE_FAULTS_FOLDER");
    int const file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *const mapped = mmap(NULL, sizeof *switches, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (where && strlen(where) < sizeof folder) {
        strcpy(folder, where);
        folder_size = strlen(where);
    }
    if (mapped != MAP_FAILED)
        switches = mapped;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static int allocation_fails(void)
{
    unsigned const period = atomic_load(&switches->allocation_period);
    if (period == 0 || (atomic_fetch_add(&switches->allocations, 1) + 1) % period != 0)
        return 0;
    atomic_fetch_add(&switches->allocations_failed, 1);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) { return allocation_fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return allocation_fails() ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return allocation_fails() ? NULL : __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { return allocation_fails() ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **into, size_t alignment, size_t size)
{
    void *const made = memalign(alignment, size);
    if (!made)
        return ENOMEM;
    *into = made;
    return 0;
}

static int is_ours(int descriptor)
{
    char link[64], path[1024];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t const size = readlink(link, path, sizeof path - 1);
    return folder_size > 0 && size > (ssize_t)folder_size && memcmp(path, folder, folder_size) == 0;
}

static int fails_with(unsigned error, int descriptor)
{
    if (error == 0 || !is_ours(descriptor))
        return 0;
    atomic_fetch_add(&switches->faults, 1);
    errno = (int)error;
    return 1;
}

static int sync_fails(int descriptor)
{
    unsigned const slow = atomic_load(&switches->sync_milliseconds);
    if (slow > 0 && is_ours(descriptor)) {
        atomic_fetch_add(&switches->faults, 1);
        usleep(slow * 1000);
    }
    unsigned left = atomic_load(&switches->sync_errors);
    if (left == 0 || !is_ours(descriptor))
        return 0;
    while (left > 0)
        if (atomic_compare_exchange_weak(&switches->sync_errors, &left, left - 1))
            return fails_with(EIO, descriptor);
    return 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRITE_FAILS(descriptor) fails_with(atomic_load(&switches->write_error), descriptor)
#define READ_FAILS(descriptor) fails_with(atomic_load(&switches->read_error), descriptor)

int fsync(int descriptor) { return sync_fails(descriptor) ? -1 : NEXT(fsync)(descriptor); }
int fdatasync(int descriptor) { return sync_fails(descriptor) ? -1 : NEXT(fdatasync)(descriptor); }
ssize_t write(int descriptor, void const *data, size_t size) { return WRITE_FAILS(descriptor) ? -1 : NEXT(write)(descriptor, data, size); }
ssize_t pwrite(int descriptor, void const *data, size_t size, off_t at)
{
    return WRITE_FAILS(descriptor) ? -1 : NEXT(pwrite)(descriptor, data, size, at);
}
ssize_t pwrite64(int descriptor, void const *data, size_t size, off64_t at)
{
    return WRITE_FAILS(descriptor) ? -1 : NEXT(pwrite64)(descriptor, data, size, at);
}
ssize_t read(int descriptor, void *into, size_t size) { return READ_FAILS(descriptor) ? -1 : NEXT(read)(descriptor, into, size); }
ssize_t pread(int descriptor, void *into, size_t size, off_t at) { return READ_FAILS(descriptor) ? -1 : NEXT(pread)(descriptor, into, size, at); }
ssize_t pread64(int descriptor, void *into, size_t size, off64_t at)
{
    return READ_FAILS(descriptor) ? -1 : NEXT(pread64)(descriptor, into, size, at);
}
