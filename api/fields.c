/* fields.c -- which fields the rules of a program read.
 *
 * A path may stand in the program several times (in several modes, or of
 * another event of a sequence); people see it once.  What a rule reads is found
 * by walking its stages' code, down into the bodies of array functions. */
#include "api/fields.h"

#include <stdlib.h>

typedef struct {
    const eql_program *p;
    bool *reads;   /* per program field, of the rule at hand */
    bool *filters; /* walked for that rule */
    bool *leaves;  /* walked for that rule */
    eql_vec todo;  /* uint32_t, filters yet to be walked */
    bool failed;
} walker;

static void
walk_leaf(walker *w, uint32_t leaf)
{
    eql_range code;

    if (leaf == EQL_NONE || w->leaves[leaf])
        return;
    w->leaves[leaf] = true;
    code = w->p->leaves[leaf].code;
    for (uint32_t i = 0; i < code.n; i++) {
        const eql_insn *in = &w->p->insns[code.first + i];

        if (in->op == EQL_OP_LOAD_FIELD || in->op == EQL_OP_ARRAY_HAS)
            w->reads[in->c] = true;
        if (in->op != EQL_OP_ANY_OF && in->op != EQL_OP_COUNT_OF)
            continue;
        w->reads[w->p->iterators[in->c].field] = true;
        if (eql_vec_push(&w->todo, &w->p->iterators[in->c].filter,
                         sizeof(uint32_t)) == EQL_NONE)
            w->failed = true;
    }
}

static void
walk_filter(walker *w, uint32_t filter)
{
    if (filter == EQL_NONE)
        return;
    if (eql_vec_push(&w->todo, &filter, sizeof filter) == EQL_NONE)
        w->failed = true;
    while (w->todo.n > 0) {
        uint32_t f = *(const uint32_t *)eql_vec_at(&w->todo, --w->todo.n);
        eql_range code = w->p->filters[f].code;

        if (w->filters[f])
            continue;
        w->filters[f] = true;
        for (uint32_t i = 0; i < code.n; i++) {
            const eql_insn *in = &w->p->insns[code.first + i];

            if (in->op == EQL_OP_BRANCH_TRUE || in->op == EQL_OP_BRANCH_FALSE)
                walk_leaf(w, in->c);
        }
    }
}

static void
walk_stage(walker *w, const eql_stage *s)
{
    const eql_program *p = w->p;

    if (s->has_category)
        w->reads[s->category_field] = true;
    walk_filter(w, s->residual == EQL_NONE ? s->filter : s->residual);
    for (uint32_t i = 0; i < s->exceptions.n; i++)
        walk_filter(w, p->exceptions[s->exceptions.first + i].filter);
    for (uint32_t i = 0; i < s->severities.n; i++)
        walk_filter(w, p->severities[s->severities.first + i].filter);
    for (uint32_t i = 0; i < s->keys.n; i++) {
        const eql_key *k = &p->keys[s->keys.first + i];

        if (k->field != EQL_NONE)
            w->reads[k->field] = true;
        walk_leaf(w, k->leaf);
    }
}

static void
walk_pipe(walker *w, const eql_pipe_op *op)
{
    walk_filter(w, op->filter);
    for (uint32_t i = 0; i < op->exprs.n; i++)
        walk_leaf(w, w->p->exprs[op->exprs.first + i]);
}

static void
walk_rule(walker *w, uint32_t rule)
{
    const eql_program *p = w->p;
    eql_range pipes = p->rules[rule].pipes;

    memset(w->reads, 0, p->nfields * sizeof *w->reads);
    memset(w->filters, 0, p->nfilters * sizeof *w->filters);
    memset(w->leaves, 0, p->nleaves * sizeof *w->leaves);
    for (uint32_t i = 0; i < p->nstages; i++)
        if (p->stages[i].rule == rule)
            walk_stage(w, &p->stages[i]);
    for (uint32_t i = 0; i < pipes.n; i++)
        walk_pipe(w, &p->pipes[pipes.first + i]);
}

/* --- paths --- */

void
eql_fields_add_path(const eql_program *p, uint32_t field, eql_buf *out)
{
    const eql_field *f = &p->fields[field];
    bool dot = false;

    if (f->parent != EQL_NONE) {
        eql_fields_add_path(p, f->parent, out);
        eql_buf_add_str(out, "[]");
        dot = true;
    }
    for (uint32_t i = 0; i < f->segs.n; i++) {
        const eql_field_seg *s = &p->segs[f->segs.first + i];

        if (s->flags & EQL_SEG_INDEX) {
            eql_buf_printf(out, "[%u]", s->index);
            continue;
        }
        if (dot)
            eql_buf_add_char(out, '.');
        dot = true;
        eql_buf_add_sv(out, eql_program_str(p, s->name));
    }
}

