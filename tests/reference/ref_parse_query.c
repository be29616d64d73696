/* ref_parse_query.c -- see ref_parse_int.h.  Definitions, queries, stages and
 * pipes. */
#include "tests/reference/ref_parse_int.h"

#include <string.h>

/* --- macros and constants (language 13.1) --- */

/* A macro's arguments, in the order of its parameters. */
typedef struct {
    const ref_definition *macro;
    const ref_nodes *args;
} binding;

static ref_node *copy_node(ref_parser *p, const ref_node *e, const binding *b);

static ref_node *
plain_copy(ref_parser *p, const ref_node *e)
{
    ref_node *to = ref_alloc(p->pool, sizeof *to);

    *to = *e;
    return to;
}

/* A field whose root is a parameter: its argument, longer by the rest. */
static ref_node *
copy_field(ref_parser *p, const ref_node *e, const binding *b)
{
    for (size_t i = 0; b && i < b->macro->nparams; i++) {
        const ref_segment *root = &e->path.segments[0];
        ref_node *to;
        size_t n, rest = e->path.n - 1;

        if (e->path.variable || root->quoted ||
            !ref_str_eq(root->name, b->macro->params[i]))
            continue;
        to = copy_node(p, b->args->items[i], NULL);
        if (rest == 0)
            return to;
        if (to->kind != REF_N_FIELD) {
            ref_p_fail(p, "a path below a macro argument that is no field");
            return to;
        }
        n = to->path.n;
        to->path.segments =
            ref_alloc(p->pool, (n + rest) * sizeof *to->path.segments);
        memcpy(to->path.segments, b->args->items[i]->path.segments,
               n * sizeof *to->path.segments);
        memcpy(to->path.segments + n, e->path.segments + 1,
               rest * sizeof *to->path.segments);
        to->path.n = n + rest;
        return to;
    }
    return plain_copy(p, e);
}

/* b NULL: an unchanged copy. */
static ref_node *
copy_node(ref_parser *p, const ref_node *e, const binding *b)
{
    ref_node *to;

    if (e->kind == REF_N_FIELD)
        return copy_field(p, e, b);
    to = plain_copy(p, e);
    to->kids = ref_alloc(p->pool, e->n * sizeof(ref_node *));
    for (size_t i = 0; i < e->n; i++)
        to->kids[i] = copy_node(p, e->kids[i], b);
    if (e->body) {
        to->body = ref_alloc(p->pool, sizeof *to->body);
        *to->body = *e->body;
        to->body->condition = copy_node(p, e->body->condition, b);
    }
    return to;
}

static const ref_definition *
find_definition(const ref_parser *p, ref_str name, bool is_macro)
{
    for (size_t i = p->ndefs; i-- > 0;)
        if (p->defs[i].is_macro == is_macro &&
            ref_str_eq(p->defs[i].name, name))
            return &p->defs[i];
    return NULL;
}

ref_node *
ref_p_expand_field(ref_parser *p, ref_node *field)
{
    const ref_segment *root = &field->path.segments[0];
    const ref_definition *def;

    if (p->why || field->path.n != 1 || root->quoted || field->path.variable ||
        field->path.optional)
        return field;
    for (size_t i = 0; p->defining && i < p->defining->nparams; i++)
        if (ref_str_eq(p->defining->params[i], root->name))
            return field;
    def = find_definition(p, root->name, false);
    return def ? copy_node(p, def->body, NULL) : field;
}

ref_node *
ref_p_expand_call(ref_parser *p, ref_str name, const ref_nodes *args)
{
    const ref_definition *def = find_definition(p, name, true);
    binding b = {def, args};

    if (!def || p->why)
        return NULL;
    if (args->n != def->nparams)
        ref_p_fail(p, "wrong number of arguments of a macro");
    return p->why ? NULL : copy_node(p, def->body, &b);
}

