/* ref_gen_expr.c -- random expressions: arithmetic and functions.
 *
 * Literals have the type their place asks for, and no divisor is a constant
 * that is zero: both would be errors of the rule. */
#include "tests/reference/ref_gen_int.h"

#include <ctype.h>
#include <string.h>

/* The name as rules spell it: any case will do. */
static const char *
spelled(ref_gen_state *g, const char *name)
{
    char *s = ref_printf(g->pool, "%s", name);
    size_t way = ref_gen_pick(g, 10);

    for (char *p = s; way < 3 && *p; p++)
        *p = (char)(way == 2 ? toupper((unsigned char)*p)
                             : tolower((unsigned char)*p));
    return s;
}

static const char *
tilde(ref_gen_state *g)
{
    if (!ref_gen_chance(g, 30))
        return "";
    ref_gen_mark(g, REF_C_F_TILDE);
    return "~";
}

/* name(first, rest) or first:name(rest). */
static const char *
call(ref_gen_state *g, const char *name, const char *first, const char *rest)
{
    const char *mark = strchr(first, '(') ? "()" : "";

    if (*mark)
        ref_gen_mark(g, REF_C_F_NESTED);
    if (!ref_gen_chance(g, 12))
        return ref_printf(g->pool, "%s(%s%s%s)", name, first, *rest ? ", " : "",
                          rest);
    ref_gen_mark(g, REF_C_F_METHOD);
    return ref_printf(g->pool, "(%s):%s(%s)", first, name, rest);
}

static bool
is_stringy(const ref_active *a)
{
    ref_kind k = a->field->kind;

    return k == KIND_STR || (!a->field->typed && k == KIND_MIXED) ||
           k == KIND_ADDR;
}

static bool
is_numeric(const ref_active *a)
{
    ref_kind k = a->field->kind;

    return k == KIND_NUM || (!a->field->typed && k == KIND_MIXED);
}

static ref_active *
pick_where(ref_gen_state *g, bool (*fits)(const ref_active *))
{
    for (int i = 0; i < 6; i++) {
        ref_active *a = ref_gen_pick_active(g);

        if (fits(a))
            return a;
    }
    return NULL;
}

/* --- texts --- */

static const char *
string_literal(ref_gen_state *g, const ref_active *a)
{
    ref_gen_value v =
        a ? a->domain[ref_gen_pick(g, a->n)] : ref_gen_any_value(g, KIND_STR);

    v.tag = GEN_STR;
    if (ref_gen_chance(g, 15))
        v = ref_gen_case_variant(g, v);
    return ref_gen_literal(g, v);
}

/* A piece of one of the field's values. */
static const char *
piece_literal(ref_gen_state *g, const ref_active *a)
{
    ref_gen_value v =
        a ? a->domain[ref_gen_pick(g, a->n)] : ref_gen_any_value(g, KIND_STR);
    size_t points = 0, from, n;

    for (size_t i = 0; i < v.text.n; i++)
        points += ((unsigned char)v.text.p[i] & 0xC0) != 0x80;
    from = ref_gen_pick(g, points + 1);
    n = ref_gen_pick(g, points - from + 1);
    if (n == 0 && ref_gen_chance(g, 60) && from < points)
        n = 1;
    v.tag = GEN_STR;
    v.text = ref_slice(v.text, from, n);
    if (ref_gen_chance(g, 15))
        v = ref_gen_case_variant(g, v);
    return ref_gen_literal(g, v);
}

static const char *
string_atom(ref_gen_state *g)
{
    ref_active *a = pick_where(g, is_stringy);

    if (a && ref_gen_chance(g, 85))
        return ref_gen_name(g, a);
    return string_literal(g, a);
}

static const char *
small_int(ref_gen_state *g)
{
    static const char *const ints[] = {"0", "1", "2", "3", "-1", "-2", "9"};

    return REF_GEN_PICK(g, ints);
}

/* Anything that has a text. */
static const char *
any_atom(ref_gen_state *g)
{
    static const char *const words[] = {"true", "7", "1.5", "false"};

    if (ref_gen_chance(g, 15))
        return REF_GEN_PICK(g, words);
    if (ref_gen_chance(g, 30))
        return ref_gen_name(g, ref_gen_pick_active(g));
    return string_atom(g);
}

static const char *
make_concat(ref_gen_state *g, unsigned depth)
{
    const char *first =
        ref_gen_chance(g, 40) ? ref_gen_string(g, depth) : any_atom(g);
    const char *rest = ref_gen_chance(g, 15) ? "" : any_atom(g);

    ref_gen_mark(g, REF_C_F_CONCAT);
    return call(g, spelled(g, "concat"), first, rest);
}

/* Where a whole number is wanted; a field may have another. */
static const char *
place(ref_gen_state *g)
{
    ref_active *a = pick_where(g, is_numeric);

    return a && ref_gen_chance(g, 15) ? ref_gen_name(g, a) : small_int(g);
}

