/* test_ast.c -- the tree: literals, shape, places, printing and parsing again,
 * running out of memory, and the public rules when they are at hand. */
#include "tests/support/eql_test.h"

#include <dirent.h>

#include "compiler/parser.h"

typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    eql_source src;
} fixture;

static int
setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);

    if (!f)
        return -1;
    f->arena = eql_arena_new(0);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    fixture *f = *state;

    eql_arena_free(f->arena);
    eql_diags_free(f->diags);
    free(f);
    return 0;
}

static eql_query *
parse(fixture *f, eql_strview text)
{
    eql_diags_free(f->diags);
    f->diags = eql_diags_new();
    f->src = (eql_source){.text = text, .first_line = 1};
    eql_diags_set_source(f->diags, &f->src);
    return eql_parse(f->arena, text, EQL_COMMENTS_NEST, f->diags);
}

/* Parses or fails with the first diagnostic, rendered. */
static eql_query *
must_parse(fixture *f, const char *text)
{
    eql_query *q = parse(f, eql_sv_cstr(text));
    eql_buf out = {0};

    if (q)
        return q;
    if (eql_diags_count(f->diags))
        eql_diag_render(eql_diags_at(f->diags, 0), false, &out);
    eql_buf_add_char(&out, '\0');
    fail_msg("%s\n%s", text, out.p);
    return NULL;
}

static eql_expr *
condition(fixture *f, const char *text)
{
    return must_parse(f, text)->body->condition;
}

/* --- printing --- */

static const char *const queries[] = {
    "\"my cat\" where `weird.key/x` == \"\"\"C:\\new\\table\"\"\"",
    "sequence by a, b with maxspan = 1 h [x where true] by c ![y where true] "
    "by c [z where true] by c",
    "sequence by z [x where b[0] == 1] [y where true] fork=true as q "
    "[w where q.c == 1]",
    "sequence [a where true] with runs=4 until [b where true]",
    "sample by host.id [a where true] by x [b where true] by y",
    "join by pid [a where true] [b where true] until [c where true]",
    "process where a not in (1, 2,) and b in~ (\"X\") and c like~ (\"a*\", "
    "\"b?\")",
    "process where descendant of [process where a == 1] and event of "
    "[any where true]",
    "process where _arraysearch(a.b, $e, $e.c : (\"x*\") and not $e.d == "
    "\"1\")",
    "process where s:substring(0, 2):length() == 2",
    "process where ?\"raw\\d\" == a and ?opt.field == null",
    "network where port : 443 or -a + 3 * (b - 1) % 2 >= 4.5e3",
    "macro M(p, q) p == q and p != null   process where M(a, b) "
    "| unique a b | count a, b.c",
    "process where a in (1) == true",
    /* what parses but sema refuses */
    "sequence with maxspan=5 [a where true] [b where true]",
    "sequence with maxspan=1.5h [a where true] [b where true]",
    "process where startswith~(a) or x regex \"a[\" or 1 + 2",
    "sequence [a where true] until ![b where true]",
    "process where nephew of ![a where true]",
    /* soft keywords as names */
    "macro where as == fork and macro.const != const",
    "const where runs(maxspan) == as()",
    "as where fork",
    "macro macro(as, fork) as == fork const where macro(1, 2)",
    "const const == 1 any where const == 1",
    "const k = \"x\" any where a == k",
    "sequence by as, fork [as where as] as as [fork where fork] fork as fork",
    /* clause order, trailing commas, forms of pipes and suffixes */
    "sequence with maxspan=1m by a [x where true] [y where true]",
    "sequence by a, b, [x where true] [y where true]",
    "sequence [x where true] by a, [y where true] by b as q",
    "sequence [x where true] by a, as",
    "sequence [x where true] fork = false with runs = 3 by a as b",
    "process where f(a, b,) == g()",
    "process where a | head | tail 5 | sort a.b, c | filter a == 1 and b",
    "process where a | unique a b \"c\" 1",
    "process where a | count a[0].b ?c",
    /* operators */
    "process where not not a and a = 1 and - - a == + 1 and a - -1 == -b",
    "process where a : -1 or a : (1, -2, +3, \"x\", null, true,)",
    "process where a not like \"x\" and a not : \"x\" and a not regex~ \"x\"",
    "process where (a and b) or (c or d) or not (e)",
    "process where a + 1 in (2) or a in (b, f(c), d + 1, not e)",
    "process where (a == b) == (c == d)",
    "process where length~(a) == 1 and a:f~(1) == 2",
    "process where $x.y[0].`z` == 1 and a.sequence.where.in.`b` == 1",
    "process where a == 'x' and b == ?'y'",
    "\xEF\xBB\xBFprocess where a /* c /* d */ */ == 1 // end",
    /* what printing has to take care of */
    "any where a == \"\\b\\t\\n\\f\\r\\\"\\'\\\\\\u{00}\\u{7f}\\u{e9}\"",
    "any where a == -9223372036854775808 or a == 9223372036854775808",
    "any where a == 1e300 or a == 0.1 or a == 1. or a == -.5",
    "\"any\" where true",
    "\"\" where true",
    "\"1a\" where true",
    "any where (-5):f() == -(5) and (a - (b - c)) == ((d))",
    "sequence with maxspan = 5 e9 [a where b]",
};

