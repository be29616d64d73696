/* strict.c -- see strict.h.
 *
 * One walk over the syntax tree; the table strict.def says which dialect has
 * what.  Literals are told apart by the text they were written in.  Recursion
 * is as deep as the tree, which the parser has capped. */
#include "compiler/strict.h"

#include "compiler/token.h"
#include "stdlib/functions.h"

typedef struct {
    const char *text;
    bool has[EQL_DIALECT_COUNT];
    char kind;
} row;

static const row rows[] = {
#define CONSTRUCT(id, text, elastic, endpoint, endgame, kind)                  \
    {text, {elastic, endpoint, endgame}, kind},
#include "compiler/strict.def"
#undef CONSTRUCT
};

typedef struct {
    eql_strview text;
    const eql_compile_settings *settings;
    eql_diags *diags;
    uint64_t told; /* one bit each, without --strict */
} walker;

_Static_assert(EQL_CONSTRUCT_COUNT <= 64, "one bit each in walker.told");

static void
found(walker *w, eql_construct c, eql_span span)
{
    uint32_t dialect = w->settings->dialect.name;
    const row *r = &rows[c];
    uint64_t bit = UINT64_C(1) << c;
    bool strict = w->settings->strict;

    if (r->has[dialect] ||
        (!strict && (!r->kind || (w->told & bit) || w->settings->any_dialect)))
        return;
    w->told |= bit;
    if (strict)
        eql_diags_add(w->diags, "E314", span, NULL,
                      "%s is not supported by dialect %s", r->text,
                      eql_dialect_text(dialect));
    else
        eql_diags_add(w->diags, r->kind == 'N' ? "N407" : "W407", span, NULL,
                      "%s is no part of dialect %s", r->text,
                      eql_dialect_text(dialect));
}

static void walk(walker *w, const eql_expr *e);
static void walk_body(walker *w, const eql_body *b);

static void
walk_list(walker *w, const eql_expr_list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        walk(w, l->items[i]);
}

/* --- leaves --- */

static bool
written(const walker *w, eql_span at, const char *start)
{
    size_t n = strlen(start);

    return at.offset < w->text.len && n <= w->text.len - at.offset &&
           memcmp(w->text.p + at.offset, start, n) == 0;
}

/* Behind what may stand before it inside the node's place. */
static eql_span
skip(const walker *w, eql_span at, const char *what)
{
    while (at.len && at.offset < w->text.len && w->text.p[at.offset] &&
           strchr(what, w->text.p[at.offset]))
        at.offset++, at.len--;
    return at;
}

/* A sign is part of a number already: `- -5` is one literal. */
static bool
has_two_signs(const walker *w, eql_span at)
{
    eql_span first = skip(w, at, "( \t\r\n");
    eql_span second = skip(w, first, "+-");

    if (second.offset - first.offset > 1)
        return true;
    return second.offset > first.offset &&
           skip(w, skip(w, second, " \t\r\n"), "+-").offset >
               skip(w, second, " \t\r\n").offset;
}

static void
literal(walker *w, const eql_expr *e)
{
    eql_span at = skip(w, e->span, "( \t\r\n");

    if (e->u.literal.tag == EQL_INT || e->u.literal.tag == EQL_FLOAT) {
        if (has_two_signs(w, e->span))
            found(w, EQL_CONSTRUCT_DOUBLE_SIGN, e->span);
    } else if (e->u.literal.tag != EQL_STRING) {
        return;
    } else if (written(w, at, "\"\"\"")) {
        found(w, EQL_CONSTRUCT_RAW_STRING, e->span);
    } else if (written(w, at, "'") || written(w, at, "?")) {
        found(w, EQL_CONSTRUCT_OLD_STRING, e->span);
    }
}

