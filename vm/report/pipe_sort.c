/* pipe_sort.c -- the order of `sort` (language 12.1).
 *
 * Null takes the empty value of the one type that its column has: "", 0 or
 * false, so it sorts first or among its equals.  In a column of several types
 * null comes first, then booleans, numbers, strings, and what has no order of
 * its own: arrays and objects, by their text.  Fields of type version have the
 * order of versions. */
#include <stdlib.h>

#include "base/buf.h"
#include "vm/eval/compare.h"
#include "vm/report/pipe_item.h"
#include "vm/eval/version.h"

typedef enum { NOTHING, TRUTH, NUMBER, TEXT, COMPOSITE } value_class;

#define VERSION 0x80u

typedef struct {
    uint32_t ncolumns;
    uint8_t *seen; /* per column: bit `class` set, VERSION */
} columns;

static value_class
class_of(const eql_value *v)
{
    switch (v->tag) {
    case EQL_NULL: return NOTHING;
    case EQL_BOOL: return TRUTH;
    case EQL_INT:
    case EQL_FLOAT: return NUMBER;
    case EQL_STRING: return TEXT;
    default: return COMPOSITE;
    }
}

/* Null as the column has it. */
static eql_value
filled(uint8_t seen, eql_value v)
{
    if (v.tag != EQL_NULL)
        return v;
    switch (seen & ~VERSION) {
    case 1u << TRUTH: return eql_value_bool(false);
    case 1u << NUMBER: return eql_value_int(0);
    case 1u << TEXT: return eql_value_str(eql_sv("", 0));
    default: return v;
    }
}

static int
compare_values(const eql_value *a, const eql_value *b, bool version)
{
    value_class x = class_of(a), y = class_of(b);

    if (x != y)
        return x < y ? -1 : 1;
    switch (x) {
    case NOTHING: return 0;
    case TRUTH: return a->u.b - b->u.b;
    case NUMBER: return eql_compare_numbers(a, b);
    case TEXT:
        if (version) /* folded already where case does not count */
            return eql_version_compare(EQL_CASE_EXACT, eql_value_sv(a),
                                       eql_value_sv(b));
        return eql_sv_cmp(eql_value_sv(a), eql_value_sv(b));
    default: return eql_sv_cmp(eql_value_sv(a), eql_value_sv(b));
    }
}

static int
compare(const void *a, const void *b, void *ctx)
{
    const eql_pipe_stored *x = *(eql_pipe_stored *const *)a;
    const eql_pipe_stored *y = *(eql_pipe_stored *const *)b;
    const columns *c = ctx;
    char scratch[2][48];
    size_t i = 0, j = 0;
    eql_value v, w;

    for (uint32_t k = 0; k < c->ncolumns; k++) {
        int order;

        if (!eql_hit_key_next(x->order, &i, &v, scratch[0]) ||
            !eql_hit_key_next(y->order, &j, &w, scratch[1]))
            break;
        v = filled(c->seen[k], v);
        w = filled(c->seen[k], w);
        order = compare_values(&v, &w, c->seen[k] & VERSION);
        if (order != 0)
            return order;
    }
    return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static void
note_types(const columns *c, const eql_pipe_stored *s)
{
    char scratch[48];
    size_t pos = 0;
    eql_value v;

    for (uint32_t k = 0; k < c->ncolumns; k++)
        if (eql_hit_key_next(s->order, &pos, &v, scratch) && v.tag != EQL_NULL)
            c->seen[k] |= (uint8_t)(1u << class_of(&v));
}

/* Is the leaf a field of type version, and no more? */
static bool
is_version(const eql_program *p, uint32_t leaf)
{
    const eql_insn *code = &p->insns[p->leaves[leaf].code.first];

    return p->leaves[leaf].code.n == 2 && code->op == EQL_OP_LOAD_FIELD &&
           p->fields[code->c].type == EQL_FIELD_VERSION;
}

bool
eql_pipe_queue_sort(eql_pipe_queue *q, const eql_program *p,
                    const eql_pipe_op *op)
{
    uint32_t n = op->exprs.n;
    columns c = {.ncolumns = n, .seen = calloc((size_t)n + 1, 1)};
    eql_vec all = {0};
    eql_pipe_stored *s;
    bool ok = c.seen != NULL;

    for (uint32_t k = 0; ok && k < n; k++)
        if (is_version(p, p->exprs[op->exprs.first + k]))
            c.seen[k] = VERSION;
    for (s = q->first; ok && s; s = s->next) {
        note_types(&c, s);
        ok = eql_vec_push(&all, &s, sizeof s) != EQL_NONE;
    }
    if (ok && all.n > 1)
        qsort_r(all.items, all.n, all.size, compare, &c);
    if (ok)
        *q = (eql_pipe_queue){0};
    for (uint32_t i = 0; ok && i < all.n; i++)
        eql_pipe_queue_add(q, *(eql_pipe_stored **)eql_vec_at(&all, i));
    eql_vec_free(&all);
    free(c.seen);
    return ok;
}
