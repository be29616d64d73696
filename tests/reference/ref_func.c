/* ref_func.c -- see ref_func.h.  Texts are worked on as code points. */
#include "tests/reference/ref_func.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "tests/reference/ref_regex.h"

ref_function
ref_function_named(ref_str name)
{
    static const struct {
        const char *name;
        ref_function f;
    } all[] = {
        {"add", REF_F_ADD},
        {"subtract", REF_F_SUBTRACT},
        {"multiply", REF_F_MULTIPLY},
        {"divide", REF_F_DIVIDE},
        {"modulo", REF_F_MODULO},
        {"between", REF_F_BETWEEN},
        {"cidrmatch", REF_F_CIDR_MATCH},
        {"concat", REF_F_CONCAT},
        {"endswith", REF_F_ENDS_WITH},
        {"indexof", REF_F_INDEX_OF},
        {"length", REF_F_LENGTH},
        {"number", REF_F_NUMBER},
        {"startswith", REF_F_STARTS_WITH},
        {"string", REF_F_STRING},
        {"stringcontains", REF_F_STRING_CONTAINS},
        {"substring", REF_F_SUBSTRING},
        {"match", REF_F_MATCH},
        {"matchlite", REF_F_MATCH},
        {"wildcard", REF_F_WILDCARD},
        {"arraycontains", REF_F_ARRAY_CONTAINS},
        {"arraycount", REF_F_ARRAY_COUNT},
        {"arraysearch", REF_F_ARRAY_SEARCH},
        {"_arraysearch", REF_F_ARRAY_SEARCH},
        {"safe", REF_F_SAFE},
    };

    for (size_t i = 0; i < REF_COUNTOF(all); i++)
        if (name.n == strlen(all[i].name) &&
            strncasecmp(name.p, all[i].name, name.n) == 0)
            return all[i].f;
    return REF_F_NONE;
}

/* --- patterns --- */

static bool
has_wildcard(const ref_env *env, ref_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '*' || (s.p[i] == '?' && !env->flags->qmark_plain))
            return true;
    return false;
}

/* x against one pattern; x is not null. */
static ref_value
match_one(const ref_env *env, const char *op, bool tilde, ref_value x,
          ref_value pattern)
{
    bool colon = *op == ':';
    ref_wild_rule wild = {ref_case_of(env, colon || tilde),
                          !env->flags->qmark_plain};
    ref_regex_rule regex = {tilde ? ref_case_of(env, true) : REF_EXACT,
                            env->flags->ranges_exact, false};

    if (pattern.tag == REF_NUM && colon)
        return ref_equals(env, x, pattern, REF_EXACT);
    if (pattern.tag != REF_STR) {
        *env->refused = "pattern is not a string";
        return ref_null();
    }
    if (x.type == REF_TYPE_IP && colon && !has_wildcard(env, pattern.str))
        return ref_in_literal_block(env, x, pattern);
    if (x.tag == REF_NUM && colon && !env->flags->no_coerce)
        x.str = ref_num_text(env->pool, x.num);
    else if (x.tag != REF_STR)
        return ref_null();
    if (*op == 'r')
        return ref_boolean(
            ref_regex(env->pool, pattern.str, x.str, regex, env->refused));
    return ref_boolean(ref_wild(env->pool, pattern.str, x.str, wild));
}

ref_value
ref_match_any(const ref_env *env, const char *op, bool tilde, ref_value x,
              const ref_value *patterns, size_t n)
{
    bool unknown = false;

    if (x.tag == REF_NULL)
        return ref_null();
    for (size_t i = 0; i < n; i++) {
        ref_value v = match_one(env, op, tilde, x, patterns[i]);

        if (ref_is_true(v))
            return v;
        unknown |= v.tag == REF_NULL;
    }
    return unknown ? ref_null() : ref_boolean(false);
}

/* match() where patterns are Perl-like.  As for every function the case of
 * letters counts where strings are sensitive (language 7.2). */
static ref_value
match_prefix(const ref_env *env, bool tilde, const ref_value *args, size_t n)
{
    ref_regex_rule rule = {ref_case_of(env, tilde), false, true};
    bool any = false;

    if (args[0].tag != REF_STR)
        return ref_null();
    for (size_t i = 1; i < n; i++)
        any |=
            ref_regex(env->pool, args[i].str, args[0].str, rule, env->refused);
    return ref_boolean(any);
}

/* --- texts as code points --- */

typedef struct {
    uint32_t *c;
    size_t n;
} points;

static points
points_of(const ref_env *env, ref_value v, bool tilde)
{
    points p;

    p.c = ref_code_points(env->pool, v.str, ref_case_of(env, tilde), &p.n);
    return p;
}

static bool
found_at(points s, points t, size_t at)
{
    return at + t.n <= s.n &&
           (t.n == 0 || memcmp(s.c + at, t.c, t.n * sizeof *s.c) == 0);
}

/* The first place of t at or after `from`; false: none. */
static bool
find(points s, points t, size_t from, size_t *at)
{
    for (*at = from; *at <= s.n; ++*at)
        if (found_at(s, t, *at))
            return true;
    return false;
}

