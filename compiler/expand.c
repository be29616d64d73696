/* expand.c -- see expand.h.
 *
 * A macro's body is expanded where it is defined, by the definitions before
 * it, so a call is one copy of the body with arguments put in for parameters:
 * nothing can go round in a circle.  What can grow without bound is size, and
 * every copied node counts against EQL_MAX_EXPANSION.
 *
 * Parameters are marked in the body before anything is put into it, so a name
 * that an argument or another macro brings along is never taken for one. */
#include "compiler/expand.h"

#include "base/map.h"
#include "compiler/parser.h"

typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    const eql_def_set *set;
    uint32_t left; /* nodes that may still be made */
    bool bad;      /* something was reported */
    bool stop;     /* too much already: no more of it */
} expander;

/* One call: what is put in where. */
typedef struct {
    const eql_def *def;
    const eql_expr_list *args;
    const eql_expr *call;
} call;

static eql_expr *expand(expander *ex, eql_expr *e);
static eql_expr *copy(expander *ex, const eql_expr *e, const call *c);

/* --- names --- */

/* later: it exists, but further down. */
static const eql_def *
find(const eql_def_set *set, eql_strview name, bool *later)
{
    *later = false;
    for (; set; set = set->outer) {
        uint32_t i =
            set->index ? eql_map_get(set->index, name.p, name.len) : EQL_NONE;

        if (i != EQL_NONE && i < set->n)
            return &set->defs[i];
        *later = *later || i != EQL_NONE;
    }
    return NULL;
}

static void
bad(expander *ex, const char *code, eql_span span, const char *hint,
    const char *message)
{
    if (!ex->stop)
        eql_diags_add(ex->diags, code, span, hint, "%s", message);
    ex->bad = true;
}

/* --- copies --- */

static void
too_much(expander *ex, eql_span span)
{
    if (!ex->stop)
        eql_diags_add(ex->diags, "E311", span,
                      "macros multiply what they contain",
                      "macros make this rule too large (more than %u parts)",
                      EQL_MAX_EXPANSION);
    ex->bad = ex->stop = true;
}

static uint32_t
greater(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t
list_height(const eql_expr_list *l)
{
    uint32_t h = 0;

    for (uint32_t i = 0; i < l->n; i++)
        h = greater(h, l->items[i]->height);
    return h;
}

/* Levels below a node, as the parser counts them; its parts are complete. */
static uint32_t
height(const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL:
    case EQL_NODE_FIELD: return 0;
    case EQL_NODE_CALL: return 1 + list_height(&e->u.call.args);
    case EQL_NODE_AND:
    case EQL_NODE_OR: return 1 + list_height(&e->u.list);
    case EQL_NODE_NOT:
    case EQL_NODE_SIGN: return 1 + e->u.op.left->height;
    case EQL_NODE_COMPARE:
    case EQL_NODE_ARITH:
        return 1 + greater(e->u.op.left->height, e->u.op.right->height);
    case EQL_NODE_IN:
    case EQL_NODE_MATCH:
        return 1 +
               greater(e->u.test.operand->height, list_height(&e->u.test.list));
    case EQL_NODE_LINEAGE: return 1 + e->u.lineage.body->condition->height;
    }
    return 0;
}

/* e with its height anew; NULL when it is too high. */
static eql_expr *
measured(expander *ex, eql_expr *e)
{
    e->height = height(e);
    if (e->height <= EQL_MAX_DEPTH)
        return e;
    if (!ex->stop)
        eql_diags_add(ex->diags, "E311", e->span, NULL,
                      "macros make this rule too deep (levels of nesting: "
                      "more than %u)",
                      EQL_MAX_DEPTH);
    ex->bad = ex->stop = true;
    return NULL;
}

