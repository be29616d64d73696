/* shape.c -- see shape.h.
 *
 *   {"a":"  x  ","b":  12  ,"c":{"d":"  y  "}}
 *   glue 0  v0  glue 1  v1  glue 2      v2  glue 3
 *
 * Glue k ends where value k begins and hangs on the colon before it; the last
 * one hangs on the last bracket. */
#include "io/shape.h"

#include <stdlib.h>

#include "base/map.h"
#include "io/shape_int.h"

#define BUCKETS 4096u
#define MAX_CHAIN 16u /* shapes of a bucket */
#define MAX_REFUSED                                                            \
    4096u               /* for want of room in one, before all is forgotten    \
                         */
#define MAX_GLUE 160u   /* bytes, between two values */
#define MAX_PREFIX 250u /* bytes, before the first one */
#define MAX_ORD 65535u

/* Bytes before and after the structural byte. */
typedef struct {
    uint16_t ord;
    uint8_t back, delta;
} glue;

typedef struct {
    uint16_t value;
    uint16_t kind; /* SCALAR or ARRAY */
} judged;

/* An eql_find, packed: shapes are to stay in the nearer caches. */
typedef struct {
    uint32_t path;
    uint16_t find; /* eql_find_kind */
    uint16_t kind; /* VALUE: eql_walk_kind */
    uint16_t a, b;
} found;

typedef struct shape {
    struct shape *next;
    uint64_t key;
    uint32_t nat;    /* structural bytes */
    uint32_t quotes; /* in the glue */
    uint32_t nvalues, nchecks, njudged, nfinds;
    bool plain;  /* as eql_shapes_is_plain has it, but for arrays */
    glue *glues; /* nvalues + 1 */
    eql_shape_check *checks;
    judged *judged; /* values that are no strings */
    found *finds;
    uint32_t prefix_len;
    char prefix[]; /* glue 0, then the arrays above */
} shape;

struct eql_shapes {
    bool keep_nulls;
    eql_reader_counters *n;
    eql_shape_verify_fn verify;
    shape *buckets[BUCKETS];
    uint32_t seen[BUCKETS]; /* lines once met, by the rest of their key */
    uint32_t nshapes, refused;
    const shape *last; /* of the line given last; NULL: it has none */
    eql_shape_window *windows;
    uint32_t nwindows;
    eql_map *known;         /* windows by length and bytes */
    eql_vec checks, judged; /* while one is learned */
};

/* --- life --------------------------------------------------------------------
 */

static bool
verify_any(const char *b, const uint32_t *at, const eql_shape_check *c,
           uint32_t n, const eql_shape_window *windows)
{
    for (uint32_t i = 0; i < n; i++) {
        const char *end = b + at[c[i].ord] + c[i].end;
        uint32_t len = c[i].len;

        if (memcmp(end - len, windows[c[i].window].b + 32 - len, len) != 0)
            return false;
    }
    return true;
}

static eql_shape_verify_fn
verify_of(eql_kernel k)
{
    if (!eql_kernel_runs_here(k))
        return verify_any;
#if defined(__x86_64__)
    if (k >= EQL_KERNEL_AVX2)
        return eql_shape_verify_avx2;
    if (k == EQL_KERNEL_SSE)
        return eql_shape_verify_sse;
#endif
    return verify_any;
}

eql_shapes *
eql_shapes_new(eql_kernel k, eql_reader_counters *n)
{
    eql_shapes *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->n = n;
    s->verify = verify_of(k);
    s->windows = malloc(EQL_SHAPES_WINDOWS * sizeof *s->windows);
    s->known = eql_map_new();
    if (!s->windows || !s->known) {
        eql_shapes_free(s);
        return NULL;
    }
    return s;
}

static void
drop_shapes(eql_shapes *s)
{
    for (uint32_t i = 0; i < BUCKETS; i++) {
        while (s->buckets[i]) {
            shape *t = s->buckets[i];

            s->buckets[i] = t->next;
            free(t);
        }
    }
    s->nshapes = 0;
}

void
eql_shapes_free(eql_shapes *s)
{
    if (!s)
        return;
    drop_shapes(s);
    free(s->windows);
    eql_map_free(s->known);
    eql_vec_free(&s->checks);
    eql_vec_free(&s->judged);
    free(s);
}

/* --- which shape
 * ---------------------------------------------------------------- */

