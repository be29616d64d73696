/* selftest.c -- the reference evaluator against tables of
 * conditions: language 4.3, 5.6, 6.1, 6.2, 7.3.
 *
 * A judge must be judged too.  selftest_seq.c has the tables of everything
 * that looks at more than one event. */
#include "tests/reference/selftest.h"

/* Fails unless the condition holds (or not) for the event. */
static void
check_in(const ref_case *setup, const char *condition, const char *event,
         bool want)
{
    ref_pool *pool = ref_pool_new();
    ref_case c = *setup;
    const char *got;

    c.events = &event;
    c.nevents = 1;

    c.query = ref_printf(pool, "any where %s", condition);
    got = matches_of(pool, &c, false);
    if (strcmp(got, want ? "(1)" : "none") != 0)
        fail_msg("%s on %s: %s, want %s", condition, event, got,
                 want ? "a match" : "none");
    ref_pool_free(pool);
}

static void
check_condition(const char *condition, const char *event, bool want)
{
    static const ref_case plain = {0};

    check_in(&plain, condition, event, want);
}

/* --- language 4.3, first table --- */

static void
test_table_of_filters(void **state)
{
    static const char *const events[] = {
        "{}", "{\"f\":\"a\"}", "{\"f\":[\"a\",\"b\"]}", "{\"f\":\"b\"}"};
    static const struct {
        const char *condition, *want; /* y or n for each event */
    } cases[] = {
        {"f == \"a\"", "nyyn"},
        {"f != \"a\"", "ynny"},
        {"not f == \"a\"", "ynny"},
        {"f == \"a\" and f == \"b\"", "nnyn"},
        {"f : (\"a*\", \"c*\")", "nyyn"},
        {"not f : \"a*\"", "ynny"},
        {"f in (\"a\", \"c\")", "nyyn"},
        {"f not in (\"a\", \"c\")", "ynny"},
        {"f == null", "ynnn"},
        {"f != null", "nyyy"},
        {"f != null and f != \"a\"", "nnny"},
        {"length(f) == 1", "nyyy"},
        {"length(f) != 1", "ynnn"},
    };

    (void)state;
    for (size_t i = 0; i < REF_COUNTOF(cases); i++)
        for (size_t k = 0; k < REF_COUNTOF(events); k++)
            check_condition(cases[i].condition, events[k],
                            cases[i].want[k] == 'y');
}

/* --- conditions on one event --- */

typedef struct {
    const char *event, *condition;
    bool want;
} condition_case;

static void
check_all_in(const ref_case *setup, const condition_case *cases, size_t n)
{
    const char *event = "{}";

    for (size_t i = 0; i < n; i++) {
        if (cases[i].event)
            event = cases[i].event;
        check_in(setup, cases[i].condition, event, cases[i].want);
    }
}

static void
check_conditions(const condition_case *cases, size_t n)
{
    static const ref_case plain = {0};

    check_all_in(&plain, cases, n);
}