/* The parameter's argument for the path p; p may go on behind it. */
static eql_expr *
argument(expander *ex, const eql_expr *e, const call *c)
{
    const eql_path *p = &e->u.field;
    const eql_expr *arg = c->args->items[p->param - 1];
    eql_expr *out = copy(ex, arg, NULL);
    uint32_t more = p->n - 1;
    eql_segment *segs;

    if (!out)
        return NULL;
    out->parenthesised = true;
    if (more == 0 && !p->optional)
        return out;
    if (out->kind != EQL_NODE_FIELD) {
        bad(ex, "E316", arg->span, NULL,
            "the macro takes a field here: it asks for something inside it");
        return NULL;
    }
    out->u.field.optional = out->u.field.optional || p->optional;
    segs = eql_arena_array(ex->arena, out->u.field.n + more, sizeof *segs);
    if (!segs)
        return NULL;
    memcpy(segs, out->u.field.segments, out->u.field.n * sizeof *segs);
    memcpy(segs + out->u.field.n, p->segments + 1, more * sizeof *segs);
    out->u.field.segments = segs;
    out->u.field.n += more;
    return out;
}

static bool
copy_list(expander *ex, eql_expr_list *l, const call *c)
{
    eql_expr **items = eql_arena_array(ex->arena, l->n, sizeof(eql_expr *));

    if (!items)
        return false;
    for (uint32_t i = 0; i < l->n; i++) {
        items[i] = copy(ex, l->items[i], c);
        if (!items[i])
            return false;
    }
    l->items = items;
    return true;
}

static bool
copy_one(expander *ex, eql_expr **e, const call *c)
{
    *e = copy(ex, *e, c);
    return *e != NULL;
}

static bool
copy_body(expander *ex, eql_expr *e, const call *c)
{
    eql_body *b = eql_arena_alloc(ex->arena, sizeof *b);

    if (!b)
        return false;
    *b = *e->u.lineage.body;
    e->u.lineage.body = b;
    if (c) {
        b->span = b->category.span = c->call->span;
        e->u.lineage.relation.span = c->call->span;
    }
    return copy_one(ex, &b->condition, c);
}

/* Gives e, a copy of a node, copies of its parts. */
static bool
copy_parts(expander *ex, eql_expr *e, const call *c)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL:
    case EQL_NODE_FIELD: return true;
    case EQL_NODE_CALL: return copy_list(ex, &e->u.call.args, c);
    case EQL_NODE_AND:
    case EQL_NODE_OR: return copy_list(ex, &e->u.list, c);
    case EQL_NODE_NOT:
    case EQL_NODE_SIGN: return copy_one(ex, &e->u.op.left, c);
    case EQL_NODE_COMPARE:
    case EQL_NODE_ARITH:
        return copy_one(ex, &e->u.op.left, c) &&
               copy_one(ex, &e->u.op.right, c);
    case EQL_NODE_IN:
    case EQL_NODE_MATCH:
        return copy_one(ex, &e->u.test.operand, c) &&
               copy_list(ex, &e->u.test.list, c);
    case EQL_NODE_LINEAGE: return copy_body(ex, e, c);
    }
    return false;
}

/* c NULL: as it is, place and all.  Else the body of a macro. */
static eql_expr *
copy(expander *ex, const eql_expr *e, const call *c)
{
    eql_expr *out;

    if (c && e->kind == EQL_NODE_FIELD && e->u.field.param)
        return argument(ex, e, c);
    if (ex->left == 0) {
        too_much(ex, c ? c->call->span : e->span);
        return NULL;
    }
    ex->left--;
    out = eql_arena_alloc(ex->arena, sizeof *out);
    if (!out)
        return NULL;
    *out = *e;
    if (c) {
        out->span = out->op_span = c->call->span;
        if (out->kind == EQL_NODE_CALL)
            out->u.call.name.span = c->call->span;
    }
    return copy_parts(ex, out, c) ? measured(ex, out) : NULL;
}

/* --- calls and constants --- */

static eql_expr *
expand_macro(expander *ex, eql_expr *e, const eql_def *d)
{
    call c = {d, &e->u.call.args, e};
    eql_expr *out;

    if (e->u.call.tilde) {
        bad(ex, "E303", e->op_span, NULL, "a macro has no \"~\" form");
        return NULL;
    }
    if (e->u.call.args.n != d->nparams) {
        if (!ex->stop)
            eql_diags_add(ex->diags, "E302", e->span, NULL,
                          "macro \"%.*s\" takes %u argument%s, not %u",
                          (int)d->name.text.len, d->name.text.p, d->nparams,
                          d->nparams == 1 ? "" : "s", e->u.call.args.n);
        ex->bad = true;
        return NULL;
    }
    out = copy(ex, d->body, &c);
    if (out)
        out->parenthesised = true;
    return out;
}