static void
check_idempotent(fixture *f, const char *text)
{
    eql_buf first = {0}, second = {0}, tree = {0}, tree2 = {0};
    eql_query *q = must_parse(f, text);

    eql_ast_print(q, &first);
    eql_ast_dump(q, &tree);
    eql_buf_add_char(&first, '\0');
    q = must_parse(f, first.p);
    eql_ast_print(q, &second);
    eql_ast_dump(q, &tree2);
    eql_buf_add_char(&second, '\0');
    if (!eql_sv_eq(eql_buf_sv(&first), eql_buf_sv(&second)))
        fail_msg("printed twice:\n%s%s", first.p, second.p);
    if (!eql_sv_eq(eql_buf_sv(&tree), eql_buf_sv(&tree2)))
        fail_msg("%s\nother tree:\n%.*s%.*s", first.p, (int)tree.len, tree.p,
                 (int)tree2.len, tree2.p);
    eql_buf_free(&first);
    eql_buf_free(&second);
    eql_buf_free(&tree);
    eql_buf_free(&tree2);
}

static void
test_print_parses_to_the_same(void **state)
{
    for (size_t i = 0; i < EQL_COUNTOF(queries); i++)
        check_idempotent(*state, queries[i]);
}

/* --- values --- */

static eql_value
literal_of(fixture *f, const char *text)
{
    eql_buf q = {0};
    eql_expr *e;

    eql_buf_printf(&q, "any where a == %s", text);
    eql_buf_add_char(&q, '\0');
    e = condition(f, q.p)->u.op.right;
    eql_buf_free(&q);
    assert_int_equal(e->kind, EQL_NODE_LITERAL);
    return e->u.literal;
}

static void
test_string_values(void **state)
{
    static const struct {
        const char *source, *want;
    } cases[] = {
        {"\"a\\tb\"", "a\tb"},
        {"'a\\tb\\'\"'", "a\tb'\""},
        {"\"\\u{41}\\u{000000e9}\\u{1F600}\"", "A\xc3\xa9\xf0\x9f\x98\x80"},
        {"'\\u{e9}'", "\xc3\xa9"},
        {"\"\"\"a\"\"\"", "a"},
        {"\"\"\"say \"hi\" \"\"\"", "say \"hi\" "},
        {"\"\"\"say \"hi\"\"\"\"", "say \"hi\""},
        {"\"\"\"x\"\"\"\"\"", "x\"\""},
        {"\"\"\"\"\"\"", ""},
        {"\"\"\"\"q\"\"\"", "\"q"},
        {"\"\"\"C:\\new\\table\"\"\"", "C:\\new\\table"},
        {"\"\"", ""},
        {"?\"C:\\x\\\"y\"", "C:\\x\"y"},
        {"?'it\\'s \\d'", "it's \\d"},
        {"?\"a\\'b\"", "a\\'b"},
        {"?\"\"", ""},
    };

    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_value v = literal_of(*state, cases[i].source);

        assert_int_equal(v.tag, EQL_STRING);
        if (!eql_sv_is(eql_sv(v.u.s, v.len), cases[i].want))
            fail_msg("%s: got %.*s", cases[i].source, (int)v.len, v.u.s);
    }
    assert_int_equal(literal_of(*state, "\"a\\u{00}b\"").len, 3);
}

