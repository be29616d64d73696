/* refuse.c -- a shared object that refuses memory, for LD_PRELOAD.
 *
 * Every way to get memory counts as one allocation: malloc and its kin (also
 * those of the C and C++ libraries), mmap of anonymous memory, and a new
 * thread.  EQL_REFUSE=N refuses the Nth, from 1; EQL_REFUSE=N+ that and all
 * after it; EQL_REFUSE=N= those too, but where the room freed since will do, as
 * with a full heap.  EQL_REFUSE_COUNT=FILE writes, at the end, how many there
 * were. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);
extern void __libc_free(void *p);

static atomic_ulong seen;
static atomic_size_t room;       /* bytes freed since, with '=' */
static unsigned long refused_at; /* 0: none */
static char after;               /* '+', '=', or 0: that one alone */

/* For a breakpoint: `break eql_refused`, then `backtrace`. */
void eql_refused(void);
__attribute__((noinline)) void
eql_refused(void)
{
    __asm__ volatile("");
}

/* Takes the bytes from the room, or false. */
static bool
take_room(size_t bytes)
{
    size_t had = atomic_load(&room);

    while (had >= bytes)
        if (atomic_compare_exchange_weak(&room, &had, had - bytes))
            return true;
    return false;
}

/* Counts one allocation; is it refused? */
static bool
refused(size_t bytes)
{
    unsigned long n = atomic_fetch_add(&seen, 1) + 1;

    if (!refused_at || (after ? n < refused_at : n != refused_at))
        return false;
    if (after == '=' && n > refused_at && take_room(bytes))
        return false;
    eql_refused();
    return true;
}

void
free(void *p)
{
    if (after == '=' && p && atomic_load(&seen) >= refused_at)
        atomic_fetch_add(&room, malloc_usable_size(p));
    __libc_free(p);
}

void *
malloc(size_t n)
{
    if (!refused(n))
        return __libc_malloc(n);
    errno = ENOMEM;
    return NULL;
}

void *
calloc(size_t n, size_t size)
{
    if (!refused(n * size))
        return __libc_calloc(n, size);
    errno = ENOMEM;
    return NULL;
}

void *
realloc(void *p, size_t n)
{
    if (n == 0 || !refused(n))
        return __libc_realloc(p, n);
    errno = ENOMEM;
    return NULL;
}

void *
memalign(size_t align, size_t n)
{
    if (!refused(n))
        return __libc_memalign(align, n);
    errno = ENOMEM;
    return NULL;
}

void *
aligned_alloc(size_t align, size_t n)
{
    return memalign(align, n);
}

int
posix_memalign(void **out, size_t align, size_t n)
{
    void *p = memalign(align, n);

    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

void *
mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
    if ((flags & MAP_ANONYMOUS) && refused(len)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return (void *)syscall(SYS_mmap, at, len, prot, flags, fd, offset);
}

static void
write_count(void)
{
    const char *path = getenv("EQL_REFUSE_COUNT");
    char text[24];
    size_t at = sizeof text;
    unsigned long n = atomic_load(&seen);
    int fd;

    if (!path)
        return;
    do
        text[--at] = (char)('0' + n % 10);
    while (n /= 10);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text + at, sizeof text - at) < 0)
        _exit(99);
    close(fd);
}

__attribute__((constructor)) static void
start(void)
{
    const char *s = getenv("EQL_REFUSE");

    for (; s && *s >= '0' && *s <= '9'; s++)
        refused_at = refused_at * 10 + (unsigned long)(*s - '0');
    after = s ? *s : 0;
    atexit(write_count);
}
