/* regex_class.c -- classes of a regular expression as ranges of code points,
 * closed under case folding, written in RE2's syntax.
 *
 * What folds alike is asked of base/fold.c once per expression, and only if a
 * class has letters beyond ASCII. */
#include "base/regex_parse.h"

#include "base/text.h"

#include <stdlib.h>

#define LAST_CP 0x10FFFFu
/* Nothing above folds (test_regex.c looks). */
#define LAST_FOLDING 0x1FFFFu

typedef struct {
    uint32_t lo, hi;
} range;

typedef struct {
    uint32_t fold, cp;
} orbit;

static int
compare_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int
by_fold(const void *a, const void *b)
{
    const orbit *x = a, *y = b;
    int c = compare_u32(x->fold, y->fold);

    return c ? c : compare_u32(x->cp, y->cp);
}

static int
by_cp(const void *a, const void *b)
{
    const orbit *x = a, *y = b;

    return compare_u32(x->cp, y->cp);
}

static int
by_lo(const void *a, const void *b)
{
    const range *x = a, *y = b;

    return compare_u32(x->lo, y->lo);
}

static void
sort(eql_vec *v, int (*compare)(const void *, const void *))
{
    if (v->n > 1)
        qsort(v->items, v->n, v->size, compare);
}

/* --- orbits --- */

void
eql_orbits_free(eql_orbits *o)
{
    eql_vec_free(&o->by_fold);
    eql_vec_free(&o->by_cp);
    o->built = false;
}

static bool
build_orbits(eql_orbits *o)
{
    for (uint32_t cp = 0; cp <= LAST_FOLDING; cp++) {
        uint32_t fold = eql_fold_cp(cp);

        if (fold == cp)
            continue;
        eql_vec_push(&o->by_fold, &(orbit){fold, cp}, sizeof(orbit));
        eql_vec_push(&o->by_fold, &(orbit){fold, fold}, sizeof(orbit));
    }
    sort(&o->by_fold, by_fold);
    for (uint32_t i = 0; i < o->by_fold.n; i++) {
        const orbit *x = eql_vec_at(&o->by_fold, i);

        if (i == 0 || by_fold(x, x - 1) != 0)
            eql_vec_push(&o->by_cp, x, sizeof(orbit));
    }
    sort(&o->by_cp, by_cp);
    o->built = !o->by_fold.failed && !o->by_cp.failed;
    return o->built;
}

