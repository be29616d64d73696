/* order.c -- external merge sort of hit records.
 *
 * One block of memory serves all phases.  While hits come in, records grow
 * from its front and their index from its back:
 *
 *   | record record record ...  free  ... scratch | index |
 *
 * When they meet, the records are written out as a sorted run.  Afterwards the
 * same block is cut into read buffers (and one write buffer) for merging.  A
 * record is at most EQL_HIT_MAX_BYTES, so the block grows by no more than a few
 * of those, and only when such records exist. */
#include "vm/order/order.h"

#include <stdlib.h>

#include "vm/order/spill.h"

#define LEAST_MEMORY ((size_t)4096)
#define FAN_IN 64u /* runs merged at once, if the disk has room for passes */
#define LEAST_BUFFER ((size_t)512)
#define MOST_BUFFER ((size_t)256 << 10)
#define FETCH_BYTES ((size_t)512) /* read at once; most hits are shorter */
#define INDEX_BYTES (2 * sizeof(size_t)) /* of a record: index and scratch */

typedef struct {
    uint64_t off, len;
    size_t largest; /* record, bytes */
} run;

/* Records on their way to a file. */
typedef struct {
    eql_spill *file;
    char *buf;
    size_t cap, len;
} writer;

/* Of a merge. */
typedef struct {
    eql_spill_reader reader;
    const eql_hit *current;
} source;

struct eql_order {
    size_t memory;
    const char *dir;
    eql_order_fn compare;
    char *block;
    size_t cap;     /* bytes of block */
    size_t used;    /* bytes of records at its front */
    size_t n;       /* records held */
    size_t pos;     /* next record to hand out, without runs */
    size_t largest; /* record held */
    size_t *index;  /* sorted offsets, without runs */
    eql_spill files[2];
    uint32_t from; /* files[from] has the runs */
    eql_vec runs;
    uint64_t spilled;
    uint32_t passes;
    bool nomem;
    /* The disk has no room for more.  What is held then is sorted and stays in
     * the block, and is merged with the runs as it is. */
    bool full;
    /* merging: a heap of sources by their current record */
    source *sources; /* of runs; behind them, that of the records held */
    uint32_t *heap;
    uint32_t nsources, nheap;
    char *buffers; /* of the readers, where the block is not free; else NULL */
    bool started;  /* heap[0]'s record was handed out */
    eql_buf fetched;
};

static int
compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

int
eql_order_by_arrival(const eql_hit *a, const eql_hit *b)
{
    int c = compare_u64(a->file, b->file);

    if (c == 0)
        c = compare_u64(a->line, b->line);
    /* Several events may stand on one line (an array). */
    if (c == 0)
        c = compare_u64(a->ref.offset, b->ref.offset);
    return c;
}