static bool
find_last(points s, points t, size_t *at)
{
    for (*at = s.n + 1; (*at)-- > 0;)
        if (found_at(s, t, *at))
            return true;
    return false;
}

/* A position: a number that is whole. */
static bool
whole(ref_value v, int64_t *out)
{
    if (v.tag != REF_NUM)
        return false;
    if (!v.num.is_int && (fabs(v.num.d) > 9e18 || v.num.d != floor(v.num.d)))
        return false;
    *out = v.num.is_int ? v.num.i : (int64_t)v.num.d;
    return true;
}

static ref_value
between(const ref_env *env, bool tilde, const ref_value *args, size_t n)
{
    points s = points_of(env, args[0], tilde);
    points left = points_of(env, args[1], tilde);
    points right = points_of(env, args[2], tilde);
    bool greedy = n > 3 && ref_is_true(args[3]), found;
    bool old = env->flags->miss_null;
    size_t start, end;

    for (size_t i = 0; i < 3; i++)
        if (args[i].tag != REF_STR)
            return ref_null();
    if (n > 3 && args[3].tag != REF_BOOL)
        return ref_null();
    if (!old && (s.n == 0 || left.n == 0 || right.n == 0))
        return ref_string(args[0].str);
    found = find(s, left, 0, &start);
    start += left.n;
    found = found && (greedy ? find_last(s, right, &end) && end >= start
                             : find(s, right, start, &end));
    if (!found)
        return old ? ref_null() : ref_string(ref_cstr(""));
    return ref_string(ref_slice(args[0].str, start, end - start));
}

static ref_value
index_of(const ref_env *env, bool tilde, const ref_value *args, size_t n)
{
    points s = points_of(env, args[0], tilde);
    points t = points_of(env, args[1], tilde);
    int64_t start = 0;
    size_t at;

    if (args[0].tag != REF_STR || args[1].tag != REF_STR ||
        (n > 2 && !whole(args[2], &start)))
        return ref_null();
    if (start < 0)
        start = 0;
    if (start > (int64_t)s.n || !find(s, t, (size_t)start, &at))
        return ref_null();
    return ref_integer((int64_t)at);
}

static ref_value
substring(const ref_env *env, const ref_value *args, size_t n)
{
    int64_t len, start, end;

    if (args[0].tag != REF_STR || !whole(args[1], &start))
        return ref_null();
    len = end = (int64_t)points_of(env, args[0], false).n;
    if (n > 2 && args[2].tag != REF_NULL && !whole(args[2], &end))
        return ref_null();
    if (start < 0)
        start += len;
    if (end < 0)
        end += len;
    start = start < 0 ? 0 : start > len ? len : start;
    end = end < 0 ? 0 : end > len ? len : end;
    if (start >= end)
        return ref_string(ref_cstr(""));
    return ref_string(
        ref_slice(args[0].str, (size_t)start, (size_t)(end - start)));
}

/* A list is no value of a function. */
static bool
no_value(ref_value v)
{
    return v.tag == REF_NULL || v.tag == REF_LIST;
}

/* startsWith, endsWith, stringContains. */
static ref_value
holds_text(const ref_env *env, ref_function f, bool tilde,
           const ref_value *args)
{
    points s = points_of(env, args[0], tilde);
    points t = points_of(env, args[1], tilde);
    size_t at;

    if (args[0].tag != REF_STR || args[1].tag != REF_STR) {
        bool null = no_value(args[0]) || no_value(args[1]);

        return f == REF_F_STRING_CONTAINS && null && env->flags->search_false
                   ? ref_boolean(false)
                   : ref_null();
    }
    if (f == REF_F_STARTS_WITH)
        return ref_boolean(found_at(s, t, 0));
    if (f == REF_F_ENDS_WITH)
        return ref_boolean(s.n >= t.n && found_at(s, t, s.n - t.n));
    if ((s.n == 0 || t.n == 0) && !env->flags->contains_empty)
        return ref_boolean(false);
    return ref_boolean(find(s, t, 0, &at));
}

/* --- numbers --- */

static int
digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 99;
}

/* Digits of a base, without sign. */
static ref_value
digits_of(ref_str s, int base, bool minus)
{
    __int128 sum = 0;

    if (s.n == 0)
        return ref_null();
    for (size_t i = 0; i < s.n; i++) {
        if (digit(s.p[i]) >= base)
            return ref_null();
        sum = sum * base + digit(s.p[i]);
        if (sum > (__int128)1 << 100)
            return ref_null();
    }
    sum = minus ? -sum : sum;
    if (sum < INT64_MIN || sum > INT64_MAX)
        return (ref_value){.tag = REF_NUM, .num = {.d = (double)sum}};
    return ref_integer((int64_t)sum);
}

static ref_str
trimmed(ref_str s)
{
    while (s.n && *s.p && strchr(" \t\n\v\f\r", *s.p))
        s = (ref_str){s.p + 1, s.n - 1};
    while (s.n && s.p[s.n - 1] && strchr(" \t\n\v\f\r", s.p[s.n - 1]))
        s.n--;
    return s;
}