static void
parse_macro(ref_parser *p, ref_definition *def)
{
    ref_p_expect(p, "macro");
    def->is_macro = true;
    def->name = ref_p_name(p);
    ref_p_expect(p, "(");
    while (!p->why && !ref_p_is(p, ")")) {
        def->params =
            ref_grow(p->pool, def->params, def->nparams, sizeof *def->params);
        def->params[def->nparams++] = ref_p_name(p);
        if (!ref_p_take(p, ","))
            break;
    }
    ref_p_expect(p, ")");
    p->defining = def;
    def->body = ref_p_expr(p);
    p->defining = NULL;
}

static void
parse_const(ref_parser *p, ref_definition *def)
{
    ref_p_expect(p, "const");
    def->name = ref_p_name(p);
    if (!ref_p_take(p, "=="))
        ref_p_expect(p, "=");
    def->body = ref_p_literal(p);
}

static void
parse_definitions(ref_parser *p)
{
    while (!p->why) {
        bool is_macro = ref_p_is(p, "macro") && ref_p_ahead(p, 2, "(");
        bool is_const = ref_p_is(p, "const") &&
                        (ref_p_ahead(p, 2, "==") || ref_p_ahead(p, 2, "="));
        ref_definition def = {0};

        if (!is_macro && !is_const)
            return;
        if (is_macro)
            parse_macro(p, &def);
        else
            parse_const(p, &def);
        p->defs = ref_grow(p->pool, p->defs, p->ndefs, sizeof def);
        p->defs[p->ndefs++] = def;
    }
}

/* --- stages --- */

void
ref_p_filter(ref_parser *p, ref_filter *out)
{
    if (ref_p_take(p, "any"))
        out->any = true;
    else if (p->t->kind == REF_T_STRING)
        out->category = (p->t++)->text;
    else
        out->category = ref_p_name(p);
    ref_p_expect(p, "where");
    out->condition = ref_p_expr(p);
}

static ref_nodes
parse_by(ref_parser *p)
{
    ref_nodes by = {0};

    do {
        /* one trailing comma */
        if (by.n &&
            (ref_p_is(p, "[") || ref_p_is(p, "with") || ref_p_is(p, "until") ||
             p->t->kind == REF_T_END || p->t->kind == REF_T_MISSING_OPEN))
            break;
        ref_p_push(p, &by, ref_p_expr(p));
    } while (!p->why && ref_p_take(p, ","));
    return by;
}

static int64_t
parse_count(ref_parser *p)
{
    const ref_token *t = p->t;

    if (t->kind != REF_T_NUMBER || !t->number.is_int) {
        ref_p_fail(p, "integer expected");
        return 0;
    }
    p->t++;
    return t->number.i;
}

/* as, fork, runs, by: false when the token starts none of them. */
static bool
parse_suffix(ref_parser *p, ref_stage *s)
{
    if (ref_p_take(p, "by")) {
        s->by = parse_by(p);
    } else if (ref_p_take(p, "with")) {
        ref_p_expect(p, "runs");
        ref_p_expect(p, "=");
        s->runs = (size_t)parse_count(p);
    } else if (ref_p_take(p, "fork")) {
        s->fork = true;
        if (ref_p_take(p, "=")) {
            s->fork = ref_p_is(p, "true");
            p->t++;
        }
    } else if (ref_p_take(p, "as")) {
        s->alias = ref_p_name(p);
    } else {
        return false;
    }
    return !p->why;
}

static ref_stage
parse_stage(ref_parser *p)
{
    ref_stage s = {.runs = 1};

    s.missing = p->t->kind == REF_T_MISSING_OPEN;
    if (s.missing)
        p->t++;
    else
        ref_p_expect(p, "[");
    ref_p_filter(p, &s.filter);
    ref_p_expect(p, "]");
    while (!p->why && parse_suffix(p, &s))
        ;
    return s;
}