static void
field(walker *w, const eql_expr *e)
{
    const eql_path *p = &e->u.field;

    if (p->optional)
        found(w, EQL_CONSTRUCT_OPTIONAL, e->span);
    if (p->variable)
        found(w, EQL_CONSTRUCT_VARIABLE, e->span);
    if (p->segments[0].kind == EQL_SEGMENT_NAME &&
        (eql_sv_is(p->segments[0].name, "macro") ||
         eql_sv_is(p->segments[0].name, "const")))
        found(w, EQL_CONSTRUCT_SOFT_KEYWORD, e->span);
    for (uint32_t i = 0; i < p->n; i++) {
        const eql_segment *s = &p->segments[i];

        if (s->kind == EQL_SEGMENT_INDEX)
            found(w, EQL_CONSTRUCT_INDEX, s->span);
        else if (s->kind == EQL_SEGMENT_NAME && eql_token_is_reserved(s->name))
            found(w, EQL_CONSTRUCT_KEYWORD_SEGMENT, s->span);
        else if (s->kind == EQL_SEGMENT_NAME && s->name.p[0] == '@')
            found(w, EQL_CONSTRUCT_AT_NAME, s->span);
    }
}

/* --- inner nodes --- */

/* Blocks of cidrMatch; the first argument is the address. */
static void
blocks(walker *w, const eql_expr_list *args)
{
    for (uint32_t i = 1; i < args->n; i++) {
        const eql_expr *a = args->items[i];
        eql_strview s;

        if (a->kind != EQL_NODE_LITERAL || a->u.literal.tag != EQL_STRING)
            continue;
        s = eql_value_sv(&a->u.literal);
        if (s.len && !memchr(s.p, '/', s.len))
            found(w, EQL_CONSTRUCT_BARE_ADDRESS, a->span);
    }
}

static void
call(walker *w, const eql_expr *e)
{
    eql_strview name = e->u.call.name.text;
    eql_function fn = eql_function_find(name);

    if (fn < EQL_FN_COUNT && (fn == EQL_FN_ARRAY_SEARCH_P ||
                              !eql_sv_eq(eql_function_get(fn)->name, name)))
        found(w, EQL_CONSTRUCT_FUNCTION_CASE, e->u.call.name.span);
    if (e->u.call.tilde)
        found(w, EQL_CONSTRUCT_TILDE, e->op_span);
    if (e->u.call.method)
        found(w, EQL_CONSTRUCT_METHOD, e->op_span);
    switch (fn) {
    case EQL_FN_CIDR_MATCH: blocks(w, &e->u.call.args); break;
    case EQL_FN_ARRAY_CONTAINS:
    case EQL_FN_ARRAY_COUNT:
    case EQL_FN_ARRAY_SEARCH:
    case EQL_FN_ARRAY_SEARCH_P:
        found(w, EQL_CONSTRUCT_ARRAY_FUNCTION, e->op_span);
        break;
    case EQL_FN_MATCH:
    case EQL_FN_MATCH_LITE:
    case EQL_FN_SAFE:
    case EQL_FN_WILDCARD:
        found(w, EQL_CONSTRUCT_OLD_FUNCTION, e->op_span);
        break;
    default: break;
    }
    walk_list(w, &e->u.call.args);
}

/* Does the expression name a field, outside of conditions inside it? */
static bool
names_field(const eql_expr *e)
{
    const eql_expr_list *l = NULL;

    switch (e->kind) {
    case EQL_NODE_FIELD: return true;
    case EQL_NODE_ARITH:
        return names_field(e->u.op.left) || names_field(e->u.op.right);
    case EQL_NODE_SIGN: return names_field(e->u.op.left);
    case EQL_NODE_CALL: l = &e->u.call.args; break;
    default: return false;
    }
    for (uint32_t i = 0; i < l->n; i++)
        if (names_field(l->items[i]))
            return true;
    return false;
}

static bool
is_test(const eql_expr *e)
{
    return !e->parenthesised &&
           (e->kind == EQL_NODE_IN || e->kind == EQL_NODE_MATCH);
}

static void
compare(walker *w, const eql_expr *e)
{
    const eql_expr *l = e->u.op.left, *r = e->u.op.right;

    if (e->u.op.single_equals)
        found(w, EQL_CONSTRUCT_SINGLE_EQUALS, e->op_span);
    if (is_test(l) || is_test(r))
        found(w, EQL_CONSTRUCT_TEST_COMPARED, e->op_span);
    if (names_field(l) && names_field(r))
        found(w, EQL_CONSTRUCT_TWO_FIELDS, e->span);
    walk(w, l);
    walk(w, r);
}

