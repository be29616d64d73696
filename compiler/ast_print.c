/* ast_print.c -- prints the tree back as EQL text.
 *
 * The text parses to the same tree: parentheses, `=`, trailing commas and
 * clause order are as written; strings become double-quoted, white space and
 * comments are lost.  Printing what was printed changes nothing. */
#include "compiler/ast.h"

#include "base/text.h"
#include "compiler/token.h"

static void print_expr(eql_buf *out, const eql_expr *e);

static void
print_escape(eql_buf *out, unsigned char c)
{
    switch (c) {
    case '"': eql_buf_add_str(out, "\\\""); break;
    case '\\': eql_buf_add_str(out, "\\\\"); break;
    case '\b': eql_buf_add_str(out, "\\b"); break;
    case '\t': eql_buf_add_str(out, "\\t"); break;
    case '\n': eql_buf_add_str(out, "\\n"); break;
    case '\f': eql_buf_add_str(out, "\\f"); break;
    case '\r': eql_buf_add_str(out, "\\r"); break;
    default:
        if (c < 0x20 || c == 0x7F)
            eql_buf_printf(out, "\\u{%02x}", c);
        else
            eql_buf_add_char(out, (char)c);
        break;
    }
}

static void
print_string(eql_buf *out, eql_strview s)
{
    eql_buf_add_char(out, '"');
    for (size_t i = 0; i < s.len; i++)
        print_escape(out, (unsigned char)s.p[i]);
    eql_buf_add_char(out, '"');
}

static void
print_value(eql_buf *out, eql_value v)
{
    char buf[32];

    switch (v.tag) {
    case EQL_NULL: eql_buf_add_str(out, "null"); break;
    case EQL_BOOL: eql_buf_add_str(out, v.u.b ? "true" : "false"); break;
    case EQL_INT: eql_buf_add(out, buf, eql_format_int(v.u.i, buf)); break;
    case EQL_FLOAT: eql_buf_add(out, buf, eql_format_double(v.u.d, buf)); break;
    case EQL_STRING: print_string(out, eql_sv(v.u.s, v.len)); break;
    case EQL_ARRAY:
    case EQL_OBJECT: break; /* no literals */
    }
}

static void
print_quoted_name(eql_buf *out, eql_strview s)
{
    eql_buf_add_char(out, '`');
    for (size_t i = 0; i < s.len; i++) {
        if (s.p[i] == '`')
            eql_buf_add_char(out, '`');
        eql_buf_add_char(out, s.p[i]);
    }
    eql_buf_add_char(out, '`');
}

static void
print_path(eql_buf *out, const eql_path *p)
{
    if (p->optional)
        eql_buf_add_char(out, '?');
    if (p->variable)
        eql_buf_add_char(out, '$');
    for (uint32_t i = 0; i < p->n; i++) {
        const eql_segment *s = &p->segments[i];

        if (s->kind == EQL_SEGMENT_INDEX) {
            eql_buf_printf(out, "[%u]", s->index);
            continue;
        }
        if (i > 0)
            eql_buf_add_char(out, '.');
        if (s->kind == EQL_SEGMENT_QUOTED)
            print_quoted_name(out, s->name);
        else
            eql_buf_add_sv(out, s->name);
    }
}

static void
print_list(eql_buf *out, eql_expr_list l)
{
    for (uint32_t i = 0; i < l.n; i++) {
        if (i > 0)
            eql_buf_add_str(out, ", ");
        print_expr(out, l.items[i]);
    }
}

/* Can the category stand without quotes? */
static bool
is_bare_word(eql_strview s)
{
    if (s.len == 0 || (s.p[0] >= '0' && s.p[0] <= '9'))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];

        if (c != '_' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
            !(c >= 'A' && c <= 'Z') && !(c == '@' && i == 0))
            return false;
    }
    return !eql_token_is_reserved(s);
}