static const char *
make_substring(ref_gen_state *g, unsigned depth)
{
    const char *start = place(g);
    const char *rest = start;

    if (ref_gen_chance(g, 50))
        rest = ref_printf(g->pool, "%s, %s", start, small_int(g));
    ref_gen_mark(g, REF_C_F_SUBSTRING);
    return call(g, spelled(g, "substring"), ref_gen_string(g, depth), rest);
}

static const char *
make_between(ref_gen_state *g, unsigned depth)
{
    ref_active *a = pick_where(g, is_stringy);
    const char *name =
        ref_printf(g->pool, "%s%s", spelled(g, "between"), tilde(g));
    const char *left = piece_literal(g, a), *right = piece_literal(g, a);
    const char *greedy = ref_gen_chance(g, 25)   ? ", true"
                         : ref_gen_chance(g, 10) ? ", false"
                                                 : "";

    ref_gen_mark(g, REF_C_F_BETWEEN);
    return call(g, name,
                a && ref_gen_chance(g, 80) ? ref_gen_name(g, a)
                                           : ref_gen_string(g, depth),
                ref_printf(g->pool, "%s, %s%s", left, right, greedy));
}

const char *
ref_gen_string(ref_gen_state *g, unsigned depth)
{
    if (depth == 0)
        return string_atom(g);
    switch (ref_gen_pick(g, 9)) {
    case 0:
    case 1: return make_concat(g, depth - 1);
    case 2:
    case 3: return make_substring(g, depth - 1);
    case 4:
    case 5: return make_between(g, depth - 1);
    case 6:
        ref_gen_mark(g, REF_C_F_STRING);
        return call(g, spelled(g, "string"), any_atom(g), "");
    default: return string_atom(g);
    }
}

/* --- numbers --- */

static const char *
number_literal(ref_gen_state *g)
{
    static const char *const texts[] = {
        "0", "1",   "2",   "3",  "5",   "9223372036854775807",
        "7", "0.5", "1.5", "10", "443", "-9223372036854775808"};

    return REF_GEN_PICK(g, texts);
}

static const char *
number_atom(ref_gen_state *g)
{
    ref_active *a = pick_where(g, is_numeric);

    return a && ref_gen_chance(g, 80) ? ref_gen_name(g, a) : number_literal(g);
}

static const char *
divisor(ref_gen_state *g)
{
    static const char *const texts[] = {"2",   "3",  "-3", "7",
                                        "0.5", "-1", "2.5"};
    ref_active *a = pick_where(g, is_numeric);

    return a && ref_gen_chance(g, 45) ? ref_gen_name(g, a)
                                      : REF_GEN_PICK(g, texts);
}

/* Parenthesised, so that it fits anywhere. */
static const char *
make_arith(ref_gen_state *g, unsigned depth)
{
    static const char *const signs[] = {"+", "-", "*"};
    const char *left = ref_gen_number(g, depth);

    ref_gen_mark(g, REF_C_ARITH);
    if (ref_gen_chance(g, 45)) {
        ref_gen_mark(g, REF_C_ARITH_DIVIDE);
        return ref_printf(g->pool, "(%s %s %s)", left,
                          ref_gen_chance(g, 50) ? "/" : "%", divisor(g));
    }
    if (ref_gen_chance(g, 20)) /* three without parentheses between */
        return ref_printf(g->pool, "(%s %s %s %s %s)", left,
                          REF_GEN_PICK(g, signs), number_atom(g),
                          REF_GEN_PICK(g, signs), number_atom(g));
    return ref_printf(g->pool, "(%s %s %s)", left, REF_GEN_PICK(g, signs),
                      ref_gen_number(g, depth));
}

static const char *
make_arith_call(ref_gen_state *g, unsigned depth)
{
    static const char *const names[] = {"add", "subtract", "multiply"};
    const char *left = ref_gen_number(g, depth);

    ref_gen_mark(g, REF_C_F_ARITH);
    if (ref_gen_chance(g, 40))
        return call(g, spelled(g, ref_gen_chance(g, 50) ? "divide" : "modulo"),
                    left, divisor(g));
    return call(g, spelled(g, REF_GEN_PICK(g, names)), left, number_atom(g));
}

static const char *
make_index_of(ref_gen_state *g, unsigned depth)
{
    ref_active *a = pick_where(g, is_stringy);
    const char *name =
        ref_printf(g->pool, "%s%s", spelled(g, "indexOf"), tilde(g));
    const char *rest = piece_literal(g, a);

    if (ref_gen_chance(g, 40))
        rest = ref_printf(g->pool, "%s, %s", rest, place(g));
    ref_gen_mark(g, REF_C_F_INDEX_OF);
    return call(g, name,
                a && ref_gen_chance(g, 80) ? ref_gen_name(g, a)
                                           : ref_gen_string(g, depth),
                rest);
}