static void
test_number_values(void **state)
{
    static const struct {
        const char *source;
        int64_t want;
    } ints[] = {
        {"-5", -5},
        {"+5", 5},
        {"- -5", 5},
        {"007", 7},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"-009223372036854775808", INT64_MIN},
    };
    static const struct {
        const char *source;
        double want;
    } doubles[] = {
        {"4.5e3", 4500},
        {"-1.", -1},
        {"9223372036854775808", 9223372036854775808.0},
        {"- -9223372036854775808", 9223372036854775808.0},
        {"-9223372036854775809", -9223372036854775808.0},
        {"-9223372036854775808.0", -9223372036854775808.0},
    };

    for (size_t i = 0; i < EQL_COUNTOF(ints); i++) {
        eql_value v = literal_of(*state, ints[i].source);

        if (v.tag != EQL_INT || v.u.i != ints[i].want)
            fail_msg("%s", ints[i].source);
    }
    for (size_t i = 0; i < EQL_COUNTOF(doubles); i++) {
        eql_value v = literal_of(*state, doubles[i].source);

        if (v.tag != EQL_FLOAT || v.u.d != doubles[i].want)
            fail_msg("%s", doubles[i].source);
    }
}

/* --- shape and places --- */

static void
test_chains_are_flat(void **state)
{
    fixture *f = *state;
    eql_expr *e = condition(f, "any where a or b or (c or d) or e and g and h");

    assert_int_equal(e->kind, EQL_NODE_OR);
    assert_int_equal(e->u.list.n, 4);
    assert_int_equal(e->u.list.items[2]->u.list.n, 2);
    assert_int_equal(e->u.list.items[3]->u.list.n, 3);
    e = condition(f, "any where (a or b) or c");
    assert_int_equal(e->u.list.n, 2);
    assert_int_equal(e->height, 2);
}

static void
test_precedence(void **state)
{
    fixture *f = *state;
    eql_expr *e = condition(f, "any where not a == 1 and b");

    assert_int_equal(e->kind, EQL_NODE_AND);
    assert_int_equal(e->u.list.items[0]->kind, EQL_NODE_NOT);
    e = condition(f, "any where a + 1 in (2) == true");
    assert_int_equal(e->kind, EQL_NODE_COMPARE);
    assert_int_equal(e->u.op.left->kind, EQL_NODE_IN);
    assert_int_equal(e->u.op.left->u.test.operand->kind, EQL_NODE_ARITH);
    e = condition(f, "any where a - b - c * d == 1")->u.op.left;
    assert_int_equal(e->u.op.left->kind, EQL_NODE_ARITH);
    assert_int_equal(e->u.op.right->u.op.op, EQL_ARITH_MUL);
    e = condition(f, "any where -a:f() == 1")->u.op.left;
    assert_int_equal(e->kind, EQL_NODE_SIGN);
    assert_true(e->u.op.left->u.call.method);
}

static void
test_spans_cover_their_source(void **state)
{
    static const char text[] = "sequence by k [ a where not x.y[1] in (1, 2) ] "
                               "as q until [b where c]";
    const eql_query *q = must_parse(*state, text);
    const eql_expr *e = q->stages[0].body->condition;
    const eql_expr *in = e->u.op.left;
    const struct {
        eql_span span;
        const char *want;
    } cases[] = {
        {q->span, text},
        {q->stages[0].span, "[ a where not x.y[1] in (1, 2) ] as q"},
        {q->stages[0].body->span, "[ a where not x.y[1] in (1, 2) ]"},
        {q->stages[0].suffixes[0].span, "as q"},
        {q->until->span, "[b where c]"},
        {e->span, "not x.y[1] in (1, 2)"},
        {in->span, "x.y[1] in (1, 2)"},
        {in->op_span, "in"},
        {in->u.test.operand->span, "x.y[1]"},
        {in->u.test.operand->u.field.segments[2].span, "[1]"},
        {in->u.test.list.items[1]->span, "2"},
    };

    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        if (!eql_sv_is(eql_sv(text + cases[i].span.offset, cases[i].span.len),
                       cases[i].want))
            fail_msg("\"%s\" is at %u, %u long", cases[i].want,
                     cases[i].span.offset, cases[i].span.len);
}

static void
test_condition_alone(void **state)
{
    static const char *const bad[] = {"a ==", "", "process where a", "a | b"};
    fixture *f = *state;
    eql_expr *e;

    f->diags = eql_diags_new();
    e = eql_parse_condition(f->arena, eql_sv_cstr("a == 1 and b"),
                            EQL_COMMENTS_NEST, f->diags);
    assert_non_null(e);
    assert_int_equal(e->kind, EQL_NODE_AND);
    for (uint32_t i = 0; i < EQL_COUNTOF(bad); i++) {
        assert_null(eql_parse_condition(f->arena, eql_sv_cstr(bad[i]),
                                        EQL_COMMENTS_NEST, f->diags));
        assert_int_equal(eql_diags_nerrors(f->diags), i + 1);
    }
}

