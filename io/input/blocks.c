/* blocks.c -- cuts at the last line feed; what follows it begins the next
 * block.
 *
 *   block: | rest of the last one | pulled ...... \n | rest |
 */
#include "io/input/blocks.h"

#include <stdlib.h>

struct eql_blocks {
    eql_pull_fn pull; /* NULL: all is in memory */
    void *ctx;
    bool (*waits)(void *ctx); /* may be NULL */
    size_t bytes, max;
    eql_pull state;
    eql_buf rest; /* bytes before those to be pulled */
    size_t taken; /* of rest */
    eql_strview all;
    uint64_t offset; /* of what comes next */
    bool dropping;   /* it is inside a line over the limit */
};

void
eql_block_free(eql_block *b)
{
    free(b->own);
    *b = (eql_block){0};
}

static eql_blocks *
new_blocks(size_t bytes, size_t max)
{
    eql_blocks *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->bytes = bytes ? bytes : EQL_BLOCK_BYTES;
    s->max = max;
    return s;
}

eql_blocks *
eql_blocks_new(eql_pull_fn pull, void *ctx, size_t bytes, size_t max,
               eql_strview head, uint64_t offset)
{
    eql_blocks *s = new_blocks(bytes, max);

    if (!s)
        return NULL;
    s->pull = pull;
    s->ctx = ctx;
    s->offset = offset;
    eql_buf_add_sv(&s->rest, head);
    if (s->rest.failed) {
        eql_blocks_free(s);
        return NULL;
    }
    return s;
}

eql_blocks *
eql_blocks_memory(eql_strview all, size_t bytes, size_t max)
{
    eql_blocks *s = new_blocks(bytes, max);

    if (s)
        s->all = all;
    return s;
}

void
eql_blocks_free(eql_blocks *s)
{
    if (!s)
        return;
    eql_buf_free(&s->rest);
    free(s);
}

eql_pull
eql_blocks_end(const eql_blocks *s)
{
    return s->state;
}

void
eql_blocks_watch(eql_blocks *s, bool (*waits)(void *ctx))
{
    s->waits = waits;
}

bool
eql_blocks_waits(const eql_blocks *s)
{
    return s->waits && s->rest.len - s->taken < s->bytes && s->waits(s->ctx);
}

/* --- from memory --- */

static bool
next_in_memory(eql_blocks *s, eql_block *b)
{
    const char *p = s->all.p + s->offset, *nl;
    size_t left = s->all.len - (size_t)s->offset;
    size_t n = left < s->bytes ? left : s->bytes;

    if (left == 0) {
        s->state = EQL_PULL_END;
        return false;
    }
    if (n < left) {
        nl = memrchr(p, '\n', n);
        if (!nl)
            nl = memchr(p + n, '\n', left - n);
        n = nl ? (size_t)(nl - p) + 1 : left;
    }
    b->text = eql_sv(p, n);
    b->offset = s->offset;
    s->offset += n;
    b->end = s->offset;
    b->cut = p[n - 1] != '\n';
    b->too_long = false;
    return true;
}

/* --- from an input --- */

/* Room for `cap` bytes and what may be read behind them. */
static bool
reserve(eql_blocks *s, eql_block *b, size_t cap)
{
    char *p = b->own;

    if (b->cap < cap + EQL_READER_PADDING) {
        p = realloc(b->own, cap + EQL_READER_PADDING);
        if (!p) {
            s->state = EQL_PULL_NOMEM;
            return false;
        }
        b->own = p;
        b->cap = cap + EQL_READER_PADDING;
    }
    return true;
}

/* One long line is no reason to hold its memory for ever. */
static void
shrink(const eql_blocks *s, eql_block *b)
{
    if (b->cap > 2 * (s->bytes + EQL_READER_PADDING))
        eql_block_free(b);
}

/* Puts at most `cap` bytes at dst; 0 at the end. */
static size_t
take(eql_blocks *s, char *dst, size_t cap)
{
    size_t n = s->rest.len - s->taken;

    if (n > 0) {
        n = n < cap ? n : cap;
        memcpy(dst, s->rest.p + s->taken, n);
        s->taken += n;
    } else if (s->state == EQL_PULL_OK) {
        s->state = s->pull(s->ctx, dst, cap, &n);
    }
    return n;
}

/* The block's last `n` bytes, at p, were taken too early. */
static bool
give_back(eql_blocks *s, const char *p, size_t n)
{
    if (s->taken < s->rest.len) { /* then all of the block is from there */
        s->taken -= n;
        return true;
    }
    s->rest.len = s->taken = 0;
    eql_buf_add(&s->rest, p, n);
    if (s->rest.failed)
        s->state = EQL_PULL_NOMEM;
    return !s->rest.failed;
}

static bool
give(eql_blocks *s, eql_block *b, size_t len, uint64_t used)
{
    b->text = eql_sv(b->own, len);
    memset(b->own + len, 0, EQL_READER_PADDING);
    b->offset = s->offset;
    s->offset += used;
    b->end = s->offset;
    return true;
}

/* The `len` bytes of the block are of a line over the limit. */
static bool
drop_line(eql_blocks *s, eql_block *b, size_t len)
{
    uint64_t used = len;
    size_t n;

    b->too_long = b->cut = true;
    while ((n = take(s, b->own, s->bytes)) > 0) {
        const char *nl = memchr(b->own, '\n', n);
        size_t whole = nl ? (size_t)(nl - b->own) + 1 : n;

        used += whole;
        if (!nl)
            continue;
        b->cut = false;
        if (whole < n && !give_back(s, b->own + whole, n - whole))
            return false;
        break;
    }
    return give(s, b, 0, used);
}

/* Takes bytes until there are `cap`, the end, or a wait after a line feed.
 * false: the end. */
static bool
fill(eql_blocks *s, eql_block *b, size_t *len, size_t cap)
{
    bool line = false;

    while (*len < cap) {
        size_t n = take(s, b->own + *len, cap - *len);

        if (n == 0)
            return false;
        line |= memchr(b->own + *len, '\n', n) != NULL;
        *len += n;
        if (line && *len < cap && eql_blocks_waits(s))
            break;
    }
    return true;
}

static bool
next_of_input(eql_blocks *s, eql_block *b)
{
    size_t cap = s->bytes, len = 0, whole, searched = 0;
    const char *nl = NULL;
    bool more = true;

    shrink(s, b);
    b->too_long = false;
    while (more && !nl) {
        if (len > s->max + 1) /* one may be the carriage return of its end */
            return drop_line(s, b, len);
        if (len == cap)
            cap = cap > s->max / 2 ? s->max + 2 : cap * 2;
        if (!reserve(s, b, cap))
            return false;
        more = fill(s, b, &len, cap);
        nl = memrchr(b->own + searched, '\n', len - searched);
        searched = len;
    }
    whole = more ? (size_t)(nl - b->own) + 1 : len;
    if (whole < len && !give_back(s, b->own + whole, len - whole))
        return false;
    b->cut = whole > 0 && b->own[whole - 1] != '\n';
    return whole > 0 && give(s, b, whole, whole);
}

bool
eql_blocks_next(eql_blocks *s, eql_block *b)
{
    return s->pull ? next_of_input(s, b) : next_in_memory(s, b);
}
