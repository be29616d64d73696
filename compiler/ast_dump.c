/* ast_dump.c -- prints the tree, one node a line, for goldens and --ast.
 *
 * Shows everything the tree holds but spans, so that two texts with equal
 * dumps mean the same.  Recursion is bounded by EQL_MAX_DEPTH. */
#include "compiler/ast.h"

#include "base/text.h"

typedef struct {
    eql_buf *out;
    unsigned depth;
} dumper;

static void dump_expr(dumper *d, const eql_expr *e);

static void
indent(dumper *d)
{
    for (unsigned i = 0; i < d->depth; i++)
        eql_buf_add_str(d->out, "  ");
}

/* One indented line that ends here. */
static void
line(dumper *d, const char *text)
{
    indent(d);
    eql_buf_add_str(d->out, text);
    eql_buf_add_char(d->out, '\n');
}

static void
add_value(eql_buf *out, eql_value v)
{
    char buf[32];

    switch (v.tag) {
    case EQL_NULL: eql_buf_add_str(out, "null"); break;
    case EQL_BOOL: eql_buf_add_str(out, v.u.b ? "true" : "false"); break;
    case EQL_INT:
        eql_buf_add_str(out, "int ");
        eql_buf_add(out, buf, eql_format_int(v.u.i, buf));
        break;
    case EQL_FLOAT:
        eql_buf_add_str(out, "float ");
        eql_buf_add(out, buf, eql_format_double(v.u.d, buf));
        break;
    case EQL_STRING:
        eql_buf_add_str(out, "string ");
        eql_buf_add_json(out, eql_sv(v.u.s, v.len));
        break;
    case EQL_ARRAY:
    case EQL_OBJECT: break; /* no literals */
    }
}

/* Text that may hold anything: quoted where it is not a plain word. */
static void
add_word(eql_buf *out, eql_strview s)
{
    bool plain = s.len > 0;

    for (size_t i = 0; i < s.len; i++)
        plain = plain && (s.p[i] == '_' || s.p[i] == '@' ||
                          (s.p[i] >= '0' && s.p[i] <= '9') ||
                          ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z'));
    if (plain)
        eql_buf_add_sv(out, s);
    else
        eql_buf_add_json(out, s);
}

static void
add_path(eql_buf *out, const eql_path *p)
{
    if (p->optional)
        eql_buf_add_str(out, "optional ");
    if (p->variable)
        eql_buf_add_char(out, '$');
    for (uint32_t i = 0; i < p->n; i++) {
        const eql_segment *s = &p->segments[i];

        if (i > 0)
            eql_buf_add_char(out, ' ');
        if (s->kind == EQL_SEGMENT_INDEX)
            eql_buf_printf(out, "[%u]", s->index);
        else if (s->kind == EQL_SEGMENT_QUOTED)
            eql_buf_add_json(out, s->name);
        else
            eql_buf_add_sv(out, s->name);
    }
}

static void
dump_children(dumper *d, eql_expr_list l)
{
    d->depth++;
    for (uint32_t i = 0; i < l.n; i++)
        dump_expr(d, l.items[i]);
    d->depth--;
}

static void
dump_child(dumper *d, const eql_expr *e)
{
    d->depth++;
    dump_expr(d, e);
    d->depth--;
}

static void
dump_body(dumper *d, const eql_body *b)
{
    indent(d);
    eql_buf_add_str(d->out, b->missing ? "missing " : "body ");
    if (b->any)
        eql_buf_add_str(d->out, "(any)");
    else
        add_word(d->out, b->category.text);
    eql_buf_add_char(d->out, '\n');
    dump_child(d, b->condition);
}

static const char *
compare_name(unsigned op)
{
    static const char *const names[] = {"==", "!=", "<", "<=", ">", ">="};

    return names[op];
}

static const char *
match_name(unsigned op)
{
    static const char *const names[] = {":", "like", "like~", "regex",
                                        "regex~"};

    return names[op];
}

/* What stands on the node's own line, after which its children follow. */
static void
add_head(eql_buf *out, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL: add_value(out, e->u.literal); break;
    case EQL_NODE_FIELD:
        eql_buf_add_str(out, "field ");
        add_path(out, &e->u.field);
        break;
    case EQL_NODE_CALL:
        eql_buf_add_str(out, e->u.call.method ? "method " : "call ");
        eql_buf_add_sv(out, e->u.call.name.text);
        eql_buf_add_str(out, e->u.call.tilde ? "~" : "");
        break;
    case EQL_NODE_AND: eql_buf_add_str(out, "and"); break;
    case EQL_NODE_OR: eql_buf_add_str(out, "or"); break;
    case EQL_NODE_NOT: eql_buf_add_str(out, "not"); break;
    case EQL_NODE_COMPARE:
        eql_buf_printf(out, "compare %s",
                       e->u.op.single_equals ? "=" : compare_name(e->u.op.op));
        break;
    case EQL_NODE_ARITH:
    case EQL_NODE_SIGN:
        eql_buf_add_str(out, e->kind == EQL_NODE_SIGN ? "sign " : "arith ");
        eql_buf_add_char(out, "+-*/%"[e->u.op.op]);
        break;
    case EQL_NODE_IN:
        eql_buf_add_str(out, e->u.test.negated ? "not in" : "in");
        eql_buf_add_str(out, e->u.test.fold ? "~" : "");
        break;
    case EQL_NODE_MATCH:
        eql_buf_add_str(out, e->u.test.negated ? "not match " : "match ");
        eql_buf_add_str(out, match_name(e->u.test.op));
        eql_buf_add_str(out, e->u.test.parenthesised_list ? " list" : "");
        break;
    case EQL_NODE_LINEAGE:
        eql_buf_add_str(out, "lineage ");
        eql_buf_add_sv(out, e->u.lineage.relation.text);
        break;
    }
}