/* --- memory --- */

static void
test_out_of_memory_is_told(void **state)
{
    static const char text[] =
        "macro M(a) a == 1 sequence by a with maxspan=1m "
        "[x where M(b) and c in (1,2,3,4,5) and \"\\t\" == d.`e``f`] by z "
        "[y where f(g):h() or not descendant of [p where -q + 1 > 2]] as k "
        "until [u where ?v] | head 3";
    fixture *f = *state;
    size_t cap = 1;
    eql_query *q = NULL;

    for (; !q && cap < 100000; cap += 16) {
        eql_arena_free(f->arena);
        f->arena = eql_arena_new(cap);
        q = parse(f, eql_sv_cstr(text));
        assert_int_equal(eql_diags_nerrors(f->diags), 0);
        assert_true(q || eql_arena_failed(f->arena));
    }
    assert_non_null(q);
    assert_in_range(cap, 2000, 99999);
}

/* --- public rules --- */

/* Where the string that starts at p ends; quotes before the closing three
 * may belong to it. */
static char *
query_end(char *p, const char *quotes)
{
    char *end = strstr(p, quotes);

    while (end && end[3] == quotes[0])
        end++;
    return end;
}

/* Basic TOML strings (""") have escapes; the literal ones have none. */
static void
unescape_toml(char *s)
{
    char *out = s;

    for (; *s; s++) {
        if (*s == '\\' && s[1]) {
            s++;
            *out++ = (char)(*s == 'n' ? '\n' : *s == 't' ? '\t' : *s);
        } else {
            *out++ = *s;
        }
    }
    *out = '\0';
}

/* Parses the query of one rule file, if it has one in EQL. */
static bool
check_rule(fixture *f, const char *path, char *text)
{
    static const char *const quotes[] = {"'''", "\"\"\""};
    bool eql =
        strstr(text, "\nlanguage = \"eql\"") || strstr(path, "/protections/");

    for (size_t i = 0; i < EQL_COUNTOF(quotes) && eql; i++) {
        char key[16];
        char *start, *end;

        snprintf(key, sizeof key, "\nquery = %s", quotes[i]);
        start = strstr(text, key);
        if (!start)
            continue;
        start += strlen(key);
        end = query_end(start, quotes[i]);
        assert_non_null(end);
        *end = '\0';
        if (i == 1)
            unescape_toml(start);
        check_idempotent(f, start);
        eql_arena_reset(f->arena);
        return true;
    }
    return false;
}

static char *
read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    size_t n;

    assert_non_null(in);
    assert_non_null(text);
    n = fread(text, 1, (1 << 20) - 1, in);
    text[n] = '\0';
    fclose(in);
    return text;
}

static uint32_t
check_rule_file(fixture *f, const char *path)
{
    size_t len = strlen(path);
    uint32_t n;
    char *text;

    if (len < 5 || strcmp(path + len - 5, ".toml") != 0)
        return 0;
    text = read_file(path);
    n = check_rule(f, path, text);
    free(text);
    return n;
}

static uint32_t
check_rule_tree(fixture *f, const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    uint32_t n = 0;

    if (!dir)
        return check_rule_file(f, path);
    while ((entry = readdir(dir))) {
        char child[5000];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        n += check_rule_tree(f, child);
    }
    closedir(dir);
    return n;
}

static void
test_public_rules(void **state)
{
    const char *shared = eql_test_shared();
    char path[5000];
    uint32_t n;

    snprintf(path, sizeof path, "%s/corpora", shared ? shared : "");
    n = shared ? check_rule_tree(*state, path) : 0;
    if (n == 0) {
        print_message("no public rules here: skipped\n");
        skip();
    }
    print_message("%u public rules parse, and their print parses to the same\n",
                  n);
    assert_true(n > 1000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_print_parses_to_the_same),
        TEST(test_string_values),
        TEST(test_number_values),
        TEST(test_chains_are_flat),
        TEST(test_precedence),
        TEST(test_spans_cover_their_source),
        TEST(test_condition_alone),
        TEST(test_out_of_memory_is_told),
        TEST(test_public_rules),
    };

    return cmocka_run_group_tests_name("ast", tests, NULL, NULL);
}
