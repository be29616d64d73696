/* test_bad_rules.c -- rules that nobody should write: real ones damaged in one
 * place, and texts made to hurt.  All are answered, with a place, at once. */
#include "tests/support/eql_test.h"

#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "eqlvm/eqlvm.h"

#if defined(__SANITIZE_ADDRESS__)
#define MOST_SECONDS 20.0
#else
#define MOST_SECONDS 1.0
#endif

static double
cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What the library says of one query: its errors, a line each. */
static bool
compiles(const char *text, size_t len, eql_buf *errors)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL;

    errors->len = 0;
    assert_non_null(c);
    assert_int_equal(eqlvm_compiler_add_query(c, "q", text, len), EQLVM_OK);
    (void)eqlvm_compiler_finish(c, &p);
    for (size_t i = 0; !p && i < eqlvm_compiler_ndiags(c); i++) {
        eqlvm_diag d;

        eqlvm_compiler_diag(c, i, &d);
        if (d.kind != EQLVM_ERROR)
            continue;
        assert_true(d.line > 0 && d.column > 0 && d.message.len > 0);
        eql_buf_printf(errors, "%.*s %.*s\n", (int)d.code.len, d.code.p,
                       (int)d.message.len, d.message.p);
    }
    eql_buf_add_char(errors, '\0');
    assert_false(errors->failed);
    if (!p && errors->len <= 1)
        fail_msg("refused without a word: %.200s: %s", text,
                 eqlvm_compiler_error(c));
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return p != NULL;
}

/* --- real rules, damaged --- */

typedef enum {
    DAMAGE_FUNCTION,
    DAMAGE_ARITY,
    DAMAGE_CIDR,
    DAMAGE_REGEX,
    DAMAGE_ALIAS,
    DAMAGE_KEYS,
    DAMAGE_UNIT,
    DAMAGE_COUNT
} damage;

/* What the message must name, besides what damage_text puts there. */
static const char *const codes[DAMAGE_COUNT] = {"E302", "E302", "E304", "E304",
                                                "E309", "E306", "E305"};

static const char *const calls[] = {"startswith~(",     "startswith(",
                                    "endswith~(",       "endswith(",
                                    "stringcontains~(", "length("};

/* Replaces n bytes at `at` of the query. */
static void
replace(eql_buf *out, const char *query, const char *at, size_t n,
        const char *by)
{
    out->len = 0;
    eql_buf_add(out, query, (size_t)(at - query));
    eql_buf_add_str(out, by);
    eql_buf_add_str(out, at + n);
    eql_buf_add_char(out, '\0');
}

static const char *
find_call(const char *query, const char **call)
{
    for (size_t i = 0; i < EQL_COUNTOF(calls); i++) {
        const char *at = strstr(query, calls[i]);

        if (at && (at == query || !isalnum((unsigned char)at[-1]))) {
            *call = calls[i];
            return at;
        }
    }
    return NULL;
}

/* `word` as a whole word outside a name. */
static const char *
find_word(const char *query, const char *word)
{
    const char *at = query;

    while ((at = strstr(at, word))) {
        char before = at == query ? ' ' : at[-1];

        if (isspace((unsigned char)before) || before == ']' || before == ')')
            return at;
        at++;
    }
    return NULL;
}

static bool
damage_cidr(const char *query, eql_buf *out)
{
    const char *at = strcasestr(query, "cidrmatch(");
    const char *slash = at ? strchr(at, '/') : NULL;
    const char *quote = at ? strchr(at, '"') : NULL;

    if (!slash || !quote || slash - quote > 40 || slash < quote ||
        memchr(quote + 1, '"', (size_t)(slash - quote - 1)))
        return false;
    replace(out, query, slash, 1, "/9");
    return isdigit((unsigned char)slash[1]);
}

/* An unclosed group at the beginning of the first regular expression. */
static bool
damage_regex(const char *query, eql_buf *out)
{
    const char *at = find_word(query, "regex");
    const char *quote = at ? strchr(at, '"') : NULL;

    if (!quote)
        return false;
    quote += strncmp(quote, "\"\"\"", 3) == 0 ? 3 : 1;
    replace(out, query, quote, 0, "(");
    return true;
}

/* The declaration goes, its use stays. */
static bool
damage_alias(const char *query, eql_buf *out)
{
    const char *at = strstr(query, "as event0");

    if (!at || !strstr(query, "event0."))
        return false;
    replace(out, query, at, 9, "");
    return true;
}

