/* input.c -- opens a file or standard input and reads it in large blocks.
 *
 * The first bytes decide whether a codec stands between the file and the
 * caller.  Plain bytes go straight into the caller's buffer; only compressed
 * ones, and those looked at for the decision, pass through a block of ours.
 * It splits nothing and knows no JSON. */
#include "io/input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/input/codec.h"

#define RAW_BLOCK ((size_t)256 << 10)

struct eql_input {
    int fd;
    bool owned;       /* fd is ours to close */
    bool seekable;    /* a regular file named by a path */
    eql_pull state;   /* OK, or how it ended */
    bool raw_end;     /* read() gave 0 */
    eql_codec *codec; /* NULL: plain */
    eql_input_id id;
    eql_input_stop stop;
    eql_buf error;
    size_t pos, len; /* raw bytes not yet handed on */
    char raw[RAW_BLOCK];
};

void
eql_input_free(eql_input *in)
{
    if (!in)
        return;
    if (in->owned)
        close(in->fd);
    eql_codec_free(in->codec);
    eql_buf_free(&in->error);
    free(in);
}

static bool
wants_stop(const eql_input *in)
{
    return in->stop.stop && in->stop.stop(in->stop.ctx);
}

/* Waits until there are bytes to read, an end, or a wish to stop.  A pipe that
 * was opened before its writer came waits for that, too. */
static void
wait_for_bytes(const eql_input *in)
{
    struct pollfd p[] = {{.fd = in->fd, .events = POLLIN},
                         {.fd = in->stop.wake, .events = POLLIN}};
    eventfd_t n;

    while (!wants_stop(in)) {
        /* An interrupted or refused wait is a reason to look again. */
        if (poll(p, in->stop.wake ? 2 : 1, -1) < 0 && errno != EINTR)
            return;
        if (p[0].revents)
            return;
        if (p[1].revents && !wants_stop(in)) /* of a stop that is over */
            (void)!eventfd_read(in->stop.wake, &n);
    }
}

/* One read(); *n 0 at the end. */
static eql_pull
read_some(eql_input *in, char *dst, size_t cap, size_t *n)
{
    for (;;) {
        ssize_t got;

        if (!in->seekable)
            wait_for_bytes(in);
        if (wants_stop(in))
            return EQL_PULL_STOPPED;
        got = read(in->fd, dst, cap);
        if (got >= 0) {
            *n = (size_t)got;
            in->raw_end = got == 0;
            return EQL_PULL_OK;
        }
        if (errno != EINTR && errno != EAGAIN) {
            eql_buf_printf(&in->error, "%s", strerror(errno));
            return EQL_PULL_IO;
        }
    }
}

/* A pipe may give its first bytes one by one. */
static eql_pull
sniff(eql_input *in)
{
    eql_codec_kind kind;

    while (in->len < EQL_CODEC_MAGIC && !in->raw_end) {
        size_t n;
        eql_pull st = read_some(in, in->raw + in->len, RAW_BLOCK - in->len, &n);

        if (st != EQL_PULL_OK)
            return st;
        in->len += n;
        /* JSON needs no second look: a live source may send little. */
        if (in->len && (in->raw[0] == '{' || in->raw[0] == '['))
            break;
    }
    kind = eql_codec_sniff(in->raw, in->len);
    if (kind == EQL_CODEC_NONE)
        return EQL_PULL_OK;
    in->codec = eql_codec_new(kind);
    return in->codec ? EQL_PULL_OK : EQL_PULL_NOMEM;
}

