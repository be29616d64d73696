/* ref_filter.c -- see ref_filter.h.
 *
 * A leaf is evaluated for every choice of one value for every occurrence of a
 * path in it (the sigma of spec 4.3), by plain nested loops.  No operator is
 * ever rewritten into another but for the rewrites that the spec lists. */
#include "tests/reference/ref_filter.h"

#include <strings.h>

#define MAX_OCCURRENCES 64
#define MAX_CHOICES 65536u

/* One occurrence of a path: its values, and the one chosen now. */
typedef struct {
    const eql_expr *node;
    ref_values values;
    ref_value chosen;
} occurrence;

typedef struct {
    ref_pool *pool;
    const json_t *event;
    const char **refused;
    occurrence occ[MAX_OCCURRENCES]; /* of the leaf being evaluated */
    size_t nocc;
} evaluation;

static ref_value value_of(evaluation *ev, const eql_expr *e);
static ref_value positive(evaluation *ev, const eql_expr *e);

static const ref_value null_value = {.tag = REF_NULL};
static const ref_value literal_true = {
    .tag = REF_BOOL, .literal = true, .b = true};

static ref_value
boolean(bool b)
{
    return (ref_value){.tag = REF_BOOL, .b = b};
}

static bool
is_true(ref_value v)
{
    return v.tag == REF_BOOL && v.b;
}

static bool
is_false(ref_value v)
{
    return v.tag == REF_BOOL && !v.b;
}

static ref_value
refuse(evaluation *ev, const char *why)
{
    *ev->refused = why;
    return null_value;
}

/* --- literals --------------------------------------------------------------
 */

/* Is e a literal, or a literal number with a sign? */
static bool
is_literal(const eql_expr *e)
{
    return e->kind == EQL_NODE_LITERAL ||
           (e->kind == EQL_NODE_SIGN && is_literal(e->u.op.left));
}

static bool
is_literal_null(const eql_expr *e)
{
    return e->kind == EQL_NODE_LITERAL && e->u.literal.tag == EQL_NULL;
}

static bool
is_literal_bool(const eql_expr *e)
{
    return e->kind == EQL_NODE_LITERAL && e->u.literal.tag == EQL_BOOL;
}

static ref_value
literal(const eql_expr *e)
{
    ref_value v = {.literal = true};
    const eql_value *l = &e->u.literal;

    if (e->kind == EQL_NODE_SIGN) {
        v = literal(e->u.op.left);
        if (e->u.op.op == EQL_ARITH_SUB) {
            v.num.i = -v.num.i;
            v.num.d = -v.num.d;
        }
        return v;
    }
    switch (l->tag) {
    case EQL_NULL: v.tag = REF_NULL; break;
    case EQL_BOOL:
        v.tag = REF_BOOL;
        v.b = l->u.b;
        break;
    case EQL_INT:
        v.tag = REF_NUM;
        v.num = (ref_num){.is_int = true, .i = l->u.i};
        break;
    case EQL_FLOAT:
        v.tag = REF_NUM;
        v.num = (ref_num){.d = l->u.d};
        break;
    case EQL_STRING:
        v.tag = REF_STR;
        v.str = (ref_str){l->u.s, l->len};
        break;
    }
    return v;
}

/* --- comparing two values (spec 4.6) ---------------------------------------
 */

/* How two values stand to each other.  OTHER: unequal, without an order. */
typedef enum { LESS, EQUAL, GREATER, SAME, OTHER, UNKNOWN } relation;

static relation
from_order(int order)
{
    return order < 0 ? LESS : order > 0 ? GREATER : EQUAL;
}

static relation
by_text(ref_str a, ref_str b)
{
    return ref_str_eq(a, b) ? SAME : OTHER;
}

static ref_str
bool_text(ref_value v)
{
    return ref_cstr(v.b ? "true" : "false");
}

static relation
mirrored(relation r)
{
    return r == LESS ? GREATER : r == GREATER ? LESS : r;
}