static bool
damage_keys(const char *query, eql_buf *out)
{
    const char *at = strstr(query, "]\n");

    if (strncmp(query, "sequence by", 11) != 0 || !at ||
        strncmp(at + 2 + strspn(at + 2, " "), "[", 1) != 0)
        return false;
    replace(out, query, at, 1, "] by one.too.many ");
    return true;
}

static bool
damage_unit(const char *query, eql_buf *out)
{
    const char *at = strstr(query, "maxspan");

    at = at ? at + strcspn(at, "0123456789") : NULL;
    at = at ? at + strspn(at, "0123456789") : NULL;
    if (!at || !isalpha((unsigned char)*at))
        return false;
    replace(out, query, at, strcspn(at, " \n["), "parsec");
    return true;
}

/* What must stand in the message; NULL when the rule offers nothing of that
 * kind to damage. */
static const char *
damage_text(damage kind, const char *query, eql_buf *out)
{
    const char *call = "", *at = find_call(query, &call);

    switch (kind) {
    case DAMAGE_FUNCTION:
        if (!at)
            return NULL;
        replace(out, query, at, 3, "qzx");
        return "unknown function \"qzx";
    case DAMAGE_ARITY:
        if (!at)
            return NULL;
        replace(out, query, at + strlen(call), 0, "a.b, c.d, e.f, ");
        return "argument";
    case DAMAGE_CIDR: return damage_cidr(query, out) ? "block" : NULL;
    case DAMAGE_REGEX: return damage_regex(query, out) ? "" : NULL;
    case DAMAGE_ALIAS: return damage_alias(query, out) ? "event0" : NULL;
    case DAMAGE_KEYS: return damage_keys(query, out) ? "key" : NULL;
    case DAMAGE_UNIT: return damage_unit(query, out) ? "unit" : NULL;
    case DAMAGE_COUNT: break;
    }
    return NULL;
}

