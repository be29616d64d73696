/* ast_query.c -- builds the nodes around expressions: bodies, stages, pipes.
 *
 * Duplicates and wrong combinations (two `by` on a stage, `until ![`) are
 * kept as written; sema judges them. */
#include "compiler/front.h"

#include "grammar.h"

eql_body *
eql_ast_filter(eql_parser *ps, eql_token category, eql_expr *condition)
{
    eql_body *b = eql_arena_alloc(ps->arena, sizeof *b);

    if (!b || !condition)
        return NULL;
    b->any = category.kind == EQL_TOK_ANY;
    b->quoted = category.kind == EQL_TOK_STRING;
    b->category = eql_ast_name(ps, category);
    b->condition = condition;
    b->span = eql_ast_join(category.span, condition->span);
    return b;
}

eql_body *
eql_ast_bracket(eql_parser *ps, eql_token open, eql_body *body, eql_token close)
{
    (void)ps;
    if (body) {
        body->missing = open.kind == EQL_TOK_MISSING_OPEN;
        body->span = eql_ast_join(open.span, close.span);
    }
    return body;
}

eql_ast_opts *
eql_ast_options(eql_parser *ps, eql_expr_list by,
                const eql_span_clause *maxspan, bool before_by)
{
    eql_ast_opts *o = eql_arena_alloc(ps->arena, sizeof *o);

    if (!o)
        return NULL;
    o->by = by;
    if (maxspan) {
        o->maxspan = *maxspan;
        o->maxspan.before_by = before_by;
    }
    return o;
}

eql_span_clause *
eql_ast_maxspan(eql_parser *ps, eql_token with, eql_token name,
                eql_token number, eql_token unit)
{
    eql_span_clause *c = eql_arena_alloc(ps->arena, sizeof *c);

    if (!c)
        return NULL;
    c->present = true;
    c->name = eql_ast_name(ps, name);
    c->number = eql_ast_number(ps, number);
    if (unit.span.len)
        c->unit = eql_ast_name(ps, unit);
    else
        c->unit.span = (eql_span){number.span.offset + number.span.len, 0};
    c->span = eql_ast_join(with.span, unit.span.len ? unit.span : number.span);
    return c;
}

eql_suffix *
eql_ast_suffix(eql_parser *ps, eql_suffix_kind kind, eql_span span)
{
    eql_suffix *s = eql_arena_alloc(ps->arena, sizeof *s);

    if (!s)
        return NULL;
    s->kind = kind;
    s->span = span;
    return s;
}

eql_suffix *
eql_ast_suffix_by(eql_parser *ps, eql_expr_list by)
{
    eql_suffix *s;

    if (by.n == 0)
        return NULL;
    s = eql_ast_suffix(
        ps, EQL_SUFFIX_BY,
        eql_ast_join(by.items[0]->span, by.items[by.n - 1]->span));
    if (s)
        s->by = by;
    return s;
}

eql_suffix *
eql_ast_suffix_runs(eql_parser *ps, eql_token with, eql_token name,
                    eql_token number)
{
    eql_suffix *s = eql_ast_suffix(ps, EQL_SUFFIX_RUNS,
                                   eql_ast_join(with.span, number.span));

    if (!s)
        return NULL;
    s->name = eql_ast_name(ps, name);
    s->number = eql_ast_number(ps, number);
    return s;
}

eql_suffix *
eql_ast_suffix_fork(eql_parser *ps, eql_token fork, eql_token value)
{
    bool bare = value.span.len == 0;
    eql_suffix *s =
        eql_ast_suffix(ps, EQL_SUFFIX_FORK,
                       bare ? fork.span : eql_ast_join(fork.span, value.span));

    if (s)
        s->fork = bare || value.kind == EQL_TOK_TRUE;
    return s;
}

eql_suffix *
eql_ast_suffix_as(eql_parser *ps, eql_token as, eql_token name)
{
    eql_suffix *s =
        eql_ast_suffix(ps, EQL_SUFFIX_AS, eql_ast_join(as.span, name.span));

    if (s)
        s->name = eql_ast_name(ps, name);
    return s;
}