/* x from the event, y a literal of another type. */
static relation
relate_coerced(evaluation *ev, ref_value x, ref_value y)
{
    ref_num n;

    if (x.tag == REF_NUM && y.tag == REF_STR)
        return ref_parse_num(y.str, &n) ? from_order(ref_num_order(x.num, n))
                                        : UNKNOWN;
    if (x.tag == REF_STR && y.tag == REF_NUM)
        return from_order(ref_str_order(x.str, ref_num_text(ev->pool, y.num)));
    if (x.tag == REF_BOOL && y.tag == REF_STR &&
        (ref_str_eq(y.str, ref_cstr("true")) ||
         ref_str_eq(y.str, ref_cstr("false"))))
        return by_text(bool_text(x), y.str);
    if (x.tag == REF_STR && y.tag == REF_BOOL)
        return by_text(x.str, bool_text(y));
    return UNKNOWN;
}

/* One side at least is from an ip field: both are addresses, or nothing. */
static relation
relate_addresses(ref_value x, ref_value y)
{
    ref_addr a, b;

    if (x.tag != REF_STR || y.tag != REF_STR || !ref_parse_addr(x.str, &a) ||
        !ref_parse_addr(y.str, &b))
        return UNKNOWN;
    return from_order(ref_str_order((ref_str){(char *)a.b, sizeof a.b},
                                    (ref_str){(char *)b.b, sizeof b.b}));
}

/* Neither is null. */
static relation
relate(evaluation *ev, ref_value x, ref_value y)
{
    if (x.address || y.address)
        return relate_addresses(x, y);
    if (x.tag == REF_NUM && y.tag == REF_NUM)
        return from_order(ref_num_order(x.num, y.num));
    if (x.tag == REF_STR && y.tag == REF_STR)
        return from_order(ref_str_order(x.str, y.str));
    if (x.tag == REF_BOOL && y.tag == REF_BOOL)
        return x.b == y.b ? SAME : OTHER;
    if (y.literal && !x.literal)
        return relate_coerced(ev, x, y);
    if (x.literal && !y.literal)
        return mirrored(relate_coerced(ev, y, x));
    return UNKNOWN;
}

/* Is the address in the block that the literal names?  A value that is no
 * address is in none. */
static ref_value
in_literal_block(evaluation *ev, ref_value x, ref_value lit)
{
    ref_block block;
    ref_addr addr;

    if (!ref_parse_block(lit.str, &block))
        return refuse(ev, "literal is neither address nor block");
    return boolean(x.tag == REF_STR && ref_parse_addr(x.str, &addr) &&
                   ref_in_block(&block, &addr));
}

static ref_value
equals(evaluation *ev, ref_value x, ref_value y)
{
    relation r;

    if (x.tag == REF_NULL || y.tag == REF_NULL)
        return null_value;
    if (x.address && y.literal && y.tag == REF_STR)
        return in_literal_block(ev, x, y);
    if (y.address && x.literal && x.tag == REF_STR)
        return in_literal_block(ev, y, x);
    r = relate(ev, x, y);
    if (r == UNKNOWN)
        return null_value;
    return boolean(r == EQUAL || r == SAME);
}

static ref_value
ordered(evaluation *ev, unsigned op, ref_value x, ref_value y)
{
    relation r;

    if (x.tag == REF_NULL || y.tag == REF_NULL)
        return null_value;
    r = relate(ev, x, y);
    if (r != LESS && r != EQUAL && r != GREATER)
        return null_value;
    switch (op) {
    case EQL_CMP_LT: return boolean(r == LESS);
    case EQL_CMP_LE: return boolean(r == LESS || r == EQUAL);
    case EQL_CMP_GT: return boolean(r == GREATER);
    default: return boolean(r == GREATER || r == EQUAL);
    }
}

/* --- V: value position ------------------------------------------------------
 */

static ref_value
kleene_not(ref_value v)
{
    return v.tag == REF_BOOL ? boolean(!v.b) : null_value;
}

