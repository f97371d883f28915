/* Writes down what a process does to the files of one folder, in order and with every byte: preloaded, for power.py, which makes of it what a
 * disk may hold after the power went.
 *
 * GATEHOUSE_POWER_FOLDER names the folder, GATEHOUSE_POWER_LOG the file of records, to which several processes may append. What goes past the C
 * library's names below is not seen; power.py finds that out, since its own replay then differs from the folder. Memory that is mapped for
 * writing is not seen either: of the gateway only SQLite's -shm is, which nobody needs after a power cut.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { created = 1, wrote, truncated, synced, synced_folder, renamed, unlinked, made_folder, linked = 10 /* 9 is a mark of power.py */ };

struct record { /* as power.py reads it: "<IIQQQII" */
    uint32_t magic, kind;
    uint64_t file, at, size;
    uint32_t first_path, second_path; /* bytes of each, behind the record; then `size` bytes of data if kind is `wrote` */
};

static char folder[PATH_MAX];
static size_t folder_size;
static int records = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void)
{
    char const *const where = getenv("GATEHOUSE_POWER_FOLDER");
    char const *const log = getenv("GATEHOUSE_POWER_LOG");
    if (!where || !log || !realpath(where, folder))
        return;
    folder_size = strlen(folder);
    records = NEXT(open)(log, O_WRONLY | O_APPEND | O_CLOEXEC);
}

/* One at a time, also between processes: the order of the records is the order of what was done. */
static void lock(void)
{
    pthread_mutex_lock(&mutex);
    flock(records, LOCK_EX);
}

static void unlock(void)
{
    int const error = errno;
    flock(records, LOCK_UN);
    pthread_mutex_unlock(&mutex);
    errno = error;
}

static void keep(struct record record, char const *first, char const *second, void const *data)
{
    record.magic = 0x52574f50;
    record.first_path = first ? (uint32_t)strlen(first) : 0;
    record.second_path = second ? (uint32_t)strlen(second) : 0;
    size_t const size = record.kind == wrote ? record.size : 0;
    struct iovec const pieces[] = {{&record, sizeof record}, {(void *)first, record.first_path}, {(void *)second, record.second_path}, {(void *)data, size}};
    int const error = errno;
    if (NEXT(writev)(records, pieces, 4) != (ssize_t)(sizeof record + record.first_path + record.second_path + size))
        abort(); /* a record with a gap would accuse the wrong one */
    errno = error;
}

static int is_inside(char const *path)
{
    return records >= 0 && strncmp(path, folder, folder_size) == 0 && (path[folder_size] == '/' || path[folder_size] == 0);
}

/* Where an open file lies, if that is inside the folder. */
static int place_of(int descriptor, char *path, struct stat *found)
{
    char link[64];
    if (records < 0 || fstat(descriptor, found) != 0 || !(S_ISREG(found->st_mode) || S_ISDIR(found->st_mode)))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t const size = readlink(link, path, PATH_MAX - 1);
    path[size < 0 ? 0 : size] = 0;
    return is_inside(path);
}

/* The path in one spelling, also of a file that is not there; empty if its folder is not. */
static char *plain(int at, char const *path, char *into)
{
    char copy[PATH_MAX];
    if (path[0] == '/' || at == AT_FDCWD)
        snprintf(copy, sizeof copy, "%s", path);
    else
        snprintf(copy, sizeof copy, "/proc/self/fd/%d/%s", at, path);
    char *const slash = strrchr(copy, '/');
    char const *const name = slash ? slash + 1 : copy;
    into[0] = 0;
    if (slash)
        *slash = 0;
    if (!realpath(slash ? (slash == copy ? "/" : copy) : ".", into) || strlen(into) + strlen(name) + 2 > PATH_MAX)
        into[0] = 0;
    else
        strcat(strcat(into, "/"), name);
    return into;
}

static void keep_open(int descriptor, int was_there, int flags)
{
    char path[PATH_MAX];
    struct stat found;
    if (descriptor < 0 || !place_of(descriptor, path, &found) || !S_ISREG(found.st_mode))
        return;
    if (!was_there)
        keep((struct record){.kind = created, .file = found.st_ino}, path, NULL, NULL);
    else if (flags & O_TRUNC)
        keep((struct record){.kind = truncated, .file = found.st_ino}, path, NULL, NULL);
}

