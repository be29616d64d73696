/* fold.c -- see fold.h.
 *
 * What the VM would compute is computed by the same code, through stdlib; and
 * where a value of another kind meets a literal, so that coercion would decide
 * (language 5.7), it is left to the VM.  The two positions fold differently: in
 * filter position null counts as "does not hold" at once, in value position it
 * is kept (language 4.2, 4.3). */
#include "compiler/fold.h"

#include "base/regex.h"
#include "base/text.h"

typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    const eql_compile_settings *settings;
    eql_scratch *scratch; /* NULL until a function is called */
} folder;

static eql_typed *fold_value(folder *fx, eql_typed *t);
/* wanted: the condition is to hold, not to fail (an even number of `not`). */
static eql_typed *fold_filter(folder *fx, eql_typed *t, bool wanted);

/* --- comparing --- */

static bool
is_number(const eql_value *v)
{
    return v->tag == EQL_INT || v->tag == EQL_FLOAT;
}

static int
compare_numbers(const eql_value *a, const eql_value *b)
{
    if (a->tag == EQL_INT && b->tag == EQL_INT)
        return (a->u.i > b->u.i) - (a->u.i < b->u.i);
    if (a->tag == EQL_INT)
        return eql_cmp_int_double(a->u.i, b->u.d);
    if (b->tag == EQL_INT)
        return -eql_cmp_int_double(b->u.i, a->u.d);
    return (a->u.d > b->u.d) - (a->u.d < b->u.d);
}