static ref_value
number(const ref_value *args, size_t n)
{
    bool given = n > 1 && args[1].tag != REF_NULL, minus;
    int64_t base = 10;
    ref_str s, rest;
    ref_value v = {.tag = REF_NUM};

    if (args[0].tag != REF_STR || (given && !whole(args[1], &base)))
        return ref_null();
    s = rest = trimmed(args[0].str);
    minus = rest.n && *rest.p == '-';
    if (minus || (rest.n && *rest.p == '+'))
        rest = (ref_str){rest.p + 1, rest.n - 1};
    if ((!given || base == 16) && s.n > 2 && s.p[0] == '0' &&
        (s.p[1] == 'x' || s.p[1] == 'X'))
        return digits_of((ref_str){s.p + 2, s.n - 2}, 16, false);
    if (base < 2 || base > 36)
        return ref_null();
    if (base != 10)
        return digits_of(rest, (int)base, minus);
    return ref_parse_num(s, &v.num) ? v : ref_null();
}

/* --- the rest --- */

static ref_value
concat(const ref_env *env, const ref_value *args, size_t n)
{
    ref_text t = {.pool = env->pool};

    for (size_t i = 0; i < n; i++) {
        ref_value v = ref_to_string(env, args[i]);

        if (v.tag == REF_NULL)
            return ref_null();
        ref_put_str(&t, v.str);
    }
    return ref_string((ref_str){ref_text_cstr(&t), t.n});
}

static ref_value
cidr_match(const ref_env *env, const ref_value *args, size_t n)
{
    bool any = false;

    if (no_value(args[0]))
        return env->flags->search_false ? ref_boolean(false) : ref_null();
    for (size_t i = 1; i < n; i++) {
        if (args[i].tag != REF_STR) {
            *env->refused = "block is not a string";
            return ref_null();
        }
        any |= ref_is_true(ref_in_literal_block(env, args[0], args[i]));
    }
    return ref_boolean(any);
}

static const struct {
    ref_function f;
    const char *op;
} operators[] = {{REF_F_ADD, "+"},
                 {REF_F_SUBTRACT, "-"},
                 {REF_F_MULTIPLY, "*"},
                 {REF_F_DIVIDE, "/"},
                 {REF_F_MODULO, "%"}};

static bool
right_count(ref_function f, size_t n)
{
    static const struct {
        ref_function f;
        size_t least, most;
    } counts[] = {
        {REF_F_ADD, 2, 2},          {REF_F_SUBTRACT, 2, 2},
        {REF_F_MULTIPLY, 2, 2},     {REF_F_DIVIDE, 2, 2},
        {REF_F_MODULO, 2, 2},       {REF_F_BETWEEN, 3, 4},
        {REF_F_CIDR_MATCH, 2, 999}, {REF_F_CONCAT, 1, 999},
        {REF_F_ENDS_WITH, 2, 2},    {REF_F_INDEX_OF, 2, 3},
        {REF_F_LENGTH, 1, 1},       {REF_F_NUMBER, 1, 2},
        {REF_F_STARTS_WITH, 2, 2},  {REF_F_STRING, 1, 1},
        {REF_F_SUBSTRING, 2, 3},    {REF_F_STRING_CONTAINS, 2, 2},
        {REF_F_MATCH, 2, 999},      {REF_F_WILDCARD, 2, 999},
    };

    for (size_t i = 0; i < REF_COUNTOF(counts); i++)
        if (counts[i].f == f)
            return n >= counts[i].least && n <= counts[i].most;
    return false;
}

ref_value
ref_apply(const ref_env *env, ref_function f, bool tilde, const ref_value *args,
          size_t n)
{
    if (!right_count(f, n)) {
        *env->refused = "wrong number of arguments";
        return ref_null();
    }
    for (size_t i = 0; i < REF_COUNTOF(operators); i++)
        if (operators[i].f == f)
            return ref_arith(env, operators[i].op, args[0], args[1]);
    switch (f) {
    case REF_F_BETWEEN: return between(env, tilde, args, n);
    case REF_F_CIDR_MATCH: return cidr_match(env, args, n);
    case REF_F_CONCAT: return concat(env, args, n);
    case REF_F_INDEX_OF: return index_of(env, tilde, args, n);
    case REF_F_NUMBER: return number(args, n);
    case REF_F_STRING: return ref_to_string(env, args[0]);
    case REF_F_SUBSTRING: return substring(env, args, n);
    case REF_F_STARTS_WITH:
    case REF_F_ENDS_WITH:
    case REF_F_STRING_CONTAINS: return holds_text(env, f, tilde, args);
    case REF_F_LENGTH:
        if (args[0].tag != REF_STR)
            return ref_null();
        return ref_integer((int64_t)points_of(env, args[0], false).n);
    case REF_F_MATCH:
        if (env->flags->prefix_regex)
            return match_prefix(env, tilde, args, n);
        return ref_match_any(env, "regex", tilde || env->flags->insensitive,
                             args[0], args + 1, n - 1);
    case REF_F_WILDCARD:
        return ref_match_any(env, tilde ? ":" : "like", tilde, args[0],
                             args + 1, n - 1);
    default: break;
    }
    *env->refused = "function";
    return ref_null();
}