/* An operand of and/or/not: a bare field means `field == true`. */
static ref_value
condition_value(evaluation *ev, const eql_expr *e)
{
    ref_value v = value_of(ev, e);

    return e->kind == EQL_NODE_FIELD ? equals(ev, v, literal_true) : v;
}

/* `all`: and, else or.  The deciding value of `and` is false, of `or` true. */
static ref_value
kleene_list(evaluation *ev, const eql_expr_list *list, bool all)
{
    bool unknown = false;

    for (uint32_t i = 0; i < list->n; i++) {
        ref_value v = condition_value(ev, list->items[i]);

        if (all ? is_false(v) : is_true(v))
            return boolean(!all);
        unknown |= v.tag != REF_BOOL;
    }
    return unknown ? null_value : boolean(all);
}

static ref_value
comparison(evaluation *ev, const eql_expr *e)
{
    const eql_expr *l = e->u.op.left, *r = e->u.op.right;
    unsigned op = e->u.op.op;

    if (op != EQL_CMP_EQ && op != EQL_CMP_NE)
        return ordered(ev, op, value_of(ev, l), value_of(ev, r));
    if (is_literal_null(r))
        return boolean(value_of(ev, l).tag == REF_NULL);
    if (is_literal_null(l))
        return boolean(value_of(ev, r).tag == REF_NULL);
    return equals(ev, value_of(ev, l), value_of(ev, r));
}

static ref_value
folded(evaluation *ev, ref_value v)
{
    if (v.tag == REF_STR)
        v.str = ref_fold_str(ev->pool, v.str);
    return v;
}

/* Folding is for string against string; all else is as in `in`. */
static ref_value
equals_element(evaluation *ev, ref_value x, ref_value y, bool fold)
{
    if (fold && x.tag == REF_STR && y.tag == REF_STR && !x.address &&
        !y.address)
        return equals(ev, folded(ev, x), folded(ev, y));
    return equals(ev, x, y);
}

static ref_value
membership(evaluation *ev, const eql_expr *e)
{
    ref_value x = value_of(ev, e->u.test.operand);
    bool unknown = x.tag == REF_NULL;

    for (uint32_t i = 0; i < e->u.test.list.n; i++) {
        const eql_expr *item = e->u.test.list.items[i];
        ref_value y;

        if (is_literal_null(item))
            continue;
        y = value_of(ev, item);
        if (y.tag == REF_NULL)
            unknown = true;
        else if (is_true(equals_element(ev, x, y, e->u.test.fold)))
            return boolean(true);
    }
    return unknown ? null_value : boolean(false);
}

static bool
has_wildcard(ref_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '*' || s.p[i] == '?')
            return true;
    return false;
}

/* x against one pattern; x is not null. */
static ref_value
match_one(evaluation *ev, unsigned op, ref_value x, ref_value pattern)
{
    bool colon = op == EQL_MATCH_COLON;

    if (pattern.tag == REF_NUM && colon)
        return equals(ev, x, pattern);
    if (pattern.tag != REF_STR)
        return refuse(ev, "pattern is not a string");
    if (x.address && colon && !has_wildcard(pattern.str))
        return in_literal_block(ev, x, pattern);
    if (x.tag == REF_NUM && colon)
        x.str = ref_num_text(ev->pool, x.num);
    else if (x.tag != REF_STR)
        return null_value;
    return boolean(
        ref_wild(ev->pool, pattern.str, x.str, op != EQL_MATCH_LIKE));
}

static ref_value
match(evaluation *ev, const eql_expr *e)
{
    ref_value x = value_of(ev, e->u.test.operand);
    bool unknown = false;

    if (e->u.test.op > EQL_MATCH_LIKE_CI)
        return refuse(ev, "regex");
    if (x.tag == REF_NULL)
        return null_value;
    for (uint32_t i = 0; i < e->u.test.list.n; i++) {
        ref_value v =
            match_one(ev, e->u.test.op, x, literal(e->u.test.list.items[i]));

        if (is_true(v))
            return v;
        unknown |= v.tag == REF_NULL;
    }
    return unknown ? null_value : boolean(false);
}

