/* ref_filter.c -- see ref_filter.h.
 *
 * A leaf is evaluated for every choice of one value for every occurrence of a
 * path in it (the sigma of language 4.3), by plain nested loops.  No operator
 * is ever rewritten into another but for the rewrites of language 4.3. */
#include "tests/reference/ref_filter.h"

#include <string.h>

#include "tests/reference/ref_func.h"

#define MAX_OCCURRENCES 64
#define MAX_CHOICES 65536u

/* One occurrence of a path: its values, and the one chosen now. */
typedef struct {
    const ref_node *node;
    ref_values values;
    ref_value chosen;
} occurrence;

/* A leaf being evaluated. */
typedef struct {
    const ref_env *env;
    occurrence occ[MAX_OCCURRENCES];
    size_t nocc;
} leaf;

static ref_value value_of(leaf *l, const ref_node *e);

static ref_value
literal_true(void)
{
    return (ref_value){.tag = REF_BOOL, .literal = true, .b = true};
}

static ref_value
refuse(const ref_env *env, const char *why)
{
    *env->refused = why;
    return ref_null();
}

static bool
is_literal_null(const ref_node *e)
{
    return e->kind == REF_N_LITERAL && e->literal.tag == REF_NULL;
}

static bool
is_literal_bool(const ref_node *e)
{
    return e->kind == REF_N_LITERAL && e->literal.tag == REF_BOOL;
}

/* --- V: value position --- */

/* An operand of and/or/not: a bare field means `field == true`. */
static ref_value
condition_value(leaf *l, const ref_node *e)
{
    ref_value v = value_of(l, e);

    /* A list or object, which only opaque paths give, is true. */
    if (e->kind == REF_N_FIELD && v.tag == REF_LIST)
        return ref_boolean(true);
    return e->kind == REF_N_FIELD
               ? ref_equals(l->env, v, literal_true(), REF_EXACT)
               : v;
}

/* `all`: and, else or.  The deciding value of `and` is false, of `or` true. */
static ref_value
kleene_list(leaf *l, const ref_node *e, bool all)
{
    bool unknown = false;

    for (size_t i = 0; i < e->n; i++) {
        ref_value v = condition_value(l, e->kids[i]);

        if (all ? ref_is_false(v) : ref_is_true(v))
            return ref_boolean(!all);
        unknown |= v.tag != REF_BOOL;
    }
    return unknown ? ref_null() : ref_boolean(all);
}

static bool
is_equality(const ref_node *e)
{
    return e->kind == REF_N_COMPARE &&
           (strcmp(e->op, "==") == 0 || strcmp(e->op, "!=") == 0);
}

static ref_value
comparison(leaf *l, const ref_node *e)
{
    const ref_node *a = e->kids[0], *b = e->kids[1];

    if (!is_equality(e))
        return ref_ordered(l->env, e->op, value_of(l, a), value_of(l, b));
    if (is_literal_null(b))
        return ref_boolean(value_of(l, a).tag == REF_NULL);
    if (is_literal_null(a))
        return ref_boolean(value_of(l, b).tag == REF_NULL);
    return ref_equals_wild(l->env, value_of(l, a), value_of(l, b),
                           ref_case_of(l->env, false));
}

/* Only an element may be a wildcard.  Folding is for string against string; all
 * else is as in `in`. */
static bool
is_member(leaf *l, ref_value x, ref_value y, bool tilde)
{
    ref_case_rule rule = ref_case_of(l->env, tilde);

    return ref_is_true(ref_is_wildcard(y) ? ref_equals_wild(l->env, x, y, rule)
                                          : ref_equals(l->env, x, y, rule));
}

static ref_value
membership(leaf *l, const ref_node *e)
{
    ref_value x = value_of(l, e->kids[0]);
    bool unknown = x.tag == REF_NULL;

    if (x.tag == REF_LIST)
        return ref_null();
    for (size_t i = 1; i < e->n; i++) {
        ref_value y;

        if (is_literal_null(e->kids[i]))
            continue;
        y = value_of(l, e->kids[i]);
        if (y.tag == REF_NULL || y.tag == REF_LIST || ref_no_instant(x, y))
            unknown = true;
        else if (is_member(l, x, y, e->tilde))
            return ref_boolean(true);
    }
    return unknown ? ref_null() : ref_boolean(false);
}

