/* index_ask.c -- from the value of a path to its answer.
 *
 * Tables name the leaves that the value may satisfy, the suspects; the
 * interpreter tells which of them hold.  Where it cannot, because the work of
 * one event is used up, all of them count as holding: an answer may name too
 * much, never too little. */
#include "vm/index/index_int.h"

#include <stdlib.h>

#include "stdlib/functions.h"

/* Pieces that are compared in one text; beyond, a gram alone makes a suspect,
 * so that hostile text costs no more than its length. */
#define MOST_COMPARED 4096u

struct eql_index_asker {
    const eql_index *ix;
    eql_interp *it;
    uint32_t round;
    uint32_t *entry_seen; /* per entry, per stage: the round it was met in */
    uint32_t *stage_seen;
    uint32_t *suspects; /* entries */
    uint32_t nsuspects;
    uint32_t *stages; /* of the answer */
    eql_buf text;     /* folded, between START and END; some zeros behind */
    uint32_t field;   /* whose only value it is; EQL_NONE */
    bool likely;      /* eql_index_likely may be called */
};

eql_index_asker *
eql_index_asker_new(const eql_index *ix)
{
    eql_index_asker *a = calloc(1, sizeof *a);
    size_t nstages = (size_t)ix->p->nstages + 1;
    size_t nentries = (size_t)ix->nentries + 1;

    if (!a)
        return NULL;
    a->ix = ix;
    a->likely = eql_index_can_tell_likely();
    a->it = eql_interp_new_shared(ix->pr);
    a->entry_seen = calloc(nentries, sizeof *a->entry_seen);
    a->suspects = calloc(nentries, sizeof *a->suspects);
    a->stage_seen = calloc(nstages, sizeof *a->stage_seen);
    a->stages = calloc(nstages, sizeof *a->stages);
    if (!a->it || !a->entry_seen || !a->suspects || !a->stage_seen ||
        !a->stages) {
        eql_index_asker_free(a);
        return NULL;
    }
    return a;
}

void
eql_index_asker_free(eql_index_asker *a)
{
    if (!a)
        return;
    eql_interp_free(a->it);
    free(a->entry_seen);
    free(a->suspects);
    free(a->stage_seen);
    free(a->stages);
    eql_buf_free(&a->text);
    free(a);
}

static void
begin_round(eql_index_asker *a)
{
    a->nsuspects = 0;
    a->field = EQL_NONE;
    if (++a->round != 0)
        return;
    /* Wrapped: old rounds could be taken for this one. */
    memset(a->entry_seen, 0, a->ix->nentries * sizeof *a->entry_seen);
    memset(a->stage_seen, 0, a->ix->p->nstages * sizeof *a->stage_seen);
    a->round = 1;
}

/* --- suspects --- */

static void
suspect(eql_index_asker *a, uint32_t entry)
{
    if (a->entry_seen[entry] == a->round)
        return;
    a->entry_seen[entry] = a->round;
    a->suspects[a->nsuspects++] = entry;
}

static void
suspect_all(eql_index_asker *a, eql_range posts)
{
    const uint32_t *entries = a->ix->posts.items;

    for (uint32_t i = 0; i < posts.n; i++)
        suspect(a, entries[posts.first + i]);
}

static void
look_up(eql_index_asker *a, const eql_index_group *g, uint64_t key)
{
    const eql_index_table *t = &g->whole;

    for (uint32_t at = (uint32_t)key & t->mask; t->cells[at].n > 0;
         at = (at + 1) & t->mask) {
        const eql_index_cell *cell = &t->cells[at];

        if (cell->key == key) {
            suspect_all(a, (eql_range){cell->first, cell->n});
            return;
        }
    }
}

/* --- text --- */

/* Makes a->text of s. */
static void
fold_text(eql_index_asker *a, eql_strview s)
{
    a->field = EQL_NONE;
    a->text.len = 0;
    eql_buf_add_char(&a->text, EQL_INDEX_START);
    eql_fold(&a->text, s);
    eql_buf_add_char(&a->text, EQL_INDEX_END);
    if (eql_buf_reserve(&a->text, EQL_INDEX_SLACK))
        memset(a->text.p + a->text.len, 0, EQL_INDEX_SLACK);
}

/* While a text is scanned. */
typedef struct {
    eql_index_asker *a;
    const eql_index_group *g;
    uint32_t compared;
    uint64_t spent; /* a gram of which there is no suspect left */
} scan;