static void
in_list(walker *w, const eql_expr *e)
{
    const eql_expr_list *l = &e->u.test.list;

    if (e->u.test.fold)
        found(w, EQL_CONSTRUCT_TILDE, e->op_span);
    for (uint32_t i = 0; i < l->n; i++)
        if (l->items[i]->kind != EQL_NODE_LITERAL) {
            found(w, EQL_CONSTRUCT_COMPUTED_LIST, l->items[i]->span);
            break;
        }
}

static void
test(walker *w, const eql_expr *e)
{
    const eql_expr *of = e->u.test.operand;

    if ((of->kind == EQL_NODE_ARITH || of->kind == EQL_NODE_SIGN) &&
        !of->parenthesised)
        found(w, EQL_CONSTRUCT_TEST_OF_SUM, e->op_span);
    if (e->u.test.trailing_comma)
        found(w, EQL_CONSTRUCT_TRAILING_COMMA, e->span);
    if (e->kind == EQL_NODE_IN) {
        in_list(w, e);
    } else {
        found(w, EQL_CONSTRUCT_PATTERN, e->op_span);
        if (e->u.test.op == EQL_MATCH_LIKE_CI ||
            e->u.test.op == EQL_MATCH_REGEX_CI)
            found(w, EQL_CONSTRUCT_TILDE, e->op_span);
        if (e->u.test.negated)
            found(w, EQL_CONSTRUCT_NEGATED_TEST, e->op_span);
    }
    walk(w, of);
    walk_list(w, &e->u.test.list);
}

static void
sign(walker *w, const eql_expr *e)
{
    const eql_expr *inner = e->u.op.left;

    if (inner->kind == EQL_NODE_SIGN && !inner->parenthesised)
        found(w, EQL_CONSTRUCT_DOUBLE_SIGN, e->op_span);
    walk(w, inner);
}

static bool
is_relation(eql_strview s)
{
    return eql_sv_is(s, "descendant") || eql_sv_is(s, "child") ||
           eql_sv_is(s, "event");
}

static void
walk(walker *w, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL: literal(w, e); break;
    case EQL_NODE_FIELD: field(w, e); break;
    case EQL_NODE_CALL: call(w, e); break;
    case EQL_NODE_AND:
    case EQL_NODE_OR: walk_list(w, &e->u.list); break;
    case EQL_NODE_NOT: walk(w, e->u.op.left); break;
    case EQL_NODE_COMPARE: compare(w, e); break;
    case EQL_NODE_ARITH:
        walk(w, e->u.op.left);
        walk(w, e->u.op.right);
        break;
    case EQL_NODE_SIGN: sign(w, e); break;
    case EQL_NODE_IN:
    case EQL_NODE_MATCH: test(w, e); break;
    case EQL_NODE_LINEAGE:
        if (is_relation(e->u.lineage.relation.text))
            found(w, EQL_CONSTRUCT_LINEAGE, e->op_span);
        walk_body(w, e->u.lineage.body);
        break;
    }
}

/* --- queries --- */

static void
walk_body(walker *w, const eql_body *b)
{
    if (b->missing)
        found(w, EQL_CONSTRUCT_MISSING, b->span);
    if (b->quoted)
        found(w, EQL_CONSTRUCT_STRING_CATEGORY, b->category.span);
    walk(w, b->condition);
}

static void
walk_keys(walker *w, const eql_expr_list *by)
{
    for (uint32_t i = 0; i < by->n; i++)
        if (by->items[i]->kind != EQL_NODE_FIELD) {
            found(w, EQL_CONSTRUCT_KEY_EXPRESSION, by->items[i]->span);
            break;
        }
    walk_list(w, by);
}