static ref_value
match(leaf *l, const ref_node *e)
{
    ref_value *patterns = ref_alloc(l->env->pool, e->n * sizeof *patterns);

    for (size_t i = 1; i < e->n; i++)
        patterns[i - 1] = e->kids[i]->literal;
    return ref_match_any(l->env, e->op, e->tilde, value_of(l, e->kids[0]),
                         patterns, e->n - 1);
}

/* --- functions of lists --- */

/* For how many elements does the condition hold? */
static size_t
count_elements(const ref_env *env, const ref_node *e)
{
    ref_json_list list;
    size_t count = 0;

    if (e->n != 3 || e->kids[0]->kind != REF_N_FIELD ||
        e->kids[1]->kind != REF_N_FIELD || !e->kids[1]->path.variable) {
        refuse(env, "array function");
        return 0;
    }
    list = ref_path_elements(env, &e->kids[0]->path, env->flags->opaque);
    for (size_t i = 0; i < list.n; i++) {
        ref_variable bound = {.name = e->kids[1]->path.segments[0].name,
                              .value = list.items[i],
                              .outer = env->variables};
        ref_env inner = *env;

        inner.variables = &bound;
        count += ref_holds(&inner, e->kids[2]);
    }
    return count;
}

/* The elements that arrayContains looks at: what is no scalar among them equals
 * nothing. */
static ref_values
elements_of(leaf *l, const ref_node *e)
{
    const ref_env *env = l->env;
    ref_values out = {0};

    if (e->kind != REF_N_FIELD) {
        out.items = ref_alloc(env->pool, sizeof *out.items);
        out.items[0] = value_of(l, e);
        out.n = out.items[0].tag == REF_NULL ? 0 : 1;
        return out;
    }
    return ref_typed_elements(env, &e->path);
}

static ref_value
array_contains(leaf *l, const ref_node *e)
{
    ref_values list;
    bool any = false, unknown = false;

    if (e->n < 2)
        return refuse(l->env, "wrong number of arguments");
    list = elements_of(l, e->kids[0]);
    for (size_t i = 1; i < e->n; i++) {
        ref_value y = value_of(l, e->kids[i]);

        unknown |= y.tag == REF_NULL;
        for (size_t k = 0; k < list.n; k++)
            any |= ref_is_true(ref_equals(l->env, list.items[k], y,
                                          ref_case_of(l->env, e->tilde)));
    }
    return list.n == 0 || unknown ? ref_null() : ref_boolean(any);
}

static bool
counts_elements(const ref_env *env, ref_function f, const ref_node *e,
                size_t *count)
{
    return f == REF_F_LENGTH && env->flags->count_length && e->n == 1 &&
           e->kids[0]->kind == REF_N_FIELD &&
           ref_path_count(env, &e->kids[0]->path, count);
}

static ref_value
call(leaf *l, const ref_node *e)
{
    ref_function f = ref_function_named(e->name);
    ref_value *args;
    size_t count;

    if (f == REF_F_ARRAY_SEARCH)
        return ref_boolean(count_elements(l->env, e) > 0);
    if (f == REF_F_ARRAY_COUNT)
        return ref_integer((int64_t)count_elements(l->env, e));
    if (f == REF_F_ARRAY_CONTAINS)
        return array_contains(l, e);
    if (f == REF_F_SAFE && e->n == 1)
        return value_of(l, e->kids[0]);
    if (counts_elements(l->env, f, e, &count))
        return ref_integer((int64_t)count);
    args = ref_alloc(l->env->pool, e->n * sizeof *args);
    for (size_t i = 0; i < e->n; i++)
        args[i] = value_of(l, e->kids[i]);
    return ref_apply(l->env, f, e->tilde, args, e->n);
}

/* --- any expression --- */