static ref_value
call(evaluation *ev, const eql_expr *e)
{
    const eql_name *name = &e->u.call.name;
    const eql_expr_list *args = &e->u.call.args;
    ref_value x, hit = boolean(false);

    if (name->text.len != 9 || strncasecmp(name->text.p, "cidrMatch", 9) != 0)
        return refuse(ev, "function");
    if (args->n < 2)
        return refuse(ev, "cidrMatch needs a block");
    x = value_of(ev, args->items[0]);
    for (uint32_t i = 1; i < args->n; i++) {
        ref_value lit = literal(args->items[i]), v;

        if (lit.tag != REF_STR)
            return refuse(ev, "block is not a string");
        v = in_literal_block(ev, x, lit);
        if (is_true(v))
            hit = v;
    }
    return x.tag == REF_NULL ? null_value : hit;
}

static ref_value
chosen_value(evaluation *ev, const eql_expr *e)
{
    for (size_t i = 0; i < ev->nocc; i++)
        if (ev->occ[i].node == e)
            return ev->occ[i].chosen;
    return refuse(ev, "field outside of a leaf");
}

/* V[e], but with a negation of e's own (!=, not in, not like) left out. */
static ref_value
positive(evaluation *ev, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_LITERAL: return literal(e);
    case EQL_NODE_FIELD: return chosen_value(ev, e);
    case EQL_NODE_CALL: return call(ev, e);
    case EQL_NODE_AND: return kleene_list(ev, &e->u.list, true);
    case EQL_NODE_OR: return kleene_list(ev, &e->u.list, false);
    case EQL_NODE_NOT: return kleene_not(condition_value(ev, e->u.op.left));
    case EQL_NODE_COMPARE: return comparison(ev, e);
    case EQL_NODE_SIGN:
        if (is_literal(e))
            return literal(e);
        break;
    case EQL_NODE_IN: return membership(ev, e);
    case EQL_NODE_MATCH: return match(ev, e);
    case EQL_NODE_ARITH:
    case EQL_NODE_LINEAGE: break;
    }
    return refuse(ev, "arithmetic or lineage");
}

static bool
is_negated(const eql_expr *e)
{
    return (e->kind == EQL_NODE_COMPARE && e->u.op.op == EQL_CMP_NE) ||
           ((e->kind == EQL_NODE_IN || e->kind == EQL_NODE_MATCH) &&
            e->u.test.negated);
}

/* V[e] under the choices made now. */
static ref_value
value_of(evaluation *ev, const eql_expr *e)
{
    ref_value v = positive(ev, e);

    return is_negated(e) ? kleene_not(v) : v;
}

/* --- sigma: every choice of values ------------------------------------------
 */

static void collect(evaluation *ev, const eql_expr *e);

static void
collect_list(evaluation *ev, const eql_expr_list *list)
{
    for (uint32_t i = 0; i < list->n; i++)
        collect(ev, list->items[i]);
}

/* Notes every occurrence of a path below e. */
static void
collect(evaluation *ev, const eql_expr *e)
{
    switch (e->kind) {
    case EQL_NODE_FIELD:
        if (ev->nocc == MAX_OCCURRENCES) {
            refuse(ev, "too many fields in a leaf");
            return;
        }
        ev->occ[ev->nocc++] = (occurrence){
            e, ref_path_values(ev->pool, ev->event, &e->u.field), null_value};
        break;
    case EQL_NODE_CALL: collect_list(ev, &e->u.call.args); break;
    case EQL_NODE_AND:
    case EQL_NODE_OR: collect_list(ev, &e->u.list); break;
    case EQL_NODE_COMPARE:
        collect(ev, e->u.op.left);
        collect(ev, e->u.op.right);
        break;
    case EQL_NODE_NOT: collect(ev, e->u.op.left); break;
    case EQL_NODE_IN:
        collect(ev, e->u.test.operand);
        collect_list(ev, &e->u.test.list);
        break;
    case EQL_NODE_MATCH: collect(ev, e->u.test.operand); break;
    case EQL_NODE_LITERAL:
    case EQL_NODE_SIGN:
    case EQL_NODE_ARITH:
    case EQL_NODE_LINEAGE: break;
    }
}