static bool
is_ascii(eql_strview s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* case_fold=ascii folds what is ASCII as Unicode does, and nothing else. */
static bool
can_fold_case(const folder *fx, eql_strview s)
{
    return fx->settings->dialect.case_fold == EQL_CASE_FOLD_UNICODE ||
           is_ascii(s);
}

static int
compare_folded(folder *fx, eql_strview a, eql_strview b)
{
    eql_buf x = {0}, y = {0};
    int c;

    eql_fold(&x, a);
    eql_fold(&y, b);
    c = eql_sv_cmp(eql_buf_sv(&x), eql_buf_sv(&y));
    if (x.failed || y.failed)
        eql_arena_set_failed(fx->arena);
    eql_buf_free(&x);
    eql_buf_free(&y);
    return c;
}

static bool
holds(eql_compare_op op, int c)
{
    switch (op) {
    case EQL_CMP_EQ: return c == 0;
    case EQL_CMP_NE: return c != 0;
    case EQL_CMP_LT: return c < 0;
    case EQL_CMP_LE: return c <= 0;
    case EQL_CMP_GT: return c > 0;
    case EQL_CMP_GE: return c >= 0;
    }
    return false;
}

/* Two strings, compared or left: what cannot be said here is not. */
static bool
compare_strings(folder *fx, eql_compare_op op, const eql_value *a,
                const eql_value *b, eql_value *out)
{
    eql_strview x = eql_value_sv(a), y = eql_value_sv(b);

    if (fx->settings->dialect.string_case == EQL_STRING_CASE_SENSITIVE)
        *out = eql_value_bool(holds(op, eql_sv_cmp(x, y)));
    else if (can_fold_case(fx, x) && can_fold_case(fx, y))
        *out = eql_value_bool(holds(op, compare_folded(fx, x, y)));
    else
        return false;
    return true;
}

/* false: only the VM knows. */
static bool
compute_compare(folder *fx, eql_compare_op op, const eql_value *a,
                const eql_value *b, eql_value *out)
{
    *out = eql_value_null();
    if (a->tag == EQL_NULL || b->tag == EQL_NULL)
        return true;
    if (is_number(a) && is_number(b))
        *out = eql_value_bool(holds(op, compare_numbers(a, b)));
    else if (a->tag != b->tag)
        return false;
    else if (a->tag == EQL_STRING)
        return compare_strings(fx, op, a, b, out);
    else if (a->tag == EQL_BOOL && op == EQL_CMP_EQ)
        *out = eql_value_bool(a->u.b == b->u.b);
    return true;
}

/* --- tests --- */

static bool
in_network(const eql_value *v, const eql_value *block)
{
    eql_ip ip;
    eql_cidr cidr;

    return v->tag == EQL_STRING && eql_ip_parse(eql_value_sv(v), &ip) &&
           eql_cidr_parse(eql_value_sv(block), &cidr) &&
           eql_cidr_contains(&cidr, &ip);
}

/* What is in a set, without coercion; false: only the VM knows. */
static bool
in_set(const folder *fx, const eql_part *p, const eql_value *v, bool *hit)
{
    for (uint32_t i = 0; i < p->nvalues && !*hit; i++) {
        const eql_value *w = &p->values[i];

        if (is_number(v) && is_number(w))
            *hit = compare_numbers(v, w) == 0;
        else if (v->tag != w->tag)
            return false;
        else if (v->tag == EQL_BOOL)
            *hit = v->u.b == w->u.b;
        else if (!p->fold)
            *hit = eql_sv_eq(eql_value_sv(v), eql_value_sv(w));
        else if (!can_fold_case(fx, eql_value_sv(v)) ||
                 !can_fold_case(fx, eql_value_sv(w)))
            return false;
        else
            *hit = eql_fold_eq(eql_value_sv(v), eql_value_sv(w));
    }
    return true;
}

static bool
like(const folder *fx, const eql_part *p, const eql_value *v, bool *hit)
{
    bool qmark = fx->settings->dialect.qmark_wildcard == EQL_QMARK_WILDCARD_ON;
    eql_strview s = eql_value_sv(v);

    for (uint32_t i = 0; i < p->nvalues && !*hit; i++) {
        eql_strview w = eql_value_sv(&p->values[i]);

        if ((p->fold && (!can_fold_case(fx, s) || !can_fold_case(fx, w))) ||
            (!qmark && w.len && memchr(w.p, '?', w.len)))
            return false;
        *hit = eql_wildcard_match(w, s, p->fold);
    }
    return true;
}

static unsigned
regex_flags(const folder *fx, const eql_part *p)
{
    const eql_dialect *d = &fx->settings->dialect;

    return (p->prefix ? EQL_REGEX_PREFIX : 0) | (p->fold ? EQL_REGEX_FOLD : 0) |
           (p->fold && d->regex_ci_ranges == EQL_REGEX_CI_RANGES_LUCENE
                ? EQL_REGEX_CASE_RANGES
                : 0) |
           (p->fold && d->case_fold == EQL_CASE_FOLD_ASCII ? EQL_REGEX_ASCII
                                                           : 0);
}

static bool
regex(const folder *fx, const eql_part *p, const eql_value *v, bool *hit)
{
    eql_strview *texts = eql_arena_array(fx->arena, p->nvalues, sizeof *texts);
    eql_regex_error why;
    eql_regex *r;
    bool known;

    if (!texts)
        return false;
    for (uint32_t i = 0; i < p->nvalues; i++)
        texts[i] = eql_value_sv(&p->values[i]);
    r = eql_regex_new(texts, p->nvalues, regex_flags(fx, p), &why);
    if (!r)
        return false;
    *hit = eql_regex_match(r, eql_value_sv(v));
    known = *hit || !eql_regex_failed(r);
    eql_regex_free(r);
    return known;
}

/* Does v, not null, pass the part?  false: only the VM knows. */
static bool
compute_part(const folder *fx, const eql_part *p, const eql_value *v, bool *hit)
{
    *hit = false;
    switch (p->kind) {
    case EQL_PART_SET: return in_set(fx, p, v, hit);
    case EQL_PART_PATTERNS: return v->tag == EQL_STRING && like(fx, p, v, hit);
    case EQL_PART_REGEXES: return v->tag == EQL_STRING && regex(fx, p, v, hit);
    case EQL_PART_NETWORKS:
        for (uint32_t i = 0; i < p->nvalues && !*hit; i++)
            *hit = in_network(v, &p->values[i]);
        return true;
    case EQL_PART_ELEMENT: break;
    }
    return false;
}

/* --- value position --- */

static bool
is_const(const eql_typed *t)
{
    return t->kind == EQL_TYPED_CONST;
}

static bool
is_null(const eql_typed *t)
{
    return is_const(t) && t->u.constant.value.tag == EQL_NULL;
}

static bool
is_value(const eql_typed *t, bool b)
{
    return is_const(t) && t->u.constant.value.tag == EQL_BOOL &&
           t->u.constant.value.u.b == b;
}

static eql_typed *
constant(const folder *fx, const eql_typed *t, eql_value v)
{
    return eql_typed_const(fx->arena, t->span, v, false);
}

/* and/or with Kleene logic.  `decides` is the value that settles the list:
 * false for and, true for or; the other one is dropped, unless that would
 * leave a lone item that might be no boolean. */
static eql_typed *
fold_value_list(folder *fx, eql_typed *t)
{
    bool decides = t->kind == EQL_TYPED_OR;
    eql_typed **items = t->u.list.items, *neutral = NULL;
    uint32_t n = 0, nnull = 0;

    for (uint32_t i = 0; i < t->u.list.n; i++) {
        eql_typed *item = fold_value(fx, items[i]);

        if (!item)
            return NULL;
        if (is_value(item, decides))
            return constant(fx, t, eql_value_bool(decides));
        if (is_value(item, !decides)) {
            neutral = item;
            continue;
        }
        nnull += is_const(item);
        items[n++] = item;
    }
    if (n == nnull)
        return constant(fx, t, n ? eql_value_null() : eql_value_bool(!decides));
    if (n == 1 && items[0]->boolean)
        return items[0];
    if (n == 1)
        items[n++] = neutral;
    t->u.list.n = n;
    return t;
}

static eql_typed *
fold_compare(folder *fx, eql_typed *t)
{
    eql_typed *l = fold_value(fx, t->u.compare.left);
    eql_typed *r = fold_value(fx, t->u.compare.right);
    eql_value v;

    if (!l || !r)
        return NULL;
    t->u.compare.left = l;
    t->u.compare.right = r;
    if (is_null(l) || is_null(r))
        return constant(fx, t, eql_value_null());
    if (!is_const(l) || !is_const(r) || t->u.compare.version ||
        !compute_compare(fx, t->u.compare.op, &l->u.constant.value,
                         &r->u.constant.value, &v))
        return t;
    return constant(fx, t, v);
}

/* --- tests and lists --- */

static bool
fold_elements(folder *fx, eql_typed *t, bool *computed)
{
    for (uint32_t i = 0; i < t->u.test.nparts; i++) {
        eql_part *p = &t->u.test.parts[i];

        if (!p->element)
            continue;
        *computed = true;
        p->element = fold_value(fx, p->element);
        if (!p->element)
            return false;
    }
    return true;
}

/* A null operand: null, but for cidrMatch under search_null=false. */
static eql_typed *
fold_null_test(const folder *fx, eql_typed *t)
{
    bool null_false = t->u.test.nparts == 1 && t->u.test.parts[0].null_false;

    return constant(fx, t,
                    null_false ? eql_value_bool(false) : eql_value_null());
}

static eql_typed *
fold_test(folder *fx, eql_typed *t)
{
    eql_typed *x = fold_value(fx, t->u.test.operand);
    bool computed = false, hit = false;

    if (!x || !fold_elements(fx, t, &computed))
        return NULL;
    t->u.test.operand = x;
    if (is_null(x))
        return fold_null_test(fx, t);
    if (!is_const(x) || computed)
        return t;
    for (uint32_t i = 0; i < t->u.test.nparts && !hit; i++)
        if (!compute_part(fx, &t->u.test.parts[i], &x->u.constant.value, &hit))
            return t;
    return constant(fx, t, eql_value_bool(hit));
}

static bool
fold_items(folder *fx, eql_typed_list *l)
{
    for (uint32_t i = 0; i < l->n; i++) {
        l->items[i] = fold_value(fx, l->items[i]);
        if (!l->items[i])
            return false;
    }
    return true;
}

static eql_typed *
fold_has(folder *fx, eql_typed *t)
{
    if (!fold_items(fx, &t->u.has.values))
        return NULL;
    for (uint32_t i = 0; i < t->u.has.values.n; i++)
        if (is_null(t->u.has.values.items[i]))
            return constant(fx, t, eql_value_null());
    return t;
}

/* A body that never holds is found in no array, missing ones included. */
static eql_typed *
fold_search(folder *fx, eql_typed *t)
{
    eql_typed *body = fold_filter(fx, t->u.search.body, true);

    if (!body)
        return NULL;
    t->u.search.body = body;
    if (!is_value(body, false))
        return t;
    return constant(
        fx, t, t->u.search.count ? eql_value_int(0) : eql_value_bool(false));
}

/* --- computing --- */

/* What cannot be computed is null at run time; under --strict it is an error
 * where the text alone decides it (language 4.5). */
static void
tell(const folder *fx, const eql_typed *t, const char *what)
{
    eql_diags_add(fx->diags, fx->settings->strict ? "E302" : "W403", t->span,
                  NULL, "%s", what);
}

/* Two literals are an error, but in endgame, whose own engine takes them. */
static bool
by_zero(const folder *fx, const eql_typed *t, bool literals)
{
    if (!literals || fx->settings->dialect.name == EQL_DIALECT_ENDGAME) {
        tell(fx, t, "a division by zero is always null");
        return true;
    }
    eql_diags_add(fx->diags, "E302", t->span, NULL, "a division by zero");
    return false;
}

static eql_typed *
fold_arith(folder *fx, eql_typed *t)
{
    eql_typed *l = fold_value(fx, t->u.arith.left);
    eql_typed *r = fold_value(fx, t->u.arith.right);
    eql_operation op = t->u.arith.op;
    eql_value zero = eql_value_int(0);

    if (!l || !r)
        return NULL;
    t->u.arith.left = l;
    t->u.arith.right = r;
    if (is_null(l) || is_null(r))
        return constant(fx, t, eql_value_null());
    if ((op == EQL_OPERATION_DIV || op == EQL_OPERATION_MOD) && is_const(r) &&
        is_number(&r->u.constant.value) &&
        compare_numbers(&r->u.constant.value, &zero) == 0 &&
        !by_zero(fx, t, is_const(l)))
        return t;
    if (!is_const(l) || !is_const(r))
        return t;
    return constant(fx, t,
                    eql_arithmetic(&fx->settings->dialect, op,
                                   &l->u.constant.value, &r->u.constant.value));
}

/* Does a null argument make the call null, whatever the others are? */
static bool
null_is_null(const folder *fx, eql_function f, uint32_t i)
{
    switch (f) {
    case EQL_FN_NUMBER: return i != 1;
    case EQL_FN_SUBSTRING: return i != 2;
    case EQL_FN_BETWEEN: return i != 3;
    case EQL_FN_STRING_CONTAINS:
        return fx->settings->dialect.search_null == EQL_SEARCH_NULL_NULL;
    default: return true;
    }
}

/* The value outlives the folder. */
static eql_value
keep(const folder *fx, eql_value v)
{
    if (v.tag != EQL_STRING)
        return v;
    return eql_value_str(eql_arena_dup(fx->arena, eql_value_sv(&v)));
}

static eql_typed *
compute_call(folder *fx, eql_typed *t)
{
    const eql_typed_list *l = &t->u.call.args;
    eql_value *args = eql_arena_array(fx->arena, l->n, sizeof *args), v;
    eql_function_env env;

    if (!fx->scratch)
        fx->scratch = eql_scratch_new();
    if (!fx->scratch)
        eql_arena_set_failed(fx->arena);
    if (!args || !fx->scratch)
        return NULL;
    for (uint32_t i = 0; i < l->n; i++)
        args[i] = l->items[i]->u.constant.value;
    env = (eql_function_env){&fx->settings->dialect, fx->scratch};
    v = eql_function_call(&env, t->u.call.function, t->u.call.fold, args, l->n);
    if (v.tag == EQL_NULL && t->u.call.function == EQL_FN_NUMBER &&
        args[0].tag == EQL_STRING && fx->settings->strict)
        tell(fx, t, "number() cannot read this");
    return constant(fx, t, keep(fx, v));
}

static eql_typed *
fold_call(folder *fx, eql_typed *t)
{
    const eql_typed_list *l = &t->u.call.args;
    bool all = true;

    if (!fold_items(fx, &t->u.call.args))
        return NULL;
    for (uint32_t i = 0; i < l->n; i++) {
        all = all && is_const(l->items[i]);
        if (is_null(l->items[i]) && null_is_null(fx, t->u.call.function, i))
            return constant(fx, t, eql_value_null());
    }
    return all ? compute_call(fx, t) : t;
}

static eql_typed *
fold_convert(folder *fx, eql_typed *t)
{
    eql_typed *x = fold_value(fx, t->u.convert.operand);
    const eql_value *v;

    if (!x)
        return NULL;
    t->u.convert.operand = x;
    if (!is_const(x))
        return t;
    v = &x->u.constant.value;
    switch (t->u.convert.type) {
    case EQL_FIELD_NUMBER: return constant(fx, t, eql_to_number(v));
    case EQL_FIELD_BOOLEAN: return constant(fx, t, eql_to_bool(v));
    case EQL_FIELD_DATE:
        return constant(fx, t, eql_to_time(&fx->settings->dialect, v));
    default: return is_null(x) ? x : t;
    }
}

static eql_typed *
fold_unary(folder *fx, eql_typed *t)
{
    eql_typed *x = fold_value(fx, t->u.operand);
    eql_value v;

    if (!x)
        return NULL;
    t->u.operand = x;
    if (!is_const(x))
        return t;
    v = x->u.constant.value;
    if (t->kind == EQL_TYPED_IS_NULL)
        return constant(fx, t, eql_value_bool(v.tag == EQL_NULL));
    if (t->kind == EQL_TYPED_TRUTH)
        return x; /* of no event of the result: null */
    if (t->kind == EQL_TYPED_NEGATE)
        return constant(fx, t, eql_negate(&v));
    return constant(
        fx, t, v.tag == EQL_BOOL ? eql_value_bool(!v.u.b) : eql_value_null());
}

static eql_typed *
fold_value(folder *fx, eql_typed *t)
{
    switch (t->kind) {
    case EQL_TYPED_CONST:
    case EQL_TYPED_FIELD:
    case EQL_TYPED_LINEAGE:
    case EQL_TYPED_KIND_COUNT: return t;
    case EQL_TYPED_AND:
    case EQL_TYPED_OR: return fold_value_list(fx, t);
    case EQL_TYPED_NOT:
    case EQL_TYPED_IS_NULL:
    case EQL_TYPED_TRUTH:
    case EQL_TYPED_NEGATE: return fold_unary(fx, t);
    case EQL_TYPED_CONVERT: return fold_convert(fx, t);
    case EQL_TYPED_COMPARE: return fold_compare(fx, t);
    case EQL_TYPED_TEST: return fold_test(fx, t);
    case EQL_TYPED_ARITH: return fold_arith(fx, t);
    case EQL_TYPED_CALL: return fold_call(fx, t);
    case EQL_TYPED_SEARCH: return fold_search(fx, t);
    case EQL_TYPED_HAS: return fold_has(fx, t);
    }
    return t;
}

/* --- filter position --- */

static void
warn_decided(const folder *fx, const eql_typed *t)
{
    eql_diags_add(fx->diags, "W403", t->span, NULL,
                  "this condition is always %s",
                  t->u.constant.value.u.b ? "true" : "false");
}

/* and/or of conditions; constants leave the list. */
static eql_typed *
fold_filter_list(folder *fx, eql_typed *t, bool wanted)
{
    bool decides = t->kind == EQL_TYPED_OR;
    eql_typed **items = t->u.list.items;
    uint32_t n = 0, nall = t->u.list.n;

    for (uint32_t i = 0; i < nall; i++) {
        items[i] = fold_filter(fx, items[i], wanted);
        if (!items[i])
            return NULL;
        if (is_value(items[i], decides))
            return constant(fx, t, eql_value_bool(decides));
    }
    for (uint32_t i = 0; i < nall; i++)
        n += !is_const(items[i]);
    if (n == 0)
        return constant(fx, t, eql_value_bool(!decides));
    n = 0;
    for (uint32_t i = 0; i < nall; i++) {
        if (!is_const(items[i]))
            items[n++] = items[i];
        else if (!items[i]->u.constant.literal)
            warn_decided(fx, items[i]);
    }
    t->u.list.n = n;
    return n == 1 ? items[0] : t;
}

/* A leaf that is null does not hold.  With collapsing nulls `not` of it does;
 * in Kleene logic that is null again, and does not hold either. */
static eql_typed *
fold_leaf(folder *fx, eql_typed *t, bool wanted)
{
    bool kleene = fx->settings->dialect.null_logic == EQL_NULL_LOGIC_KLEENE;

    t = fold_value(fx, t);
    if (!t)
        return NULL;
    if (t->kind == EQL_TYPED_TEST && t->u.test.nparts == 0 &&
        (wanted || !kleene))
        return constant(fx, t, eql_value_bool(false));
    if (is_const(t) && t->u.constant.value.tag != EQL_BOOL)
        return constant(fx, t, eql_value_bool(kleene && !wanted));
    return t;
}

static eql_typed *
fold_filter(folder *fx, eql_typed *t, bool wanted)
{
    if (t->kind == EQL_TYPED_AND || t->kind == EQL_TYPED_OR)
        return fold_filter_list(fx, t, wanted);
    if (t->kind != EQL_TYPED_NOT)
        return fold_leaf(fx, t, wanted);
    t->u.operand = fold_filter(fx, t->u.operand, !wanted);
    if (!t->u.operand)
        return NULL;
    return is_const(t->u.operand)
               ? constant(fx, t, eql_value_bool(is_value(t->u.operand, false)))
               : t;
}

static eql_typed *
fold_condition(folder *fx, eql_typed *t)
{
    if (!t)
        return NULL;
    t = fold_filter(fx, t, true);
    if (t && is_const(t) && !(t->u.constant.literal && is_value(t, true)))
        warn_decided(fx, t);
    return t;
}

eql_typed *
eql_fold_condition(eql_arena *arena, eql_typed *t,
                   const eql_compile_settings *settings, eql_diags *diags)
{
    folder fx = {.arena = arena, .diags = diags, .settings = settings};

    t = fold_condition(&fx, t);
    eql_scratch_free(fx.scratch);
    return t;
}

/* --- queries --- */

static void
fold_keys(folder *fx, eql_typed_key *keys, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (keys[i].expr)
            keys[i].expr = fold_value(fx, keys[i].expr);
}

static void
fold_stage(folder *fx, eql_typed_stage *s)
{
    s->condition = fold_condition(fx, s->condition);
    fold_keys(fx, s->keys, s->nkeys);
}

void
eql_fold_query(eql_arena *arena, eql_typed_query *q,
               const eql_compile_settings *settings, eql_diags *diags)
{
    folder fx = {.arena = arena, .diags = diags, .settings = settings};

    fold_keys(&fx, q->keys, q->nkeys);
    for (uint32_t i = 0; i < q->nlineages; i++)
        fold_stage(&fx, &q->lineages[i].stage);
    for (uint32_t i = 0; i < q->nstages; i++)
        fold_stage(&fx, &q->stages[i]);
    if (q->until)
        fold_stage(&fx, q->until);
    for (uint32_t i = 0; i < q->npipes; i++) {
        q->pipes[i].condition = fold_condition(&fx, q->pipes[i].condition);
        (void)fold_items(&fx, &q->pipes[i].exprs);
    }
    eql_scratch_free(fx.scratch);
}