static ref_value
chosen_value(leaf *l, const ref_node *e)
{
    for (size_t i = 0; i < l->nocc; i++)
        if (l->occ[i].node == e)
            return l->occ[i].chosen;
    return refuse(l->env, "field outside of a leaf");
}

static ref_value
sign(leaf *l, const ref_node *e)
{
    ref_value v = value_of(l, e->kids[0]);

    bool literal = v.literal;

    if (*e->op == '-')
        v = ref_arith(l->env, "-",
                      v.tag == REF_NUM && !v.num.is_int
                          ? (ref_value){.tag = REF_NUM, .num = {.d = -0.0}}
                          : ref_integer(0),
                      v);
    v.literal = literal; /* a sign is part of its number (language 5.1) */
    return v.tag == REF_NUM ? v : ref_null();
}

static ref_value
lineage(leaf *l, const ref_node *e)
{
    if (!e->lineage)
        return refuse(l->env, "lineage not worked out");
    return ref_boolean(e->lineage[l->env->number]);
}

/* V[e], but with a negation of e's own (!=, not in, not like) left out. */
static ref_value
positive(leaf *l, const ref_node *e)
{
    switch (e->kind) {
    case REF_N_LITERAL: return e->literal;
    case REF_N_FIELD: return chosen_value(l, e);
    case REF_N_CALL: return call(l, e);
    case REF_N_AND: return kleene_list(l, e, true);
    case REF_N_OR: return kleene_list(l, e, false);
    case REF_N_NOT: return ref_kleene_not(condition_value(l, e->kids[0]));
    case REF_N_COMPARE: return comparison(l, e);
    case REF_N_SIGN: return sign(l, e);
    case REF_N_ARITH:
        return ref_arith(l->env, e->op, value_of(l, e->kids[0]),
                         value_of(l, e->kids[1]));
    case REF_N_IN: return membership(l, e);
    case REF_N_MATCH: return match(l, e);
    case REF_N_LINEAGE: return lineage(l, e);
    }
    return ref_null();
}

static bool
is_negated(const ref_node *e)
{
    return e->negated || (e->kind == REF_N_COMPARE && strcmp(e->op, "!=") == 0);
}

/* V[e] under the choices made now. */
static ref_value
value_of(leaf *l, const ref_node *e)
{
    ref_value v = positive(l, e);

    return is_negated(e) ? ref_kleene_not(v) : v;
}

/* --- sigma: every choice of values --- */

/* Notes every occurrence of a path below e, but for lists that a function
 * takes whole and for the conditions of lambdas. */
static void
collect(leaf *l, const ref_node *e)
{
    ref_function f =
        e->kind == REF_N_CALL ? ref_function_named(e->name) : REF_F_NONE;
    size_t first = 0, count;

    if (f == REF_F_ARRAY_SEARCH || f == REF_F_ARRAY_COUNT ||
        counts_elements(l->env, f, e, &count))
        return;
    if (f == REF_F_ARRAY_CONTAINS && e->n && e->kids[0]->kind == REF_N_FIELD)
        first = 1;
    for (size_t i = first; i < e->n; i++)
        collect(l, e->kids[i]);
    if (e->kind != REF_N_FIELD)
        return;
    if (l->nocc == MAX_OCCURRENCES) {
        refuse(l->env, "too many fields in a leaf");
        return;
    }
    l->occ[l->nocc++] =
        (occurrence){.node = e, .values = ref_path_values(l->env, &e->path)};
}

/* Is called with every choice until it says that it has seen enough. */
typedef bool (*question)(void *ctx, leaf *l, const ref_node *e);

/* Is there a choice for occurrences i and on that makes the answer yes? */
static bool
some_choice(leaf *l, size_t i, const ref_node *e, question ask, void *ctx)
{
    occurrence *o = &l->occ[i];

    if (i == l->nocc)
        return ask(ctx, l, e);
    if (o->values.n == 0) {
        o->chosen = ref_null();
        return some_choice(l, i + 1, e, ask, ctx);
    }
    for (size_t k = 0; k < o->values.n; k++) {
        o->chosen = o->values.items[k];
        if (some_choice(l, i + 1, e, ask, ctx))
            return true;
    }
    return false;
}