/* What is asked of a leaf under one choice. */
typedef bool (*question)(evaluation *ev, const eql_expr *e);

static bool
says_true(evaluation *ev, const eql_expr *e)
{
    return is_true(positive(ev, e));
}

static bool
says_null(evaluation *ev, const eql_expr *e)
{
    return value_of(ev, e).tag == REF_NULL;
}

static bool
field_says_true(evaluation *ev, const eql_expr *e)
{
    return is_true(condition_value(ev, e));
}

/* Is there a choice for occurrences i and on that makes the answer yes? */
static bool
some_choice(evaluation *ev, size_t i, const eql_expr *e, question ask)
{
    occurrence *o = &ev->occ[i];

    if (i == ev->nocc)
        return ask(ev, e);
    if (o->values.n == 0) {
        o->chosen = null_value;
        return some_choice(ev, i + 1, e, ask);
    }
    for (size_t k = 0; k < o->values.n; k++) {
        o->chosen = o->values.items[k];
        if (some_choice(ev, i + 1, e, ask))
            return true;
    }
    return false;
}

/* Exists sigma: ask.  Over the cap the leaf is false. */
static bool
exists(evaluation *ev, const eql_expr *e, question ask)
{
    size_t choices = 1;

    ev->nocc = 0;
    collect(ev, e);
    for (size_t i = 0; i < ev->nocc; i++) {
        if (ev->occ[i].values.n)
            choices *= ev->occ[i].values.n;
        if (choices > MAX_CHOICES)
            return false;
    }
    return some_choice(ev, 0, e, ask);
}

/* --- B: filter position (spec 4.3) ------------------------------------------
 */

static bool filter(evaluation *ev, const eql_expr *e);

/* B[e == null] */
static bool
filter_null_test(evaluation *ev, const eql_expr *e)
{
    return exists(ev, e, says_null);
}

/* B[l == r], whole being the comparison. */
static bool
filter_equal(evaluation *ev, const eql_expr *whole)
{
    const eql_expr *l = whole->u.op.left, *r = whole->u.op.right;

    if (is_literal_null(r))
        return filter_null_test(ev, l);
    if (is_literal_null(l))
        return filter_null_test(ev, r);
    if (is_literal_bool(l) && !is_literal_bool(r)) {
        const eql_expr *swap = l;

        l = r;
        r = swap;
    }
    if (is_literal_bool(r) && l->kind != EQL_NODE_FIELD)
        return r->u.literal.u.b ? filter(ev, l) : !filter(ev, l);
    return exists(ev, whole, says_true);
}

/* B[e] */
static bool
filter(evaluation *ev, const eql_expr *e)
{
    bool yes;

    switch (e->kind) {
    case EQL_NODE_AND:
        for (uint32_t i = 0; i < e->u.list.n; i++)
            if (!filter(ev, e->u.list.items[i]))
                return false;
        return true;
    case EQL_NODE_OR:
        for (uint32_t i = 0; i < e->u.list.n; i++)
            if (filter(ev, e->u.list.items[i]))
                return true;
        return false;
    case EQL_NODE_NOT: return !filter(ev, e->u.op.left);
    case EQL_NODE_FIELD: return exists(ev, e, field_says_true);
    case EQL_NODE_COMPARE:
        if (e->u.op.op != EQL_CMP_EQ && e->u.op.op != EQL_CMP_NE)
            return exists(ev, e, says_true);
        yes = filter_equal(ev, e);
        break;
    default: yes = exists(ev, e, says_true); break;
    }
    return is_negated(e) ? !yes : yes;
}

bool
ref_holds(ref_pool *pool, const json_t *event, const eql_expr *condition,
          const char **refused)
{
    evaluation ev; /* occ is filled by collect */

    ev.pool = pool;
    ev.event = event;
    ev.refused = refused;
    ev.nocc = 0;
    return filter(&ev, condition);
}