static const char *
make_number(ref_gen_state *g, unsigned depth)
{
    static const char *const texts[] = {
        "\"0x1f\"", "\"1f\"",  "\"-5\"", "\" 12 \"", "\"ten\"",
        "\"1.50\"", "\"101\"", "\"+7\"", "\"\"",     "\"0x\"",
        "\"-0x5\"", "\"-\"",   "\"1e2\""};
    static const char *const bases[] = {"10", "16", "2", "8", "36", "null"};
    const char *s = ref_gen_chance(g, 40) ? REF_GEN_PICK(g, texts)
                                          : ref_gen_string(g, depth);

    ref_gen_mark(g, REF_C_F_NUMBER);
    return call(g, spelled(g, "number"), s,
                ref_gen_chance(g, 40) ? REF_GEN_PICK(g, bases) : "");
}

static const char *
make_length(ref_gen_state *g, unsigned depth)
{
    ref_gen_mark(g, REF_C_F_LENGTH);
    if (ref_gen_chance(g, 30) && !g->flags.count_length)
        return call(g, spelled(g, "length"), ref_gen_string(g, depth), "");
    return call(g, spelled(g, "length"), string_atom(g), "");
}

const char *
ref_gen_number(ref_gen_state *g, unsigned depth)
{
    if (depth == 0)
        return number_atom(g);
    switch (ref_gen_pick(g, 12)) {
    case 0:
    case 1: return make_arith(g, depth - 1);
    case 2:
        ref_gen_mark(g, REF_C_SIGN);
        return ref_printf(g->pool, "%s%s", ref_gen_chance(g, 80) ? "-" : "+",
                          make_arith(g, depth - 1));
    case 3:
        ref_gen_mark(g, REF_C_SIGN);
        return ref_printf(g->pool, "-%s", number_atom(g));
    case 4:
    case 5: return make_arith_call(g, depth - 1);
    case 6:
    case 7: return make_index_of(g, depth - 1);
    case 8: return make_number(g, depth - 1);
    case 9:
    case 10: return make_length(g, depth - 1);
    default: return number_atom(g);
    }
}

/* --- conditions --- */

static ref_term *
compare_numbers(ref_gen_state *g)
{
    const char *left = ref_gen_number(g, 2);
    size_t op =
        ref_gen_chance(g, 55) ? ref_gen_equality(g) : 2 + ref_gen_pick(g, 4);
    const char *right = ref_gen_chance(g, 60)   ? number_literal(g)
                        : ref_gen_chance(g, 50) ? small_int(g)
                                                : ref_gen_number(g, 1);

    return ref_gen_compare(g, left, op, right, ref_gen_chance(g, 10));
}

static ref_term *
compare_strings(ref_gen_state *g)
{
    ref_active *a = pick_where(g, is_stringy);
    const char *left = ref_gen_string(g, 2);
    size_t op =
        ref_gen_chance(g, 70) ? ref_gen_equality(g) : 2 + ref_gen_pick(g, 4);
    const char *right = ref_gen_chance(g, 40)   ? piece_literal(g, a)
                        : ref_gen_chance(g, 50) ? string_literal(g, a)
                                                : ref_gen_string(g, 1);

    return ref_gen_compare(g, left, op, right, ref_gen_chance(g, 10));
}

/* A piece of a value against what it could be, or is nearly. */
static ref_term *
compare_piece(ref_gen_state *g)
{
    ref_active *a = pick_where(g, is_stringy);
    ref_gen_value v;
    size_t points = 0, from, n;

    if (!a)
        return compare_strings(g);
    v = a->domain[ref_gen_pick(g, a->n)];
    for (size_t i = 0; i < v.text.n; i++)
        points += ((unsigned char)v.text.p[i] & 0xC0) != 0x80;
    from = ref_gen_pick(g, points + 1);
    n = ref_gen_pick(g, points - from + 1);
    v.tag = GEN_STR;
    v.text = ref_slice(v.text, from, n);
    ref_gen_mark(g, REF_C_F_SUBSTRING);
    return ref_gen_compare(
        g,
        ref_printf(g->pool, "%s(%s, %zu, %zu)", spelled(g, "substring"),
                   ref_gen_name(g, a), from,
                   from + n + (ref_gen_chance(g, 20) ? 1 : 0)),
        ref_gen_equality(g), ref_gen_literal(g, v), false);
}