/* Exists sigma: ask.  Over the cap the leaf is false. */
static bool
exists(const ref_env *env, const ref_node *e, question ask, void *ctx)
{
    leaf l;
    size_t choices = 1;

    l.env = env;
    l.nocc = 0;
    collect(&l, e);
    for (size_t i = 0; i < l.nocc; i++) {
        if (l.occ[i].values.n)
            choices *= l.occ[i].values.n;
        if (choices > MAX_CHOICES)
            return false;
    }
    return some_choice(&l, 0, e, ask, ctx);
}

static bool
says_true(void *ctx, leaf *l, const ref_node *e)
{
    (void)ctx;
    return ref_is_true(positive(l, e));
}

static bool
says_null(void *ctx, leaf *l, const ref_node *e)
{
    (void)ctx;
    return value_of(l, e).tag == REF_NULL;
}

static bool
field_says_true(void *ctx, leaf *l, const ref_node *e)
{
    (void)ctx;
    return ref_is_true(condition_value(l, e));
}

/* ctx: the truth value that is looked for. */
static bool
says_it(void *ctx, leaf *l, const ref_node *e)
{
    ref_value v = condition_value(l, e);

    return v.tag == REF_BOOL && v.b == *(const bool *)ctx;
}

static bool
note_value(void *ctx, leaf *l, const ref_node *e)
{
    ref_values *out = ctx;

    out->items = ref_grow(l->env->pool, out->items, out->n, sizeof *out->items);
    out->items[out->n++] = value_of(l, e);
    return false;
}

ref_values
ref_expression_values(const ref_env *env, const ref_node *e)
{
    ref_values out = {0};

    (void)exists(env, e, note_value, &out);
    return out;
}

/* --- B: filter position (language 4.3) --- */

static bool filter(const ref_env *env, const ref_node *e);

/* B[a == b], whole being the comparison. */
static bool
filter_equal(const ref_env *env, const ref_node *whole)
{
    const ref_node *a = whole->kids[0], *b = whole->kids[1];

    if (is_literal_null(b))
        return exists(env, a, says_null, NULL);
    if (is_literal_null(a))
        return exists(env, b, says_null, NULL);
    if (is_literal_bool(a) && !is_literal_bool(b)) {
        const ref_node *swap = a;

        a = b;
        b = swap;
    }
    if (is_literal_bool(b) && a->kind != REF_N_FIELD)
        return b->literal.b ? filter(env, a) : !filter(env, a);
    return exists(env, whole, says_true, NULL);
}

/* B[e] */
static bool
filter(const ref_env *env, const ref_node *e)
{
    bool yes;

    switch (e->kind) {
    case REF_N_AND:
        for (size_t i = 0; i < e->n; i++)
            if (!filter(env, e->kids[i]))
                return false;
        return true;
    case REF_N_OR:
        for (size_t i = 0; i < e->n; i++)
            if (filter(env, e->kids[i]))
                return true;
        return false;
    case REF_N_NOT: return !filter(env, e->kids[0]);
    case REF_N_FIELD: return exists(env, e, field_says_true, NULL);
    default:
        yes = is_equality(e) ? filter_equal(env, e)
                             : exists(env, e, says_true, NULL);
        break;
    }
    return is_negated(e) ? !yes : yes;
}

/* Kleene logic: can e be `want`? */
static bool
kleene_filter(const ref_env *env, const ref_node *e, bool want)
{
    bool all = (e->kind == REF_N_AND) == want;

    if (e->kind == REF_N_NOT)
        return kleene_filter(env, e->kids[0], !want);
    if (e->kind != REF_N_AND && e->kind != REF_N_OR)
        return exists(env, e, says_it, &want);
    for (size_t i = 0; i < e->n; i++)
        if (kleene_filter(env, e->kids[i], want) != all)
            return !all;
    return all;
}

bool
ref_holds(const ref_env *env, const ref_node *condition)
{
    if (env->flags->kleene)
        return kleene_filter(env, condition, true);
    return filter(env, condition);
}
