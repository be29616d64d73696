/* ref_gen_term.c -- random conditions.
 *
 * Leaves are drawn by a table of weights for each kind of field; above them
 * stand and, or, not, and the forms that put a condition in value position. */
#include "tests/reference/ref_gen_int.h"
#include "tests/reference/ref_text.h"

#include <string.h>

typedef ref_term *(*maker)(ref_gen_state *g, ref_active *a);

ref_term *
ref_gen_new_term(ref_gen_state *g, ref_term_kind kind)
{
    ref_term *t = ref_alloc(g->pool, sizeof *t);

    t->kind = kind;
    t->head = t->mid = t->tail = "";
    return t;
}

ref_term *
ref_gen_text_term(ref_gen_state *g, const char *text)
{
    ref_term *t = ref_gen_new_term(g, REF_TERM_TEXT);

    t->head = text;
    return t;
}

void
ref_gen_add_kid(ref_gen_state *g, ref_term *t, ref_term *kid)
{
    t->kids = ref_grow(g->pool, t->kids, t->nkids, sizeof *t->kids);
    t->kids[t->nkids++] = kid;
}

void
ref_gen_add_item(ref_gen_state *g, ref_term *t, const char *item)
{
    t->items = ref_grow(g->pool, t->items, t->nitems, sizeof *t->items);
    t->items[t->nitems++] = item;
}

/* --- literals --- */

/* The literal's type differs from the value's, as coercion wants it. */
static ref_gen_value
coerced(ref_gen_state *g, ref_gen_value v)
{
    ref_num n;

    ref_gen_mark(g, REF_C_COERCED);
    if (v.tag != GEN_STR)
        v.tag = GEN_STR;
    else if (ref_parse_num(v.text, &n))
        v.tag = n.is_int ? GEN_INT : GEN_FLOAT;
    else if (ref_str_eq(v.text, ref_cstr("true")) ||
             ref_str_eq(v.text, ref_cstr("false")))
        v.tag = GEN_BOOL;
    return v;
}

/* The type that the schema says, however the value is written. */
static ref_gen_value
typed_value(ref_gen_state *g, const ref_active *a, ref_gen_value v)
{
    bool coerce = !g->flags.no_coerce && ref_gen_chance(g, 12);
    ref_num n;

    switch (a->field->kind) {
    case KIND_NUM:
        if (!ref_parse_num(v.text, &n))
            v = (ref_gen_value){GEN_INT, ref_cstr("5")};
        else if (v.tag != GEN_STR || !coerce)
            v.tag = n.is_int ? GEN_INT : GEN_FLOAT;
        break;
    case KIND_BOOL:
        if (v.tag != GEN_STR || !coerce)
            v.tag = GEN_BOOL;
        break;
    default: v.tag = GEN_STR; break;
    }
    return v;
}

ref_gen_value
ref_gen_value_for(ref_gen_state *g, const ref_active *a)
{
    ref_gen_value v = a->domain[ref_gen_pick(g, a->n)];

    if (ref_gen_chance(g, 15))
        v = ref_gen_any_value(g, a->field->kind);
    if (a->field->typed) {
        if (a->field->kind == KIND_STR && ref_gen_chance(g, 12))
            v = ref_gen_case_variant(g, v);
        return typed_value(g, a, v);
    }
    if (ref_gen_chance(g, 12))
        v = ref_gen_case_variant(g, v);
    if (ref_gen_chance(g, 12))
        v = coerced(g, v);
    return v;
}

const char *
ref_gen_literal_for(ref_gen_state *g, const ref_active *a)
{
    return ref_gen_literal(g, ref_gen_value_for(g, a));
}

/* --- comparisons --- */

static const struct {
    const char *text, *mirrored;
    ref_construct construct;
} operators[] = {
    {"==", "==", REF_C_EQ}, {"!=", "!=", REF_C_NE}, {"<", ">", REF_C_LT},
    {"<=", ">=", REF_C_LE}, {">", "<", REF_C_GT},   {">=", "<=", REF_C_GE},
};