static void
test_missing_and_multiple(void **state)
{
    static const condition_case cases[] = {
        {"{}", "n > 5", false},
        {NULL, "not n > 5", true},
        {NULL, "n <= 5", false},
        {NULL, "ok == false", false},
        {NULL, "ok != true", true},
        {NULL, "not ok", true},
        {NULL, "cidrMatch(ip, \"10.0.0.0/8\") == false", true},
        {NULL, "(n > 5) == null", true},
        {NULL, "(n > 5) != null", false},
        {NULL, "null == (n > 5)", true},
        {NULL, "(n == null) == null", false},
        {NULL, "(n > 5) == (n > 6)", false},
        {NULL, "(n > 5) != (n > 6)", true},
        {NULL, "n in (1, null)", false},
        {NULL, "not (n in (1, null))", true},
        {NULL, "(n in (1, null)) == null", true},
        {"{\"pid\":[90,150,250]}", "pid > 100 and pid < 120", true},
        {NULL, "not (pid > 100)", false},
        {NULL, "pid * 2 == 300", true},
        {NULL, "pid - pid == 0", true},
        {NULL, "pid - pid != 0", false},
        {NULL, "pid - pid > 0", true},
        {NULL, "pid == pid", true},
        {NULL, "pid != pid", false},
        {NULL, "pid < pid", true},
        {NULL, "(pid > 100) == (pid < 100)", true},
        {"{\"a\":[1,2],\"b\":[2,3]}", "a == b", true},
        {"{\"x\":\"b\"}", "not (x in (\"a\", null))", true},
        {NULL, "x in (zz, \"a\")", false},
        {NULL, "(x in (zz, \"a\")) == null", true},
        {NULL, "(x in (zz, \"b\")) == null", false},
        {NULL, "(x in (1, \"a\")) == null", false},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_vectors_of_evaluation(void **state)
{
    static const condition_case cases[] = {
        {"{\"n\":5,\"z\":0,\"s\":\"Foo.EXE\",\"a\":[\"x\",\"Y\"],\"b\":false,"
         "\"ip\":\"10.1.2.3\",\"e\":[],\"o\":{\"k\":[\"1\",2]}}",
         "s == \"foo.exe\"", false},
        {NULL, "s : \"foo.exe\"", true},
        {NULL, "s : \"*.exe\"", true},
        {NULL, "s like \"*.exe\"", false},
        {NULL, "s == \"Foo.*\"", false},
        {NULL, "s : \"foo?exe\"", true},
        {NULL, "a == \"x\" and a == \"Y\"", true},
        {NULL, "a != \"x\"", false},
        {NULL, "not a : \"z*\"", true},
        {NULL, "a in~ (\"y\")", true},
        {NULL, "a in (\"y\")", false},
        {NULL, "b == false", true},
        {NULL, "not b", true},
        {NULL, "zz == false", false},
        {NULL, "zz != true", true},
        {NULL, "not (zz > 1)", true},
        {NULL, "zz <= 1", false},
        {NULL, "e == null", true},
        {NULL, "e != \"q\"", true},
        {NULL, "o.k == \"1\"", true},
        {NULL, "o.k == 1", true},
        {NULL, "n == \"5\"", true},
        {NULL, "n in (1, 5)", true},
        {NULL, "cidrMatch(ip, \"10.0.0.0/8\")", true},
        {NULL, "not cidrMatch(zz, \"10.0.0.0/8\")", true},
        {NULL, "zz == zz", false},
        {NULL, "zz != zz", true},
        {NULL, "null == null", true},
        {NULL, "a[1] == \"Y\"", true},
        {NULL, "a[2] == null", true},
        {NULL, "n[0] == 5 and n[1] == null", true},
        {NULL, "s regex \"foo.*\"", false},
        {NULL, "s regex~ \"foo\"", false},
        {NULL, "s regex~ \"foo.*\"", true},
        {NULL, "n / 2 == 2", true},
        {NULL, "-n / 2 == -2", true},
        {NULL, "n / z == null", true},
        {NULL, "n % -3 == 2", true},
        {NULL, "length(a) == 1", true},
        {NULL, "concat(s, zz) == null", true},
        {NULL, "substring(s, -3) == \"EXE\"", true},
        {NULL, "indexOf(s, \"o\", 2) == 2", true},
        {NULL, "between(s, \"F\", \".\") == \"oo\"", true},
        {NULL, "between(s, \"q\", \".\") == \"\"", true},
        {NULL, "stringContains(s, \"\")", false},
        {NULL, "startsWith(s, \"\")", true},
    };
    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_vectors_of_endgame(void **state)
{
    static const condition_case endgame[] = {
        {"{\"n\":5,\"z\":0,\"s\":\"Foo.EXE\",\"a\":[\"x\",\"Y\"],\"b\":false,"
         "\"ip\":\"10.1.2.3\",\"e\":[],\"o\":{\"k\":[\"1\",2]}}",
         "s == \"foo.exe\"", true},
        {NULL, "s == \"foo.*\"", true},
        {NULL, "s == \"foo?exe\"", false},
        {NULL, "zz != \"q\"", false},
        {NULL, "not (zz > 1)", false},
        {NULL, "a == \"x\"", false},
        {NULL, "not a == \"x\"", false},
        {NULL, "length(a) == 2", true},
        {NULL, "-n / 2 == -3", true},
        {NULL, "n % -3 == -1", true},
        {NULL, "stringContains(s, \"\")", true},
        {NULL, "not zz == 1", false},
        {NULL, "zz == null and not zz != null", true},
        {NULL, "a != null and a[1] == \"y\"", true},
        {NULL, "not s", false},
        {NULL, "not stringContains(zz, \"x\")", true},
        {NULL, "arraySearch(a, $x, $x == \"X\")", true},
        {NULL, "arraySearch(s, $x, true)", false},
        {NULL, "arrayCount(a, $x, $x : \"?\") == 0", true},
        {NULL, "match(s, \"f\\\\w+\")", true},
        {NULL, "match(s, \"oo\")", false},
    };
    static const ref_case in_endgame = {.dialect = "endgame",
                                        .no_schema = true};

    (void)state;
    check_all_in(&in_endgame, endgame, REF_COUNTOF(endgame));
}

static void
test_types(void **state)
{
    static const condition_case cases[] = {
        {"{\"n\":1,\"d\":1.0,\"s\":\"1\",\"t\":true,\"w\":\"true\"}", "n == d",
         true},
        {NULL, "n == s", false},
        {NULL, "(n == s) == null", true},
        {NULL, "n == \"1.0\"", true},
        {NULL, "n == \"x\"", false},
        {NULL, "(n == \"x\") == null", true},
        {NULL, "s == 1", true},
        {NULL, "s == 1.0", false},
        {NULL, "s != 0", true},
        {NULL, "s >= \"1000000000\"", false},
        {NULL, "t == \"true\"", true},
        {NULL, "w == true", true},
        {NULL, "w", true},
        {NULL, "not w", false},
        {NULL, "t == w", false},
        {NULL, "t", true},
        {NULL, "n", false},
        {NULL, "n : 1", true},
        {NULL, "n : \"1*\"", true},
        {NULL, "n like \"1\"", false},
        {NULL, "n in (\"1\")", true},
        {NULL, "t in (1, \"true\")", true},
        {"{\"n\":9007199254740993,\"d\":9007199254740992.0}", "n == d", false},
        {NULL, "n > d", true},
        {NULL, "n == 9007199254740992", false},
        {NULL, "d == 9007199254740992", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_addresses(void **state)
{
    static const condition_case cases[] = {
        {"{\"source\":{\"ip\":\"::1\"}}", "source.ip == \"0:0:0:0:0:0:0:1\"",
         true},
        {NULL, "source.ip : \"::*\"", true},
        {NULL, "source.ip : \"0:*\"", false},
        {NULL, "source.ip like \"0:0:0:0:0:0:0:1\"", false},
        {NULL, "cidrMatch(source.ip, \"::1\")", true},
        {NULL, "cidrMatch(source.ip, \"0.0.0.0/0\")", false},
        {"{\"source.ip\":[\"10.0.0.9\",\"::ffff:10.0.0.1\"]}",
         "source.ip == \"10.0.0.1\"", true},
        {NULL, "source.ip in (\"1.1.1.1\", \"10.0.0.8/30\")", true},
        {NULL, "source.ip > \"10.0.0.8\"", true},
        {NULL, "source.ip > \"10.0.0.10\"", false},
        {NULL, "source.ip >= \"fe80::1\"", false},
        {NULL, "cidrMatch(source.ip, \"::/0\")", false},
        {"{\"source.ip\":\"nope\"}", "(source.ip == \"10.0.0.1\") == null",
         false},
        {NULL, "(source.ip < \"10.0.0.1\") == null", true},
        {"{}", "(source.ip == \"10.0.0.1\") == null", true},
        {"{\"source.ip\":\"fe80::1%eth0\",\"host.ip\":\"FE80:0::1\"}",
         "source.ip == host.ip", true},
        {NULL, "source.ip == \"fe80::/10\"", true},
        {NULL, "source.ip in (host.ip)", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_paths(void **state)
{
    static const condition_case cases[] = {
        {"{\"a\":{\"b\":{\"c\":1}}}", "a.b.c == 1", true},
        {"{\"a.b\":{\"c\":1}}", "a.b.c == 1", true},
        {"{\"a\":{\"b.c\":1}}", "a.b.c == 1", true},
        {"{\"a.b.c\":1}", "a.b.c == 1", true},
        {"{\"a.b\":1,\"a\":{\"b\":2}}", "a.b == 1 and a.b == 2", true},
        {"{\"a\":[{\"b\":1},{\"b\":[2,[3]]}]}",
         "a.b == 1 and a.b == 2 and a.b == 3", true},
        {"{\"a\":[null,null]}", "a == null", true},
        {"{\"a\":{\"x\":1}}", "a == null", true},
        {"{\"k.v\":1}", "`k.v` == 1", true},
        {"{\"k\":{\"v\":1}}", "`k.v` == 1", true},
        {"{\"x-y\":1}", "`x-y` == 1 and ?`x-y` == 1", true},
        {"{\"A\":1}", "a == null", true},
        {"{\"a\":{\"in\":1}}", "a.in == 1", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_strings(void **state)
{
    static const condition_case cases[] = {
        {"{\"s\":\"C:\\\\Windows\\\\x.DLL\"}", "s like \"C:\\\\*.dll\"", false},
        {NULL, "s : \"C:\\\\*.dll\"", true},
        {NULL, "s : \"\"\"c:\\windows\\*\"\"\"", true},
        {NULL, "s : ?\"c:\\windows\\*\"", true},
        {"{\"s\":\"/a/b/c\"}", "s like \"/a*c\"", true},
        {"{\"s\":\"ab\"}", "s : \"a?b\"", false},
        {"{\"s\":\"\xC3\xA9\"}", "s like \"?\" and s : \"\\u{c9}\"", true},
        {"{\"s\":\"50%*\"}", "s like \"50%*\"", true},
        {"{\"s\":\"a\\nb\"}", "s like \"a*b\" and s == 'a\\nb'", true},
        {"{\"s\":\"\"}", "s : \"*\" and s : \"\" and not s : \"?\"", true},
        {"{\"s\":\"say \\\"hi\\\"\"}", "s == \"\"\"say \"hi\"\"\"\"", true},
        {"{\"s\":\"\xE2\x84\xAA\"}", "s : \"k\" and s in~ (\"K\")", true},
        {"{\"s\":\"\xC3\x9F\"}", "s : \"ss\"", false},
        {NULL, "s : \"\xE1\xBA\x9E\"", true},
        {"{\"s\":\"\xC4\xB0\"}", "s : \"i\"", false},
        {"{\"s\":\"a\\u0000b\"}", "s == \"a\\u{00}b\" and s like \"a?b\"",
         true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

/* --- language 15.1 */

static void
test_typed_paths(void **state)
{
    static const condition_case cases[] = {
        {"{\"destination\":{\"port\":\"443\"},\"process\":{\"interactive\":"
         "\"true\",\"name\":\"443\",\"title\":\"x\"},\"event\":{\"created\":"
         "\"2024-01-01T01:00:00+01:00\"},\"@timestamp\":1704067200000}",
         "destination.port >= 1024", false},
        {NULL, "destination.port == 443", true},
        {NULL, "destination.port + 1 == 444", true},
        {NULL, "destination.port in (443)", true},
        {NULL, "destination.port : \"4*\"", true},
        {NULL, "destination.port == process.name", false},
        {NULL, "process.interactive", true},
        {NULL, "process.interactive == true", true},
        {NULL, "event.created == \"2024-01-01T00:00:00Z\"", true},
        {NULL, "event.created == @timestamp", true},
        {NULL, "event.created < \"2024-01-01T00:00:00.001Z\"", true},
        {NULL, "event.created : \"2024-01-01T01*\"", true},
        {NULL, "event.created == process.name", false},
        {NULL, "(event.created in (process.title)) == null", true},
        {NULL, "process.name in (event.created)", false},
        {NULL, "(process.title in (event.created)) == null", true},
    };
    static const ref_case untyped = {.no_schema = true};

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
    check_in(&untyped, "event.created == \"2024-01-01T00:00:00Z\"",
             cases[0].event, false);
    check_in(&untyped, "destination.port + 1 == 444", cases[0].event, false);
}

/* --- language 5.6 */

static void
test_arithmetic(void **state)
{
    static const condition_case cases[] = {
        {"{\"n\":9,\"m\":-9223372036854775808,\"s\":\"x\",\"t\":\"5\"}",
         "n / 4 == 2 and n / 4.0 == 2.25", true},
        {NULL, "m / -1 == 9.223372036854775808e18", true},
        {NULL, "m % -1 == 0", true},
        {NULL, "m == -9223372036854775808", true},
        {NULL, "m - 1 == m - 1 and m - 1 < 0", true},
        {NULL, "-7 / 2 == -3 and -7 % 3 == -1 and 7 % -3 == 1", true},
        {NULL, "n + s == null and n * zz == null and -s == null", true},
        {NULL, "n / 0 == null and n % 0 == null and n / 0.0 == null", true},
        {NULL, "n - 1 - 1 == 7 and n - (1 - 1) == 9", true},
        {NULL, "2 + n * 3 == 29 and (2 + n) * 3 == 33", true},
        {NULL, "n + 1 in (10, 11)", true},
        {NULL, "n % 4 == 1 and n % 2.5 == 1.5", true},
        {NULL, "n in (9) == true", true},
        {NULL, "-n == -9 and +n == 9 and --n == 9", true},
        {NULL, "t <= --5 and t == -(-5) and not t == 2 + 3", true},
        {NULL, "t <= --9223372036854775808", true},
        {NULL, "divide(n, 4) == 2 and modulo(10, -6) == 4", true},
        {NULL, "modulo(-10, -6) == -4 and subtract(1, n) == -8", true},
        {NULL, "add(n, 1) == 10 and multiply(n, n) == 81", true},
        {NULL, "n * 0.5 == 4.5 and string(n * 2.0) == \"18.0\"", true},
        {NULL, "n * 1e308 * 1e308 == null", true},
    };
    static const char *const floor[] = {"int_division=floor", NULL};
    static const ref_case floored = {.set = floor};

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
    check_in(&floored, "-7 / 2 == -4 and -7 % 3 == 2 and 7 % -3 == -2", "{}",
             true);
    check_in(&floored, "-7.5 % 2 == 0.5 and 7 / 2 == 3", "{}", true);
}

/* --- language 6.2 */

static void
test_regular_expressions(void **state)
{
    static const condition_case cases[] = {
        {"{\"s\":\"abc\",\"t\":\"a.b\\\"c\",\"u\":\"/0a1b2c3d/in\",\"k\":"
         "\"\\u212a9\",\"e\":\"\",\"l\":\"a\\nb\"}",
         "s regex \"a.c\"", true},
        {NULL, "s regex \"b\"", false},
        {NULL, "s regex \".*b.*\"", true},
        {NULL, "s regex \"^abc$\"", false},
        {NULL, "s regex (\"x\", \"a(b|x)c\")", true},
        {NULL, "s regex \"[a-c]{3}\" and not s regex \"[a-c]{4,}\"", true},
        {NULL, "s regex \"[^x]{1,3}\"", true},
        {NULL, "s regex \"ab?c?d?\"", true},
        {NULL, "s regex \"(a|ab)(bc|c)\"", true},
        {NULL, "t regex \"\"\"a\\.b\\\"c\"\"\"", true},
        {NULL, "t regex \"\"\"a\".b\"\\\"c\"\"\"", true},
        {NULL, "u regex \"/[0-9a-f]{8}/(in|out)\"", true},
        {NULL, "u regex \"\"\"/[\\da-f]+/\\w\\w\"\"\"", true},
        {NULL, "u regex \"\"\"\\W\\w*\\W\\D+\"\"\"", true},
        {NULL, "s regex \"A.C\"", false},
        {NULL, "s regex~ \"A.C\"", true},
        {NULL, "s regex~ \"[A-C]+\"", true},
        {NULL, "k regex~ \"k9\" and k regex~ \"[a-z]9\"", true},
        {NULL, "k regex \"k9\"", false},
        {NULL, "e regex \"()\" and e regex \"a*\"", true},
        {NULL, "l regex \"a.b\"", true},
        {NULL, "s regex \".+?\" and e regex \".+?\"", true},
        {NULL, "match(s, \"x\", \"abc\")", true},
        {NULL, "match~(s, \"ABC\")", true},
        {NULL, "s:matchLite(\"ab\")", false},
        {NULL, "zz regex \".*\"", false},
        {"{\"s\":\"]-b\",\"n\":5}", "s regex \"[]a-]+b\"", true},
        {NULL, "s regex \"[^b]+b\"", true},
        {NULL, "n regex \"5\"", false},
    };
    static const char *const prefix[] = {"regex_flavor=prefix",
                                         "string_case=insensitive", NULL};
    static const char *const exact[] = {"regex_ci_ranges=lucene", NULL};
    static const ref_case perl = {.set = prefix}, ranges = {.set = exact};

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
    check_in(&ranges, "s regex~ \"[a-c]\"", "{\"s\":\"B\"}", false);
    check_in(&ranges, "s regex~ \"[abc]\"", "{\"s\":\"B\"}", true);
    check_in(&perl, "match(s, \"AB\")", "{\"s\":\"abc\"}", true);
    check_in(&perl, "match(s, \"b\")", "{\"s\":\"abc\"}", false);
    check_in(&perl, "match(s, \"^ab$\")", "{\"s\":\"abc\"}", false);
    check_in(&perl, "match(s, \"(?:a|b)+?c$\")", "{\"s\":\"abc\"}", true);
    check_in(&perl, "match(s, \"\"\"a\\b.\\x63\"\"\")", "{\"s\":\"a c\"}",
             true);
    check_in(&perl, "match(s, \"x@#\", \"q\")", "{\"s\":\"x@#y\"}", true);
    check_in(&perl, "s regex \"ab\"", "{\"s\":\"abc\"}", false);
}

/* --- language 7.3 */

static void
test_functions(void **state)
{
    static const condition_case cases[] = {
        {"{\"s\":\"banana\",\"t\":\"a=[x] b=[y]\",\"n\":7,\"f\":2.0,"
         "\"u\":\"\\u00e9a\\ud83d\\ude00b\",\"e\":\"\",\"w\":\" 42 \"}",
         "between(t, \"[\", \"]\") == \"x\"", true},
        {NULL, "between(t, \"[\", \"]\", true) == \"x] b=[y\"", true},
        {NULL, "between(t, \"\", \"]\") == t and between(e, \"a\", \"b\") == e",
         true},
        {NULL, "between~(s, \"B\", \"N\") == \"a\"", true},
        {NULL, "between(zz, \"a\", \"b\") == null", true},
        {NULL, "concat(\"p\", 7, true) == \"p7true\"", true},
        {NULL, "concat(n, f, s) == \"72.0banana\"", true},
        {NULL, "startswith~(\"Foo.exe\", \"foO\")", true},
        {NULL, "endsWith(s, \"na\") and endsWith(s, \"\")", true},
        {NULL, "endswith(s, \"NA\")", false},
        {NULL, "s:endsWith~(\"NA\")", true},
        {NULL, "indexOf(s, \"an\", 2) == 3", true},
        {NULL, "indexOf(s, \"x\") == null and indexOf(s, \"a\", 9) == null",
         true},
        {NULL, "indexOf(s, \"\", 6) == 6 and indexOf(s, \"b\", -3) == 0", true},
        {NULL, "indexOf(s, \"a\", zz) == null", true},
        {NULL, "indexOf~(s, \"AN\") == 1", true},
        {NULL, "length(s) == 6 and length(e) == 0 and length(n) == null", true},
        {NULL, "length(u) == 4 and indexOf(u, \"b\") == 3", true},
        {NULL, "number(\"0x1f\") == 31 and number(\"1f\", 16) == 31", true},
        {NULL, "number(\"-5\") == -5 and number(\"1.50\") == 1.5", true},
        {NULL, "number(\"ten\") == null and number(\"5x\") == null", true},
        {NULL, "number(\"101\", 2) == 5 and number(w) == 42", true},
        {NULL, "number(\"0x1f\", 10) == null and number(n) == null", true},
        {NULL, "string(f) == \"2.0\" and string(true) == \"true\"", true},
        {NULL, "string(1e10) == \"1e10\" and string(zz) == null", true},
        {NULL, "stringContains(s, \"nan\")", true},
        {NULL, "stringcontains~(s, \"NAN\")", true},
        {NULL, "stringContains(e, \"a\")", false},
        {NULL, "(stringContains(zz, \"a\")) == null", true},
        {NULL, "substring(\"abcdef\", 1, 3) == \"bc\"", true},
        {NULL, "substring(\"abcdef\", -2) == \"ef\"", true},
        {NULL, "substring(\"abcdef\", 4, 2) == \"\"", true},
        {NULL, "substring(\"abc\", 10) == \"\"", true},
        {NULL, "substring(u, 1, 3) == \"a\\u{1f600}\"", true},
        {NULL,
         "substring(u, -1, 99) == \"b\" and substring(u, -9, 1) == \"\\u{e9}\"",
         true},
        {NULL, "s:substring(0, 2):length() == 2", true},
        {NULL, "wildcard(s, \"x\", \"ban*\") and not wildcard(s, \"BAN*\")",
         true},
        {NULL, "wildcard~(s, \"BAN*\")", true},
        {NULL, "safe(s) == s and safe(n > 5)", true},
        {NULL, "CONCAT(s, e) == s", true},
    };

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
}

static void
test_lists(void **state)
{
    static const condition_case cases[] = {
        {"{\"a\":[{\"n\":\"x1\",\"s\":true},{\"n\":\"y2\",\"s\":false,\"t\":"
         "[1,2]}],\"b\":[\"p\",\"Q\"],\"o\":{\"n\":\"one\"},\"q\":\"x1\"}",
         "arraySearch(a, $x, $x.n : \"X*\")", true},
        {NULL, "arraySearch(a, $x, $x.n : \"x*\" and $x.s == false)", false},
        {NULL, "_arraysearch(a, $x, $x.n : \"y*\" and not $x.s)", true},
        {NULL, "arraySearch(a, $x, $x.n == q)", true},
        {NULL, "arraySearch(a, $x, $x.t == 1 and $x.t == 2)", true},
        {NULL,
         "arraySearch(a, $x, arraySearch($x.t, $y, $y == 2 and $x.n == "
         "\"y2\"))",
         true},
        {NULL, "arraySearch(o, $x, $x.n == \"one\")", true},
        {NULL, "arraySearch(q, $x, $x == \"x1\")", true},
        {NULL, "arraySearch(b, $x, $x == \"p\" and $x == \"Q\")", false},
        {NULL, "not arraySearch(zz, $x, true)", true},
        {NULL, "(arraySearch(zz, $x, true)) == null", false},
        {NULL, "arrayCount(a, $x, $x.s != null) == 2", true},
        {NULL, "arrayCount(zz, $x, true) == 0", true},
        {NULL, "arrayContains(b, \"z\", \"Q\")", true},
        {NULL, "arrayContains(b, \"q\")", false},
        {NULL, "arrayContains~(b, \"q\")", true},
        {NULL, "arrayContains(q, \"x1\")", true},
        {NULL, "(arrayContains(zz, \"x1\")) == null", true},
        {NULL, "a[1].n == \"y2\" and b[1] == \"Q\" and b[2] == null", true},
        {NULL, "a.n[1] == \"y2\"", true},
    };
    static const char *const count[] = {"array_length=count", NULL};
    static const ref_case counting = {.set = count};

    (void)state;
    check_conditions(cases, REF_COUNTOF(cases));
    check_in(&counting, "length(b) == 2 and length(q) == 2 and length(o) == 1",
             cases[0].event, true);
}

/* --- language 13.1 */

static void
test_macros(void **state)
{
    ref_pool *pool = ref_pool_new();
    const char *event = "{\"process\":{\"name\":\"ZSH\",\"args\":\"abcde\"}}";
    ref_case c = {.events = &event, .nevents = 1};

    (void)state;
    c.query = "macro SHELL(p) p in~ (\"sh\", \"zsh\", \"pwsh.exe\") "
              "macro NAME(e) SHELL(e.name) or e.name == null "
              "const LIMIT == 4 "
              "any where NAME(process) and length(process.args) > LIMIT";
    assert_string_equal(matches_of(pool, &c, false), "(1)");
    ref_pool_free(pool);
}

/* --- flags one by one */

static void
test_single_flags(void **state)
{
    static const struct {
        const char *flag, *event, *condition;
        bool want;
    } cases[] = {
        {"null_logic=kleene", "{}", "f != 1", false},
        {"null_logic=kleene", "{}", "not (f == 1 or g == 2)", false},
        {"null_logic=kleene", "{}", "f == 1 or true", true},
        {"null_logic=kleene", "{\"f\":2}", "f != 1 and not f == 1", true},
        {"null_logic=kleene", "{\"f\":[1,2]}", "f == 1 and f != 1", true},
        {"null_logic=kleene", "{}", "(f == 1) == null", true},
        {"multi_value=opaque", "{\"f\":[1,2]}", "f == 1 or f > 0", false},
        {"multi_value=opaque", "{\"f\":[1,2]}", "f != null and f[1] == 2",
         true},
        {"multi_value=opaque", "{\"a\":[{\"b\":1}]}", "a.b == null", true},
        {"string_case=insensitive", "{\"f\":\"Ab\"}",
         "f == \"aB\" and f like \"A*\" and f < \"AC\" and startsWith(f, "
         "\"a\")",
         true},
        {"string_case=insensitive", "{\"f\":\"Ab\"}", "f regex \"ab\"", false},
        {"case_fold=ascii", "{\"f\":\"\\u00c9\"}", "f : \"\\u{e9}\"", false},
        {"eq_wildcard=on", "{\"f\":\"Ab\"}", "f == \"a*\" and f in (\"*B\")",
         true},
        {"eq_wildcard=on", "{\"f\":\"Ab\"}", "f == \"?b\"", false},
        {"qmark_wildcard=off", "{\"f\":\"Ab\"}", "f : \"?b\"", false},
        {"coerce=off", "{\"f\":5}", "f == \"5\" or f : \"5\"", false},
        {"between_miss=null", "{\"f\":\"ab\"}",
         "between(f, \"x\", \"b\") == null and between(f, \"\", \"\") == \"\"",
         true},
        {"contains_empty=true", "{\"f\":\"ab\"}", "stringContains(f, \"\")",
         true},
        {"search_null=false", "{}", "(cidrMatch(f, \"::/0\")) == null", false},
    };

    (void)state;
    for (size_t i = 0; i < REF_COUNTOF(cases); i++) {
        const char *const set[] = {cases[i].flag, NULL};
        ref_case c = {.set = set};

        check_in(&c, cases[i].condition, cases[i].event, cases[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_of_filters),
        cmocka_unit_test(test_missing_and_multiple),
        cmocka_unit_test(test_vectors_of_evaluation),
        cmocka_unit_test(test_vectors_of_endgame),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_typed_paths),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_regular_expressions),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_macros),
        cmocka_unit_test(test_single_flags),
    };

    return cmocka_run_group_tests_name("reference", tests, NULL, NULL) +
           selftest_seq();
}