/* The first one at or after key. */
static uint32_t
lower_bound(const eql_vec *v, const orbit *key,
            int (*compare)(const void *, const void *))
{
    uint32_t lo = 0, hi = v->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (compare(eql_vec_at(v, mid), key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* --- building --- */

void
eql_char_class_free(eql_char_class *c)
{
    eql_vec_free(&c->ranges);
    eql_vec_free(&c->folded);
}

static void
add(eql_vec *v, uint32_t lo, uint32_t hi)
{
    eql_vec_push(v, &(range){lo, hi}, sizeof(range));
}

void
eql_char_class_add(eql_char_class *c, bool fold, uint32_t lo, uint32_t hi)
{
    add(fold ? &c->folded : &c->ranges, lo, hi);
}

void
eql_char_class_add_set(eql_char_class *c, char set, bool controls)
{
    static const range digits[] = {{'0', '9'}};
    static const range space[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};
    static const range spaces[] = {{'\t', '\r'}, {' ', ' '}};
    static const range word[] = {
        {'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    const range *r = word;
    size_t n = EQL_COUNTOF(word);
    uint32_t next = 0;

    if (set == 'd' || set == 'D') {
        r = digits;
        n = EQL_COUNTOF(digits);
    } else if (set == 's' || set == 'S') {
        r = controls ? spaces : space;
        n = controls ? EQL_COUNTOF(spaces) : EQL_COUNTOF(space);
    }
    for (size_t i = 0; i < n; i++) {
        if (set >= 'a') {
            add(&c->ranges, r[i].lo, r[i].hi);
        } else {
            if (r[i].lo > next)
                add(&c->ranges, next, r[i].lo - 1);
            next = r[i].hi + 1;
        }
    }
    if (set < 'a')
        add(&c->ranges, next, LAST_CP);
}

/* Sorted, without overlaps and neighbours. */
static void
normalise(eql_vec *v)
{
    range *r = v->items;
    uint32_t n = 0;

    sort(v, by_lo);
    for (uint32_t i = 0; i < v->n; i++) {
        if (n > 0 && r[i].lo <= r[n - 1].hi + 1) {
            if (r[i].hi > r[n - 1].hi)
                r[n - 1].hi = r[i].hi;
        } else {
            r[n++] = r[i];
        }
    }
    v->n = n;
}

/* --- folding --- */

/* The other cases of ASCII letters of r. */
static void
close_ascii(eql_vec *out, range r, bool ascii_only)
{
    for (uint32_t c = r.lo; c <= r.hi && c < 0x80; c++) {
        uint32_t lower = c | 0x20;

        if (lower < 'a' || lower > 'z')
            continue;
        add(out, c ^ 0x20, c ^ 0x20);
        if (!ascii_only && lower == 'k')
            add(out, 0x212A, 0x212A);
        if (!ascii_only && lower == 's')
            add(out, 0x017F, 0x017F);
    }
}

static void
close_orbits(eql_vec *out, range r, const eql_orbits *o)
{
    const orbit first = {.cp = r.lo};

    for (uint32_t i = lower_bound(&o->by_cp, &first, by_cp); i < o->by_cp.n;
         i++) {
        const orbit *x = eql_vec_at(&o->by_cp, i);
        const orbit all = {.fold = x->fold};

        if (x->cp > r.hi)
            break;
        for (uint32_t k = lower_bound(&o->by_fold, &all, by_fold);
             k < o->by_fold.n; k++) {
            const orbit *y = eql_vec_at(&o->by_fold, k);

            if (y->fold != x->fold)
                break;
            add(out, y->cp, y->cp);
        }
    }
}

/* Moves the folded ranges to the others, with all that fold alike. */
static bool
close_folded(eql_char_class *c, eql_orbits *o)
{
    const range *last;

    normalise(&c->folded);
    if (c->folded.n == 0)
        return !c->folded.failed;
    last = eql_vec_at(&c->folded, c->folded.n - 1);
    if (o && last->hi >= 0x80 && !o->built && !build_orbits(o))
        return false;
    for (uint32_t i = 0; i < c->folded.n; i++) {
        const range *r = eql_vec_at(&c->folded, i);

        add(&c->ranges, r->lo, r->hi);
        if (o && last->hi >= 0x80)
            close_orbits(&c->ranges, *r, o);
        else
            close_ascii(&c->ranges, *r, !o);
    }
    return !c->folded.failed;
}

/* --- writing --- */

static void
emit_range(eql_buf *out, uint32_t lo, uint32_t hi)
{
    eql_buf_printf(out, "\\x{%x}", (unsigned)lo);
    if (hi > lo)
        eql_buf_printf(out, "-\\x{%x}", (unsigned)hi);
}

bool
eql_char_class_emit(eql_char_class *c, eql_orbits *o, eql_buf *out)
{
    if (!close_folded(c, o))
        return false;
    normalise(&c->ranges);
    if (c->ranges.failed || c->ranges.n == 0)
        return false;
    /* All but every character is a class to RE2 too: it matches nothing. */
    eql_buf_add_str(out, c->negated ? "[^" : "[");
    for (uint32_t i = 0; i < c->ranges.n; i++) {
        const range *r = eql_vec_at(&c->ranges, i);

        emit_range(out, r->lo, r->hi);
    }
    eql_buf_add_char(out, ']');
    return !out->failed;
}