/* A gram is met at `at`; are all that have it suspects? */
static bool
try_spots(scan *sc, eql_range spots, size_t at)
{
    eql_index_asker *a = sc->a;
    const eql_index_spot *all = a->ix->spots.items;
    const char *pool = a->ix->pool.p;
    bool left = false;

    for (uint32_t i = 0; i < spots.n; i++) {
        const eql_index_spot *s = &all[spots.first + i];
        size_t first = at - s->at;

        if (a->entry_seen[s->entry] == a->round)
            continue;
        if (sc->compared < MOST_COMPARED) {
            sc->compared++;
            if (at < s->at || first + s->len > a->text.len ||
                memcmp(a->text.p + first, pool + s->text, s->len) != 0) {
                left = true;
                continue;
            }
        }
        suspect(a, s->entry);
    }
    return !left;
}

static void
find_spots(scan *sc, uint64_t gram, uint32_t hash, size_t at)
{
    const eql_index_table *t = &sc->g->grams;

    for (uint32_t i = hash & t->mask; t->cells[i].n > 0;
         i = (i + 1) & t->mask) {
        const eql_index_cell *cell = &t->cells[i];

        if (cell->key == gram) {
            if (try_spots(sc, (eql_range){cell->first, cell->n}, at))
                sc->spent = gram;
            return;
        }
    }
}

/* May there be a gram that is sought?  n is known where this is inlined: each
 * is a single load then. */
static inline bool
is_sought(const eql_index_group *g, const char *p, uint32_t n, uint64_t spent)
{
    uint64_t gram = eql_index_gram(p, n);
    uint32_t bit = eql_index_gram_hash(gram) >> g->shift;

    return gram != spent && (g->bloom[bit / 64] >> bit % 64 & 1);
}

static void
try_gram(scan *sc, size_t at, uint32_t n)
{
    uint64_t gram = eql_index_gram(sc->a->text.p + at, n);

    find_spots(sc, gram, eql_index_gram_hash(gram), at);
}

/* Places that are likely, so many at a time. */
#define LIKELY 4096u

/* The 32 places from `from` on of which bits are set. */
static inline void
try_places(scan *sc, size_t from, uint32_t bits)
{
    const eql_index_group g = {.bloom = sc->g->bloom, .shift = sc->g->shift};
    bool pairs = sc->g->pairs;
    const char *p = sc->a->text.p;
    size_t len = sc->a->text.len;

    for (; bits; bits &= bits - 1) {
        size_t at = from + (size_t)__builtin_ctz(bits);

        if (is_sought(&g, p + at, 4, sc->spent) && at + 4 <= len)
            try_gram(sc, at, 4);
        if (pairs && is_sought(&g, p + at, 2, sc->spent) && at + 2 <= len)
            try_gram(sc, at, 2);
    }
}

static void
scan_likely(scan *sc)
{
    size_t len = sc->a->text.len;
    uint32_t bits[LIKELY / 32];

    for (size_t from = 0; from < len; from += LIKELY) {
        size_t n = len - from < LIKELY ? len - from : LIKELY;

        eql_index_likely(sc->g->nibbles, sc->a->text.p + from, n, bits);
        for (size_t i = 0; i < n; i += 32)
            try_places(sc, from + i, bits[i / 32]);
    }
}

static void
scan_all(scan *sc)
{
    const char *p = sc->a->text.p;
    size_t len = sc->a->text.len;

    for (size_t at = 0; at + 4 <= len; at++) {
        if (is_sought(sc->g, p + at, 4, sc->spent))
            try_gram(sc, at, 4);
    }
    for (size_t at = 0; sc->g->pairs && at + 2 <= len; at++) {
        if (is_sought(sc->g, p + at, 2, sc->spent))
            try_gram(sc, at, 2);
    }
}

static void
look_up_text(eql_index_asker *a, const eql_index_group *g, eql_strview s)
{
    scan sc = {.a = a, .g = g};

    fold_text(a, s);
    if (a->text.failed)
        return;
    if (a->text.len - 2 <= g->longest)
        look_up(a, g,
                eql_index_text_key(a->ix->seed,
                                   eql_sv(a->text.p + 1, a->text.len - 2)));
    if (g->nibbles && a->likely)
        scan_likely(&sc);
    else if (g->bloom)
        scan_all(&sc);
    suspect_all(a, g->loose);
}

/* --- values --- */

static eql_value
convert(const eql_index_group *g, const eql_value *v)
{
    switch (g->convert) {
    case EQL_OP_TO_NUMBER: return eql_to_number(v);
    case EQL_OP_TO_BOOL: return eql_to_bool(v);
    default: return *v;
    }
}

static void
look_up_value(eql_index_asker *a, const eql_index_group *g, const eql_value *v)
{
    uint64_t seed = a->ix->seed;
    eql_value x = convert(g, v);
    char text[32];

    switch (x.tag) {
    case EQL_NULL: break;
    case EQL_BOOL: look_up(a, g, eql_index_bool_key(seed, x.u.b)); break;
    case EQL_INT:
        look_up(a, g, eql_index_number_key(seed, &x));
        if (g->patterns)
            look_up_text(a, g, eql_sv(text, eql_format_int(x.u.i, text)));
        break;
    case EQL_FLOAT:
        look_up(a, g, eql_index_number_key(seed, &x));
        if (g->patterns)
            look_up_text(a, g, eql_sv(text, eql_format_double(x.u.d, text)));
        break;
    case EQL_STRING: look_up_text(a, g, eql_value_sv(&x)); break;
    case EQL_ARRAY:
    case EQL_OBJECT: suspect_all(a, g->entries); break;
    }
}