static int
cmp_seen(const void *a, const void *b)
{
    const eql_seen_field *x = a, *y = b;
    int c = eql_sv_cmp(x->path, y->path);

    if (c != 0)
        return c;
    return (x->field > y->field) - (x->field < y->field);
}

static bool
name_fields(eqlvm_fields *r, const eql_program *p)
{
    eql_buf path = {0};
    bool ok = true;

    for (uint32_t i = 0; ok && i < p->nfields; i++) {
        path.len = 0;
        eql_fields_add_path(p, i, &path);
        r->items[i] = (eql_seen_field){
            .path = eql_arena_dup(r->arena, eql_buf_sv(&path)), .field = i};
        ok = !path.failed && r->items[i].path.p;
    }
    eql_buf_free(&path);
    qsort(r->items, p->nfields, sizeof *r->items, cmp_seen);
    return ok;
}

/* Items of one path are neighbours; a rule counts once for all of them. */
static void
count_rule(eqlvm_fields *r, const bool *reads)
{
    for (uint32_t i = 0, first = 0; i < r->n; i++) {
        if (!eql_sv_eq(r->items[i].path, r->items[first].path))
            first = i;
        if (!reads[r->items[i].field] || r->items[first].counted)
            continue;
        r->items[first].counted = true;
        r->items[first].rules++;
    }
    for (uint32_t i = 0; i < r->n; i++)
        r->items[i].counted = false;
}

/* One item per path that some rule reads. */
static void
merge(eqlvm_fields *r)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < r->n; i++)
        if (r->items[i].rules > 0)
            r->items[n++] = r->items[i];
    r->n = n;
}

static bool
fill(eqlvm_fields *r, walker *w)
{
    const eql_program *p = r->program;

    r->arena = eql_arena_new(0);
    r->items = calloc((size_t)p->nfields + 1, sizeof *r->items);
    w->reads = calloc((size_t)p->nfields + 1, sizeof *w->reads);
    w->filters = calloc((size_t)p->nfilters + 1, sizeof *w->filters);
    w->leaves = calloc((size_t)p->nleaves + 1, sizeof *w->leaves);
    if (!r->arena || !r->items || !w->reads || !w->filters || !w->leaves ||
        !name_fields(r, p))
        return false;
    r->n = p->nfields;
    for (uint32_t i = 0; i < p->nrules && !w->failed; i++) {
        walk_rule(w, i);
        count_rule(r, w->reads);
    }
    merge(r);
    return !w->failed;
}

/* --- the public calls --- */

eqlvm_fields *
eqlvm_fields_new(const eqlvm_program *p)
{
    eqlvm_fields *r;
    walker w = {0};
    bool ok;

    if (!p)
        return NULL;
    r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    w.p = r->program = p->p;
    ok = fill(r, &w);
    free(w.reads);
    free(w.filters);
    free(w.leaves);
    eql_vec_free(&w.todo);
    if (ok)
        return r;
    eqlvm_fields_free(r);
    return NULL;
}

void
eqlvm_fields_free(eqlvm_fields *r)
{
    if (!r)
        return;
    eql_arena_free(r->arena);
    free(r->items);
    free(r);
}

static eqlvm_text
type_name(uint32_t type)
{
    static const char *const names[EQL_FIELD_TYPE_COUNT] = {
        [EQL_FIELD_ANY] = "",          [EQL_FIELD_IP] = "ip",
        [EQL_FIELD_NUMBER] = "number", [EQL_FIELD_BOOLEAN] = "boolean",
        [EQL_FIELD_DATE] = "date",     [EQL_FIELD_VERSION] = "version",
    };

    return eql_api_text(
        eql_sv_cstr(type < EQL_FIELD_TYPE_COUNT ? names[type] : ""));
}

size_t
eqlvm_fields_count(const eqlvm_fields *f)
{
    return f ? f->n : 0;
}

void
eqlvm_fields_get(const eqlvm_fields *f, size_t i, eqlvm_field_info *out)
{
    const eql_seen_field *s;

    *out = (eqlvm_field_info){0};
    if (!f || i >= f->n)
        return;
    s = &f->items[i];
    *out =
        (eqlvm_field_info){.path = eql_api_text(s->path),
                           .type = type_name(f->program->fields[s->field].type),
                           .rules = s->rules};
}
