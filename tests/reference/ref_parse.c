/* ref_parse.c -- see ref_parse_int.h.  One function for each production of
 * expressions in language 1.1. */
#include "tests/reference/ref_parse_int.h"

#include <string.h>

#define MAX_DEPTH 200

static ref_node *parse_sum(ref_parser *p);
static ref_node *parse_unary(ref_parser *p);

bool
ref_p_fail(ref_parser *p, const char *why)
{
    if (!p->why)
        p->why = why;
    return false;
}

bool
ref_p_ahead(const ref_parser *p, size_t ahead, const char *text)
{
    const ref_token *t = p->t;

    for (size_t i = 0; i < ahead; i++, t++)
        if (t->kind == REF_T_END)
            return false;
    return (t->kind == REF_T_WORD || t->kind == REF_T_PUNCT) &&
           ref_str_eq(t->text, ref_cstr(text));
}

bool
ref_p_is(const ref_parser *p, const char *text)
{
    return ref_p_ahead(p, 0, text);
}

bool
ref_p_take(ref_parser *p, const char *text)
{
    if (p->why || !ref_p_is(p, text))
        return false;
    p->t++;
    return true;
}

bool
ref_p_expect(ref_parser *p, const char *text)
{
    return ref_p_take(p, text) || ref_p_fail(p, "syntax error");
}

bool
ref_p_is_name(const ref_parser *p)
{
    static const char *const reserved[] = {
        "and",   "or",       "not",    "in",   "like",  "regex",
        "where", "any",      "of",     "by",   "with",  "join",
        "until", "sequence", "sample", "true", "false", "null"};

    if (p->t->kind != REF_T_WORD)
        return false;
    for (size_t i = 0; i < REF_COUNTOF(reserved); i++)
        if (ref_p_is(p, reserved[i]))
            return false;
    return true;
}

ref_str
ref_p_name(ref_parser *p)
{
    if (p->why || !ref_p_is_name(p)) {
        ref_p_fail(p, "name expected");
        return ref_cstr("");
    }
    return (p->t++)->text;
}

void
ref_p_push(ref_parser *p, ref_nodes *list, ref_node *e)
{
    list->items = ref_grow(p->pool, list->items, list->n, sizeof *list->items);
    list->items[list->n++] = e;
}

static ref_node *
new_node(ref_parser *p, ref_node_kind kind, const char *op)
{
    ref_node *e = ref_alloc(p->pool, sizeof *e);

    e->kind = kind;
    e->op = op;
    return e;
}

static void
add_kid(ref_parser *p, ref_node *e, ref_node *kid)
{
    e->kids = ref_grow(p->pool, e->kids, e->n, sizeof *e->kids);
    e->kids[e->n++] = kid;
}

/* --- fields --- */

static void
add_segment(ref_parser *p, ref_path *path, ref_segment s)
{
    path->segments = ref_grow(p->pool, path->segments, path->n, sizeof s);
    path->segments[path->n++] = s;
}

/* The rest of a path: .name, .`name`, [N]. */
static void
parse_segments(ref_parser *p, ref_path *path)
{
    while (!p->why) {
        if (p->t->kind == REF_T_INDEX) {
            add_segment(p, path,
                        (ref_segment){.is_index = true, .index = p->t->index});
            p->t++;
        } else if (ref_p_take(p, ".")) {
            if (p->t->kind != REF_T_WORD && p->t->kind != REF_T_QUOTED) {
                ref_p_fail(p, "name after a dot expected");
                return;
            }
            add_segment(p, path,
                        (ref_segment){.quoted = p->t->kind == REF_T_QUOTED,
                                      .name = p->t->text});
            p->t++;
        } else {
            return;
        }
    }
}

ref_node *
ref_p_field(ref_parser *p)
{
    ref_node *e = new_node(p, REF_N_FIELD, "");
    ref_path *path = &e->path;

    path->optional = ref_p_take(p, "?");
    if (p->t->kind == REF_T_VAR && !path->optional) {
        path->variable = true;
        add_segment(p, path, (ref_segment){.name = (p->t++)->text});
    } else if (p->t->kind == REF_T_QUOTED) {
        add_segment(p, path,
                    (ref_segment){.quoted = true, .name = (p->t++)->text});
    } else {
        add_segment(p, path, (ref_segment){.name = ref_p_name(p)});
    }
    parse_segments(p, path);
    return ref_p_expand_field(p, e);
}

/* --- literals --- */

bool
ref_p_at_literal(const ref_parser *p)
{
    return p->t->kind == REF_T_STRING || p->t->kind == REF_T_NUMBER ||
           ref_p_is(p, "true") || ref_p_is(p, "false") || ref_p_is(p, "null");
}

static ref_node *
parse_plain_literal(ref_parser *p)
{
    ref_node *e = new_node(p, REF_N_LITERAL, "");
    ref_value *v = &e->literal;

    v->literal = true;
    if (p->t->kind == REF_T_STRING) {
        v->tag = REF_STR;
        v->str = p->t->text;
    } else if (p->t->kind == REF_T_NUMBER) {
        v->tag = REF_NUM;
        v->num = p->t->number;
    } else if (ref_p_is(p, "true") || ref_p_is(p, "false")) {
        v->tag = REF_BOOL;
        v->b = ref_p_is(p, "true");
    } else if (!ref_p_is(p, "null")) {
        ref_p_fail(p, "literal expected");
        return e;
    }
    p->t++;
    return e;
}

