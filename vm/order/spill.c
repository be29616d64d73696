/* spill.c -- temporary files without names, and a buffered record reader.
 *
 * O_TMPFILE where the file system has it, else a file that is unlinked as soon
 * as it is there.  A record read back is checked for its size only: the file
 * is ours alone, what can go wrong is the disk. */
#include "vm/order/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MODE 0600

void
eql_spill_init(eql_spill *s)
{
    *s = (eql_spill){.fd = -1};
}

/* Keeps the first error. */
static bool
fail(eql_spill *s, const char *what, const char *dir, int error)
{
    char text[128];

    if (s->error[0])
        return false;
    snprintf(s->error, sizeof s->error, "%s%s%.120s: %s", what,
             dir ? " in " : "", dir ? dir : "",
             strerror_r(error, text, sizeof text));
    return false;
}

static int
open_unlinked(const char *dir)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/eqlvm-spill-XXXXXX", dir);
    int fd;

    if (n < 0 || (size_t)n >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

bool
eql_spill_open(eql_spill *s, const char *dir)
{
    if (s->fd >= 0)
        return true;
    if (!dir || !*dir)
        dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    s->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, MODE);
    if (s->fd < 0) /* whatever the reason, the other way tells it better */
        s->fd = open_unlinked(dir);
    s->len = 0;
    return s->fd >= 0 || fail(s, "cannot make a temporary file", dir, errno);
}

bool
eql_spill_append(eql_spill *s, const void *p, size_t n)
{
    const char *at = p;
    uint64_t len = s->len;

    while (n > 0) {
        ssize_t did = pwrite(s->fd, at, n, (off_t)len);

        if (did < 0 && errno == EINTR)
            continue;
        if (did <= 0)
            return fail(s, "cannot write a temporary file", NULL,
                        did < 0 ? errno : ENOSPC);
        at += did;
        n -= (size_t)did;
        len += (uint64_t)did;
    }
    s->len = len;
    return true;
}

bool
eql_spill_read(eql_spill *s, uint64_t off, void *p, size_t n)
{
    char *at = p;

    while (n > 0) {
        ssize_t did = pread(s->fd, at, n, (off_t)off);

        if (did < 0 && errno == EINTR)
            continue;
        if (did <= 0)
            return fail(s, "cannot read a temporary file back", NULL,
                        did < 0 ? errno : EIO);
        at += did;
        n -= (size_t)did;
        off += (uint64_t)did;
    }
    return true;
}

bool
eql_spill_reset(eql_spill *s)
{
    if (s->fd >= 0 && s->len > 0 && ftruncate(s->fd, 0) != 0)
        return fail(s, "cannot empty a temporary file", NULL, errno);
    s->len = 0;
    return true;
}

void
eql_spill_close(eql_spill *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    s->len = 0;
}

/* Moves the unread part to the front and reads as much as fits behind it. */
static bool
refill(eql_spill_reader *r)
{
    size_t have = r->len - r->pos;
    uint64_t left = r->end - r->next;
    size_t n = r->cap - have;

    if (n > left)
        n = (size_t)left;
    memmove(r->buf, r->buf + r->pos, have);
    r->far -= r->nfar > 0 ? r->pos : 0;
    r->pos = 0;
    r->len = have + n;
    if (!eql_spill_read(r->file, r->next, r->buf + have, n))
        return false;
    r->next += n;
    return true;
}

static bool
have_record(const eql_spill_reader *r, size_t pos, uint32_t *size)
{
    if (r->len - pos < sizeof(eql_hit))
        return false;
    memcpy(size, r->buf + pos, sizeof *size);
    return *size <= r->len - pos;
}

static bool
is_size(uint32_t size)
{
    return size >= sizeof(eql_hit) && size % 8 == 0;
}

bool
eql_spill_next(eql_spill_reader *r, eql_hit **h)
{
    uint32_t size = 0;

    *h = NULL;
    if (r->pos == r->len && r->next == r->end)
        return true;
    if (!have_record(r, r->pos, &size) &&
        (!refill(r) || !have_record(r, r->pos, &size)))
        return fail(r->file, "cannot read a temporary file back", NULL, EIO);
    if (!is_size(size))
        return fail(r->file, "a temporary file was changed", NULL, EIO);
    *h = (eql_hit *)(void *)(r->buf + r->pos);
    r->last = r->pos;
    r->pos += size;
    r->nfar -= r->nfar > 0;
    return true;
}

const eql_hit *
eql_spill_ahead(eql_spill_reader *r, uint32_t n, uint64_t *place)
{
    const eql_hit *h = NULL;
    uint32_t size;

    if (r->nfar == 0)
        r->far = r->pos;
    while (r->nfar < n && have_record(r, r->far, &size) && is_size(size)) {
        h = (const eql_hit *)(const void *)(r->buf + r->far);
        *place = r->next - (r->len - r->far);
        r->far += size;
        r->nfar++;
    }
    return h;
}

uint64_t
eql_spill_place(const eql_spill_reader *r)
{
    return r->next - (r->len - r->last);
}