/* Opening a named pipe would wait for its writer, which reading does better. */
static bool
open_fd(eql_input *in, const char *path, eql_buf *why)
{
    struct stat st;

    if (strcmp(path, "-") == 0) {
        in->fd = STDIN_FILENO;
        return true;
    }
    do
        in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (in->fd < 0 && errno == EINTR);
    if (in->fd < 0) {
        eql_buf_printf(why, "%s: %s", path, strerror(errno));
        return false;
    }
    in->owned = true;
    if (fstat(in->fd, &st) != 0) {
        eql_buf_printf(why, "%s: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(st.st_mode)) {
        eql_buf_printf(why, "%s: is a folder, not a file", path);
        return false;
    }
    in->seekable = S_ISREG(st.st_mode);
    if (in->seekable) /* a hint: more is read ahead */
        (void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    in->id = (eql_input_id){(uint64_t)st.st_dev, (uint64_t)st.st_ino};
    return true;
}

eql_input *
eql_input_open(const char *path, eql_input_stop stop, eql_buf *why)
{
    eql_input *in = calloc(1, sizeof *in);

    if (!in)
        return NULL;
    in->stop = stop;
    if (!open_fd(in, path, why)) {
        eql_input_free(in);
        return NULL;
    }
    in->state = sniff(in);
    return in;
}

static eql_pull
pull_plain(eql_input *in, char *dst, size_t cap, size_t *n)
{
    eql_pull st;

    if (in->len) {
        *n = in->len < cap ? in->len : cap;
        memcpy(dst, in->raw + in->pos, *n);
        in->pos += *n;
        in->len -= *n;
        return EQL_PULL_OK;
    }
    if (in->raw_end)
        return EQL_PULL_END;
    st = read_some(in, dst, cap, n);
    return st == EQL_PULL_OK && *n == 0 ? EQL_PULL_END : st;
}

static eql_pull
pull_codec(eql_input *in, char *dst, size_t cap, size_t *n)
{
    for (;;) {
        eql_codec_in src;
        eql_codec_status cs;

        if (in->len == 0 && !in->raw_end) {
            eql_pull st = read_some(in, in->raw, RAW_BLOCK, &in->len);

            in->pos = 0;
            if (st != EQL_PULL_OK)
                return st;
        }
        src = (eql_codec_in){in->raw + in->pos, in->len, in->raw_end};
        cs = eql_codec_run(in->codec, &src, dst, cap, n);
        in->pos += in->len - src.len;
        in->len = src.len;
        if (cs == EQL_CODEC_DAMAGED) {
            eql_buf_printf(&in->error, "%s", eql_codec_error(in->codec));
            in->state = EQL_PULL_DAMAGED;
        } else if (cs == EQL_CODEC_DONE) {
            in->state = EQL_PULL_END;
        } else if (cs == EQL_CODEC_NOMEM) {
            in->state = EQL_PULL_NOMEM;
        }
        /* What was decoded is handed on before the end is told. */
        if (*n)
            return EQL_PULL_OK;
        if (in->state != EQL_PULL_OK)
            return in->state;
    }
}

eql_pull
eql_input_pull(void *ctx, char *dst, size_t cap, size_t *n)
{
    eql_input *in = ctx;
    eql_pull st;

    *n = 0;
    /* A few compressed bytes may be very many. */
    if (in->state == EQL_PULL_OK && wants_stop(in))
        in->state = EQL_PULL_STOPPED;
    if (in->state != EQL_PULL_OK)
        return in->state;
    st = in->codec ? pull_codec(in, dst, cap, n) : pull_plain(in, dst, cap, n);
    if (st != EQL_PULL_OK)
        in->state = st;
    return st;
}

bool
eql_input_waits(void *ctx)
{
    const eql_input *in = ctx;
    struct pollfd p = {.fd = in->fd, .events = POLLIN};

    return in->state == EQL_PULL_OK && in->len == 0 && !in->raw_end &&
           !in->seekable && poll(&p, 1, 0) == 0;
}

bool
eql_input_rereadable(const eql_input *in, eql_input_id *id)
{
    *id = in->id;
    return in->seekable && !in->codec;
}

const char *
eql_input_error(const eql_input *in)
{
    return in->error.p && in->error.len ? in->error.p : "";
}