static void
print_filter(eql_buf *out, const eql_body *b)
{
    if (b->any)
        eql_buf_add_str(out, "any");
    else if (is_bare_word(b->category.text))
        eql_buf_add_sv(out, b->category.text);
    else
        print_string(out, b->category.text);
    eql_buf_add_str(out, " where ");
    print_expr(out, b->condition);
}

static void
print_body(eql_buf *out, const eql_body *b)
{
    eql_buf_add_str(out, b->missing ? "![" : "[");
    print_filter(out, b);
    eql_buf_add_char(out, ']');
}

static void
print_call(eql_buf *out, const eql_expr *e)
{
    eql_expr_list args = e->u.call.args;

    if (e->u.call.method) {
        print_expr(out, args.items[0]);
        eql_buf_add_char(out, ':');
        args = (eql_expr_list){args.items + 1, args.n - 1};
    }
    eql_buf_add_sv(out, e->u.call.name.text);
    eql_buf_add_str(out, e->u.call.tilde ? "~(" : "(");
    print_list(out, args);
    eql_buf_add_char(out, ')');
}

static void
print_chain(eql_buf *out, const eql_expr *e)
{
    for (uint32_t i = 0; i < e->u.list.n; i++) {
        if (i > 0)
            eql_buf_add_str(out, e->kind == EQL_NODE_AND ? " and " : " or ");
        print_expr(out, e->u.list.items[i]);
    }
}

static void
print_binary(eql_buf *out, const eql_expr *e)
{
    static const char *const compare[] = {" == ", " != ", " < ",
                                          " <= ", " > ",  " >= "};
    static const char *const arith[] = {" + ", " - ", " * ", " / ", " % "};

    print_expr(out, e->u.op.left);
    if (e->kind == EQL_NODE_ARITH)
        eql_buf_add_str(out, arith[e->u.op.op]);
    else
        eql_buf_add_str(out,
                        e->u.op.single_equals ? " = " : compare[e->u.op.op]);
    print_expr(out, e->u.op.right);
}

static void
print_test(eql_buf *out, const eql_expr *e)
{
    static const char *const match[] = {" : ", " like ", " like~ ", " regex ",
                                        " regex~ "};
    bool in = e->kind == EQL_NODE_IN;
    bool parens = in || e->u.test.parenthesised_list;

    print_expr(out, e->u.test.operand);
    eql_buf_add_str(out, e->u.test.negated ? " not" : "");
    eql_buf_add_str(out, !in              ? match[e->u.test.op]
                         : e->u.test.fold ? " in~ "
                                          : " in ");
    eql_buf_add_str(out, parens ? "(" : "");
    print_list(out, e->u.test.list);
    eql_buf_add_str(out, e->u.test.trailing_comma ? "," : "");
    eql_buf_add_str(out, parens ? ")" : "");
}

static void
print_bare(eql_buf *out, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL: print_value(out, e->u.literal); break;
    case EQL_NODE_FIELD: print_path(out, &e->u.field); break;
    case EQL_NODE_CALL: print_call(out, e); break;
    case EQL_NODE_AND:
    case EQL_NODE_OR: print_chain(out, e); break;
    case EQL_NODE_NOT:
        eql_buf_add_str(out, "not ");
        print_expr(out, e->u.op.left);
        break;
    case EQL_NODE_SIGN:
        eql_buf_add_char(out, e->u.op.op == EQL_ARITH_SUB ? '-' : '+');
        print_expr(out, e->u.op.left);
        break;
    case EQL_NODE_COMPARE:
    case EQL_NODE_ARITH: print_binary(out, e); break;
    case EQL_NODE_IN:
    case EQL_NODE_MATCH: print_test(out, e); break;
    case EQL_NODE_LINEAGE:
        eql_buf_add_sv(out, e->u.lineage.relation.text);
        eql_buf_add_str(out, " of ");
        print_body(out, e->u.lineage.body);
        break;
    }
}