/* left OP right, or mirrored; op is an index of operators. */
ref_term *
ref_gen_compare(ref_gen_state *g, const char *left, size_t op,
                const char *right, bool mirror)
{
    const char *sign = operators[op].text;
    const char *space = ref_gen_chance(g, 10) ? "" : " ";

    ref_gen_mark(g, operators[op].construct);
    if (mirror) {
        const char *swap = left;

        left = right;
        right = swap;
        sign = operators[op].mirrored;
        ref_gen_mark(g, REF_C_LITERAL_FIRST);
    } else if (op == 0 && ref_gen_chance(g, 6)) {
        ref_gen_mark(g, REF_C_SINGLE_EQUALS);
        sign = "=";
    }
    return ref_gen_text_term(
        g, ref_printf(g->pool, "%s%s%s%s%s", left, space, sign, space, right));
}

size_t
ref_gen_equality(ref_gen_state *g)
{
    return ref_gen_chance(g, 65) ? 0 : 1;
}

static ref_term *
make_equal(ref_gen_state *g, ref_active *a)
{
    return ref_gen_compare(g, ref_gen_name(g, a), ref_gen_equality(g),
                           ref_gen_literal_for(g, a), ref_gen_chance(g, 12));
}

static ref_term *
make_order(ref_gen_state *g, ref_active *a)
{
    ref_gen_value v = ref_gen_value_for(g, a);

    if (v.tag == GEN_BOOL) /* booleans have no order: a compile error */
        v = (ref_gen_value){GEN_INT, ref_cstr("1")};
    return ref_gen_compare(g, ref_gen_name(g, a), 2 + ref_gen_pick(g, 4),
                           ref_gen_literal(g, v), ref_gen_chance(g, 12));
}

static ref_term *
make_fields(ref_gen_state *g, ref_active *a)
{
    ref_active *b = ref_gen_pick_active(g);

    ref_gen_mark(g, REF_C_FIELD_FIELD);
    if (a->field->kind == KIND_IP || b->field->kind == KIND_IP)
        ref_gen_mark(g, REF_C_IP_FIELD);
    return ref_gen_compare(g, ref_gen_name(g, a),
                           ref_gen_chance(g, 60) ? ref_gen_equality(g)
                                                 : 2 + ref_gen_pick(g, 4),
                           ref_gen_name(g, b), false);
}

/* Two dates, or a date and the event's time. */
static ref_term *
make_dates(ref_gen_state *g, ref_active *a)
{
    ref_active *b = ref_gen_pick_kind(g, KIND_DATE);
    bool time = b == a || ref_gen_chance(g, 50);

    return ref_gen_compare(g, ref_gen_name(g, a), 2 + ref_gen_pick(g, 4),
                           time ? "@timestamp" : ref_gen_name(g, b), false);
}

static ref_term *
make_null_test(ref_gen_state *g, ref_active *a)
{
    size_t op = ref_gen_equality(g);

    ref_gen_mark(g, op ? REF_C_NE_NULL : REF_C_EQ_NULL);
    return ref_gen_compare(g, ref_gen_name(g, a), op, "null",
                           ref_gen_chance(g, 15));
}

static ref_term *
make_bool_test(ref_gen_state *g, ref_active *a)
{
    size_t op = ref_gen_equality(g);

    ref_gen_mark(g, op ? REF_C_NE_BOOL : REF_C_EQ_BOOL);
    return ref_gen_compare(g, ref_gen_name(g, a), op,
                           ref_gen_chance(g, 50) ? "true" : "false",
                           ref_gen_chance(g, 15));
}

static ref_term *
make_bare(ref_gen_state *g, ref_active *a)
{
    ref_gen_mark(g, REF_C_BARE_FIELD);
    return ref_gen_text_term(g, ref_gen_name(g, a));
}

/* --- lists --- */

size_t
ref_gen_list_length(ref_gen_state *g)
{
    if (ref_gen_chance(g, 6)) {
        ref_gen_mark(g, REF_C_LONG_LIST);
        return 12 + ref_gen_pick(g, 20);
    }
    return 1 + ref_gen_pick(g, 3);
}

ref_term *
ref_gen_list_term(ref_gen_state *g, const char *operand, const char *op)
{
    ref_term *t = ref_gen_new_term(g, REF_TERM_LIST);

    t->head = ref_printf(g->pool, "%s %s (", operand, op);
    t->tail = ")";
    if (ref_gen_chance(g, 3)) {
        ref_gen_mark(g, REF_C_TRAILING_COMMA);
        t->tail = ",)";
    }
    return t;
}

