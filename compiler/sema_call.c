/* sema_call.c -- function calls: names, counts, types of arguments
 * (language 7).
 *
 * functions.def says all about a function but what it computes.  Those that
 * are tests in disguise become TEST nodes, those over arrays are
 * sema_array.c's, arithmetic ones are the operators; the rest are CALLs.
 * Methods are calls by now. */
#include "compiler/sema.h"

#include <stdio.h>

#include "base/regex.h"
#include "base/text.h"
#include "compiler/token.h"

/* --- name and count --- */

/* Functions of other languages; %1 and %2 are their arguments as written, of
 * which there must be as many. */
static const struct {
    const char *names; /* in lower case, between blanks */
    const char *advice;
} other_functions[] = {
    {" isnull isempty isnullorempty is_null missing notexists ",
     "write %1 == null"},
    {" isnotnull isnotempty is_not_null exists has_field isset ",
     "write %1 != null"},
    {" contains has instr includes strcontains containsstring ",
     "write stringContains~(%1, %2), or %1 : \"*text*\""},
    {" beginswith starts_with hasprefix has_prefix ",
     "write startsWith~(%1, %2), or %1 : \"text*\""},
    {" ends_with hassuffix has_suffix ",
     "write endsWith~(%1, %2), or %1 : \"*text\""},
    {" equals eq iequals ", "write %1 == %2, without case %1 : %2"},
    {" lower upper tolower toupper lcase ucase to_lower to_upper lowercase "
     "uppercase ",
     "\":\", in~ and functions with \"~\" ignore case"},
    {" len strlen size char_length length_of ", "write length(%1)"},
    {" tostring to_string str tostr cast ", "write string(%1)"},
    {" tonumber to_number int toint tolong float todouble to_long ",
     "write number(%1)"},
    {" rlike regexp regex_match regexmatch re_match regexp_match regexp_like "
     "matches regex ",
     "write %1 regex %2: it matches the whole text"},
    {" like ilike ", "write %1 like %2, without case %1 : %2"},
    {" substr substring_of left mid ", "write substring(%1, from, to)"},
    {" index position strpos locate charindex ", "write indexOf(%1, %2)"},
    {" cidr cidr_match ipv4_is_in_range ipv4_is_match ip_in_range "
     "ipv4_is_in_any_range inrange ",
     "write cidrMatch(%1, %2)"},
    {" concatenate strcat concat_ws ", "write concat(...)"},
    {" mvcontains mv_contains array_contains arrayhas ",
     "write %1 == %2: it holds if one of the values is"},
    {" count sum avg min max dcount ", "to count, use a pipe: | count FIELD"},
    {" now ago today ", "times are chosen with --since and --until"},
};

/* advice with the arguments of e put in; NULL: it has too few. */
static const char *
fill_in(const eql_sema *sx, const eql_expr *e, const char *advice)
{
    const eql_expr_list *args = &e->u.call.args;
    eql_buf out = {0};
    bool ok = true;
    eql_strview s;

    for (const char *p = advice; *p; p++) {
        uint32_t i = p[0] == '%' ? (uint32_t)(p[1] - '1') : 0;

        if (p[0] != '%') {
            eql_buf_add_char(&out, *p);
            continue;
        }
        p++;
        ok = ok && i < args->n && args->items[i]->span.len <= 60 &&
             args->items[i]->span.offset + args->items[i]->span.len <=
                 sx->text.len;
        if (ok)
            eql_buf_add(&out, sx->text.p + args->items[i]->span.offset,
                        args->items[i]->span.len);
    }
    eql_buf_add_char(&out, '\0');
    s = eql_arena_dup(sx->arena, eql_buf_sv(&out));
    eql_buf_free(&out);
    return ok ? s.p : NULL;
}

static const char *
advice_on_function(const eql_sema *sx, const eql_expr *e)
{
    eql_strview name = e->u.call.name.text;
    char word[32];

    if (name.len + 3 > sizeof word)
        return NULL;
    word[0] = word[name.len + 1] = ' ';
    word[name.len + 2] = '\0';
    eql_fold_ascii(name, word + 1);
    for (size_t i = 0; i < EQL_COUNTOF(other_functions); i++)
        if (strstr(other_functions[i].names, word))
            return fill_in(sx, e, other_functions[i].advice);
    return NULL;
}