static ref_term *
test_text(ref_gen_state *g)
{
    static const struct {
        const char *name;
        ref_construct construct;
    } tests[] = {{"startsWith", REF_C_F_STARTS_WITH},
                 {"endsWith", REF_C_F_ENDS_WITH},
                 {"stringContains", REF_C_F_STRING_CONTAINS}};
    size_t i = ref_gen_pick(g, 3);
    ref_active *a = pick_where(g, is_stringy);
    const char *name =
        ref_printf(g->pool, "%s%s", spelled(g, tests[i].name), tilde(g));
    const char *s =
        a && ref_gen_chance(g, 75) ? ref_gen_name(g, a) : ref_gen_string(g, 1);

    ref_gen_mark(g, tests[i].construct);
    return ref_gen_text_term(g, call(g, name, s,
                                     ref_gen_chance(g, 75)
                                         ? piece_literal(g, a)
                                         : ref_gen_string(g, 1)));
}

static ref_term *
test_pattern(ref_gen_state *g)
{
    bool match = ref_gen_chance(g, 60);
    ref_active *a = pick_where(g, is_stringy);
    const char *name = !match                  ? "wildcard"
                       : ref_gen_chance(g, 80) ? "match"
                                               : "matchLite";
    ref_term *t = ref_gen_new_term(g, REF_TERM_LIST);

    if (!a)
        return compare_strings(g);
    ref_gen_mark(g, match ? REF_C_F_MATCH : REF_C_F_WILDCARD);
    t->head = ref_printf(g->pool, "%s%s(%s, ", spelled(g, name), tilde(g),
                         ref_gen_chance(g, 80) ? ref_gen_name(g, a)
                                               : ref_gen_string(g, 1));
    t->tail = ")";
    for (size_t n = 1 + ref_gen_pick(g, 2); n > 0; n--)
        ref_gen_add_item(g, t,
                         match ? ref_gen_regex(g,
                                               a->domain[ref_gen_pick(g, a->n)],
                                               g->flags.prefix_regex)
                               : ref_gen_pattern_for(g, a, false));
    return t;
}

static ref_term *
test_contains(ref_gen_state *g)
{
    ref_active *a = ref_gen_pick_active(g);
    ref_term *t = ref_gen_new_term(g, REF_TERM_LIST);

    if (a->field->kind == KIND_IP || a->field->kind == KIND_DATE)
        return test_text(g);
    ref_gen_mark(g, REF_C_F_ARRAY_CONTAINS);
    t->head = ref_printf(g->pool, "%s%s(%s, ", spelled(g, "arrayContains"),
                         tilde(g), ref_gen_name(g, a));
    t->tail = ")";
    for (size_t n = 1 + ref_gen_pick(g, 3); n > 0; n--) {
        ref_gen_value v = ref_gen_value_for(g, a);

        if (!a->field->typed && ref_gen_chance(g, 35))
            v = ref_gen_case_variant(g, v);
        ref_gen_add_item(g, t,
                         ref_gen_chance(g, 85)
                             ? ref_gen_literal(g, v)
                             : ref_gen_name(g, ref_gen_pick_active(g)));
    }
    return t;
}

static ref_term *
in_expressions(ref_gen_state *g)
{
    bool number = ref_gen_chance(g, 50);
    ref_active *a = pick_where(g, is_stringy);
    ref_term *t = ref_gen_list_term(
        g, number ? ref_gen_number(g, 1) : ref_gen_string(g, 1),
        ref_gen_in_operator(g));

    ref_gen_mark(g, REF_C_IN_EXPRESSION);
    ref_gen_add_item(g, t,
                     number ? ref_gen_number(g, 1) : ref_gen_string(g, 1));
    for (size_t n = ref_gen_list_length(g); n > 0; n--)
        ref_gen_add_item(g, t,
                         number ? number_literal(g) : piece_literal(g, a));
    return t;
}

static ref_term *
null_expression(ref_gen_state *g)
{
    ref_gen_mark(g, REF_C_EXPRESSION_NULL);
    return ref_gen_compare(
        g, ref_gen_chance(g, 50) ? ref_gen_number(g, 2) : ref_gen_string(g, 2),
        ref_gen_equality(g), "null", ref_gen_chance(g, 15));
}

static ref_term *
safe_condition(ref_gen_state *g)
{
    ref_term *t = ref_gen_new_term(g, REF_TERM_WRAP);

    ref_gen_mark(g, REF_C_F_SAFE);
    t->head = spelled(g, "safe");
    ref_gen_add_kid(g, t, ref_gen_function_leaf(g));
    return t;
}

ref_term *
ref_gen_function_leaf(ref_gen_state *g)
{
    size_t roll = ref_gen_pick(g, 100);

    if (roll < 26)
        return compare_numbers(g);
    if (roll < 39)
        return compare_strings(g);
    if (roll < 44)
        return compare_piece(g);
    if (roll < 62)
        return test_text(g);
    if (roll < 74)
        return test_pattern(g);
    if (roll < 82)
        return test_contains(g);
    if (roll < 90)
        return in_expressions(g);
    return roll < 95 ? null_expression(g) : safe_condition(g);
}