/* A number's sign belongs to it, so that -9223372036854775808 is an integer. */
static ref_node *
parse_signed_number(ref_parser *p)
{
    bool minus = ref_p_is(p, "-");
    bool is_min_int = p->t[1].is_min_int;
    ref_node *e;

    p->t++;
    if (p->t->kind != REF_T_NUMBER)
        ref_p_fail(p, "number expected");
    e = parse_plain_literal(p);
    if (minus && is_min_int)
        e->literal.num = (ref_num){.is_int = true, .i = INT64_MIN};
    else if (minus && e->literal.num.is_int)
        e->literal.num.i = -e->literal.num.i;
    else if (minus)
        e->literal.num.d = -e->literal.num.d;
    return e;
}

ref_node *
ref_p_literal(ref_parser *p)
{
    if (ref_p_is(p, "-") || ref_p_is(p, "+"))
        return parse_signed_number(p);
    return parse_plain_literal(p);
}

/* --- primaries --- */

ref_nodes
ref_p_list(ref_parser *p, bool trailing_comma)
{
    ref_nodes list = {0};

    do {
        if (trailing_comma && list.n && ref_p_is(p, ")"))
            break;
        ref_p_push(p, &list, ref_p_expr(p));
    } while (!p->why && ref_p_take(p, ","));
    return list;
}

/* Arguments behind the opening parenthesis, which is taken already. */
static ref_node *
parse_arguments(ref_parser *p, ref_str name, bool tilde, ref_node *first)
{
    ref_node *e = new_node(p, REF_N_CALL, "");
    ref_nodes args = {0}, rest = {0};
    ref_node *expanded;

    if (first)
        ref_p_push(p, &args, first);
    if (!ref_p_is(p, ")"))
        rest = ref_p_list(p, true);
    for (size_t i = 0; i < rest.n; i++)
        ref_p_push(p, &args, rest.items[i]);
    ref_p_expect(p, ")");
    expanded = tilde ? NULL : ref_p_expand_call(p, name, &args);
    if (expanded)
        return expanded;
    e->name = name;
    e->tilde = tilde;
    e->kids = args.items;
    e->n = args.n;
    return e;
}

static ref_node *
parse_lineage(ref_parser *p)
{
    static const char *const words[] = {"descendant", "child", "event"};
    ref_node *e = NULL;

    for (size_t i = 0; i < REF_COUNTOF(words); i++)
        if (ref_p_is(p, words[i]))
            e = new_node(p, REF_N_LINEAGE, words[i]);
    if (!e) {
        ref_p_fail(p, "unknown word before of");
        return new_node(p, REF_N_LINEAGE, "");
    }
    p->t += 2;
    ref_p_expect(p, "[");
    e->body = ref_alloc(p->pool, sizeof *e->body);
    ref_p_filter(p, e->body);
    ref_p_expect(p, "]");
    return e;
}

static ref_node *
parse_primary(ref_parser *p)
{
    ref_node *e;

    if (ref_p_at_literal(p))
        return parse_plain_literal(p);
    if (ref_p_take(p, "(")) {
        e = ref_p_expr(p);
        ref_p_expect(p, ")");
        return e;
    }
    if (p->t->kind == REF_T_TILDE) {
        ref_str name = (p->t++)->text;

        ref_p_expect(p, "(");
        return parse_arguments(p, name, true, NULL);
    }
    if (ref_p_is_name(p) && ref_p_ahead(p, 1, "of"))
        return parse_lineage(p);
    if (ref_p_is_name(p) && ref_p_ahead(p, 1, "(")) {
        ref_str name = ref_p_name(p);

        p->t++;
        return parse_arguments(p, name, false, NULL);
    }
    return ref_p_field(p);
}

static ref_node *
parse_postfix(ref_parser *p)
{
    ref_node *e = parse_primary(p);

    while (!p->why &&
           (p->t->kind == REF_T_METHOD || p->t->kind == REF_T_METHOD_TILDE)) {
        bool tilde = p->t->kind == REF_T_METHOD_TILDE;
        ref_str name = (p->t++)->text;

        e = parse_arguments(p, name, tilde, e);
    }
    return e;
}

/* --- operators --- */

static ref_node *
parse_unary(ref_parser *p)
{
    ref_node *e;

    if (!ref_p_is(p, "-") && !ref_p_is(p, "+"))
        return parse_postfix(p);
    if (p->t[1].kind == REF_T_NUMBER && p->t[2].kind != REF_T_METHOD &&
        p->t[2].kind != REF_T_METHOD_TILDE)
        return parse_signed_number(p);
    e = new_node(p, REF_N_SIGN, ref_p_is(p, "-") ? "-" : "+");
    p->t++;
    if (++p->depth > MAX_DEPTH)
        ref_p_fail(p, "too deep");
    else
        add_kid(p, e, parse_unary(p));
    p->depth--;
    return e;
}