static void
walk_stage(walker *w, const eql_stage_node *s)
{
    walk_body(w, s->body);
    for (uint32_t i = 0; i < s->nsuffixes; i++) {
        const eql_suffix *x = &s->suffixes[i];

        switch (x->kind) {
        case EQL_SUFFIX_BY: walk_keys(w, &x->by); break;
        case EQL_SUFFIX_FORK: found(w, EQL_CONSTRUCT_FORK, x->span); break;
        case EQL_SUFFIX_AS: found(w, EQL_CONSTRUCT_ALIAS, x->span); break;
        case EQL_SUFFIX_RUNS:
            found(w, EQL_CONSTRUCT_RUNS, x->span);
            if (x->number.tag == EQL_INT &&
                x->number.u.i > EQL_DEFAULT_RUNS_MAX)
                found(w, EQL_CONSTRUCT_MANY_RUNS, x->span);
            break;
        }
    }
}

/* One stage, and it stands for one event. */
static bool
is_single(const eql_query *q)
{
    const eql_stage_node *s = q->stages;

    if (q->kind != EQL_QUERY_SEQUENCE || q->nstages != 1)
        return false;
    for (uint32_t i = 0; i < s->nsuffixes; i++)
        if (s->suffixes[i].kind == EQL_SUFFIX_RUNS &&
            s->suffixes[i].number.tag == EQL_INT &&
            s->suffixes[i].number.u.i > 1)
            return false;
    return true;
}

static void
walk_stages(walker *w, const eql_query *q)
{
    if (q->kind == EQL_QUERY_JOIN)
        found(w, EQL_CONSTRUCT_JOIN, q->head);
    if (q->kind == EQL_QUERY_SAMPLE)
        found(w, EQL_CONSTRUCT_SAMPLE, q->head);
    if (q->kind == EQL_QUERY_SAMPLE && q->nstages > 5)
        found(w, EQL_CONSTRUCT_SAMPLE_FILTERS, q->stages[5].span);
    if (q->maxspan.present && q->maxspan.before_by)
        found(w, EQL_CONSTRUCT_MAXSPAN_FIRST, q->maxspan.span);
    if (is_single(q))
        found(w, EQL_CONSTRUCT_SINGLE_STAGE, q->head);
    walk_keys(w, &q->by);
    for (uint32_t i = 0; i < q->nstages; i++)
        walk_stage(w, &q->stages[i]);
    if (q->until)
        walk_stage(w, q->until);
}

static void
walk_pipe(walker *w, const eql_pipe *p)
{
    eql_pipe_kind kind = eql_pipe_kind_find(p->name.text);
    bool known = kind != EQL_PIPE_KIND_COUNT; /* else sema reports it */
    bool cut = kind == EQL_PIPE_HEAD || kind == EQL_PIPE_TAIL;

    if (known && !cut)
        found(w, EQL_CONSTRUCT_PIPE, p->span);
    if (cut && p->args.n == 0)
        found(w, EQL_CONSTRUCT_PIPE_DEFAULT, p->span);
    for (uint32_t i = 0; i < p->args.n; i++) {
        const eql_expr *e = p->args.items[i];

        walk(w, e);
        if (e->kind != EQL_NODE_LITERAL)
            continue;
        if (cut && e->u.literal.tag == EQL_INT && e->u.literal.u.i == 0)
            found(w, EQL_CONSTRUCT_PIPE_ZERO, e->span);
    }
}

void
eql_strict_query(const eql_query *q, eql_strview text,
                 const eql_compile_settings *o, eql_diags *diags)
{
    walker w = {.text = text, .settings = o, .diags = diags};

    for (uint32_t i = 0; i < q->ndefs; i++) {
        found(&w, EQL_CONSTRUCT_MACRO, q->defs[i].span);
        walk(&w, q->defs[i].body);
    }
    if (q->kind == EQL_QUERY_EVENT && q->body)
        walk_body(&w, q->body);
    else
        walk_stages(&w, q);
    if (q->npipes && q->kind == EQL_QUERY_SAMPLE)
        found(&w, EQL_CONSTRUCT_SAMPLE_PIPE, q->pipes[0].span);
    for (uint32_t i = 0; i < q->npipes; i++)
        walk_pipe(&w, &q->pipes[i]);
}

void
eql_strict_condition(const eql_expr *e, eql_strview text,
                     const eql_compile_settings *o, eql_diags *diags)
{
    walker w = {.text = text, .settings = o, .diags = diags};

    walk(&w, e);
}