const char *
ref_gen_in_operator(ref_gen_state *g)
{
    static const struct {
        const char *text;
        ref_construct construct;
    } ops[] = {{"in", REF_C_IN},
               {"in~", REF_C_IN_CI},
               {"not in", REF_C_NOT_IN},
               {"not in~", REF_C_NOT_IN_CI}};
    size_t i = ref_gen_pick(g, 2) + (ref_gen_chance(g, 30) ? 2 : 0);

    ref_gen_mark(g, ops[i].construct);
    return ops[i].text;
}

static ref_term *
make_in(ref_gen_state *g, ref_active *a)
{
    ref_term *t =
        ref_gen_list_term(g, ref_gen_name(g, a), ref_gen_in_operator(g));

    for (size_t n = ref_gen_list_length(g); n > 0; n--) {
        if (ref_gen_chance(g, 7)) {
            ref_gen_mark(g, REF_C_FIELD_ITEM);
            ref_gen_add_item(g, t, ref_gen_name(g, ref_gen_pick_active(g)));
        } else if (t->nitems && ref_gen_chance(g, 5)) {
            ref_gen_mark(g, REF_C_NULL_ITEM);
            ref_gen_add_item(g, t, "null");
        } else {
            ref_gen_add_item(g, t, ref_gen_literal_for(g, a));
        }
    }
    return t;
}

/* literal in (field, literal of the same type) */
static ref_term *
make_literal_in(ref_gen_state *g, ref_active *a)
{
    ref_gen_value v = ref_gen_value_for(g, a);
    ref_term *t =
        ref_gen_list_term(g, ref_gen_literal(g, v), ref_gen_in_operator(g));

    ref_gen_mark(g, REF_C_LITERAL_FIRST);
    ref_gen_mark(g, REF_C_FIELD_ITEM);
    ref_gen_add_item(g, t, ref_gen_name(g, a));
    if (ref_gen_chance(g, 30))
        ref_gen_add_item(
            g, t,
            ref_gen_literal(
                g, v.tag == GEN_STR ? ref_gen_any_value(g, KIND_ADDR) : v));
    return t;
}

static const struct {
    const char *text, *negated;
    ref_construct construct, negated_construct;
} match_operators[] = {
    {":", "not :", REF_C_COLON, REF_C_NOT_COLON},
    {"like", "not like", REF_C_LIKE, REF_C_NOT_LIKE},
    {"like~", "not like~", REF_C_LIKE_CI, REF_C_NOT_LIKE_CI},
};

static size_t
pick_match(ref_gen_state *g)
{
    return ref_gen_chance(g, 50) ? 0 : 1 + ref_gen_pick(g, 2);
}

static const char *
match_operator(ref_gen_state *g, size_t op)
{
    bool negated = ref_gen_chance(g, 15);

    ref_gen_mark(g, negated ? match_operators[op].negated_construct
                            : match_operators[op].construct);
    return negated ? match_operators[op].negated : match_operators[op].text;
}

const char *
ref_gen_pattern_for(ref_gen_state *g, const ref_active *a, bool colon)
{
    ref_gen_value v = ref_gen_value_for(g, a);

    if (colon && (v.tag == GEN_INT || v.tag == GEN_FLOAT) &&
        a->field->kind != KIND_DATE && ref_gen_chance(g, 60)) {
        ref_gen_mark(g, REF_C_NUMBER_PATTERN);
        return ref_gen_literal(g, v);
    }
    v.tag = GEN_STR;
    if (ref_gen_chance(g, 75))
        v = ref_gen_pattern(g, v);
    if (v.text.n && memchr(v.text.p, '*', v.text.n))
        ref_gen_mark(g, REF_C_STAR);
    if (v.text.n && memchr(v.text.p, '?', v.text.n))
        ref_gen_mark(g, REF_C_QUESTION);
    return ref_gen_literal(g, v);
}

static ref_term *
make_match(ref_gen_state *g, ref_active *a)
{
    size_t op = pick_match(g);
    const char *name = ref_gen_name(g, a);
    const char *sign = match_operator(g, op);
    ref_term *t;

    if (ref_gen_chance(g, 60))
        return ref_gen_text_term(
            g, ref_printf(g->pool, "%s %s %s", name, sign,
                          ref_gen_pattern_for(g, a, op == 0)));
    ref_gen_mark(g, REF_C_PATTERN_LIST);
    t = ref_gen_list_term(g, name, sign);
    for (size_t n = ref_gen_list_length(g); n > 0; n--)
        ref_gen_add_item(g, t, ref_gen_pattern_for(g, a, op == 0));
    return t;
}