static void
print_expr(eql_buf *out, const eql_expr *e)
{
    if (e->parenthesised)
        eql_buf_add_char(out, '(');
    print_bare(out, e);
    if (e->parenthesised)
        eql_buf_add_char(out, ')');
}

static void
print_by(eql_buf *out, eql_expr_list by)
{
    if (by.n == 0)
        return;
    eql_buf_add_str(out, " by ");
    print_list(out, by);
}

static void
print_suffix(eql_buf *out, const eql_suffix *s)
{
    switch (s->kind) {
    case EQL_SUFFIX_BY: print_by(out, s->by); break;
    case EQL_SUFFIX_RUNS:
        eql_buf_add_str(out, " with ");
        eql_buf_add_sv(out, s->name.text);
        eql_buf_add_char(out, '=');
        print_value(out, s->number);
        break;
    case EQL_SUFFIX_FORK:
        eql_buf_add_str(out, s->fork ? " fork=true" : " fork=false");
        break;
    case EQL_SUFFIX_AS:
        eql_buf_add_str(out, " as ");
        eql_buf_add_sv(out, s->name.text);
        break;
    }
}

static void
print_stage(eql_buf *out, const eql_stage_node *s)
{
    print_body(out, s->body);
    for (uint32_t i = 0; i < s->nsuffixes; i++)
        print_suffix(out, &s->suffixes[i]);
}

static void
print_maxspan(eql_buf *out, const eql_span_clause *c)
{
    eql_buf_add_str(out, " with ");
    eql_buf_add_sv(out, c->name.text);
    eql_buf_add_char(out, '=');
    print_value(out, c->number);
    /* A unit that begins with e and a digit would lengthen the number. */
    if (c->unit.text.len && (c->unit.text.p[0] | 0x20) == 'e')
        eql_buf_add_char(out, ' ');
    eql_buf_add_sv(out, c->unit.text);
}

static void
print_def(eql_buf *out, const eql_def *d)
{
    eql_buf_add_str(out, d->kind == EQL_DEF_MACRO ? "macro " : "const ");
    eql_buf_add_sv(out, d->name.text);
    eql_buf_add_str(out, d->kind == EQL_DEF_MACRO ? "(" : " == ");
    for (uint32_t i = 0; i < d->nparams; i++) {
        if (i > 0)
            eql_buf_add_str(out, ", ");
        eql_buf_add_sv(out, d->params[i].text);
    }
    eql_buf_add_str(out, d->kind == EQL_DEF_MACRO ? ") " : "");
    print_expr(out, d->body);
    eql_buf_add_char(out, '\n');
}

static void
print_stages(eql_buf *out, const eql_query *q)
{
    static const char *const names[] = {"", "sequence", "sample", "join"};

    eql_buf_add_str(out, names[q->kind]);
    if (q->maxspan.present && q->maxspan.before_by)
        print_maxspan(out, &q->maxspan);
    print_by(out, q->by);
    if (q->maxspan.present && !q->maxspan.before_by)
        print_maxspan(out, &q->maxspan);
    for (uint32_t i = 0; i < q->nstages; i++) {
        eql_buf_add_str(out, "\n  ");
        print_stage(out, &q->stages[i]);
    }
    if (q->until) {
        eql_buf_add_str(out, "\nuntil ");
        print_stage(out, q->until);
    }
}

void
eql_ast_print(const eql_query *q, eql_buf *out)
{
    for (uint32_t i = 0; i < q->ndefs; i++)
        print_def(out, &q->defs[i]);
    if (q->kind == EQL_QUERY_EVENT)
        print_filter(out, q->body);
    else
        print_stages(out, q);
    for (uint32_t i = 0; i < q->npipes; i++) {
        eql_buf_add_str(out, "\n| ");
        eql_buf_add_sv(out, q->pipes[i].name.text);
        if (q->pipes[i].args.n)
            eql_buf_add_char(out, ' ');
        print_list(out, q->pipes[i].args);
    }
    eql_buf_add_char(out, '\n');
}
