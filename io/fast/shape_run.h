/* shape_run.h -- following transitions, once per kernel: the file that includes
 * it defines
 *
 *   RUN(name)       the name's form for this kernel
 *   TARGET          its attributes
 *   BYTES(p, c)     bit i: is byte i of the 32 at p as in c?  The lowest counts
 *   SAME(p, transition)   do the bytes at p begin as the transition does?
 *
 * Up to 32 bytes are read behind the line feed after the text, which no
 * transition goes past. */
#include "io/fast/shape_int.h"

/* Is this the transition at p, rather than one that is longer? */
TARGET static inline bool
RUN(fits)(const eql_shapes *t, const eql_transition *e, const char *p,
          const char *end)
{
    if (!SAME(p, e) ||
        (e->len > EQL_TRANSITION_TEXT && !eql_shape_same_tail(t, e, p, end)))
        return false;
    switch (e->kind % EQL_SHAPE_RARE) {
    case EQL_SHAPE_VALUE: return eql_shape_starts_value(p[e->len]);
    case EQL_SHAPE_END: return p + e->len == end;
    default: return true;
    }
}

/* The transition from this place at p; NULL: it is not known. */
TARGET static eql_transition *
RUN(find)(const eql_shapes *t, uint32_t place, const char *p, const char *end)
{
    uint32_t colons = BYTES(p, eql_shape_colons), h;
    uint32_t n =
        colons ? (uint32_t)__builtin_ctz(colons) + 1 : EQL_TRANSITION_TEXT;

    if (p >= end)
        return NULL;
    n = (size_t)(end - p) < n ? (uint32_t)(end - p) : n;
    h = eql_shape_hash(place, p, n);
    for (uint32_t i = 0; i < EQL_SHAPE_PROBES; i++) {
        uint32_t number = t->table[(h + i) % EQL_SHAPE_PLACES];

        if (number == 0)
            break;
        if (t->transitions[number - 1].from == place &&
            RUN(fits)(t, &t->transitions[number - 1], p, end))
            return &t->transitions[number - 1];
    }
    return NULL;
}

/* Bytes of the string from p on, up to its closing quote; or more than are
 * left before `end`. */
TARGET static inline size_t
RUN(string)(const char *p, const char *end)
{
    uint32_t quotes = BYTES(p, eql_shape_quotes);
    size_t n = 0;

    while (__builtin_expect(quotes == 0, 0)) {
        n += 32;
        if (p + n >= end)
            return n;
        quotes = BYTES(p + n, eql_shape_quotes);
    }
    n += (size_t)__builtin_ctz(quotes);
    if (__builtin_expect(p[(ptrdiff_t)n - 1] == '\\', 0))
        return eql_shape_string(p, n, end);
    return n;
}

/* After the value at p that is no string; NULL: unsupported.  Whole numbers and
 * arrays of strings are the usual ones. */
TARGET static inline const char *
RUN(value)(eql_shapes *t, const eql_transition *e, const char *p,
           const char *end)
{
    const char *q = p;

    if (*p == '[') {
        q++;
        if (*q == '"') {
            do {
                q += RUN(string)(q + 1, end) + 2;
                if (q > end)
                    return NULL;
            } while (*q == ',' && *++q == '"');
        }
        if (*q == ']' && q[-1] != ',')
            return q + 1;
    } else if (*p >= '1' && *p <= '9') {
        while (*q >= '0' && *q <= '9')
            q++;
        if (q - p < 16 && (*q == ',' || *q == '}'))
            return q;
    }
    return eql_shape_value(t, e, p, end);
}

/* The length of a string is guessed to be what it was last time, so that the
 * processor may read on before it has found the quote: where the guess is
 * right, as it foresees, nothing waits for that. */
TARGET static inline size_t
RUN(length)(eql_transition *e, size_t n)
{
    uint32_t guess = e->guess;

    if (n != guess) {
        e->guess = (uint32_t)n;
        return n;
    }
    /* The compiler is not to know that this is n. */
    __asm__("" : "+r"(guess));
    return guess;
}

TARGET bool
RUN(run)(eql_shapes *t, const char *p, const char *end, eql_raw *out)
{
    eql_transition *e, *last = &t->start;
    uint8_t *seen = t->seen, epoch = t->epoch;
    const char *from, *to;
    uint32_t kind;
    bool sure;

    for (;; last = e, p = to) {
        e = last->next;
        sure = false;
        if (__builtin_expect(!SAME(p, e), 0)) {
        find:
            sure = true;
            e = RUN(find)(t, last->to, p, end);
            if (!e)
                break;
            last->next = e;
        }
        from = p + e->len;
        kind = e->kind;
        if (__builtin_expect(kind >= EQL_SHAPE_RARE, 0)) {
            if (!sure && !RUN(fits)(t, e, p, end))
                goto find;
            out = eql_shape_rare(t, e, p, out);
            if (!out)
                goto unsupported;
            kind -= EQL_SHAPE_RARE;
            epoch = t->epoch;
        }
        if (kind == EQL_SHAPE_STRING) {
            to = from + RUN(length)(e, RUN(string)(from, end)) + 1;
            if (to > end)
                goto unsupported;
            if (!e->name)
                continue;
            out->path = e->path;
            out->p = from - 1;
            out->len = (uint32_t)(to - out->p);
            out += e->wanted;
        } else if (kind == EQL_SHAPE_OBJECT) {
            to = from;
            if (!e->name)
                continue;
        } else if (kind == EQL_SHAPE_VALUE) {
            if (!eql_shape_starts_value(*from))
                goto find;
            to = RUN(value)(t, e, from, end);
            if (!to)
                goto unsupported;
            if (!e->name)
                continue;
            out->path = e->path;
            out->p = from;
            out->len = (uint32_t)(to - from);
            out += e->wanted & (t->keep_nulls | (*from != 'n'));
        } else {
            if (from != end)
                goto find;
            t->nraws = (uint32_t)(out - t->raws);
            return true;
        }
        if (seen[e->name] == epoch)
            goto unsupported;
        seen[e->name] = epoch;
    }
    t->left = last;
    t->left_at = p;
    return false;
unsupported:
    t->left_at = NULL;
    return false;
}