/* --- addresses --- */

static ref_term *
make_cidr(ref_gen_state *g, ref_active *a)
{
    static const char *const names[] = {"cidrMatch", "cidrmatch", "CIDRMATCH"};
    const char *function =
        names[ref_gen_chance(g, 80) ? 0 : ref_gen_pick(g, 3)];
    ref_term *t = ref_gen_new_term(g, REF_TERM_LIST);

    if (ref_gen_chance(g, 20)) {
        ref_gen_mark(g, REF_C_CIDR_METHOD);
        t->head = ref_printf(g->pool, "%s:%s(", ref_gen_name(g, a), function);
    } else {
        ref_gen_mark(g, REF_C_CIDR);
        t->head = ref_printf(g->pool, "%s(%s, ", function, ref_gen_name(g, a));
    }
    t->tail = ")";
    for (size_t n = 1 + ref_gen_pick(g, 3); n > 0; n--)
        ref_gen_add_item(g, t, ref_gen_ip_literal(g, ref_gen_chance(g, 75)));
    return t;
}

static ref_term *
make_ip_equal(ref_gen_state *g, ref_active *a)
{
    bool block = ref_gen_chance(g, 50);

    ref_gen_mark(g, block ? REF_C_IP_BLOCK : REF_C_IP_LITERAL);
    return ref_gen_compare(g, ref_gen_name(g, a), ref_gen_equality(g),
                           ref_gen_ip_literal(g, block), ref_gen_chance(g, 15));
}

static ref_term *
make_ip_order(ref_gen_state *g, ref_active *a)
{
    ref_gen_mark(g, REF_C_IP_ORDER);
    return ref_gen_compare(g, ref_gen_name(g, a), 2 + ref_gen_pick(g, 4),
                           ref_gen_ip_literal(g, false), ref_gen_chance(g, 15));
}

static ref_term *
make_ip_in(ref_gen_state *g, ref_active *a)
{
    ref_term *t =
        ref_gen_list_term(g, ref_gen_name(g, a), ref_gen_in_operator(g));

    ref_gen_mark(g, REF_C_IP_IN);
    for (size_t n = ref_gen_list_length(g); n > 0; n--) {
        if (ref_gen_chance(g, 8)) {
            ref_gen_mark(g, REF_C_FIELD_ITEM);
            ref_gen_add_item(g, t, ref_gen_name(g, ref_gen_pick_active(g)));
        } else {
            ref_gen_add_item(g, t,
                             ref_gen_ip_literal(g, ref_gen_chance(g, 40)));
        }
    }
    return t;
}

static const char *
ip_pattern(ref_gen_state *g)
{
    static const char *const patterns[] = {"10.*",  "10.0.0.?", "::*",
                                           "FE80*", "*.1",      "?::1",
                                           "*",     "::?",      "*FFFF*"};
    const char *p = REF_GEN_PICK(g, patterns);

    if (g->flags.qmark_plain && !strchr(p, '*'))
        p = "10.*"; /* it would be an address, and a bad one */
    ref_gen_mark(g, strchr(p, '*') ? REF_C_STAR : REF_C_QUESTION);
    return ref_gen_literal(g, (ref_gen_value){GEN_STR, ref_cstr(p)});
}

static ref_term *
make_ip_colon(ref_gen_state *g, ref_active *a)
{
    const char *name = ref_gen_name(g, a);
    const char *sign = match_operator(g, 0);
    ref_term *t = ref_gen_list_term(g, name, sign);

    for (size_t n = ref_gen_list_length(g); n > 0; n--) {
        if (ref_gen_chance(g, 40)) {
            ref_gen_mark(g, REF_C_IP_WILDCARD);
            ref_gen_add_item(g, t, ip_pattern(g));
        } else {
            ref_gen_mark(g, REF_C_IP_COLON);
            ref_gen_add_item(g, t,
                             ref_gen_ip_literal(g, ref_gen_chance(g, 50)));
        }
    }
    return t;
}