/* --- answers --- */

static void
mark_category(const eql_index_category *c, const eql_slot *slot, eql_marks *m)
{
    for (uint32_t i = 0; i < slot->n; i++) {
        if (slot->v[i].tag == EQL_STRING &&
            eql_sv_eq(eql_value_sv(&slot->v[i]), c->name))
            eql_marks_set(m, c->mark);
    }
}

static void
add_stages(eql_index_asker *a, eql_range stages, eql_answer *out)
{
    for (uint32_t i = 0; i < stages.n; i++) {
        uint32_t s = a->ix->stages[stages.first + i];

        if (a->stage_seen[s] == a->round)
            continue;
        a->stage_seen[s] = a->round;
        a->stages[out->n++] = s;
    }
}

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Nearly always a few. */
static void
sort_stages(uint32_t *s, uint32_t n)
{
    if (n > 16) {
        qsort(s, n, sizeof *s, by_number);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        uint32_t x = s[i], k = i;

        for (; k > 0 && s[k - 1] > x; k--)
            s[k] = s[k - 1];
        s[k] = x;
    }
}

/* So much is matched here; what is more is work that the interpreter counts. */
#define MOST_MATCHED 65536u

/* The patterns of a leaf if they are to be compared with the folded text that
 * we have; NULL: the interpreter is to be asked. */
static const eql_pattern_list *
patterns_of_text(const eql_index_asker *a, const eql_index_entry *e)
{
    const eql_pattern_list *l;

    if (e->like == EQL_NONE || e->field != a->field)
        return NULL;
    l = eql_prepared_patterns(a->ix->pr, e->like);
    return l && l->strings == EQL_CASE_UNICODE &&
                   l->cost <= MOST_MATCHED / a->text.len
               ? l
               : NULL;
}

static bool
holds(eql_index_asker *a, const eql_event *ev, const eql_index_entry *e)
{
    const eql_pattern_list *l;

    if (e->present != EQL_NONE)
        return eql_event_slot(ev, e->present)->n > 0;
    l = patterns_of_text(a, e);
    if (l)
        return eql_pattern_list_has(l, eql_sv(a->text.p + 1, a->text.len - 2));
    return eql_interp_leaf(a->it, e->leaf);
}

/* Keeps the suspects that hold. */
static void
judge(eql_index_asker *a, const eql_event *ev)
{
    uint64_t capped = eql_interp_capped(a->it);
    uint32_t n = 0;

    for (uint32_t i = 0; i < a->nsuspects; i++) {
        uint32_t entry = a->suspects[i];

        if (holds(a, ev, &a->ix->entries[entry]) ||
            eql_interp_capped(a->it) != capped)
            a->suspects[n++] = entry;
    }
    a->nsuspects = n;
}

bool
eql_index_ask(eql_index_asker *a, const eql_event *ev, uint32_t path,
              eql_answer *out)
{
    const eql_index *ix = a->ix;
    const eql_index_path *known = &ix->paths[path];

    *out = (eql_answer){.stages = a->stages};
    begin_round(a);
    eql_interp_begin(a->it, ev);
    for (uint32_t i = 0; i < known->groups.n; i++) {
        const eql_index_group *g = &ix->groups[known->groups.first + i];
        const eql_slot *slot = eql_event_slot(ev, g->field);

        for (uint32_t k = 0; k < slot->n; k++)
            look_up_value(a, g, &slot->v[k]);
        if (slot->n == 1 && slot->v->tag == EQL_STRING &&
            g->convert == EQL_OP_LOAD_FIELD)
            a->field = g->field;
    }
    suspect_all(a, known->others);
    judge(a, ev);
    for (uint32_t i = 0; i < a->nsuspects; i++) {
        const eql_index_entry *e = &ix->entries[a->suspects[i]];

        if (e->mark != EQL_NONE)
            eql_marks_set(&out->marks, e->mark);
        add_stages(a, e->stages, out);
    }
    for (uint32_t i = 0; i < known->categories.n; i++) {
        const eql_index_category *c =
            &ix->categories[known->categories.first + i];

        if (ix->fields->of[c->field] == path)
            mark_category(c, eql_event_slot(ev, c->field), &out->marks);
    }
    sort_stages(a->stages, out->n);
    return !eql_interp_failed(a->it) && !a->text.failed;
}