/* Of some keys' ends and brackets: only to find candidates. */
static uint64_t
key_of(const eql_scan_line *line)
{
    uint32_t step = line->n > 48 ? 4 : line->n > 16 ? 2 : 1, w;
    uint64_t h = line->n;

    for (uint32_t j = 1; j < line->n; j += step) {
        memcpy(&w, line->base + line->at[j] - 3, sizeof w);
        if (line->base[line->at[j]] != ':')
            w = (unsigned char)line->base[line->at[j]];
        h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return h;
}

/* --- matching
 * -------------------------------------------------------------------- */

static inline uint32_t
value_from(const shape *t, const uint32_t *at, uint32_t k)
{
    return at[t->glues[k].ord] + t->glues[k].delta;
}

static inline uint32_t
value_to(const shape *t, const uint32_t *at, uint32_t k)
{
    return at[t->glues[k + 1].ord] - t->glues[k + 1].back;
}

static bool
judge(const shape *t, const eql_scan_line *line)
{
    uint32_t quotes = t->quotes;

    for (uint32_t i = 0; i < t->njudged; i++) {
        uint32_t from = value_from(t, line->at, t->judged[i].value);
        uint32_t to = value_to(t, line->at, t->judged[i].value);
        const char *p = line->base + from;

        if (from >= to || (t->judged[i].kind == EQL_WALK_ARRAY
                               ? !eql_walk_is_array(p, to - from, &quotes)
                               : !eql_walk_is_scalar(p, to - from)))
            return false;
    }
    return quotes == line->quotes;
}

static bool
fits(const eql_shapes *s, const shape *t, const eql_scan_line *line)
{
    uint32_t start = (uint32_t)(line->text.p - line->base);

    return value_from(t, line->at, 0) == start + t->prefix_len &&
           value_from(t, line->at, t->nvalues) == start + line->text.len &&
           s->verify(line->base, line->at, t->checks, t->nchecks, s->windows) &&
           memcmp(line->text.p, t->prefix, t->prefix_len) == 0 &&
           judge(t, line);
}

static uint32_t
take(const shape *t, const eql_scan_line *line, bool nulls, eql_raw *raws)
{
    const uint32_t *at = line->at;
    eql_raw *out = raws;

    for (uint32_t i = 0; i < t->nfinds; i++) {
        const found *f = &t->finds[i];
        uint32_t from, to, quote;

        out->path = f->path;
        if (f->find == EQL_FIND_VALUE) {
            quote = f->kind == EQL_WALK_STRING;
            from = value_from(t, at, f->a) - quote;
            to = value_to(t, at, f->a) + quote;
            out->p = line->base + from;
            out->len = to - from;
            /* null */
            out += nulls || f->kind != EQL_WALK_SCALAR || *out->p != 'n';
        } else if (f->find == EQL_FIND_SPAN) {
            out->p = line->base + at[f->a];
            out->len = at[f->b] + 1 - at[f->a];
            out++;
        } else {
            out->p = NULL;
            out->len = 0;
            out++;
        }
    }
    return (uint32_t)(out - raws);
}

void
eql_shapes_keep_nulls(eql_shapes *s)
{
    s->keep_nulls = true;
}

static const shape *
find(const eql_shapes *s, const eql_scan_line *line)
{
    uint64_t key;
    uint32_t tries = 0;

    /* Windows are read from 32 bytes before their ends. */
    if (line->n < 2 || line->room < 32)
        return NULL;
    key = key_of(line);
    for (const shape *t = s->buckets[key % BUCKETS]; t && tries < MAX_CHAIN;
         t = t->next, tries++)
        if (t->key == key && t->nat == line->n && fits(s, t, line))
            return t;
    return NULL;
}

bool
eql_shapes_raws(eql_shapes *s, const eql_scan_line *line, eql_raw *raws,
                uint32_t *nraws)
{
    const shape *t;

    if (line->n < 2 || line->room < 32)
        return false;
    t = s->last = find(s, line);
    if (!t) {
        s->n->shape_misses++;
        return false;
    }
    *nraws = take(t, line, s->keep_nulls, raws);
    s->n->shape_hits++;
    return true;
}

static bool
is_written_plain(const shape *t, const eql_scan_line *line)
{
    if (!t || !t->plain)
        return false;
    for (uint32_t i = 0; i < t->njudged; i++) {
        uint32_t from = value_from(t, line->at, t->judged[i].value);
        uint32_t to = value_to(t, line->at, t->judged[i].value);

        if (t->judged[i].kind == EQL_WALK_ARRAY &&
            eql_walk_has_space(line->base + from, to - from))
            return false;
    }
    return true;
}

bool
eql_shapes_is_plain(const eql_shapes *s, const eql_scan_line *line)
{
    return is_written_plain(find(s, line), line);
}

bool
eql_shapes_was_plain(const eql_shapes *s, const eql_scan_line *line)
{
    return is_written_plain(s->last, line);
}

/* --- learning
 * -------------------------------------------------------------------- */

/* The number of a window with these bytes; EQL_NONE: no room. */
static uint32_t
window_of(eql_shapes *s, const char *end, uint32_t len)
{
    uint32_t i = eql_map_get(s->known, end - len, len);

    if (i != EQL_NONE || s->nwindows == EQL_SHAPES_WINDOWS)
        return i;
    if (!eql_map_put(s->known, end - len, len, s->nwindows))
        return EQL_NONE;
    memset(s->windows[s->nwindows].b, 0, 32);
    memcpy(s->windows[s->nwindows].b + 32 - len, end - len, len);
    return s->nwindows++;
}

/* Forgets everything: there is no room for more. */
static void
flush(eql_shapes *s)
{
    eql_map *fresh = eql_map_new();

    drop_shapes(s);
    s->last = NULL;
    s->refused = 0;
    s->n->flushes++;
    if (!fresh)
        return;
    eql_map_free(s->known);
    s->known = fresh;
    s->nwindows = 0;
}

/* The glue from `from` to `to` around structural byte `ord`. */
static bool
add_glue(eql_shapes *s, const eql_scan_line *line, uint32_t ord, uint32_t from,
         uint32_t to, glue *g)
{
    uint32_t pos = line->at[ord];

    if (to - from > MAX_GLUE || from > pos || to <= pos)
        return false;
    *g = (glue){(uint16_t)ord, (uint8_t)(pos - from), (uint8_t)(to - pos)};
    while (to > from) {
        uint32_t len = to - from < 32 ? to - from : 32;
        uint32_t window = window_of(s, line->base + to, len);
        eql_shape_check c = {.ord = (uint16_t)ord,
                             .end = (int16_t)((int32_t)to - (int32_t)pos),
                             .window = (uint16_t)window,
                             .len = (uint16_t)len};

        if (window == EQL_NONE ||
            eql_vec_push(&s->checks, &c, sizeof c) == EQL_NONE)
            return false;
        to -= len;
    }
    return true;
}

/* All glue but the first piece, which is the prefix. */
static bool
add_glues(eql_shapes *s, const eql_scan_line *line, const eql_walked *w,
          shape *t)
{
    uint32_t start = (uint32_t)(line->text.p - line->base), n = w->nvalues;
    const eql_walk_value *v = w->values;

    t->glues[0] =
        (glue){(uint16_t)v[0].ord, (uint8_t)(line->at[v[0].ord] - start),
               (uint8_t)(v[0].from - line->at[v[0].ord])};
    for (uint32_t k = 1; k < n; k++)
        if (!add_glue(s, line, v[k].ord, v[k - 1].to, v[k].from, &t->glues[k]))
            return false;
    return add_glue(s, line, line->n - 1, v[n - 1].to,
                    start + (uint32_t)line->text.len, &t->glues[n]);
}

/* Values that have to be looked at every time; how many quotes are not theirs
 * nor strings'. */
static bool
add_judged(eql_shapes *s, const eql_scan_line *line, const eql_walked *w,
           uint32_t *quotes)
{
    uint32_t theirs = 0;

    for (uint32_t k = 0; k < w->nvalues; k++) {
        const eql_walk_value *v = &w->values[k];
        judged j = {(uint16_t)k, (uint16_t)v->kind};

        if (v->kind == EQL_WALK_STRING)
            continue;
        if (eql_vec_push(&s->judged, &j, sizeof j) == EQL_NONE)
            return false;
        if (v->kind == EQL_WALK_ARRAY)
            (void)eql_walk_is_array(line->base + v->from, v->to - v->from,
                                    &theirs);
    }
    *quotes = line->quotes - theirs;
    return true;
}

/* Is there neither white space nor a telling name (json.c) in the bytes between
 * values?  Keys are without escapes (walk.c). */
static bool
is_plain_glue(const char *p, size_t len)
{
    static const char *const names[] = {"\"_source\"", "\"EventID\"",
                                        "\"beat\""};

    for (size_t i = 0; i < len; i++)
        if (p[i] == ' ' || p[i] == '\t' || p[i] == '\r')
            return false;
    for (size_t i = 0; i < EQL_COUNTOF(names); i++)
        if (memmem(p, len, names[i], strlen(names[i])))
            return false;
    return true;
}

static bool
is_plain(const eql_scan_line *line, const eql_walked *w)
{
    size_t from = (size_t)(line->text.p - line->base);
    size_t end = from + line->text.len;

    for (uint32_t k = 0; k < w->nvalues; k++) {
        if (!is_plain_glue(line->base + from, w->values[k].from - from))
            return false;
        from = w->values[k].to;
    }
    return is_plain_glue(line->base + from, end - from);
}

static void *
lay(char **room, const void *items, size_t n, size_t size)
{
    void *to = *room;

    if (n > 0 && items)
        memcpy(to, items, n * size);
    *room += (n * size + 7) / 8 * 8;
    return to;
}

/* One allocation; the arrays follow the prefix. */
static shape *
new_shape(const eql_scan_line *line, const eql_walked *w, uint32_t nchecks,
          uint32_t njudged, char **room)
{
    uint32_t start = (uint32_t)(line->text.p - line->base);
    uint32_t prefix = w->values[0].from - start;
    size_t head = (sizeof(shape) + prefix + 7) / 8 * 8 + 32;
    shape *t = calloc(1, head + (w->nvalues + 2) * sizeof(glue) +
                             (nchecks + 1) * sizeof(eql_shape_check) +
                             (njudged + 1) * sizeof(judged) +
                             (w->nfinds + 1) * sizeof(found));

    if (!t)
        return NULL;
    t->nat = line->n;
    t->nvalues = w->nvalues;
    t->nchecks = nchecks;
    t->njudged = njudged;
    t->nfinds = w->nfinds;
    t->prefix_len = prefix;
    memcpy(t->prefix, line->text.p, prefix);
    *room = (char *)t + head - 32;
    return t;
}

static found
pack(const eql_find *f, const eql_walk_value *values)
{
    uint32_t kind = f->kind == EQL_FIND_VALUE ? values[f->a].kind : 0;

    return (found){f->path, (uint16_t)f->kind, (uint16_t)kind, (uint16_t)f->a,
                   (uint16_t)f->b};
}

static shape *
learn(eql_shapes *s, const eql_scan_line *line, const eql_walked *w)
{
    uint32_t start = (uint32_t)(line->text.p - line->base), quotes;
    glue *glues = calloc(w->nvalues + (size_t)1, sizeof *glues);
    shape draft = {.glues = glues}, *t = NULL;
    char *room;

    s->checks.n = s->judged.n = 0;
    if (glues && w->values[0].from - start <= MAX_PREFIX &&
        add_glues(s, line, w, &draft) && add_judged(s, line, w, &quotes))
        t = new_shape(line, w, s->checks.n, s->judged.n, &room);
    if (t) {
        t->plain = is_plain(line, w);
        t->quotes = quotes;
        t->glues = lay(&room, glues, w->nvalues + (size_t)1, sizeof *glues);
        t->checks =
            lay(&room, s->checks.items, t->nchecks, sizeof(eql_shape_check));
        t->judged = lay(&room, s->judged.items, t->njudged, sizeof(judged));
        t->finds = lay(&room, NULL, t->nfinds, sizeof(found));
        for (uint32_t i = 0; i < t->nfinds; i++)
            t->finds[i] = pack(&w->finds[i], w->values);
    }
    free(glues);
    return t;
}

/* Is there room in the bucket?  Lines beyond are walked. */
static bool
has_room(eql_shapes *s, const shape *t)
{
    uint32_t n = 0;

    for (; t; t = t->next)
        n++;
    s->refused += n >= MAX_CHAIN;
    return n < MAX_CHAIN;
}

void
eql_shapes_learn(eql_shapes *s, const eql_scan_line *line, const eql_walked *w)
{
    uint64_t key;
    uint32_t *seen;
    shape *t;

    if (line->n < 2 || line->n > MAX_ORD || line->room < 32 || w->nvalues == 0)
        return;
    key = key_of(line);
    seen = &s->seen[key % BUCKETS];
    if (*seen != (uint32_t)(key >> 32)) {
        *seen = (uint32_t)(key >> 32);
        return;
    }
    if (s->nshapes == EQL_SHAPES_MAX || s->nwindows == EQL_SHAPES_WINDOWS ||
        s->refused == MAX_REFUSED)
        flush(s);
    if (!has_room(s, s->buckets[key % BUCKETS]))
        return;
    t = learn(s, line, w);
    if (!t)
        return;
    t->key = key;
    t->next = s->buckets[key % BUCKETS];
    s->buckets[key % BUCKETS] = t;
    s->nshapes++;
    s->n->shapes++;
}