static void
parse_stages(ref_parser *p, ref_query *q)
{
    do {
        q->stages = ref_grow(p->pool, q->stages, q->nstages, sizeof *q->stages);
        q->stages[q->nstages++] = parse_stage(p);
    } while (!p->why && (ref_p_is(p, "[") || p->t->kind == REF_T_MISSING_OPEN));
}

static void
parse_maxspan(ref_parser *p, ref_query *q)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ms", 1000000},
                 {"s", 1000000000},
                 {"m", 60 * 1000000000LL},
                 {"h", 3600 * 1000000000LL},
                 {"d", 86400 * 1000000000LL}};
    int64_t count;

    ref_p_expect(p, "maxspan");
    ref_p_expect(p, "=");
    count = parse_count(p);
    if (count <= 0)
        ref_p_fail(p, "bad maxspan");
    for (size_t i = 0; !p->why && i < REF_COUNTOF(units); i++)
        if (ref_p_take(p, units[i].name)) {
            q->has_maxspan = true;
            q->maxspan_ns = count > INT64_MAX / units[i].ns
                                ? INT64_MAX
                                : count * units[i].ns;
            return;
        }
    ref_p_fail(p, "bad maxspan");
}

/* --- pipes --- */

/* Separated by commas, or by spaces when all are literals and fields. */
static ref_nodes
parse_pipe_arguments(ref_parser *p)
{
    ref_nodes args = {0};

    if (p->t->kind == REF_T_END || ref_p_is(p, "|"))
        return args;
    args = ref_p_list(p, false);
    while (!p->why && p->t->kind != REF_T_END && !ref_p_is(p, "|"))
        ref_p_push(p, &args,
                   ref_p_at_literal(p) ? ref_p_literal(p) : ref_p_field(p));
    return args;
}

static void
parse_pipes(ref_parser *p, ref_query *q)
{
    while (ref_p_take(p, "|")) {
        ref_pipe pipe = {.name = ref_p_name(p)};

        pipe.args = parse_pipe_arguments(p);
        q->pipes = ref_grow(p->pool, q->pipes, q->npipes, sizeof pipe);
        q->pipes[q->npipes++] = pipe;
    }
}

/* --- queries --- */

static bool
parse_kind(ref_parser *p, ref_query *q)
{
    q->kind = ref_p_take(p, "sequence") ? REF_Q_SEQUENCE
              : ref_p_take(p, "sample") ? REF_Q_SAMPLE
              : ref_p_take(p, "join")   ? REF_Q_JOIN
                                        : REF_Q_EVENT;
    return q->kind != REF_Q_EVENT;
}

static void
parse_tuple_query(ref_parser *p, ref_query *q)
{
    while (!p->why) {
        if (ref_p_take(p, "by"))
            q->by = parse_by(p);
        else if (q->kind == REF_Q_SEQUENCE && ref_p_take(p, "with"))
            parse_maxspan(p, q);
        else
            break;
    }
    parse_stages(p, q);
    if (ref_p_take(p, "until")) {
        q->until = ref_alloc(p->pool, sizeof *q->until);
        *q->until = parse_stage(p);
    }
}

ref_query *
ref_parse_query(ref_pool *pool, ref_str text, bool flat_comments,
                const char **why)
{
    ref_parser p = {.pool = pool};
    ref_query *q = ref_alloc(pool, sizeof *q);

    p.t = ref_lex(pool, text, flat_comments, why);
    if (!p.t)
        return NULL;
    parse_definitions(&p);
    if (parse_kind(&p, q)) {
        parse_tuple_query(&p, q);
    } else {
        q->stages = ref_alloc(pool, sizeof *q->stages);
        q->nstages = 1;
        q->stages[0].runs = 1;
        ref_p_filter(&p, &q->stages[0].filter);
    }
    parse_pipes(&p, q);
    if (p.t->kind != REF_T_END)
        ref_p_fail(&p, "syntax error");
    if (p.why)
        *why = p.why;
    return p.why ? NULL : q;
}