static const char *
take_one(ref_parser *p, const char *const *ops, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ref_p_take(p, ops[i]))
            return ops[i];
    return NULL;
}

static ref_node *
parse_arith(ref_parser *p, bool product)
{
    static const char *const products[] = {"*", "/", "%"};
    static const char *const sums[] = {"+", "-"};
    ref_node *left = product ? parse_unary(p) : parse_arith(p, true);
    const char *op;

    while ((op = product ? take_one(p, products, 3) : take_one(p, sums, 2))) {
        ref_node *e = new_node(p, REF_N_ARITH, op);

        add_kid(p, e, left);
        add_kid(p, e, product ? parse_unary(p) : parse_arith(p, true));
        left = e;
    }
    return left;
}

static ref_node *
parse_sum(ref_parser *p)
{
    return parse_arith(p, false);
}

/* Does a list or pattern operator stand here?  Gives its name. */
static const char *
list_operator(const ref_token *t, bool *tilde)
{
    static const char *const words[] = {"in", "like", "regex", ":"};

    *tilde = t->kind == REF_T_TILDE;
    for (size_t i = 0; i < REF_COUNTOF(words); i++)
        if ((*tilde || t->kind == REF_T_WORD || t->kind == REF_T_PUNCT) &&
            ref_str_eq(t->text, ref_cstr(words[i])))
            return words[i];
    return NULL;
}

static void
parse_patterns(ref_parser *p, ref_node *e)
{
    if (!ref_p_take(p, "(")) {
        add_kid(p, e, ref_p_literal(p));
        return;
    }
    do {
        if (e->n > 1 && ref_p_is(p, ")"))
            break;
        add_kid(p, e, ref_p_literal(p));
    } while (!p->why && ref_p_take(p, ","));
    ref_p_expect(p, ")");
}

static ref_node *
parse_pred(ref_parser *p)
{
    ref_node *left = parse_sum(p), *e;
    bool negated = ref_p_is(p, "not"), tilde;
    const char *op = list_operator(p->t + (negated ? 1 : 0), &tilde);

    if (p->why || !op)
        return left;
    p->t += negated ? 2 : 1;
    e = new_node(p, strcmp(op, "in") == 0 ? REF_N_IN : REF_N_MATCH, op);
    e->negated = negated;
    e->tilde = tilde;
    add_kid(p, e, left);
    if (e->kind == REF_N_MATCH) {
        parse_patterns(p, e);
    } else if (ref_p_expect(p, "(")) {
        ref_nodes items = ref_p_list(p, true);

        for (size_t i = 0; i < items.n; i++)
            add_kid(p, e, items.items[i]);
        ref_p_expect(p, ")");
    }
    return e;
}

static ref_node *
parse_cmp(ref_parser *p)
{
    static const char *const ops[] = {"==", "!=", "<=", ">=", "<", ">", "="};
    ref_node *left = parse_pred(p), *e;
    const char *op = take_one(p, ops, REF_COUNTOF(ops));

    if (!op)
        return left;
    e = new_node(p, REF_N_COMPARE, *op == '=' ? "==" : op);
    add_kid(p, e, left);
    add_kid(p, e, parse_pred(p));
    return e;
}

static ref_node *
parse_not(ref_parser *p)
{
    ref_node *e;

    if (!ref_p_take(p, "not"))
        return parse_cmp(p);
    e = new_node(p, REF_N_NOT, "not");
    if (++p->depth > MAX_DEPTH)
        ref_p_fail(p, "too deep");
    else
        add_kid(p, e, parse_not(p));
    p->depth--;
    return e;
}

static ref_node *
parse_and(ref_parser *p)
{
    ref_node *first = parse_not(p), *e;

    if (!ref_p_is(p, "and"))
        return first;
    e = new_node(p, REF_N_AND, "and");
    add_kid(p, e, first);
    while (ref_p_take(p, "and"))
        add_kid(p, e, parse_not(p));
    return e;
}

ref_node *
ref_p_expr(ref_parser *p)
{
    ref_node *first, *e;

    if (++p->depth > MAX_DEPTH)
        ref_p_fail(p, "too deep");
    if (p->why)
        return new_node(p, REF_N_LITERAL, "");
    first = parse_and(p);
    p->depth--;
    if (!ref_p_is(p, "or"))
        return first;
    e = new_node(p, REF_N_OR, "or");
    add_kid(p, e, first);
    while (ref_p_take(p, "or"))
        add_kid(p, e, parse_and(p));
    return e;
}

ref_node *
ref_parse_condition(ref_pool *pool, ref_str text, bool flat_comments,
                    const char **why)
{
    ref_parser p = {.pool = pool};
    ref_node *e;

    p.t = ref_lex(pool, text, flat_comments, why);
    if (!p.t)
        return NULL;
    e = ref_p_expr(&p);
    if (p.t->kind != REF_T_END)
        ref_p_fail(&p, "syntax error");
    if (p.why)
        *why = p.why;
    return p.why ? NULL : e;
}