int
eql_order_by_time(const eql_hit *a, const eql_hit *b)
{
    bool ta = a->flags & EQL_HIT_TIMED, tb = b->flags & EQL_HIT_TIMED;
    int c = 0;

    if (ta != tb)
        return ta ? -1 : 1;
    if (ta && a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    if (ta) {
        c = compare_u64(a->tie_kind, b->tie_kind);
        if (c == 0)
            c = compare_u64(a->tie, b->tie);
    }
    return c ? c : eql_order_by_arrival(a, b);
}

eql_order *
eql_order_new(size_t memory, const char *dir, eql_order_fn compare)
{
    eql_order *o = calloc(1, sizeof *o);

    if (!o)
        return NULL;
    o->memory = memory < LEAST_MEMORY ? LEAST_MEMORY : memory / 8 * 8;
    o->dir = dir;
    o->compare = compare;
    eql_spill_init(&o->files[0]);
    eql_spill_init(&o->files[1]);
    return o;
}

void
eql_order_free(eql_order *o)
{
    if (!o)
        return;
    eql_spill_close(&o->files[0]);
    eql_spill_close(&o->files[1]);
    eql_vec_free(&o->runs);
    eql_buf_free(&o->fetched);
    free(o->sources);
    free(o->heap);
    free(o->buffers);
    free(o->block);
    free(o);
}

static eql_engine_result
result(const eql_order *o, bool ok)
{
    if (ok)
        return EQL_ENGINE_OK;
    return o->nomem ? EQL_ENGINE_NOMEM : EQL_ENGINE_IO;
}

/* The block may then be read as size_t or eql_hit at multiples of 8. */
static bool
grow_block(eql_order *o, size_t cap)
{
    char *p;

    if (cap <= o->cap)
        return true;
    /* Its contents are not needed: it is empty, or between two phases. */
    free(o->block);
    p = malloc(cap);
    o->block = p;
    o->cap = p ? cap : 0;
    o->nomem = o->nomem || !p;
    return p != NULL;
}

static const eql_hit *
hit_at(const eql_order *o, size_t off)
{
    return (const eql_hit *)(const void *)(o->block + off);
}

/* --- runs --- */

/* Set in the offset of a record with which a run of the index begins. */
#define RUN ((size_t)1)

static int
compare_at(const eql_order *o, size_t a, size_t b)
{
    return o->compare(hit_at(o, a & ~RUN), hit_at(o, b & ~RUN));
}

/* Merges the neighbours src[lo, mid) and src[mid, hi) into one run of dst. */
static void
merge_two(const eql_order *o, const size_t *src, size_t *dst, size_t lo,
          size_t mid, size_t hi)
{
    size_t a = lo, b = mid;

    for (size_t i = lo; i < hi; i++) {
        bool left = a < mid && (b == hi || compare_at(o, src[a], src[b]) <= 0);

        dst[i] = (left ? src[a++] : src[b++]) & ~RUN;
    }
    dst[lo] |= RUN;
}

/* Marks the runs that are there already; captures often are in order, or are
 * several that are. */
static size_t
mark_runs(const eql_order *o, size_t *index)
{
    size_t runs = 1;

    index[0] |= RUN;
    for (size_t i = 1; i < o->n; i++) {
        if (compare_at(o, index[i - 1], index[i]) <= 0)
            continue;
        index[i] |= RUN;
        runs++;
    }
    return runs;
}

static size_t
end_of_run(const eql_order *o, const size_t *index, size_t i)
{
    while (i < o->n && !(index[i] & RUN))
        i++;
    return i;
}

/* Sorts the index of the records held.  It was filled from the back of the
 * block, so its first entry is last. */
static size_t *
sort_index(eql_order *o)
{
    size_t *index = (size_t *)(void *)(o->block + o->cap) - o->n;
    size_t *scratch = index - o->n, *t;

    for (size_t i = 0, j = o->n; i + 1 < j; i++) {
        size_t off = index[--j];

        index[j] = index[i];
        index[i] = off;
    }
    for (size_t runs = mark_runs(o, index); runs > 1; runs = (runs + 1) / 2) {
        for (size_t lo = 0, mid, hi; lo < o->n; lo = hi) {
            mid = end_of_run(o, index, lo + 1);
            hi = end_of_run(o, index, mid + 1);
            hi = hi < o->n ? hi : o->n;
            merge_two(o, index, scratch, lo, mid, hi);
        }
        t = index;
        index = scratch;
        scratch = t;
    }
    index[0] &= ~RUN;
    return index;
}

static bool
flush(eql_order *o, writer *w)
{
    bool ok = eql_spill_append(w->file, w->buf, w->len);

    o->spilled += w->len;
    w->len = 0;
    return ok;
}

static bool
write_hit(eql_order *o, writer *w, const eql_hit *h)
{
    if (h->size > w->cap - w->len && !flush(o, w))
        return false;
    if (h->size > w->cap) {
        o->spilled += h->size;
        return eql_spill_append(w->file, h, h->size);
    }
    memcpy(w->buf + w->len, h, h->size);
    w->len += h->size;
    return true;
}

static bool
add_run(eql_order *o, eql_vec *runs, uint64_t off, uint64_t end, size_t largest)
{
    run r = {off, end - off, largest};

    if (eql_vec_push(runs, &r, sizeof r) != EQL_NONE)
        return true;
    o->nomem = true;
    return false;
}

/* Their offsets are in order of arrival, so what lies between them and the
 * index is free for the write buffer. */
static bool
write_held(eql_order *o)
{
    eql_spill *file = &o->files[o->from];
    writer w = {.file = file, .buf = o->block + o->used};

    w.cap = o->cap - o->used - o->n * INDEX_BYTES;
    for (size_t i = 0; i < o->n; i++)
        if (!write_hit(o, &w, hit_at(o, o->index[i])))
            return false;
    return flush(o, &w);
}

/* Writes the records held as one run; if that fails they stay. */
static bool
write_run(eql_order *o)
{
    eql_spill *file = &o->files[o->from];
    uint64_t off = file->len;

    o->index = sort_index(o);
    if (!eql_spill_open(file, o->dir) || !write_held(o)) {
        file->len = off;
        o->full = true;
        return false;
    }
    if (!add_run(o, &o->runs, off, file->len, o->largest))
        return false;
    o->used = o->n = o->largest = 0;
    return true;
}

/* A part of the block is kept free for write_run's buffer. */
static bool
fits(const eql_order *o, size_t size)
{
    size_t room = o->cap - o->cap / 16 - o->used;

    return (o->n + 1) * INDEX_BYTES <= room &&
           size <= room - (o->n + 1) * INDEX_BYTES;
}

static bool
push(eql_order *o, const eql_hit *h)
{
    if (o->full || (!o->block && !grow_block(o, o->memory)))
        return false;
    if (!fits(o, h->size) && o->n > 0 && !write_run(o))
        return false;
    /* Larger than all memory: the block grows to hold this one alone. */
    if (!fits(o, h->size) && !grow_block(o, (h->size + INDEX_BYTES) * 2))
        return false;
    memcpy(o->block + o->used, h, h->size);
    o->n++;
    ((size_t *)(void *)(o->block + o->cap))[-(ptrdiff_t)o->n] = o->used;
    o->used += h->size;
    if (h->size > o->largest)
        o->largest = h->size;
    return true;
}

eql_engine_result
eql_order_push(eql_order *o, const eql_hit *h)
{
    return result(o, push(o, h));
}

/* --- merging --- */

static bool
less(const eql_order *o, uint32_t a, uint32_t b)
{
    int c = o->compare(o->sources[a].current, o->sources[b].current);

    return c < 0 || (c == 0 && a < b); /* sources are in order of arrival */
}

static void
sift_down(eql_order *o, uint32_t i)
{
    for (;;) {
        uint32_t child = 2 * i + 1, t = o->heap[i];

        if (child >= o->nheap)
            return;
        if (child + 1 < o->nheap && less(o, o->heap[child + 1], o->heap[child]))
            child++;
        if (!less(o, o->heap[child], t))
            return;
        o->heap[i] = o->heap[child];
        o->heap[child] = t;
        i = child;
    }
}

static size_t
buffer_size(const eql_order *o, const run *r)
{
    size_t share = o->memory / (FAN_IN + 1) / 8 * 8;

    if (share < LEAST_BUFFER)
        share = LEAST_BUFFER;
    if (share > MOST_BUFFER)
        share = MOST_BUFFER;
    return r && r->largest > share ? r->largest : share;
}

/* How many runs from the first-th on can be merged at once: as many as have
 * room, but two at least; all of them when the disk is full.  *bytes: their
 * buffers and the writer's. */
static uint32_t
group_size(const eql_order *o, uint32_t first, size_t *bytes)
{
    uint32_t n = 0;

    *bytes = buffer_size(o, NULL);
    while (first + n < o->runs.n && (n < FAN_IN || o->full)) {
        size_t need = buffer_size(o, eql_vec_at(&o->runs, first + n));

        if (n >= 2 && *bytes + need > o->memory && !o->full)
            break;
        *bytes += need;
        n++;
    }
    return n;
}

/* Does the source give the records that could not be written? */
static bool
is_held(const eql_order *o, uint32_t i)
{
    return i == o->nsources - 1;
}

/* The source's next record becomes its current one. */
static bool
advance(eql_order *o, uint32_t i)
{
    eql_hit *h = NULL;

    if (is_held(o, i)) {
        o->sources[i].current =
            o->pos < o->n ? hit_at(o, o->index[o->pos++]) : NULL;
        return true;
    }
    if (!eql_spill_next(&o->sources[i].reader, &h))
        return false;
    o->sources[i].current = h;
    return true;
}

/* Room for n readers, whose buffers take so many bytes; where these are. */
static char *
make_sources(eql_order *o, uint32_t n, size_t bytes)
{
    free(o->sources);
    free(o->heap);
    free(o->buffers);
    o->nsources = n + 1;
    o->sources = calloc(o->nsources, sizeof *o->sources);
    o->heap = calloc(o->nsources, sizeof *o->heap);
    o->buffers = o->n > 0 ? malloc(bytes) : NULL;
    if (!o->sources || !o->heap || (o->n > 0 && !o->buffers)) {
        o->nomem = true;
        return NULL;
    }
    if (o->n > 0)
        return o->buffers;
    return grow_block(o, bytes) ? o->block : NULL;
}

/* Opens readers on n runs and makes the heap. */
static bool
start_merge(eql_order *o, uint32_t first, uint32_t n, size_t bytes)
{
    char *p = make_sources(o, n, bytes);

    if (!p)
        return false;
    p += buffer_size(o, NULL);
    o->nheap = 0;
    o->started = false;
    for (uint32_t i = 0; i <= n; i++) {
        const run *r = i < n ? eql_vec_at(&o->runs, first + i) : NULL;

        if (r) {
            size_t cap = buffer_size(o, r);

            o->sources[i].reader =
                (eql_spill_reader){.file = &o->files[o->from],
                                   .next = r->off,
                                   .end = r->off + r->len,
                                   .buf = p,
                                   .cap = cap};
            p += cap;
        }
        if (!advance(o, i))
            return false;
        if (o->sources[i].current)
            o->heap[o->nheap++] = i;
    }
    for (uint32_t i = o->nheap / 2; i-- > 0;)
        sift_down(o, i);
    return true;
}

/* The least record of all readers; NULL when all are at their end. */
static bool
next_merged(eql_order *o, const eql_hit **h)
{
    *h = NULL;
    if (o->started && o->nheap > 0) {
        uint32_t r = o->heap[0];

        if (!advance(o, r))
            return false;
        if (!o->sources[r].current)
            o->heap[0] = o->heap[--o->nheap];
        sift_down(o, 0);
    }
    o->started = true;
    if (o->nheap > 0)
        *h = o->sources[o->heap[0]].current;
    return true;
}

/* Merges n runs into one of the other file. */
static bool
merge_group(eql_order *o, uint32_t first, uint32_t n, size_t bytes,
            eql_vec *out)
{
    eql_spill *to = &o->files[1 - o->from];
    uint64_t off = to->len;
    size_t largest = 0;
    const eql_hit *h;
    writer w = {.file = to, .cap = buffer_size(o, NULL)};

    if (!start_merge(o, first, n, bytes))
        return false;
    w.buf = o->block;
    for (;;) {
        if (!next_merged(o, &h))
            return false;
        if (!h)
            break;
        if (h->size > largest)
            largest = h->size;
        if (!write_hit(o, &w, h))
            return false;
    }
    return flush(o, &w) && add_run(o, out, off, to->len, largest);
}

/* Runs become fewer: each group of neighbours becomes one. */
static bool
merge_pass(eql_order *o)
{
    eql_vec out = {0};
    uint32_t first = 0;

    o->passes++;
    if (!eql_spill_open(&o->files[1 - o->from], o->dir))
        return false;
    while (first < o->runs.n) {
        size_t bytes;
        uint32_t n = group_size(o, first, &bytes);

        if (!merge_group(o, first, n, bytes, &out)) {
            eql_vec_free(&out);
            return false;
        }
        first += n;
    }
    eql_vec_free(&o->runs);
    o->runs = out;
    if (!eql_spill_reset(&o->files[o->from]))
        return false;
    o->from = 1 - o->from;
    return true;
}

static bool
sort(eql_order *o)
{
    size_t bytes;

    if (o->runs.n == 0) {
        if (!o->full)
            o->index = o->n ? sort_index(o) : NULL;
        return true;
    }
    /* A full disk is no reason to lose what is there. */
    if (o->n > 0 && !o->full && !write_run(o) && !o->full)
        return false;
    while (group_size(o, 0, &bytes) < o->runs.n) {
        if (merge_pass(o))
            continue;
        if (o->nomem || !eql_spill_reset(&o->files[1 - o->from]))
            return false;
        o->full = true;
    }
    return start_merge(o, 0, o->runs.n, bytes);
}

eql_engine_result
eql_order_sort(eql_order *o)
{
    return result(o, sort(o));
}

eql_engine_result
eql_order_next(eql_order *o, const eql_hit **h)
{
    if (o->runs.n > 0)
        return result(o, next_merged(o, h));
    *h = o->pos < o->n ? hit_at(o, o->index[o->pos++]) : NULL;
    return EQL_ENGINE_OK;
}

const eql_hit *
eql_order_ahead(eql_order *o, uint32_t n, uint64_t *place)
{
    size_t i = o->pos + n - 1;

    if (o->runs.n > 0 && (o->nheap == 0 || is_held(o, o->heap[0])))
        return NULL;
    if (o->runs.n > 0)
        return eql_spill_ahead(&o->sources[o->heap[0]].reader, n, place);
    if (i >= o->n)
        return NULL;
    *place = o->index[i];
    return hit_at(o, o->index[i]);
}

uint64_t
eql_order_place(const eql_order *o)
{
    if (o->runs.n > 0 && !is_held(o, o->heap[0]))
        return eql_spill_place(&o->sources[o->heap[0]].reader);
    if (o->runs.n > 0) /* as if they were behind the runs */
        return o->files[o->from].len + o->index[o->pos - 1];
    return o->pos > 0 ? o->index[o->pos - 1] : 0;
}

/* Reads n bytes of the file behind what of the record is there already. */
static bool
fetch_bytes(eql_order *o, uint64_t place, size_t n)
{
    eql_spill *file = &o->files[o->from];
    size_t have = o->fetched.len;

    if (!eql_buf_reserve(&o->fetched, n)) {
        o->nomem = true;
        return false;
    }
    o->fetched.len = have + n;
    return eql_spill_read(file, place + have, o->fetched.p + have, n);
}

static bool
fetch(eql_order *o, uint64_t place, const eql_hit **h)
{
    uint64_t left = o->files[o->from].len - place;
    size_t guess = left < FETCH_BYTES ? (size_t)left : FETCH_BYTES;
    uint32_t size;

    o->fetched.len = 0;
    if (!fetch_bytes(o, place, guess))
        return false;
    memcpy(&size, o->fetched.p, sizeof size);
    if (size > guess && !fetch_bytes(o, place, size - guess))
        return false;
    *h = (const eql_hit *)(const void *)o->fetched.p;
    return true;
}

eql_engine_result
eql_order_fetch(eql_order *o, uint64_t place, const eql_hit **h)
{
    uint64_t behind = o->runs.n > 0 ? o->files[o->from].len : 0;

    if (place < behind)
        return result(o, fetch(o, place, h));
    *h = hit_at(o, (size_t)(place - behind));
    return EQL_ENGINE_OK;
}

uint64_t
eql_order_spilled(const eql_order *o)
{
    return o->spilled;
}

uint32_t
eql_order_passes(const eql_order *o)
{
    return o->passes;
}

const char *
eql_order_error(const eql_order *o)
{
    return o->files[0].error[0] ? o->files[0].error : o->files[1].error;
}
