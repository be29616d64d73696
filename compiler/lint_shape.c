/* lint_shape.c -- what is written as one thing and read as another.
 *
 * Unquoted text that is a field, a range that is a subtraction, a comment that
 * is arithmetic, lines that hide which of `and` and `or` binds: all of them
 * compile, and quietly mean something else. */
#include "compiler/sema.h"

#include "compiler/token.h"

/* The source of a span; empty: it points into another text. */
static eql_strview
source(const eql_sema *sx, eql_span s)
{
    if (s.offset > sx->text.len || s.len > sx->text.len - s.offset)
        return eql_sv("", 0);
    return eql_sv(sx->text.p + s.offset, s.len);
}

/* --- W421: text without quotes --- */

/* Ends of names of files and hosts. */
static bool
is_end_of_name(eql_strview s)
{
    static const char *const ends[] = {
        "bat", "cmd", "com",   "cpl", "dll", "exe", "hta", "io",
        "js",  "lnk", "local", "msi", "net", "org", "php", "ps1",
        "py",  "scr", "sh",    "sys", "txt", "vbs", "zip",
    };

    for (uint32_t i = 0; i < EQL_COUNTOF(ends); i++)
        if (eql_sv_eq_ascii_ci(s, eql_sv_cstr(ends[i])))
            return true;
    return false;
}

/* Is this path, which nothing knows, more likely text? */
static bool
looks_like_text(const eql_sema *sx, const eql_path *p)
{
    const eql_schema *schema = sx->settings->schema;
    const eql_segment *last = &p->segments[p->n - 1];
    char word[16];

    if (p->optional || p->variable || p->segments[0].kind != EQL_SEGMENT_NAME ||
        last->kind != EQL_SEGMENT_NAME ||
        eql_schema_find(schema, sx->category, p->segments[0].name) !=
            EQL_SCHEMA_UNKNOWN)
        return false;
    return p->n == 1 ? !eql_token_is_miscased(last->name, word)
                     : is_end_of_name(last->name);
}

bool
eql_lint_unquoted(const eql_sema *sx, const eql_typed *other, const eql_expr *e)
{
    const eql_typed_path *f = eql_typed_path_of(other);
    const eql_schema *schema = sx->settings->schema;
    eql_strview written = source(sx, e->span);

    if (e->kind != EQL_NODE_FIELD || !f || sx->pipe || sx->binding ||
        schema != eql_schema_ecs() ||
        sx->settings->dialect.name == EQL_DIALECT_ENDGAME ||
        f->known != EQL_SCHEMA_STRING || !looks_like_text(sx, &e->u.field))
        return false;
    for (uint32_t i = 0; i < sx->naliases; i++)
        if (eql_sv_eq(sx->aliases[i].name, e->u.field.segments[0].name))
            return false;
    eql_diags_add(sx->diags, "W421", e->span,
                  eql_arena_printf(sx->arena, "write \"%.*s\"",
                                   (int)written.len, written.p)
                      .p,
                  "%.*s is a field here, which ECS does not have: text stands "
                  "in quotes",
                  (int)written.len, written.p);
    return true;
}

/* --- W422: ranges --- */

void
eql_lint_range(const eql_sema *sx, const eql_typed *operand, const eql_expr *e)
{
    const eql_expr *l, *r;
    const eql_typed_path *f = eql_typed_path_of(operand);

    if (e->kind != EQL_NODE_ARITH || e->u.op.op != EQL_ARITH_SUB ||
        e->parenthesised || !f)
        return;
    l = e->u.op.left;
    r = e->u.op.right;
    if (l->kind != EQL_NODE_LITERAL || r->kind != EQL_NODE_LITERAL ||
        l->u.literal.tag != EQL_INT || r->u.literal.tag != EQL_INT ||
        l->u.literal.u.i >= r->u.literal.u.i)
        return;
    eql_diags_add(sx->diags, "W422", e->span,
                  eql_arena_printf(
                      sx->arena, "write %.*s >= %lld and %.*s <= %lld",
                      (int)f->name.len, f->name.p, (long long)l->u.literal.u.i,
                      (int)f->name.len, f->name.p, (long long)r->u.literal.u.i)
                      .p,
                  "this is no range but the number %lld",
                  (long long)(l->u.literal.u.i - r->u.literal.u.i));
}

/* --- W428: comments of SQL --- */

void
eql_lint_dashes(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr *r = e->u.op.right;

    if (e->u.op.op == EQL_ARITH_SUB && r->kind == EQL_NODE_SIGN &&
        !r->parenthesised && r->u.op.op == EQL_ARITH_SUB &&
        e->op_span.offset + 1 == r->span.offset)
        eql_diags_add(sx->diags, "W428", (eql_span){e->op_span.offset, 2},
                      "a comment begins with //; to subtract a negative "
                      "number, write a - (-b)",
                      "\"--\" begins no comment");
}

/* --- W427: `and` and `or` on lines of their own --- */

static bool
has_line_end(const eql_sema *sx, eql_span before, eql_span after)
{
    uint32_t from = before.offset + before.len;

    return after.offset > from && after.offset <= sx->text.len &&
           memchr(sx->text.p + from, '\n', after.offset - from) != NULL;
}

/* Does the list break between two of its items? */
static bool
is_broken(const eql_sema *sx, const eql_expr *list)
{
    for (uint32_t i = 1; i < list->u.list.n; i++)
        if (has_line_end(sx, list->u.list.items[i - 1]->span,
                         list->u.list.items[i]->span))
            return true;
    return false;
}

void
eql_lint_mixed(const eql_sema *sx, const eql_expr *e)
{
    const eql_expr_list *l = &e->u.list;

    if (e->kind != EQL_NODE_OR)
        return;
    for (uint32_t i = 0; i < l->n; i++) {
        const eql_expr *item = l->items[i];

        if (item->kind != EQL_NODE_AND || item->parenthesised ||
            !is_broken(sx, item))
            continue;
        eql_diags_add(sx->diags, "W427", item->span,
                      "write (a and b) or c, or else a and (b or c)",
                      "\"and\" binds before \"or\", whatever the lines are");
        return;
    }
}