static ref_term *
make_ip_like(ref_gen_state *g, ref_active *a)
{
    const char *name = ref_gen_name(g, a);
    const char *sign = match_operator(g, 1 + ref_gen_pick(g, 2));

    return ref_gen_text_term(
        g,
        ref_printf(g->pool, "%s %s %s", name, sign,
                   ref_gen_chance(g, 60)
                       ? ip_pattern(g)
                       : ref_gen_literal(g, ref_gen_any_value(g, KIND_ADDR))));
}

/* --- any leaf --- */

typedef struct {
    unsigned weight;
    maker make;
} choice;

static const choice ip_leaves[] = {
    {20, make_ip_equal}, {10, make_ip_order}, {12, make_ip_in},
    {14, make_ip_colon}, {8, make_ip_like},   {16, make_fields},
    {8, make_null_test}, {12, make_cidr},
};
static const choice addr_leaves[] = {
    {15, make_cidr},  {10, make_equal}, {10, make_fields},   {5, make_in},
    {10, make_match}, {5, make_order},  {5, make_null_test},
};
static const choice bool_leaves[] = {
    {25, make_bool_test}, {25, make_bare},      {10, make_equal},
    {10, make_fields},    {5, make_in},         {5, make_null_test},
    {2, make_match},      {2, make_literal_in},
};
static const choice date_leaves[] = {
    {20, make_equal}, {20, make_order},    {8, make_in},
    {5, make_match},  {8, make_null_test}, {10, make_dates},
};
static const choice typed_bool_leaves[] = {
    {25, make_bool_test},
    {25, make_bare},
    {10, make_equal},
    {5, make_null_test},
};
static const choice typed_leaves[] = {
    {20, make_equal}, {10, make_order},    {15, make_in},
    {25, make_match}, {8, make_null_test}, {8, make_fields},
};
static const choice plain_leaves[] = {
    {22, make_equal},    {16, make_order}, {16, make_in},
    {20, make_match},    {9, make_fields}, {7, make_null_test},
    {2, make_bool_test}, {3, make_bare},   {3, make_literal_in},
    {1, make_cidr},
};

static ref_term *
choose(ref_gen_state *g, const choice *list, size_t n, ref_active *a)
{
    size_t sum = 0, at;

    for (size_t i = 0; i < n; i++)
        sum += list[i].weight;
    at = ref_gen_pick(g, sum);
    while (at >= list->weight)
        at -= (list++)->weight;
    return list->make(g, a);
}

static ref_term *
constant(ref_gen_state *g)
{
    static const char *const texts[] = {
        "true",         "false",       "1 == 1",          "\"a\" == \"b\"",
        "2 < 1",        "1.0 == 1",    "\"a\" < \"b\"",   "null == null",
        "1 in (2,1)",   "5 : 5",       "\"AB\" : \"a*\"", "\"x\" like \"X\"",
        "true == true", "null != null"};

    ref_gen_mark(g, REF_C_CONSTANT);
    return ref_gen_text_term(g, texts[ref_gen_pick(g, REF_COUNTOF(texts))]);
}

static ref_term *
field_leaf(ref_gen_state *g)
{
    ref_active *a = ref_gen_pick_active(g);
    ref_kind kind = a->field->kind;

    if (kind == KIND_IP)
        return choose(g, ip_leaves, REF_COUNTOF(ip_leaves), a);
    if (kind == KIND_ADDR)
        return choose(g, addr_leaves, REF_COUNTOF(addr_leaves), a);
    if (kind == KIND_DATE)
        return choose(g, date_leaves, REF_COUNTOF(date_leaves), a);
    if (kind == KIND_BOOL && a->field->typed)
        return choose(g, typed_bool_leaves, REF_COUNTOF(typed_bool_leaves), a);
    if (kind == KIND_BOOL)
        return choose(g, bool_leaves, REF_COUNTOF(bool_leaves), a);
    if (a->field->typed)
        return choose(g, typed_leaves, REF_COUNTOF(typed_leaves), a);
    return choose(g, plain_leaves, REF_COUNTOF(plain_leaves), a);
}

