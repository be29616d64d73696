/* ast_list.c -- lists, words and spans that all builders use.
 *
 * Lists grow in the arena by doubling: what they leave behind is at most
 * their own size, so a list of n items costs O(n) time and memory. */
#include "compiler/front.h"

#include "grammar.h"

eql_strview
eql_ast_text(const eql_parser *ps, eql_span s)
{
    return eql_sv(ps->text.p + s.offset, s.len);
}

eql_span
eql_ast_join(eql_span first, eql_span last)
{
    return (eql_span){first.offset, last.offset + last.len - first.offset};
}

void
eql_ast_limit(eql_parser *ps, eql_span span, const char *what, uint32_t limit)
{
    if (!ps->stop)
        eql_diags_add(ps->diags, "E311", span, NULL, "%s: more than %u", what,
                      limit);
    ps->stop = true;
}

/* Is n a capacity, that is, is the list full?  Capacities are 0, 4, 8, ... */
static bool
is_full(uint32_t n)
{
    return n == 0 || (n >= 4 && (n & (n - 1)) == 0);
}

eql_ast_vec
eql_ast_push(eql_parser *ps, eql_ast_vec v, const void *item, size_t size)
{
    if (!item || ps->stop)
        return v;
    if (v.n >= EQL_MAX_LIST) {
        eql_ast_limit(ps, ps->prev.span, "items in one list", EQL_MAX_LIST);
        return v;
    }
    if (is_full(v.n)) {
        void *items = eql_arena_array(ps->arena, v.n ? v.n * 2u : 4u, size);

        if (!items)
            return v;
        if (v.n)
            memcpy(items, v.items, v.n * size);
        v.items = items;
    }
    memcpy((char *)v.items + v.n * size, item, size);
    v.n++;
    return v;
}

eql_expr_list
eql_ast_expr_push(eql_parser *ps, eql_expr_list l, eql_expr *e)
{
    eql_ast_vec v = {l.items, l.n};

    v = eql_ast_push(ps, v, e ? &e : NULL, sizeof e);
    return (eql_expr_list){v.items, v.n};
}

/* Text between backticks, with doubled ones made single. */
static eql_strview
unquote(eql_parser *ps, eql_strview s)
{
    char *p;
    size_t n = 0;

    s = eql_sv(s.p + 1, s.len - 2);
    if (!memchr(s.p, '`', s.len))
        return s;
    p = eql_arena_alloc(ps->arena, s.len);
    if (!p)
        return eql_sv("", 0);
    for (size_t i = 0; i < s.len; i++) {
        p[n++] = s.p[i];
        i += s.p[i] == '`';
    }
    return eql_sv(p, n);
}

eql_name
eql_ast_name(eql_parser *ps, eql_token t)
{
    eql_name n = {eql_ast_text(ps, t.span), t.span};

    if (t.kind == EQL_TOK_STRING)
        n.text = eql_ast_string(ps, t);
    else if (t.kind == EQL_TOK_QUOTED)
        n.text = unquote(ps, n.text);
    return n;
}