static eqlvm_program *
load_corpora(void)
{
    const char *shared = eql_test_shared();
    eqlvm_compiler *c;
    eqlvm_program *p = NULL;
    char path[4200];

    if (!shared)
        return NULL;
    c = eqlvm_compiler_new(NULL);
    snprintf(path, sizeof path, "%s/corpora", shared);
    assert_int_equal(eqlvm_compiler_add_path(c, path), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    eqlvm_compiler_free(c);
    return p;
}

static void
check_refused(const char *name, const char *query, damage kind,
              const char *message)
{
    eql_buf errors = {0};

    if (compiles(query, strlen(query), &errors))
        fail_msg("%s: accepted with damage %d:\n%s", name, kind, query);
    if (!strstr(errors.p, codes[kind]) || !strstr(errors.p, message))
        fail_msg("%s: damage %d is not named (%s, %s) in:\n%s", name, kind,
                 codes[kind], message, errors.p);
    eql_buf_free(&errors);
}

static void
test_damaged_rules_are_refused_by_name(void **state)
{
    eqlvm_program *p = load_corpora();
    size_t n[DAMAGE_COUNT] = {0}, all = 0;
    eql_buf query = {0}, damaged = {0};

    (void)state;
    if (!p) {
        print_message("no reference material: skipped\n");
        skip();
    }
    for (uint32_t i = 0; i < eqlvm_program_nrules(p); i++) {
        eqlvm_rule_info r;

        eqlvm_program_rule(p, i, &r);
        query.len = 0;
        eql_buf_add(&query, r.query.p, r.query.len);
        eql_buf_add_char(&query, '\0');
        for (damage kind = 0; kind < DAMAGE_COUNT; kind++) {
            const char *message;

            if (n[kind] >= 40)
                continue;
            message = damage_text(kind, query.p, &damaged);
            if (!message)
                continue;
            check_refused(r.name.p, damaged.p, kind, message);
            n[kind]++;
            all++;
            break;
        }
    }
    for (damage kind = 0; kind < DAMAGE_COUNT; kind++)
        if (n[kind] < 10)
            fail_msg("only %zu rules to damage in way %d", n[kind], kind);
    assert_true(all >= 200);
    print_message("%zu damaged rules refused\n", all);
    eql_buf_free(&query);
    eql_buf_free(&damaged);
    eqlvm_program_free(p);
}

static int
by_length(const void *a, const void *b)
{
    const eqlvm_rule_info *x = a, *y = b;

    if (x->query.len != y->query.len)
        return x->query.len < y->query.len ? -1 : 1;
    return (x->query.p > y->query.p) - (x->query.p < y->query.p);
}

/* Every byte of the hundred shortest rules, once each; another value every
 * time. */
static void
test_every_byte_damaged(void **state)
{
    static const char bytes[] = "\0\"'()[]|:=~?!$`,.*\\/&@#\x80\xff\t\n09azAZ";
    eqlvm_program *p = load_corpora();
    eqlvm_rule_info *rules;
    eql_buf text = {0}, errors = {0};
    size_t n = 0, accepted = 0;

    (void)state;
    if (!p) {
        print_message("no reference material: skipped\n");
        skip();
    }
    rules = calloc(eqlvm_program_nrules(p), sizeof *rules);
    for (uint32_t i = 0; i < eqlvm_program_nrules(p); i++)
        eqlvm_program_rule(p, i, &rules[i]);
    qsort(rules, eqlvm_program_nrules(p), sizeof *rules, by_length);
    for (size_t i = 0; i < 100; i++) {
        for (size_t at = 0; at < rules[i].query.len; at++, n++) {
            double start = cpu_seconds();

            text.len = 0;
            eql_buf_add(&text, rules[i].query.p, rules[i].query.len);
            text.p[at] = bytes[n % (sizeof bytes - 1)];
            accepted += compiles(text.p, text.len, &errors);
            assert_true(cpu_seconds() - start < MOST_SECONDS);
        }
    }
    print_message("%zu damages, %zu of them compile\n", n, accepted);
    free(rules);
    eql_buf_free(&text);
    eql_buf_free(&errors);
    eqlvm_program_free(p);
}

/* --- texts made to hurt --- */

static void
repeat(eql_buf *b, const char *text, size_t n)
{
    while (n-- > 0)
        eql_buf_add_str(b, text);
}

static void
make_nested(eql_buf *b)
{
    eql_buf_add_str(b, "any where ");
    repeat(b, "(", 10000);
    eql_buf_add_str(b, "true");
    repeat(b, ")", 10000);
}

static void
make_nested_calls(eql_buf *b)
{
    eql_buf_add_str(b, "any where ");
    repeat(b, "length(", 10000);
    repeat(b, ")", 10000);
}

static void
make_not(eql_buf *b)
{
    eql_buf_add_str(b, "any where ");
    repeat(b, "not ", 100000);
    eql_buf_add_str(b, "true");
}

static void
make_list(eql_buf *b)
{
    eql_buf_add_str(b, "any where x in (");
    for (unsigned i = 0; i < 100000; i++)
        eql_buf_printf(b, "%s\"item %u\"", i ? "," : "", i);
    eql_buf_add_str(b, ")");
}

static void
make_patterns(eql_buf *b)
{
    eql_buf_add_str(b, "any where x : (");
    for (unsigned i = 0; i < 100000; i++)
        eql_buf_printf(b, "%s\"*item %u?\"", i ? "," : "", i);
    eql_buf_add_str(b, ")");
}

static void
make_literal(eql_buf *b)
{
    eql_buf_add_str(b, "any where x == \"");
    repeat(b, "0123456789abcdef", 65536);
    eql_buf_add_str(b, "\"");
}

static void
make_pattern(eql_buf *b)
{
    eql_buf_add_str(b, "any where x : \"");
    repeat(b, "*a?b", 262144);
    eql_buf_add_str(b, "\"");
}

static void
make_regex(eql_buf *b)
{
    eql_buf_add_str(b, "any where x regex \"");
    repeat(b, "(a{1000}){1000}", 100);
    eql_buf_add_str(b, "\"");
}

static void
make_deep_regex(eql_buf *b)
{
    eql_buf_add_str(b, "any where x regex \"");
    repeat(b, "(", 10000);
    repeat(b, ")", 10000);
    eql_buf_add_str(b, "\"");
}

static void
make_or(eql_buf *b)
{
    eql_buf_add_str(b, "any where false");
    for (unsigned i = 0; i < 20000; i++)
        eql_buf_printf(b, " or f%u == %u", i, i);
}

static void
make_stages(eql_buf *b)
{
    eql_buf_add_str(b, "sequence");
    repeat(b, " [a where true]", 20000);
}

static void
make_recursive_macro(eql_buf *b)
{
    eql_buf_add_str(b, "macro M(a) M(a) any where M(1)");
}

/* Each doubles the one before: 2^40 in the end. */
static void
make_doubling_macros(eql_buf *b)
{
    eql_buf_add_str(b, "macro M0(a) a == 1\n");
    for (unsigned i = 1; i <= 40; i++)
        eql_buf_printf(b, "macro M%u(a) M%u(a) or M%u(a)\n", i, i - 1, i - 1);
    eql_buf_add_str(b, "any where M40(x)");
}

static void
make_bad_utf8(eql_buf *b)
{
    eql_buf_add_str(b, "any where x == \"\xc3(\xf0\x28\x8c\xbc\" and \xff");
}

static void
make_bidi(eql_buf *b)
{
    eql_buf_add_str(b, "any where x \xe2\x80\xae== 1");
}

static void
make_control(eql_buf *b)
{
    eql_buf_add_str(b, "any where x \x01== 1 and \x7f");
}

static void
make_nul(eql_buf *b)
{
    eql_buf_add(b, "any where x == 1\0 or true", 25);
}

static void
make_open_string(eql_buf *b)
{
    eql_buf_add_str(b, "any where x == \"");
    repeat(b, "\\\\", 500000);
}

static void
make_open_comment(eql_buf *b)
{
    eql_buf_add_str(b, "any where x == 1 ");
    repeat(b, "/*", 500000);
}

static void
make_nothing(eql_buf *b)
{
    eql_buf_add_str(b, "");
}

static void
make_brackets(eql_buf *b)
{
    eql_buf_add_str(b, "sequence ");
    repeat(b, "[a where ", 50000);
}

static void
make_digits(eql_buf *b)
{
    eql_buf_add_str(b, "any where x == 1");
    repeat(b, "0", 1000000);
}

static void
make_path(eql_buf *b)
{
    eql_buf_add_str(b, "any where a");
    repeat(b, ".a", 200000);
    eql_buf_add_str(b, " == 1");
}

static void
test_hostile_texts_are_answered_at_once(void **state)
{
    static const struct {
        const char *label;
        void (*make)(eql_buf *b);
        int wants; /* 1: compiles; 0: refused; -1: either */
    } texts[] = {
        {"10,000 parentheses", make_nested, 0},
        {"10,000 calls", make_nested_calls, 0},
        {"100,000 not", make_not, 0},
        {"100,000 items", make_list, 1},
        {"100,000 patterns", make_patterns, 1},
        {"a literal of 1 MB", make_literal, 1},
        {"a pattern of 1 MB", make_pattern, 1},
        {"repeats of repeats", make_regex, 0},
        {"10,000 groups", make_deep_regex, 0},
        {"20,000 conditions", make_or, 1},
        {"20,000 stages", make_stages, -1},
        {"a macro that names itself", make_recursive_macro, 0},
        {"macros that double", make_doubling_macros, 0},
        {"bad UTF-8", make_bad_utf8, 0},
        {"bidi control", make_bidi, 0},
        {"control characters", make_control, 0},
        {"NUL", make_nul, 0},
        {"an open string", make_open_string, 0},
        {"an open comment", make_open_comment, 0},
        {"nothing", make_nothing, 0},
        {"brackets without end", make_brackets, 0},
        {"a million digits", make_digits, 0},
        {"a path of 200,000 names", make_path, -1},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++) {
        eql_buf text = {0}, errors = {0};
        double start;
        bool ok;

        texts[i].make(&text);
        start = cpu_seconds();
        ok = compiles(text.p ? text.p : "", text.len, &errors);
        if (cpu_seconds() - start > MOST_SECONDS)
            fail_msg("%s: took %.1f s", texts[i].label, cpu_seconds() - start);
        if (texts[i].wants >= 0 && ok != (texts[i].wants == 1))
            fail_msg("%s: %s %.300s", texts[i].label,
                     ok ? "compiled" : "refused:", errors.p);
        eql_buf_free(&text);
        eql_buf_free(&errors);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_rules_are_refused_by_name),
        cmocka_unit_test(test_every_byte_damaged),
        cmocka_unit_test(test_hostile_texts_are_answered_at_once),
    };

    return cmocka_run_group_tests_name("bad_rules", tests, NULL, NULL);
}
