/* spool.c -- the temporary file of texts that are needed again.
 *
 * Texts are gathered in a buffer and written when it is full; what cannot be
 * written stays there and can still be had.  The file has no name from its
 * first moment, so nothing is left behind however the process ends. */
#include "io/input/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FLUSH_BYTES ((size_t)64 << 10)

struct eql_spool {
    char *dir;
    uint64_t max;
    int fd; /* -1 until the first flush */
    uint64_t written;
    eql_buf pending; /* follows what is written */
};

eql_spool *
eql_spool_new(const char *dir, uint64_t max_bytes)
{
    eql_spool *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    if (!dir)
        dir = getenv("TMPDIR");
    if (!dir || !*dir)
        dir = "/tmp";
    s->fd = -1;
    s->max = max_bytes;
    s->dir = strdup(dir);
    if (!s->dir) {
        free(s);
        return NULL;
    }
    return s;
}

void
eql_spool_free(eql_spool *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    eql_buf_free(&s->pending);
    free(s->dir);
    free(s);
}

static bool
make_file(eql_spool *s, eql_buf *why)
{
    eql_buf name = {0};

    eql_buf_printf(&name, "%s/eqlvm-spool-XXXXXX", s->dir);
    if (name.failed) {
        eql_buf_printf(why, "out of memory");
        return false;
    }
    s->fd = mkostemp(name.p, O_CLOEXEC);
    if (s->fd < 0)
        eql_buf_printf(why, "%s: %s", s->dir, strerror(errno));
    else
        unlink(name.p);
    eql_buf_free(&name);
    return s->fd >= 0;
}

static bool
flush(eql_spool *s, eql_buf *why)
{
    size_t done = 0;

    if (s->pending.len == 0)
        return true;
    if (s->fd < 0 && !make_file(s, why))
        return false;
    while (done < s->pending.len) {
        ssize_t n = pwrite(s->fd, s->pending.p + done, s->pending.len - done,
                           (off_t)(s->written + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            eql_buf_printf(why, "spool in %s: %s", s->dir, strerror(errno));
            return false;
        }
        done += (size_t)n;
    }
    s->written += done;
    s->pending.len = 0;
    return true;
}

bool
eql_spool_put(eql_spool *s, eql_strview text, uint64_t *offset, eql_buf *why)
{
    *offset = eql_spool_bytes(s);
    if (text.len > s->max || *offset > s->max - text.len) {
        eql_buf_printf(why,
                       "the spool is over its budget of %llu bytes (events of "
                       "compressed files and pipes that alerts may need; raise "
                       "it, or decompress the input to a file)",
                       (unsigned long long)s->max);
        return false;
    }
    eql_buf_add_sv(&s->pending, text);
    if (s->pending.failed) {
        eql_buf_printf(why, "out of memory");
        return false;
    }
    if (s->pending.len < FLUSH_BYTES || flush(s, why))
        return true;
    s->pending.len -= text.len;
    return false;
}

bool
eql_spool_pread(int fd, uint64_t offset, size_t len, eql_buf *out, eql_buf *why)
{
    if (!eql_buf_reserve(out, len)) {
        eql_buf_printf(why, "out of memory");
        return false;
    }
    while (len) {
        ssize_t n = pread(fd, out->p + out->len, len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            eql_buf_printf(why, "%s",
                           n ? strerror(errno) : "it is shorter than it was");
            return false;
        }
        out->len += (size_t)n;
        offset += (uint64_t)n;
        len -= (size_t)n;
    }
    return true;
}

bool
eql_spool_get(eql_spool *s, uint64_t offset, size_t len, eql_buf *out,
              eql_buf *why)
{
    size_t at;

    if (len == 0)
        return true;
    if (offset < s->written && len <= s->written - offset)
        return eql_spool_pread(s->fd, offset, len, out, why);
    /* What is not written yet, or cannot be, is at hand. */
    at = (size_t)(offset - s->written);
    if (offset < s->written || at > s->pending.len ||
        len > s->pending.len - at) {
        eql_buf_printf(why, "no such text in the spool");
        return false;
    }
    eql_buf_add(out, s->pending.p + at, len);
    if (out->failed)
        eql_buf_printf(why, "out of memory");
    return !out->failed;
}

uint64_t
eql_spool_bytes(const eql_spool *s)
{
    return s->written + s->pending.len;
}
