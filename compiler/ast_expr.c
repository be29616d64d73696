/* ast_expr.c -- builds expression nodes for the grammar.
 *
 * Nothing is checked here but size: a node higher than EQL_MAX_DEPTH is
 * refused, which is what lets every later pass recurse without a counter.
 * Chains of and / or are one node with a flat list, so their length costs no
 * height. */
#include "compiler/front.h"

#include "grammar.h"

eql_expr *
eql_ast_node(eql_parser *ps, eql_node_kind kind, eql_span span, uint32_t height)
{
    eql_expr *e;

    if (height > EQL_MAX_DEPTH) {
        eql_ast_limit(ps, span, "levels of nesting", EQL_MAX_DEPTH);
        return NULL;
    }
    e = eql_arena_alloc(ps->arena, sizeof *e);
    if (!e)
        return NULL;
    e->kind = kind;
    e->span = span;
    e->height = height;
    return e;
}

static uint32_t
greater(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t
list_height(eql_expr_list l)
{
    uint32_t h = 0;

    for (uint32_t i = 0; i < l.n; i++)
        h = greater(h, l.items[i]->height);
    return h;
}

eql_expr *
eql_ast_chain(eql_parser *ps, eql_node_kind kind, eql_expr *left, eql_token op,
              eql_expr *right)
{
    eql_expr *e = left;
    uint32_t height;

    if (!left || !right)
        return NULL;
    height = right->height + 1;
    if (left->kind != kind || left->parenthesised) {
        height = greater(left->height + 1, height);
        e = eql_ast_node(ps, kind, left->span, height);
        if (!e)
            return NULL;
        e->op_span = op.span;
        e->u.list = eql_ast_expr_push(ps, e->u.list, left);
    } else if (height > EQL_MAX_DEPTH) {
        eql_ast_limit(ps, right->span, "levels of nesting", EQL_MAX_DEPTH);
        return NULL;
    }
    e->height = greater(e->height, height);
    e->span = eql_ast_join(e->span, right->span);
    e->u.list = eql_ast_expr_push(ps, e->u.list, right);
    return e;
}

eql_expr *
eql_ast_not(eql_parser *ps, eql_token op, eql_expr *operand)
{
    eql_expr *e;

    if (!operand)
        return NULL;
    e = eql_ast_node(ps, EQL_NODE_NOT, eql_ast_join(op.span, operand->span),
                     operand->height + 1);
    if (!e)
        return NULL;
    e->op_span = op.span;
    e->u.op.left = operand;
    return e;
}

static eql_expr *
binary(eql_parser *ps, eql_node_kind kind, eql_expr *left, eql_token op,
       eql_expr *right)
{
    eql_expr *e;

    if (!left || !right)
        return NULL;
    e = eql_ast_node(ps, kind, eql_ast_join(left->span, right->span),
                     greater(left->height, right->height) + 1);
    if (!e)
        return NULL;
    e->op_span = op.span;
    e->u.op.left = left;
    e->u.op.right = right;
    return e;
}

static eql_compare_op
compare_op(int kind)
{
    switch (kind) {
    case EQL_TOK_NE: return EQL_CMP_NE;
    case EQL_TOK_LT: return EQL_CMP_LT;
    case EQL_TOK_LE: return EQL_CMP_LE;
    case EQL_TOK_GT: return EQL_CMP_GT;
    case EQL_TOK_GE: return EQL_CMP_GE;
    default: return EQL_CMP_EQ;
    }
}

eql_expr *
eql_ast_compare(eql_parser *ps, eql_expr *left, eql_token op, eql_expr *right)
{
    eql_expr *e = binary(ps, EQL_NODE_COMPARE, left, op, right);

    if (e) {
        e->u.op.op = compare_op(op.kind);
        e->u.op.single_equals = op.kind == EQL_TOK_ASGN;
    }
    return e;
}

static eql_arith_op
arith_op(int kind)
{
    switch (kind) {
    case EQL_TOK_MINUS: return EQL_ARITH_SUB;
    case EQL_TOK_STAR: return EQL_ARITH_MUL;
    case EQL_TOK_SLASH: return EQL_ARITH_DIV;
    case EQL_TOK_PERCENT: return EQL_ARITH_MOD;
    default: return EQL_ARITH_ADD;
    }
}

eql_expr *
eql_ast_arith(eql_parser *ps, eql_expr *left, eql_token op, eql_expr *right)
{
    eql_expr *e = binary(ps, EQL_NODE_ARITH, left, op, right);

    if (e)
        e->u.op.op = arith_op(op.kind);
    return e;
}

static eql_match_op
match_op(int kind)
{
    switch (kind) {
    case EQL_TOK_LIKE: return EQL_MATCH_LIKE;
    case EQL_TOK_LIKE_CI: return EQL_MATCH_LIKE_CI;
    case EQL_TOK_REGEX: return EQL_MATCH_REGEX;
    case EQL_TOK_REGEX_CI: return EQL_MATCH_REGEX_CI;
    default: return EQL_MATCH_COLON;
    }
}

eql_expr *
eql_ast_test(eql_parser *ps, eql_expr *operand, eql_token op, bool negated,
             eql_ast_list list)
{
    bool in = op.kind == EQL_TOK_IN || op.kind == EQL_TOK_IN_CI;
    eql_expr *e;

    if (!operand)
        return NULL;
    e = eql_ast_node(ps, in ? EQL_NODE_IN : EQL_NODE_MATCH,
                     eql_ast_join(operand->span, list.span),
                     greater(operand->height, list_height(list.items)) + 1);
    if (!e)
        return NULL;
    e->op_span = op.span;
    e->u.test.op = in ? 0 : match_op(op.kind);
    e->u.test.fold = op.kind == EQL_TOK_IN_CI;
    e->u.test.negated = negated;
    e->u.test.trailing_comma = list.trailing_comma;
    e->u.test.parenthesised_list = !in && list.parenthesised;
    e->u.test.operand = operand;
    e->u.test.list = list.items;
    return e;
}

eql_expr *
eql_ast_parens(eql_parser *ps, eql_token open, eql_expr *e, eql_token close)
{
    (void)ps;
    if (e) {
        e->parenthesised = true;
        e->span = eql_ast_join(open.span, close.span);
    }
    return e;
}

/* Sets name and tilde of a call from `name`, `name~`; s is without `:` `(`. */
static void
set_callee(eql_parser *ps, eql_expr *e, eql_span s)
{
    eql_strview text = eql_ast_text(ps, s);

    e->op_span = s;
    e->u.call.tilde = text.p[text.len - 1] == '~';
    s.len -= e->u.call.tilde;
    e->u.call.name = (eql_name){eql_ast_text(ps, s), s};
}

eql_expr *
eql_ast_call(eql_parser *ps, eql_token name, eql_expr_list args,
             eql_token close)
{
    eql_expr *e =
        eql_ast_node(ps, EQL_NODE_CALL, eql_ast_join(name.span, close.span),
                     list_height(args) + 1);

    if (!e)
        return NULL;
    set_callee(ps, e, name.span);
    e->u.call.args = args;
    return e;
}

/* args with e in front of them. */
static eql_expr_list
prepend(eql_parser *ps, eql_expr *e, eql_expr_list args)
{
    eql_expr_list all = {0};

    all = eql_ast_expr_push(ps, all, e);
    for (uint32_t i = 0; i < args.n; i++)
        all = eql_ast_expr_push(ps, all, args.items[i]);
    return all;
}

eql_expr *
eql_ast_method(eql_parser *ps, eql_expr *operand, eql_token method,
               eql_expr_list args, eql_token close)
{
    /* The token is `:name(` or `:name~(`, without spaces. */
    eql_span name = {method.span.offset + 1, method.span.len - 2};
    eql_expr *e;

    if (!operand)
        return NULL;
    e = eql_ast_node(ps, EQL_NODE_CALL, eql_ast_join(operand->span, close.span),
                     greater(operand->height, list_height(args)) + 1);
    if (!e)
        return NULL;
    set_callee(ps, e, name);
    e->u.call.method = true;
    e->u.call.args = prepend(ps, operand, args);
    return e;
}

eql_expr *
eql_ast_lineage(eql_parser *ps, eql_token relation, eql_token of,
                eql_body *body)
{
    eql_expr *e;

    if (!body)
        return NULL;
    e = eql_ast_node(ps, EQL_NODE_LINEAGE,
                     eql_ast_join(relation.span, body->span),
                     body->condition->height + 1);
    if (!e)
        return NULL;
    e->op_span = eql_ast_join(relation.span, of.span);
    e->u.lineage.relation = eql_ast_name(ps, relation);
    e->u.lineage.body = body;
    return e;
}

static eql_segment
name_segment(eql_parser *ps, eql_token t)
{
    eql_segment s = {.kind = EQL_SEGMENT_NAME, .span = t.span};

    s.name = eql_ast_name(ps, t).text;
    if (t.kind == EQL_TOK_QUOTED)
        s.kind = EQL_SEGMENT_QUOTED;
    else if (t.kind == EQL_TOK_VAR)
        s.name = eql_sv(s.name.p + 1, s.name.len - 1);
    return s;
}

static void
add_segment(eql_parser *ps, eql_path *path, const eql_segment *s)
{
    eql_ast_vec v = {path->segments, path->n};

    v = eql_ast_push(ps, v, s, sizeof *s);
    path->segments = v.items;
    path->n = v.n;
}

eql_expr *
eql_ast_path(eql_parser *ps, eql_token first)
{
    eql_expr *e = eql_ast_node(ps, EQL_NODE_FIELD, first.span, 0);
    eql_segment s;

    if (!e)
        return NULL;
    s = name_segment(ps, first);
    e->op_span = first.span;
    e->u.field.variable = first.kind == EQL_TOK_VAR;
    add_segment(ps, &e->u.field, &s);
    return eql_arena_failed(ps->arena) ? NULL : e;
}

/* `[ 12 ]`; a number that does not fit is reported. */
static eql_segment
index_segment(eql_parser *ps, eql_token t)
{
    eql_segment s = {.kind = EQL_SEGMENT_INDEX, .span = t.span};
    eql_strview text = eql_ast_text(ps, t.span);

    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            continue;
        if (__builtin_mul_overflow(s.index, 10u, &s.index) ||
            __builtin_add_overflow(s.index, (uint32_t)(text.p[i] - '0'),
                                   &s.index)) {
            eql_diags_add(ps->diags, "E311", t.span, NULL,
                          "array index: more than %u", UINT32_MAX);
            break;
        }
    }
    return s;
}

eql_expr *
eql_ast_segment(eql_parser *ps, eql_expr *path, eql_token t)
{
    eql_segment s;

    if (!path)
        return NULL;
    s = t.kind == EQL_TOK_INDEX ? index_segment(ps, t) : name_segment(ps, t);
    add_segment(ps, &path->u.field, &s);
    path->span = eql_ast_join(path->span, t.span);
    return path;
}

eql_expr *
eql_ast_optional(eql_parser *ps, eql_token mark, eql_expr *path)
{
    (void)ps;
    if (path) {
        path->u.field.optional = true;
        path->span = eql_ast_join(mark.span, path->span);
    }
    return path;
}