static eql_typed *
unknown_function(const eql_sema *sx, const eql_expr *e)
{
    const eql_name *name = &e->u.call.name;
    eql_strview names[EQL_FN_COUNT];
    const char *hint = NULL;
    char word[16];

    for (uint32_t i = 0; i < EQL_FN_COUNT; i++)
        names[i] = eql_function_get((eql_function)i)->name;
    if (eql_token_is_miscased(name->text, word))
        hint = eql_arena_printf(sx->arena,
                                "keywords are lower-case: write \"%s\"", word)
                   .p;
    else
        hint = advice_on_function(sx, e);
    if (!hint)
        hint = eql_sema_closest(sx, name->text, names, EQL_FN_COUNT);
    eql_diags_add(sx->diags, "E302", name->span, hint,
                  "unknown function \"%.*s\"", (int)name->text.len,
                  name->text.p);
    return NULL;
}

static bool
check_count(const eql_sema *sx, const eql_expr *e, const eql_function_info *f)
{
    uint32_t n = e->u.call.args.n;
    char takes[64];
    bool plural;

    if (n >= f->min && n <= f->max)
        return true;
    plural = f->max == EQL_FUNCTION_ANY ? f->min > 1 : f->max > 1;
    if (f->min == f->max)
        snprintf(takes, sizeof takes, "%u", f->min);
    else if (f->max == EQL_FUNCTION_ANY)
        snprintf(takes, sizeof takes, "at least %u", f->min);
    else
        snprintf(takes, sizeof takes, "%u to %u", f->min, f->max);
    eql_diags_add(sx->diags, "E302", e->u.call.name.span, NULL,
                  "%.*s takes %s argument%s, not %u", (int)f->name.len,
                  f->name.p, takes, plural ? "s" : "", n);
    return false;
}

/* --- types of arguments --- */

static bool
bad_argument(const eql_sema *sx, const eql_typed *arg,
             const eql_function_info *f, const char *takes, const char *is)
{
    eql_diags_add(sx->diags, "E302", arg->span, NULL,
                  "%.*s takes %s here, not %s", (int)f->name.len, f->name.p,
                  takes, is);
    return false;
}

static eql_class
letter_class(char letter)
{
    switch (letter) {
    case 's':
    case 'i': return EQL_CLASS_STRING;
    case 'n': return EQL_CLASS_NUMBER;
    case 'b': return EQL_CLASS_BOOL;
    default: return EQL_CLASS_ANY;
    }
}

/* A position or a base is a whole number; Endgame takes any number. */
static bool
is_whole(const eql_sema *sx, const eql_typed *arg)
{
    return !eql_typed_is_literal(arg) ||
           arg->u.constant.value.tag != EQL_FLOAT ||
           sx->settings->dialect.name == EQL_DIALECT_ENDGAME;
}

/* What Elasticsearch tells from its mapping. */
static bool
check_mapped(const eql_sema *sx, const eql_typed *arg,
             const eql_function_info *f, char letter)
{
    eql_class c = eql_sema_schema_class(arg);
    bool endgame = sx->settings->dialect.name == EQL_DIALECT_ENDGAME;
    eql_class want =
        letter == 'i' && !endgame ? EQL_CLASS_IP : letter_class(letter);

    if (want == EQL_CLASS_ANY || c <= EQL_CLASS_NULL || c == want ||
        eql_typed_is_literal(arg))
        return true;
    if (!sx->settings->strict) {
        eql_lint_argument(sx, f, arg, letter);
        return true;
    }
    return bad_argument(sx, arg, f, eql_sema_class_name(want),
                        eql_sema_class_name(c));
}

static bool
check_argument(const eql_sema *sx, const eql_typed *arg, eql_function fn,
               uint32_t i)
{
    const eql_function_info *f = eql_function_get(fn);
    char letter = eql_function_arg(fn, i);
    eql_class want = letter_class(letter), c = eql_sema_class(arg);

    if (fn == EQL_FN_LENGTH && c > EQL_CLASS_NULL && c != EQL_CLASS_STRING)
        return bad_argument(sx, arg, f, "a string or an array",
                            eql_sema_class_name(c));
    if (want != EQL_CLASS_ANY && c > EQL_CLASS_NULL && c != want)
        return bad_argument(sx, arg, f, eql_sema_class_name(want),
                            eql_sema_class_name(c));
    if (fn == EQL_FN_LENGTH &&
        sx->settings->dialect.array_length == EQL_ARRAY_LENGTH_EACH)
        eql_lint_argument(sx, f, arg, 's');
    if (letter == 'n' && f->args[0] == 's' && !is_whole(sx, arg))
        return bad_argument(sx, arg, f, "a whole number", "a fraction");
    return check_mapped(sx, arg, f, letter);
}