static int changes(int at, char const *path, int flags)
{
    char where[PATH_MAX];
    return records >= 0 && (flags & (O_CREAT | O_TRUNC)) && is_inside(plain(at, path, where));
}

#define OPEN(call, at)                                                                                                                     \
    va_list more;                                                                                                                          \
    va_start(more, flags);                                                                                                                 \
    unsigned const mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, unsigned) : 0;                                                      \
    va_end(more);                                                                                                                          \
    if (!changes(at, path, flags))                                                                                                         \
        return call;                                                                                                                       \
    lock();                                                                                                                                \
    int const was_there = faccessat(at, path, F_OK, 0) == 0;                                                                               \
    int const descriptor = call;                                                                                                           \
    keep_open(descriptor, was_there, flags);                                                                                               \
    unlock();                                                                                                                              \
    return descriptor

int open(char const *path, int flags, ...) { OPEN(NEXT(open)(path, flags, mode), AT_FDCWD); }
int open64(char const *path, int flags, ...) { OPEN(NEXT(open64)(path, flags, mode), AT_FDCWD); }
int openat(int at, char const *path, int flags, ...) { OPEN(NEXT(openat)(at, path, flags, mode), at); }
int openat64(int at, char const *path, int flags, ...) { OPEN(NEXT(openat64)(at, path, flags, mode), at); }
int creat(char const *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

#define FOPEN(name)                                                                                                                        \
    FILE *name(char const *path, char const *mode)                                                                                         \
    {                                                                                                                                      \
        int const flags = mode[0] == 'w' ? O_CREAT | O_TRUNC : mode[0] == 'a' ? O_CREAT : 0;                                               \
        if (!changes(AT_FDCWD, path, flags))                                                                                               \
            return NEXT(name)(path, mode);                                                                                                 \
        lock();                                                                                                                            \
        int const was_there = access(path, F_OK) == 0;                                                                                     \
        FILE *const file = NEXT(name)(path, mode);                                                                                         \
        keep_open(file ? fileno(file) : -1, was_there, flags);                                                                             \
        unlock();                                                                                                                          \
        return file;                                                                                                                       \
    }
FOPEN(fopen)
FOPEN(fopen64)

/* What goes through a stream's buffer is written past these names: when it is flushed or closed, the file is looked at whole. */
static int keep_streamed(FILE *file, int (*finish)(FILE *))
{
    char path[PATH_MAX];
    struct stat found;
    int const descriptor = file ? fileno(file) : -1;
    int const writes = records >= 0 && descriptor >= 0 && (fcntl(descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY;
    if (!writes || !place_of(descriptor, path, &found))
        return finish(file);
    lock();
    int const done = finish(file);
    int const again = NEXT(open)(path, O_RDONLY | O_CLOEXEC);
    char piece[4096];
    ssize_t size = 0;
    for (off_t at = 0; again >= 0 && (size = pread(again, piece, sizeof piece, at)) > 0; at += size)
        keep((struct record){.kind = wrote, .file = found.st_ino, .at = (uint64_t)at, .size = (uint64_t)size}, NULL, NULL, piece);
    if (again >= 0)
        close(again);
    unlock();
    return done;
}

int fflush(FILE *file) { return keep_streamed(file, NEXT(fflush)); }
int fclose(FILE *file) { return keep_streamed(file, NEXT(fclose)); }

#define IF_OURS(otherwise)                                                                                                                 \
    char path[PATH_MAX];                                                                                                                   \
    struct stat found;                                                                                                                     \
    if (!place_of(descriptor, path, &found))                                                                                               \
        return otherwise;                                                                                                                  \
    lock()

static void keep_written(struct stat const *found, off_t at, void const *data, ssize_t size)
{
    if (size > 0)
        keep((struct record){.kind = wrote, .file = found->st_ino, .at = (uint64_t)at, .size = (uint64_t)size}, NULL, NULL, data);
}

ssize_t write(int descriptor, void const *data, size_t size)
{
    IF_OURS(NEXT(write)(descriptor, data, size));
    ssize_t const done = NEXT(write)(descriptor, data, size);
    keep_written(&found, done > 0 ? lseek(descriptor, 0, SEEK_CUR) - done : 0, data, done);
    unlock();
    return done;
}

ssize_t writev(int descriptor, struct iovec const *pieces, int count)
{
    IF_OURS(NEXT(writev)(descriptor, pieces, count));
    ssize_t const done = NEXT(writev)(descriptor, pieces, count);
    off_t at = done > 0 ? lseek(descriptor, 0, SEEK_CUR) - done : 0;
    for (ssize_t left = done, number = 0; left > 0; ++number) {
        ssize_t const size = left < (ssize_t)pieces[number].iov_len ? left : (ssize_t)pieces[number].iov_len;
        keep_written(&found, at, pieces[number].iov_base, size);
        at += size;
        left -= size;
    }
    unlock();
    return done;
}

#define PWRITE(name, offset)                                                                                                               \
    ssize_t name(int descriptor, void const *data, size_t size, offset at)                                                                 \
    {                                                                                                                                      \
        IF_OURS(NEXT(name)(descriptor, data, size, at));                                                                                   \
        ssize_t const done = NEXT(name)(descriptor, data, size, at);                                                                       \
        keep_written(&found, at, data, done);                                                                                              \
        unlock();                                                                                                                          \
        return done;                                                                                                                       \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset)                                                                                                             \
    int name(int descriptor, offset size)                                                                                                  \
    {                                                                                                                                      \
        IF_OURS(NEXT(name)(descriptor, size));                                                                                             \
        int const done = NEXT(name)(descriptor, size);                                                                                     \
        if (done == 0)                                                                                                                     \
            keep((struct record){.kind = truncated, .file = found.st_ino, .size = (uint64_t)size}, NULL, NULL, NULL);                      \
        unlock();                                                                                                                          \
        return done;                                                                                                                       \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                                                                                         \
    int name(int descriptor)                                                                                                               \
    {                                                                                                                                      \
        IF_OURS(NEXT(name)(descriptor));                                                                                                   \
        int const done = NEXT(name)(descriptor);                                                                                           \
        if (done == 0)                                                                                                                     \
            keep((struct record){.kind = S_ISDIR(found.st_mode) ? synced_folder : synced, .file = found.st_ino}, path, NULL, NULL);        \
        unlock();                                                                                                                          \
        return done;                                                                                                                       \
    }
SYNC(fsync)
SYNC(fdatasync)

#define NAMES(call, kind_of, first_at, first, second_at, second)                                                                           \
    char from[PATH_MAX] = "", to[PATH_MAX] = "";                                                                                           \
    if (records < 0 || !(is_inside(plain(first_at, first, from)) || is_inside(plain(second_at, second, to))))                              \
        return call;                                                                                                                       \
    plain(second_at, second, to);                                                                                                          \
    lock();                                                                                                                                \
    int const done = call;                                                                                                                 \
    if (done == 0)                                                                                                                         \
        keep((struct record){.kind = kind_of}, from, to, NULL);                                                                            \
    unlock();                                                                                                                              \
    return done

int rename(char const *old, char const *fresh) { NAMES(NEXT(rename)(old, fresh), renamed, AT_FDCWD, old, AT_FDCWD, fresh); }
int renameat(int at, char const *old, int beside, char const *fresh)
{
    NAMES(NEXT(renameat)(at, old, beside, fresh), renamed, at, old, beside, fresh);
}
int link(char const *old, char const *fresh) { NAMES(NEXT(link)(old, fresh), linked, AT_FDCWD, old, AT_FDCWD, fresh); }
int unlink(char const *path) { NAMES(NEXT(unlink)(path), unlinked, AT_FDCWD, path, AT_FDCWD, path); }
int remove(char const *path) { NAMES(NEXT(remove)(path), unlinked, AT_FDCWD, path, AT_FDCWD, path); }
int rmdir(char const *path) { NAMES(NEXT(rmdir)(path), unlinked, AT_FDCWD, path, AT_FDCWD, path); }
int unlinkat(int at, char const *path, int flags) { NAMES(NEXT(unlinkat)(at, path, flags), unlinked, at, path, at, path); }
int mkdir(char const *path, mode_t mode) { NAMES(NEXT(mkdir)(path, mode), made_folder, AT_FDCWD, path, AT_FDCWD, path); }