static void
expand_list(expander *ex, eql_expr_list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        l->items[i] = expand(ex, l->items[i]);
}

static eql_expr *
expand_call(expander *ex, eql_expr *e)
{
    eql_strview name = e->u.call.name.text;
    bool later;
    const eql_def *d = find(ex->set, name, &later);

    expand_list(ex, &e->u.call.args);
    if (d && d->kind == EQL_DEF_MACRO) {
        eql_expr *out = expand_macro(ex, e, d);

        return out ? out : e;
    }
    if (later)
        bad(ex, "E316", e->op_span, NULL,
            "a macro is defined before it is used, and not by itself");
    return e;
}

static eql_expr *
expand_field(expander *ex, eql_expr *e)
{
    const eql_path *p = &e->u.field;
    bool later;
    const eql_def *d;
    eql_expr *out;

    if (p->param || p->variable || p->optional || p->n != 1 ||
        p->segments[0].kind != EQL_SEGMENT_NAME)
        return e;
    d = find(ex->set, p->segments[0].name, &later);
    if (!d || d->kind != EQL_DEF_CONST)
        return e;
    out = copy(ex, d->body, NULL);
    if (!out)
        return e;
    out->span = out->op_span = e->span;
    return out;
}

static void
expand_parts(expander *ex, eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL:
    case EQL_NODE_FIELD:
    case EQL_NODE_CALL: break;
    case EQL_NODE_AND:
    case EQL_NODE_OR: expand_list(ex, &e->u.list); break;
    case EQL_NODE_COMPARE:
    case EQL_NODE_ARITH:
        e->u.op.right = expand(ex, e->u.op.right);
        e->u.op.left = expand(ex, e->u.op.left);
        break;
    case EQL_NODE_NOT:
    case EQL_NODE_SIGN: e->u.op.left = expand(ex, e->u.op.left); break;
    case EQL_NODE_IN:
    case EQL_NODE_MATCH:
        e->u.test.operand = expand(ex, e->u.test.operand);
        expand_list(ex, &e->u.test.list);
        break;
    case EQL_NODE_LINEAGE:
        e->u.lineage.body->condition = expand(ex, e->u.lineage.body->condition);
        break;
    }
}

/* Never NULL: after an error, what was there. */
static eql_expr *
expand(expander *ex, eql_expr *e)
{
    if (ex->stop || eql_arena_failed(ex->arena))
        return e;
    if (e->kind == EQL_NODE_CALL)
        e = expand_call(ex, e);
    else if (e->kind == EQL_NODE_FIELD)
        e = expand_field(ex, e);
    else
        expand_parts(ex, e);
    measured(ex, e);
    return e;
}

/* --- definitions --- */

static void mark(const eql_def *d, eql_expr *e);

static void
mark_list(const eql_def *d, eql_expr_list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        mark(d, l->items[i]);
}

static void
mark_field(const eql_def *d, eql_path *p)
{
    if (p->variable || p->segments[0].kind != EQL_SEGMENT_NAME)
        return;
    for (uint32_t i = 0; i < d->nparams; i++)
        if (eql_sv_eq(d->params[i].text, p->segments[0].name))
            p->param = i + 1;
}

/* Marks the parameters of d in its body. */
static void
mark(const eql_def *d, eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL: break;
    case EQL_NODE_FIELD: mark_field(d, &e->u.field); break;
    case EQL_NODE_CALL: mark_list(d, &e->u.call.args); break;
    case EQL_NODE_AND:
    case EQL_NODE_OR: mark_list(d, &e->u.list); break;
    case EQL_NODE_COMPARE:
    case EQL_NODE_ARITH:
        mark(d, e->u.op.right);
        mark(d, e->u.op.left);
        break;
    case EQL_NODE_NOT:
    case EQL_NODE_SIGN: mark(d, e->u.op.left); break;
    case EQL_NODE_IN:
    case EQL_NODE_MATCH:
        mark(d, e->u.test.operand);
        mark_list(d, &e->u.test.list);
        break;
    case EQL_NODE_LINEAGE: mark(d, e->u.lineage.body->condition); break;
    }
}