/* --- calls --- */

static eql_typed *
one_argument(const eql_sema *sx, const eql_expr *e, eql_function fn)
{
    const eql_dialect *d = &sx->settings->dialect;

    if (fn == EQL_FN_LENGTH && e->kind == EQL_NODE_FIELD &&
        d->array_length == EQL_ARRAY_LENGTH_COUNT)
        return eql_sema_opaque_field(sx, e);
    return eql_sema_value(sx, e);
}

static eql_typed **
arguments(const eql_sema *sx, const eql_expr *e, eql_function fn)
{
    const eql_expr_list *l = &e->u.call.args;
    eql_typed **args = eql_arena_array(sx->arena, l->n, sizeof *args);
    bool ok = args != NULL;

    for (uint32_t i = 0; args && i < l->n; i++) {
        args[i] = one_argument(sx, l->items[i], fn);
        ok = args[i] && check_argument(sx, args[i], fn, i) && ok;
    }
    return ok ? args : NULL;
}

static bool
is_operation(eql_function fn, eql_operation *op)
{
    switch (fn) {
    case EQL_FN_ADD: *op = EQL_OPERATION_ADD; return true;
    case EQL_FN_SUBTRACT: *op = EQL_OPERATION_SUB; return true;
    case EQL_FN_MULTIPLY: *op = EQL_OPERATION_MUL; return true;
    case EQL_FN_DIVIDE: *op = EQL_OPERATION_DIV; return true;
    case EQL_FN_MODULO: *op = EQL_OPERATION_MOD; return true;
    default: return false;
    }
}

/* --- tests in disguise --- */

static bool
check_block(const eql_sema *sx, const eql_typed *item)
{
    const eql_value *v = &item->u.constant.value;
    eql_cidr cidr;

    if (!eql_typed_is_literal(item) || v->tag != EQL_STRING) {
        eql_diags_add(sx->diags, "E302", item->span, NULL,
                      "cidrMatch takes its blocks as string literals");
        return false;
    }
    if (!eql_cidr_parse(eql_value_sv(v), &cidr)) {
        eql_diags_add(sx->diags, "E304", item->span,
                      "write an address or a block such as \"10.0.0.0/8\"",
                      "not an address or a block of addresses");
        return false;
    }
    return true;
}

static eql_typed *
cidr_match(const eql_sema *sx, const eql_expr *e, eql_typed **args)
{
    eql_part part = {.kind = EQL_PART_NETWORKS,
                     .null_false = sx->settings->dialect.search_null ==
                                   EQL_SEARCH_NULL_FALSE};
    uint32_t n = e->u.call.args.n;
    bool ok = true;

    for (uint32_t i = 1; i < n; i++)
        ok = check_block(sx, args[i]) && ok;
    return ok ? eql_sema_part_test(sx, e->span, args[0], part, args + 1, n - 1)
              : NULL;
}

static bool
check_literals(const eql_sema *sx, eql_function fn, eql_typed **args,
               uint32_t n)
{
    const eql_function_info *f = eql_function_get(fn);

    for (uint32_t i = 1; i < n; i++)
        if (!eql_typed_is_literal(args[i]) ||
            args[i]->u.constant.value.tag != EQL_STRING)
            return bad_argument(
                sx, args[i], f, "a string literal",
                eql_typed_is_literal(args[i])
                    ? eql_sema_tag_name(args[i]->u.constant.value.tag)
                    : "a computed one");
    return true;
}

/* `wildcard(s, p)` is `s like p`, `wildcard~(s, p)` is `s : p`. */
static eql_typed *
wildcard(const eql_sema *sx, const eql_expr *e, eql_typed **args)
{
    eql_part part = {.kind = EQL_PART_PATTERNS,
                     .fold = eql_sema_folds_for(sx, e->u.call.tilde, args[0]),
                     .text_only = !e->u.call.tilde};
    uint32_t n = e->u.call.args.n;

    if (!check_literals(sx, EQL_FN_WILDCARD, args, n))
        return NULL;
    for (uint32_t i = 1; i < n; i++) {
        eql_lint_pattern(sx, args[i]);
        (void)eql_lint_doubled(sx, args[i]);
    }
    return eql_sema_part_test(sx, e->span, args[0], part, args + 1, n - 1);
}