static void
dump_operands(dumper *d, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL:
    case EQL_NODE_FIELD: break;
    case EQL_NODE_CALL: dump_children(d, e->u.call.args); break;
    case EQL_NODE_AND:
    case EQL_NODE_OR: dump_children(d, e->u.list); break;
    case EQL_NODE_NOT:
    case EQL_NODE_SIGN: dump_child(d, e->u.op.left); break;
    case EQL_NODE_COMPARE:
    case EQL_NODE_ARITH:
        dump_child(d, e->u.op.left);
        dump_child(d, e->u.op.right);
        break;
    case EQL_NODE_IN:
    case EQL_NODE_MATCH:
        dump_child(d, e->u.test.operand);
        dump_children(d, e->u.test.list);
        break;
    case EQL_NODE_LINEAGE:
        d->depth++;
        dump_body(d, e->u.lineage.body);
        d->depth--;
        break;
    }
}

static void
dump_expr(dumper *d, const eql_expr *e)
{
    bool test = e->kind == EQL_NODE_IN || e->kind == EQL_NODE_MATCH;

    indent(d);
    add_head(d->out, e);
    if (test && e->u.test.trailing_comma)
        eql_buf_add_str(d->out, " trailing comma");
    if (e->parenthesised)
        eql_buf_add_str(d->out, " ()");
    eql_buf_add_char(d->out, '\n');
    dump_operands(d, e);
}

static void
dump_by(dumper *d, eql_expr_list by)
{
    if (by.n == 0)
        return;
    line(d, "by");
    dump_children(d, by);
}

static void
dump_suffix(dumper *d, const eql_suffix *s)
{
    if (s->kind == EQL_SUFFIX_BY) {
        dump_by(d, s->by);
        return;
    }
    indent(d);
    switch (s->kind) {
    case EQL_SUFFIX_BY: break;
    case EQL_SUFFIX_RUNS:
        eql_buf_add_str(d->out, "with ");
        add_word(d->out, s->name.text);
        eql_buf_add_char(d->out, ' ');
        add_value(d->out, s->number);
        break;
    case EQL_SUFFIX_FORK:
        eql_buf_add_str(d->out, s->fork ? "fork true" : "fork false");
        break;
    case EQL_SUFFIX_AS:
        eql_buf_add_str(d->out, "as ");
        add_word(d->out, s->name.text);
        break;
    }
    eql_buf_add_char(d->out, '\n');
}

static void
dump_stage(dumper *d, const char *label, const eql_stage_node *s)
{
    line(d, label);
    d->depth++;
    dump_body(d, s->body);
    for (uint32_t i = 0; i < s->nsuffixes; i++)
        dump_suffix(d, &s->suffixes[i]);
    d->depth--;
}

static void
dump_maxspan(dumper *d, const eql_span_clause *c)
{
    if (!c->present)
        return;
    indent(d);
    eql_buf_add_str(d->out, "with ");
    add_word(d->out, c->name.text);
    eql_buf_add_char(d->out, ' ');
    add_value(d->out, c->number);
    eql_buf_add_char(d->out, ' ');
    add_word(d->out, c->unit.text);
    eql_buf_add_str(d->out, c->before_by ? " before by\n" : "\n");
}

static void
dump_def(dumper *d, const eql_def *x)
{
    indent(d);
    eql_buf_add_str(d->out, x->kind == EQL_DEF_MACRO ? "macro " : "const ");
    eql_buf_add_sv(d->out, x->name.text);
    for (uint32_t i = 0; i < x->nparams; i++) {
        eql_buf_add_char(d->out, ' ');
        eql_buf_add_sv(d->out, x->params[i].text);
    }
    eql_buf_add_char(d->out, '\n');
    dump_child(d, x->body);
}

static void
dump_pipe(dumper *d, const eql_pipe *p)
{
    indent(d);
    eql_buf_add_str(d->out, "pipe ");
    eql_buf_add_sv(d->out, p->name.text);
    eql_buf_add_char(d->out, '\n');
    dump_children(d, p->args);
}

void
eql_ast_dump(const eql_query *q, eql_buf *out)
{
    static const char *const names[] = {"event", "sequence", "sample", "join"};
    dumper d = {out, 0};

    for (uint32_t i = 0; i < q->ndefs; i++)
        dump_def(&d, &q->defs[i]);
    line(&d, names[q->kind]);
    d.depth++;
    if (q->body)
        dump_body(&d, q->body);
    dump_by(&d, q->by);
    dump_maxspan(&d, &q->maxspan);
    for (uint32_t i = 0; i < q->nstages; i++)
        dump_stage(&d, "stage", &q->stages[i]);
    if (q->until)
        dump_stage(&d, "until", q->until);
    for (uint32_t i = 0; i < q->npipes; i++)
        dump_pipe(&d, &q->pipes[i]);
}