static void
check_params(expander *ex, const eql_def *d)
{
    if (d->nparams > EQL_MAX_PARAMS) {
        eql_diags_add(ex->diags, "E311", d->name.span, NULL,
                      "parameters of one macro: more than %u", EQL_MAX_PARAMS);
        ex->bad = true;
        return;
    }
    for (uint32_t i = 0; i < d->nparams; i++)
        for (uint32_t j = 0; j < i; j++)
            if (eql_sv_eq(d->params[i].text, d->params[j].text)) {
                bad(ex, "E316", d->params[i].span, NULL,
                    "two parameters of one name");
                return;
            }
}

static void
add_def(expander *ex, eql_def_set *set, eql_def *d)
{
    bool later;

    if (find(set, d->name.text, &later))
        bad(ex, "E316", d->name.span, NULL, "two definitions of one name");
    check_params(ex, d);
    if (d->kind == EQL_DEF_MACRO && d->nparams <= EQL_MAX_PARAMS) {
        mark(d, d->body);
        d->body = expand(ex, d->body);
    }
    set->n++;
}

bool
eql_def_set_make(eql_def_set *set, const eql_def_set *outer, eql_arena *arena,
                 eql_query *q, eql_diags *diags)
{
    expander ex = {arena, diags, set, EQL_MAX_EXPANSION, false, false};

    *set = (eql_def_set){.outer = outer, .defs = q->defs};
    if (q->ndefs == 0)
        return true;
    set->index = eql_map_new();
    if (!set->index) {
        eql_arena_set_failed(arena);
        return false;
    }
    /* From the last on: of two with one name the first stays. */
    for (uint32_t i = q->ndefs; i-- > 0;)
        if (!eql_map_put(set->index, q->defs[i].name.text.p,
                         q->defs[i].name.text.len, i))
            eql_arena_set_failed(arena);
    for (uint32_t i = 0; i < q->ndefs; i++)
        add_def(&ex, set, &q->defs[i]);
    return !ex.bad && !eql_arena_failed(arena);
}

void
eql_def_set_free(eql_def_set *set)
{
    eql_map_free(set->index);
    *set = (eql_def_set){0};
}

/* --- queries --- */

static bool
is_empty(const eql_def_set *set)
{
    for (; set; set = set->outer)
        if (set->n)
            return false;
    return true;
}

static void
expand_stage(expander *ex, eql_stage_node *s)
{
    s->body->condition = expand(ex, s->body->condition);
    for (uint32_t i = 0; i < s->nsuffixes; i++)
        expand_list(ex, &s->suffixes[i].by);
}

bool
eql_expand_query(const eql_def_set *set, eql_arena *arena, eql_query *q,
                 eql_diags *diags)
{
    expander ex = {arena, diags, set, EQL_MAX_EXPANSION, false, false};

    if (is_empty(set))
        return true;
    if (q->kind == EQL_QUERY_EVENT)
        q->body->condition = expand(&ex, q->body->condition);
    expand_list(&ex, &q->by);
    for (uint32_t i = 0; i < q->nstages; i++)
        expand_stage(&ex, &q->stages[i]);
    if (q->until)
        expand_stage(&ex, q->until);
    for (uint32_t i = 0; i < q->npipes; i++)
        expand_list(&ex, &q->pipes[i].args);
    return !ex.bad && !eql_arena_failed(arena);
}

bool
eql_expand_condition(const eql_def_set *set, eql_arena *arena, eql_expr **e,
                     eql_diags *diags)
{
    expander ex = {arena, diags, set, EQL_MAX_EXPANSION, false, false};

    if (!is_empty(set))
        *e = expand(&ex, *e);
    return !ex.bad && !eql_arena_failed(arena);
}