/* Endgame lets the two arguments of match() be swapped. */
static void
swap_match(const eql_sema *sx, const eql_expr *e, eql_typed **args)
{
    eql_typed *first = args[0];

    if (e->u.call.args.n != 2 || !eql_typed_is_literal(first) ||
        eql_typed_is_literal(args[1]))
        return;
    args[0] = args[1];
    args[1] = first;
    eql_diags_add(sx->diags, "W412", e->span, "write the text first",
                  "the regular expression stands before the text");
}

static eql_typed *
match(const eql_sema *sx, const eql_expr *e, eql_typed **args)
{
    bool prefix = sx->settings->dialect.regex_flavor == EQL_REGEX_FLAVOR_PREFIX;
    eql_part part = {.kind = EQL_PART_REGEXES, .prefix = prefix};
    uint32_t n = e->u.call.args.n;
    bool ok = true;
    eql_typed *t;

    swap_match(sx, e, args);
    part.fold = eql_sema_folds_for(sx, e->u.call.tilde, args[0]);
    if (!check_literals(sx, EQL_FN_MATCH, args, n))
        return NULL;
    for (uint32_t i = 1; i < n; i++)
        ok = eql_sema_check_regex(sx, args[i], part.fold, prefix) && ok;
    t = ok ? eql_sema_part_test(sx, e->span, args[0], part, args + 1, n - 1)
           : NULL;
    if (!t)
        return NULL;
    return eql_sema_compile_regexes(sx, e->span, t->u.test.parts[0].values,
                                    n - 1,
                                    (part.fold ? EQL_REGEX_FOLD : 0) |
                                        (prefix ? EQL_REGEX_PREFIX : 0))
               ? t
               : NULL;
}

static bool
folds(const eql_sema *sx, const eql_expr *e, eql_typed *const *args)
{
    bool fold = eql_sema_folds(sx, e->u.call.tilde);

    for (uint32_t i = 0; i < e->u.call.args.n; i++)
        fold = fold || eql_typed_is_caseless(args[i]);
    return fold;
}

static eql_typed *
call(const eql_sema *sx, const eql_expr *e, eql_function fn)
{
    eql_typed **args = arguments(sx, e, fn);
    eql_operation op;

    if (!args)
        return NULL;
    for (uint32_t i = 1; i < e->u.call.args.n; i++)
        eql_lint_search(sx, fn, e->u.call.tilde, eql_typed_path_of(args[0]),
                        args[i]);
    if (is_operation(fn, &op))
        return eql_typed_arith(sx->arena, e->span, op, args[0], args[1]);
    switch (fn) {
    case EQL_FN_CIDR_MATCH: return cidr_match(sx, e, args);
    case EQL_FN_WILDCARD: return wildcard(sx, e, args);
    case EQL_FN_MATCH:
    case EQL_FN_MATCH_LITE: return match(sx, e, args);
    default: break;
    }
    return eql_typed_call(sx->arena, e->span, fn,
                          eql_function_get(fn)->fold && folds(sx, e, args),
                          args, e->u.call.args.n);
}

eql_typed *
eql_sema_call(const eql_sema *sx, const eql_expr *e)
{
    eql_function fn = eql_function_find(e->u.call.name.text);
    const eql_function_info *f;

    if (fn == EQL_FN_COUNT)
        return unknown_function(sx, e);
    f = eql_function_get(fn);
    if (e->u.call.tilde && !f->fold) {
        eql_diags_add(sx->diags, "E303", e->u.call.name.span, NULL,
                      "%.*s has no form that ignores case", (int)f->name.len,
                      f->name.p);
        return NULL;
    }
    if (!check_count(sx, e, f))
        return NULL;
    switch (fn) {
    case EQL_FN_ARRAY_SEARCH:
    case EQL_FN_ARRAY_SEARCH_P: return eql_sema_array_search(sx, e, false);
    case EQL_FN_ARRAY_COUNT: return eql_sema_array_search(sx, e, true);
    case EQL_FN_ARRAY_CONTAINS: return eql_sema_array_contains(sx, e);
    default: return call(sx, e, fn);
    }
}
