/* scratch.c -- where functions put text that they make.
 *
 * A list of blocks, filled from the first one on.  Nothing moves, so values
 * may point in; a reset makes all blocks free again and keeps the small ones,
 * so that an ordinary event allocates nothing.  One block doubles the last,
 * and all together stay below EQL_SCRATCH_MAX_BYTES. */
#include "stdlib/call.h"

#include <stdlib.h>

#define FIRST_BLOCK ((size_t)4096)
#define KEPT_BLOCK ((size_t)1 << 20) /* larger ones go back at a reset */

typedef struct block {
    struct block *next;
    size_t cap, used;
    char bytes[];
} block;

struct eql_scratch {
    block *first;
    block *at; /* being filled; those after it are free.  NULL: all are */
    size_t total;
    uint64_t refused;
    bool failed;
};

eql_scratch *
eql_scratch_new(void)
{
    return calloc(1, sizeof(eql_scratch));
}

void
eql_scratch_free(eql_scratch *s)
{
    if (!s)
        return;
    while (s->first) {
        block *b = s->first;

        s->first = b->next;
        free(b);
    }
    free(s);
}

void
eql_scratch_reset(eql_scratch *s)
{
    block **link = &s->first;

    while (*link) {
        block *b = *link;

        if (b->cap > KEPT_BLOCK) {
            *link = b->next;
            s->total -= b->cap;
            free(b);
        } else {
            link = &b->next;
        }
    }
    s->at = NULL;
}

/* Makes `at` a block with room for n, if one of those at hand has it. */
static bool
find_room(eql_scratch *s, size_t n)
{
    if (!s->at) {
        s->at = s->first;
        if (s->at)
            s->at->used = 0;
    }
    while (s->at && s->at->cap - s->at->used < n) {
        if (!s->at->next)
            return false;
        s->at = s->at->next;
        s->at->used = 0;
    }
    return s->at != NULL;
}

/* `at` is the last block, or there is none. */
static bool
add_block(eql_scratch *s, size_t n)
{
    size_t cap = s->at ? s->at->cap * 2 : FIRST_BLOCK;
    block *b;

    if (cap > KEPT_BLOCK)
        cap = KEPT_BLOCK;
    if (cap < n)
        cap = n;
    if (cap > EQL_SCRATCH_MAX_BYTES - s->total) {
        s->refused++;
        return false;
    }
    b = malloc(sizeof *b + cap);
    if (!b) {
        s->failed = true;
        return false;
    }
    *b = (block){.cap = cap};
    *(s->at ? &s->at->next : &s->first) = b;
    s->at = b;
    s->total += cap;
    return true;
}

char *
eql_scratch_take(eql_scratch *s, size_t n)
{
    char *p;

    if (s->failed)
        return NULL;
    if (n > EQL_SCRATCH_MAX_BYTES) {
        s->refused++;
        return NULL;
    }
    if (!find_room(s, n) && !add_block(s, n))
        return NULL;
    p = s->at->bytes + s->at->used;
    s->at->used += n;
    return p;
}

bool
eql_scratch_failed(const eql_scratch *s)
{
    return s->failed;
}

uint64_t
eql_scratch_refused(const eql_scratch *s)
{
    return s->refused;
}

void
eql_scratch_refuse(eql_scratch *s)
{
    s->refused++;
}

eql_scratch_mark
eql_scratch_here(const eql_scratch *s)
{
    return (eql_scratch_mark){s->at, s->at ? s->at->used : 0};
}

void
eql_scratch_release(eql_scratch *s, eql_scratch_mark mark)
{
    s->at = mark.block;
    if (s->at)
        s->at->used = mark.used;
}