eql_stage_node *
eql_ast_stage(eql_parser *ps, eql_body *body, eql_ast_vec suffixes)
{
    eql_stage_node *s = eql_arena_alloc(ps->arena, sizeof *s);

    if (!s || !body)
        return NULL;
    s->body = body;
    s->suffixes = suffixes.items;
    s->nsuffixes = suffixes.n;
    s->span = body->span;
    if (s->nsuffixes)
        s->span = eql_ast_join(s->span, s->suffixes[s->nsuffixes - 1].span);
    return s;
}

static eql_def *
definition(eql_parser *ps, eql_def_kind kind, eql_token word, eql_token name,
           eql_expr *body)
{
    eql_def *d = eql_arena_alloc(ps->arena, sizeof *d);

    if (!d || !body)
        return NULL;
    d->kind = kind;
    d->name = eql_ast_name(ps, name);
    d->body = body;
    d->span = eql_ast_join(word.span, body->span);
    return d;
}

eql_def *
eql_ast_macro(eql_parser *ps, eql_token macro, eql_token name,
              eql_ast_vec params, eql_expr *body)
{
    eql_def *d = definition(ps, EQL_DEF_MACRO, macro, name, body);

    if (!d)
        return NULL;
    d->params = params.items;
    d->nparams = params.n;
    return d;
}

eql_def *
eql_ast_const(eql_parser *ps, eql_token word, eql_token name, eql_expr *value)
{
    return definition(ps, EQL_DEF_CONST, word, name, value);
}

eql_pipe *
eql_ast_pipe(eql_parser *ps, eql_token name, eql_expr_list args)
{
    eql_pipe *p = eql_arena_alloc(ps->arena, sizeof *p);

    if (!p)
        return NULL;
    p->name = eql_ast_name(ps, name);
    p->args = args;
    p->span = name.span;
    if (args.n)
        p->span = eql_ast_join(p->span, args.items[args.n - 1]->span);
    return p;
}

eql_query *
eql_ast_event(eql_parser *ps, eql_body *body)
{
    eql_query *q = eql_arena_alloc(ps->arena, sizeof *q);

    if (!q || !body)
        return NULL;
    q->kind = EQL_QUERY_EVENT;
    q->body = body;
    q->span = body->span;
    q->head = q->span;
    return q;
}

eql_body *
eql_ast_any(eql_parser *ps, eql_expr *condition)
{
    eql_body *b = eql_arena_alloc(ps->arena, sizeof *b);

    if (!condition) {
        condition = eql_ast_node(ps, EQL_NODE_LITERAL, (eql_span){0, 0}, 0);
        if (condition)
            condition->u.literal = eql_value_bool(true);
    }
    if (!b || !condition)
        return NULL;
    b->any = true;
    b->condition = condition;
    b->span = condition->span;
    return b;
}

eql_query *
eql_ast_no_query(eql_parser *ps)
{
    return eql_arena_alloc(ps->arena, sizeof(eql_query));
}

static eql_query_kind
query_kind(int kind)
{
    return kind == EQL_TOK_SAMPLE ? EQL_QUERY_SAMPLE
           : kind == EQL_TOK_JOIN ? EQL_QUERY_JOIN
                                  : EQL_QUERY_SEQUENCE;
}

eql_query *
eql_ast_stages(eql_parser *ps, eql_token first, const eql_ast_opts *opts,
               eql_ast_vec stages, eql_stage_node *until)
{
    eql_query *q = eql_arena_alloc(ps->arena, sizeof *q);

    if (!q || stages.n == 0)
        return NULL;
    q->kind = query_kind(first.kind);
    if (opts) {
        q->by = opts->by;
        q->maxspan = opts->maxspan;
    }
    q->stages = stages.items;
    q->nstages = stages.n;
    q->until = until;
    q->span = eql_ast_join(first.span, until ? until->span
                                             : q->stages[q->nstages - 1].span);
    q->head = q->span;
    return q;
}

void
eql_ast_finish(eql_parser *ps, eql_ast_vec defs, eql_query *q,
               eql_ast_vec pipes)
{
    if (!q)
        return;
    q->defs = defs.items;
    q->ndefs = defs.n;
    q->pipes = pipes.items;
    q->npipes = pipes.n;
    if (q->ndefs)
        q->span = eql_ast_join(q->defs[0].span, q->span);
    if (q->npipes)
        q->span = eql_ast_join(q->span, q->pipes[q->npipes - 1].span);
    ps->query = q;
}
