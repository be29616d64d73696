/* sema_pipe.c -- pipes: their names and what they take (language 12.1).
 *
 * E310 for both.  Paths in them read the first event of a result, events[i]
 * the others; behind `count` they are the columns of its rows. */
#include "compiler/sema_query.h"
#include "program/rule_language.h"

/* ", head, tail ...": of pipe.def, in its order. */
static const char all_names[] =
#define PIPE(NAME, name, operand, least, most, takes, hosts) ", " name
#include "program/pipe.def"
#undef PIPE
    ;

static void
unknown(eql_sema_checker *ck, const eql_pipe *p)
{
    eql_strview names[EQL_PIPE_KIND_COUNT];
    const char *advice = eql_rule_pipe_advice(p->name.text);
    eql_strview hint = {0};
    uint32_t close;

    for (uint32_t i = 0; i < EQL_PIPE_KIND_COUNT; i++)
        names[i] = eql_pipe_kind_get(i)->name;
    close = eql_closest(p->name.text, names, EQL_PIPE_KIND_COUNT);
    if (advice)
        hint = eql_sv_cstr(advice);
    else if (close != EQL_NONE)
        hint = eql_arena_printf(ck->sx.arena, "did you mean \"%s\"?",
                                names[close].p);
    else
        hint = eql_arena_printf(ck->sx.arena, "pipes are %s", all_names + 2);
    eql_diags_add(ck->sx.diags, "E310", p->name.span, hint.p,
                  "unknown pipe \"%.*s\"", (int)p->name.text.len,
                  p->name.text.p);
    ck->ok = false;
}

static bool
find(eql_sema_checker *ck, const eql_pipe *p, eql_pipe_kind *out)
{
    const eql_pipe_kind_info *info;

    *out = eql_pipe_kind_find(p->name.text);
    if (*out == EQL_PIPE_KIND_COUNT) {
        unknown(ck, p);
        return false;
    }
    info = eql_pipe_kind_get(*out);
    if (p->args.n >= info->least && p->args.n <= info->most)
        return true;
    eql_diags_add(ck->sx.diags, "E310", p->span, NULL, "pipe \"%s\" takes %s",
                  info->name.p, info->takes);
    ck->ok = false;
    return false;
}

/* head and tail. */
static void
check_number(eql_sema_checker *ck, const eql_pipe *p, eql_typed_pipe *out)
{
    const eql_expr *e;

    out->n = EQL_DEFAULT_PIPE_RESULTS;
    if (p->args.n == 0)
        return;
    e = p->args.items[0];
    if (e->kind == EQL_NODE_LITERAL && e->u.literal.tag == EQL_INT &&
        e->u.literal.u.i >= 0) {
        out->n = (uint64_t)e->u.literal.u.i;
        return;
    }
    eql_sema_fail(ck, "E310", e->span, NULL,
                  "head and tail take a whole number, 0 or more");
}

static bool names_event(const eql_expr *e);

static bool
any_names_event(const eql_expr_list *l)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (names_event(l->items[i]))
            return true;
    return false;
}

/* Does the value depend on the event? */
static bool
names_event(const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL: return false;
    case EQL_NODE_FIELD:
    case EQL_NODE_LINEAGE: return true;
    case EQL_NODE_CALL: return any_names_event(&e->u.call.args);
    case EQL_NODE_AND:
    case EQL_NODE_OR: return any_names_event(&e->u.list);
    case EQL_NODE_NOT:
    case EQL_NODE_SIGN: return names_event(e->u.op.left);
    case EQL_NODE_COMPARE:
    case EQL_NODE_ARITH:
        return names_event(e->u.op.left) || names_event(e->u.op.right);
    case EQL_NODE_IN:
    case EQL_NODE_MATCH:
        return names_event(e->u.test.operand) ||
               any_names_event(&e->u.test.list);
    }
    return true;
}

static void
check_values(eql_sema_checker *ck, const eql_pipe *p, eql_typed_pipe *out)
{
    /* A type error to Python EQL, whose pipes these are. */
    bool endgame = ck->sx.settings->dialect.name == EQL_DIALECT_ENDGAME;

    out->exprs.items =
        eql_arena_array(ck->sx.arena, p->args.n, sizeof *out->exprs.items);
    if (!out->exprs.items)
        return;
    ck->sx.composite = true;
    for (uint32_t i = 0; i < p->args.n; i++) {
        eql_typed *t = eql_sema_value(&ck->sx, p->args.items[i]);

        if (t && endgame && !names_event(p->args.items[i]))
            eql_sema_fail(ck, "E310", p->args.items[i]->span,
                          "name a field, as in: sort process.name",
                          "this value is the same for all events");
        else if (t)
            out->exprs.items[out->exprs.n++] = t;
        else
            ck->ok = false;
    }
    ck->sx.composite = false;
}

static void
check_pipe(eql_sema_checker *ck, const eql_pipe *p, eql_typed_pipe *out)
{
    out->span = p->span;
    if (!find(ck, p, &out->kind))
        return;
    switch (eql_pipe_kind_get(out->kind)->operand) {
    case EQL_PIPE_TAKES_NUMBER: check_number(ck, p, out); break;
    case EQL_PIPE_TAKES_CONDITION:
        out->condition = eql_sema_root(&ck->sx, p->args.items[0]);
        ck->ok = ck->ok && out->condition;
        break;
    case EQL_PIPE_TAKES_VALUES: check_values(ck, p, out); break;
    }
    if (out->kind == EQL_PIPE_COUNT)
        ck->sx.after_count = true;
}

/* The category that all events of a path have; empty: no one. */
static eql_strview
category(const eql_typed_query *q)
{
    if (q->nstages == 0 || q->stages[0].any)
        return eql_sv("", 0);
    for (uint32_t i = 1; i < q->nstages; i++)
        if (!eql_sv_eq(q->stages[i].category, q->stages[0].category))
            return eql_sv("", 0);
    return q->stages[0].category;
}

void
eql_sema_pipes(eql_sema_checker *ck)
{
    const eql_query *q = ck->query;
    eql_typed_query *out = ck->out;
    uint32_t errors = eql_diags_nerrors(ck->sx.diags);

    if (q->npipes == 0)
        return;
    out->pipes = eql_arena_array(ck->sx.arena, q->npipes, sizeof *out->pipes);
    if (!out->pipes)
        return;
    ck->sx.pipe = true;
    ck->sx.pure = true;
    ck->sx.category = category(out);
    for (uint32_t i = 0; i < q->npipes; i++)
        check_pipe(ck, &q->pipes[i], &out->pipes[out->npipes++]);
    ck->ok = ck->ok && eql_diags_nerrors(ck->sx.diags) == errors;
}