static ref_term *
leaf(ref_gen_state *g)
{
    if (ref_gen_chance(g, 2))
        return constant(g);
    if (g->family && !g->plain && !g->lambdas && ref_gen_chance(g, 35))
        return ref_gen_lineage(g);
    if (g->list && g->lambdas < 2 && ref_gen_chance(g, 22))
        return ref_gen_lambda(g);
    if (!g->plain && !g->lambdas && ref_gen_chance(g, 3))
        return ref_gen_definition(g);
    if (ref_gen_chance(g, 22))
        return ref_gen_function_leaf(g);
    if (ref_gen_chance(g, 7))
        return ref_gen_regex_leaf(g);
    return field_leaf(g);
}

/* --- above the leaves --- */

static const char *
equality_sign(ref_gen_state *g)
{
    size_t op = ref_gen_equality(g);

    ref_gen_mark(g, operators[op].construct);
    return operators[op].text;
}

/* A field that a condition may be compared with. */
static const char *
untyped_name(ref_gen_state *g)
{
    for (int i = 0; i < 8; i++) {
        ref_active *a = ref_gen_pick_active(g);

        if (!a->field->typed)
            return ref_gen_name(g, a);
    }
    return "zz"; /* a field that no event has */
}

/* A condition in value position. */
static ref_term *
value_position(ref_gen_state *g, unsigned depth)
{
    ref_term *t = ref_gen_new_term(g, REF_TERM_WRAP);
    const char *word = ref_gen_chance(g, 50) ? "true" : "false";
    size_t form = ref_gen_pick(g, 8);

    ref_gen_add_kid(g, t, ref_gen_term(g, depth));
    if (form <= 1) { /* (p) == true, mirrored */
        const char *sign = equality_sign(g);

        ref_gen_mark(g, REF_C_VALUE_BOOL);
        if (form == 0)
            t->tail = ref_printf(g->pool, " %s %s", sign, word);
        else
            t->head = ref_printf(g->pool, "%s %s ", word, sign);
    } else if (form <= 3) {
        const char *sign = equality_sign(g);

        ref_gen_mark(g, REF_C_VALUE_NULL);
        if (form == 2)
            t->tail = ref_printf(g->pool, " %s null", sign);
        else
            t->head = ref_printf(g->pool, "null %s ", sign);
    } else if (form <= 5) {
        ref_gen_mark(g, REF_C_VALUE_VALUE);
        t->mid = ref_printf(g->pool, " %s ", equality_sign(g));
        ref_gen_add_kid(g, t, ref_gen_term(g, depth));
    } else if (form == 6) {
        ref_gen_mark(g, REF_C_VALUE_FIELD);
        t->tail =
            ref_printf(g->pool, " %s %s", equality_sign(g), untyped_name(g));
    } else {
        ref_gen_mark(g, REF_C_VALUE_IN);
        if (ref_gen_chance(g, 50)) {
            t->tail = ref_printf(g->pool, " %s (%s, %s)",
                                 ref_gen_in_operator(g), word, untyped_name(g));
        } else {
            t->head = ref_printf(g->pool, "%s %s (%s, ", untyped_name(g),
                                 ref_gen_in_operator(g), word);
            t->tail = ")";
        }
    }
    return t;
}

static ref_term *
list_of(ref_gen_state *g, bool all, unsigned depth)
{
    ref_term *t = ref_gen_new_term(g, all ? REF_TERM_AND : REF_TERM_OR);

    ref_gen_mark(g, all ? REF_C_AND : REF_C_OR);
    for (size_t n = 2 + (ref_gen_chance(g, 25) ? 1 : 0); n > 0; n--)
        ref_gen_add_kid(g, t, ref_gen_term(g, depth));
    return t;
}

ref_term *
ref_gen_term(ref_gen_state *g, unsigned depth)
{
    size_t roll = ref_gen_pick(g, 100);
    ref_term *t;

    if (depth == 0 || roll < 34) {
        t = leaf(g);
    } else if (roll < 50) {
        t = list_of(g, true, depth - 1);
    } else if (roll < 70) {
        t = list_of(g, false, depth - 1);
    } else if (roll < 85) {
        ref_gen_mark(g, REF_C_NOT);
        t = ref_gen_new_term(g, REF_TERM_NOT);
        ref_gen_add_kid(g, t, ref_gen_term(g, depth - 1));
    } else {
        t = value_position(g, depth - 1);
    }
    t->parens = ref_gen_chance(g, 6);
    return t;
}
