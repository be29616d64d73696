/* test_json.c -- the JSON policy, point by point, on hostile texts. */
#include "tests/support/eql_test.h"

#include <dirent.h>
#include <zlib.h>

#include "io/json/json.h"

#define FFFD "\xef\xbf\xbd"

static eql_json_findings findings;

/* The tree made without jansson is the same, to the order of its names. */
static void
expect_tree(eql_strview text)
{
    eql_buf scratch = {0}, want = {0}, got = {0};
    eql_json_findings v;
    eql_strview mended;
    json_t *tree, *root;
    char *exact;

    assert_true(eql_json_mend(text, EQL_JSON_FOR_JANSSON, EQL_JSON_MAX_DEPTH,
                              &scratch, &mended, &v));
    /* No byte behind it may be needed. */
    exact = malloc(mended.len);
    memcpy(exact, mended.p, mended.len);
    tree = eql_json_tree(eql_sv(exact, mended.len));
    assert_non_null(tree);
    root = json_loadb(mended.p, mended.len, JSON_ALLOW_NUL, NULL);
    assert_non_null(root);
    eql_json_print(root, &want);
    eql_json_print(tree, &got);
    if (!json_equal(root, tree) ||
        !eql_sv_eq(eql_buf_sv(&want), eql_buf_sv(&got)))
        fail_msg("%.*s, not %.*s", (int)got.len, got.p, (int)want.len, want.p);
    json_decref(tree);
    json_decref(root);
    free(exact);
    eql_buf_free(&scratch);
    eql_buf_free(&want);
    eql_buf_free(&got);
}

static json_t *
read_text(eql_strview text)
{
    eql_buf scratch = {0};
    json_t *root = eql_json_read(text, 20, &scratch, &findings);

    if (root)
        expect_tree(text);
    eql_buf_free(&scratch);
    return root;
}

/* A line of a capture as it is, and with a few bytes changed. */
static void
try_line(char *line, uint64_t *random)
{
    static const char bytes[] = "\"\\{}[],:u0n9-.eE \x01\xc3\xff";
    size_t len = strlen(line);
    eql_buf scratch = {0};

    for (int round = 0; round < 6; round++) {
        json_t *root = eql_json_read(eql_sv(line, len), EQL_JSON_MAX_DEPTH,
                                     &scratch, &findings);

        if (root)
            expect_tree(eql_sv(line, len));
        json_decref(root);
        *random = *random * UINT64_C(6364136223846793005) + 1;
        line[(*random >> 33) % len] =
            bytes[(*random >> 20) % (sizeof bytes - 1)];
    }
    eql_buf_free(&scratch);
}

static void
try_file(const char *path, uint64_t *random)
{
    gzFile f = gzopen(path, "rb");
    size_t cap = 1 << 20;
    char *line = malloc(cap);

    assert_true(f && line);
    for (uint32_t n = 0; gzgets(f, line, (int)cap); n++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (*line && n % 23 == 0)
            try_line(line, random);
    }
    gzclose(f);
    free(line);
}

static void
test_json_tree_captures(void **state)
{
    static const char *const folders[] = {"raw", "ecs"};
    const char *shared = getenv("EQL_SHARED");
    char dir[512], path[1024];
    uint64_t random = 3;

    (void)state;
    try_file("demo/winrm-intrusion.json", &random);
    for (size_t i = 0; i < EQL_COUNTOF(folders) && shared; i++) {
        struct dirent *e;
        DIR *d;

        snprintf(dir, sizeof dir, "%s/data/%s", shared, folders[i]);
        d = opendir(dir);
        while (d && (e = readdir(d))) {
            if (e->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
            try_file(path, &random);
        }
        if (d)
            closedir(d);
    }
}

/* Accepted texts, and how they print. */
static void
test_json_accepts(void **state)
{
    static const struct {
        const char *label, *text, *printed;
        bool repaired;
    } cases[] = {
        {"empty object", "{}", "{}", false},
        {"white space everywhere", " \t{ \"a\" :\r 1 , \"b\":[ ] } ",
         "{\"a\":1,\"b\":[]}", false},
        {"duplicate keys: last wins", "{\"a\":1,\"b\":2,\"a\":3}",
         "{\"a\":3,\"b\":2}", false},
        {"duplicate keys, one escaped", "{\"a\":1,\"\\u0061\":3}", "{\"a\":3}",
         false},
        {"greatest int64", "{\"a\":9223372036854775807}",
         "{\"a\":9223372036854775807}", false},
        {"least int64", "{\"a\":-9223372036854775808}",
         "{\"a\":-9223372036854775808}", false},
        {"beyond int64", "{\"a\":9223372036854775808}",
         "{\"a\":9.223372036854776e18}", false},
        {"beyond int64 downwards", "{\"a\":[-9223372036854775809,1]}",
         "{\"a\":[-9.223372036854776e18,1]}", false},
        {"greatest uint64", "{\"a\":18446744073709551615}",
         "{\"a\":1.8446744073709552e19}", false},
        {"1.0 stays a double", "{\"a\":1.0}", "{\"a\":1.0}", false},
        {"1E5 is a double", "{\"a\":1E5}", "{\"a\":100000.0}", false},
        {"-0 is a double", "{\"a\":-0}", "{\"a\":-0.0}", false},
        {"0.1 prints short", "{\"a\":0.1}", "{\"a\":0.1}", false},
        {"greatest double", "{\"a\":1.7976931348623157e308}",
         "{\"a\":1.7976931348623157e308}", false},
        {"too small is zero", "{\"a\":1e-999}", "{\"a\":0.0}", false},
        {"\\u0000 in a value", "{\"a\":\"x\\u0000y\"}", "{\"a\":\"x\\u0000y\"}",
         false},
        {"escapes", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}",
         "{\"a\":\"\\\"\\\\/\\b\\f\\n\\r\\t\xc3\xa9\"}", false},
        {"a surrogate pair", "{\"a\":\"\\ud83d\\uDE00\"}",
         "{\"a\":\"\xf0\x9f\x98\x80\"}", false},
        {"a lone high surrogate", "{\"a\":\"\\ud800x\"}",
         "{\"a\":\"" FFFD "x\"}", true},
        {"a lone low surrogate", "{\"a\":\"\\udc00\"}", "{\"a\":\"" FFFD "\"}",
         true},
        {"high surrogate, then a letter", "{\"a\":\"\\ud800\\u0041\"}",
         "{\"a\":\"" FFFD "A\"}", true},
        {"high surrogate, then a pair", "{\"a\":\"\\ud800\\ud83d\\ude00\"}",
         "{\"a\":\"" FFFD "\xf0\x9f\x98\x80\"}", true},
        {"high surrogate, then an escape", "{\"a\":\"\\ud800\\n\"}",
         "{\"a\":\"" FFFD "\\n\"}", true},
        {"an invalid byte", "{\"a\":\"x\xffy\"}", "{\"a\":\"x" FFFD "y\"}",
         true},
        {"an overlong slash", "{\"a\":\"\xc0\xaf\"}",
         "{\"a\":\"" FFFD FFFD "\"}", true},
        {"a surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}",
         "{\"a\":\"" FFFD FFFD FFFD "\"}", true},
        {"a cut sequence before the quote", "{\"a\":\"\xe2\x82\"}",
         "{\"a\":\"" FFFD FFFD "\"}", true},
        {"an invalid byte in a key", "{\"\xff\":1}", "{\"" FFFD "\":1}", true},
        {"U+FFFD itself is no repair", "{\"a\":\"" FFFD "\"}",
         "{\"a\":\"" FFFD "\"}", false},
        {"DEL is a character", "{\"a\":\"\x7f\"}", "{\"a\":\"\x7f\"}", false},
        {"an empty key", "{\"\":1}", "{\"\":1}", false},
        {"words", "{\"a\":[true,false,null]}", "{\"a\":[true,false,null]}",
         false},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        json_t *root = read_text(eql_sv_cstr(cases[i].text));
        eql_buf out = {0};

        if (!root)
            fail_msg("%s: rejected: %s", cases[i].label, findings.text);
        eql_json_print(root, &out);
        if (!eql_sv_is(eql_buf_sv(&out), cases[i].printed))
            fail_msg("%s: %.*s", cases[i].label, (int)out.len, out.p);
        if (findings.repaired != cases[i].repaired)
            fail_msg("%s: repaired %d", cases[i].label, findings.repaired);
        json_decref(root);
        eql_buf_free(&out);
    }
}

static void
test_json_rejects(void **state)
{
    static const struct {
        const char *label, *text;
        eql_reject reason;
        size_t at;
        bool ended;
    } cases[] = {
        {"nothing", "", EQL_REJECT_SYNTAX, 0, true},
        {"a number", "12", EQL_REJECT_NOT_OBJECT, 0, false},
        {"a string", " \"x\"", EQL_REJECT_NOT_OBJECT, 1, false},
        {"an array", "[{}]", EQL_REJECT_NOT_OBJECT, 0, false},
        {"null", "null", EQL_REJECT_NOT_OBJECT, 0, false},
        {"a bare word", "hello", EQL_REJECT_SYNTAX, 0, false},
        {"NaN", "{\"a\":NaN}", EQL_REJECT_SYNTAX, 5, false},
        {"Infinity", "{\"a\":-Infinity}", EQL_REJECT_SYNTAX, 6, false},
        {"single quotes", "{'a':1}", EQL_REJECT_SYNTAX, 1, false},
        {"a comment", "{/**/}", EQL_REJECT_SYNTAX, 1, false},
        {"a trailing comma", "{\"a\":1,}", EQL_REJECT_SYNTAX, 7, false},
        {"a comma in an array", "{\"a\":[1,]}", EQL_REJECT_SYNTAX, 8, false},
        {"no comma", "{\"a\":1 \"b\":2}", EQL_REJECT_SYNTAX, 7, false},
        {"no colon", "{\"a\" 1}", EQL_REJECT_SYNTAX, 5, false},
        {"no value", "{\"a\":}", EQL_REJECT_SYNTAX, 5, false},
        {"a key that is no string", "{1:2}", EQL_REJECT_SYNTAX, 1, false},
        {"the wrong bracket", "{\"a\":[1}}", EQL_REJECT_SYNTAX, 7, false},
        {"something after it", "{} x", EQL_REJECT_SYNTAX, 3, false},
        {"another object after it", "{}{}", EQL_REJECT_SYNTAX, 2, false},
        {"a leading zero", "{\"a\":01}", EQL_REJECT_SYNTAX, 5, false},
        {"a plus sign", "{\"a\":+1}", EQL_REJECT_SYNTAX, 5, false},
        {"a point without digit", "{\"a\":1.}", EQL_REJECT_SYNTAX, 7, false},
        {"a point first", "{\"a\":.5}", EQL_REJECT_SYNTAX, 5, false},
        {"an exponent without digit", "{\"a\":1e}", EQL_REJECT_SYNTAX, 7,
         false},
        {"hexadecimal", "{\"a\":0x10}", EQL_REJECT_SYNTAX, 6, false},
        {"out of range", "{\"a\":1e999}", EQL_REJECT_NUMBER, 5, false},
        {"out of range downwards", "{\"a\":[1,-1e400]}", EQL_REJECT_NUMBER, 8,
         false},
        {"a raw newline in a string", "{\"a\":\"x\ny\"}", EQL_REJECT_SYNTAX, 7,
         false},
        {"a raw tab in a string", "{\"a\":\"\t\"}", EQL_REJECT_SYNTAX, 6,
         false},
        {"a raw control in a key", "{\"\x01\":1}", EQL_REJECT_SYNTAX, 2, false},
        {"no such escape", "{\"a\":\"\\x41\"}", EQL_REJECT_SYNTAX, 6, false},
        {"bad hex digits", "{\"a\":\"\\u00g0\"}", EQL_REJECT_SYNTAX, 10, false},
        {"U+0000 in a key", "{\"a\\u0000b\":1}", EQL_REJECT_NUL_KEY, 3, false},
        {"U+0000 in a deep key", "{\"a\":{\"\\u0000\":1}}", EQL_REJECT_NUL_KEY,
         7, false},
        {"invalid UTF-8 outside of strings", "{\"a\":1\xff}", EQL_REJECT_SYNTAX,
         6, false},
        {"ends after the brace", "{", EQL_REJECT_SYNTAX, 1, true},
        {"ends in a key", "{\"a", EQL_REJECT_SYNTAX, 3, true},
        {"ends after a value", "{\"a\":1", EQL_REJECT_SYNTAX, 6, true},
        {"ends in a word", "{\"a\":tr", EQL_REJECT_SYNTAX, 7, true},
        {"ends in a number", "{\"a\":-", EQL_REJECT_SYNTAX, 6, true},
        {"ends in an escape", "{\"a\":\"\\", EQL_REJECT_SYNTAX, 7, true},
        {"ends in \\u", "{\"a\":\"\\u12", EQL_REJECT_SYNTAX, 10, true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        json_t *root = read_text(eql_sv_cstr(cases[i].text));

        if (root)
            fail_msg("%s: accepted", cases[i].label);
        if (findings.reason != cases[i].reason)
            fail_msg("%s: reason %d (%s)", cases[i].label, (int)findings.reason,
                     findings.text);
        if (findings.at != cases[i].at || findings.ended != cases[i].ended)
            fail_msg("%s: at %zu, ended %d (%s)", cases[i].label, findings.at,
                     findings.ended, findings.text);
    }
}

static void
test_json_raw_nul(void **state)
{
    static const char in_string[] = "{\"a\":\"x\0y\"}";
    static const char outside[] = "{\"a\":1\0}";

    (void)state;
    assert_null(read_text(eql_sv(in_string, sizeof in_string - 1)));
    assert_int_equal(findings.reason, EQL_REJECT_SYNTAX);
    assert_null(read_text(eql_sv(outside, sizeof outside - 1)));
    assert_int_equal(findings.reason, EQL_REJECT_SYNTAX);
}

/* n digits, first 1, rest 0. */
static json_t *
read_digits(size_t n)
{
    char text[1024];

    snprintf(text, sizeof text, "{\"a\":1%0*d}", (int)n - 1, 0);
    return read_text(eql_sv_cstr(text));
}

static void
test_json_long_integers(void **state)
{
    json_t *root = read_digits(309); /* 1e308 */

    (void)state;
    assert_non_null(root);
    assert_true(json_real_value(json_object_get(root, "a")) == 1e308);
    json_decref(root);
    assert_null(read_digits(310));
    assert_int_equal(findings.reason, EQL_REJECT_NUMBER);
}

/* Nesting of `depth` brackets, one kind inside. */
static json_t *
read_nested(uint32_t depth, uint32_t limit, bool arrays)
{
    eql_buf text = {0}, scratch = {0};
    json_t *root;

    eql_buf_add_str(&text, "{\"a\":");
    for (uint32_t i = 1; i < depth; i++)
        eql_buf_add_str(&text, arrays ? "[" : i + 1 < depth ? "{\"a\":" : "{");
    for (uint32_t i = 1; i < depth; i++)
        eql_buf_add_str(&text, arrays ? "]" : "}");
    eql_buf_add_str(&text, "}");
    root = eql_json_read(eql_buf_sv(&text), limit, &scratch, &findings);
    eql_buf_free(&text);
    eql_buf_free(&scratch);
    return root;
}

static void
test_json_depth_limit(void **state)
{
    static const uint32_t limits[] = {7, 8, 9, 200, EQL_JSON_MAX_DEPTH};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(limits); i++) {
        for (int arrays = 0; arrays < 2; arrays++) {
            json_t *root = read_nested(limits[i], limits[i], arrays);

            assert_non_null(root);
            json_decref(root);
            assert_null(read_nested(limits[i] + 1, limits[i], arrays));
            assert_int_equal(findings.reason, EQL_REJECT_TOO_DEEP);
        }
    }
}

static void
test_json_one_line(void **state)
{
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"{\"a\":0.1}", "{\"a\":0.1}"},
        {" {\r\n  \"a b\" : [ 1.50 , 2E3 ]\n}\n", "{\"a b\":[1.50,2E3]}"},
        {"{\"a\":18446744073709551616, \"b\":-0}",
         "{\"a\":18446744073709551616,\"b\":-0}"},
        {"{\"a\":\"x\xff \\ud800\"}", "{\"a\":\"x" FFFD " " FFFD "\"}"},
        {"{\"a\":\"\\u0041\\/\"}", "{\"a\":\"\\u0041\\/\"}"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_buf scratch = {0};
        eql_strview line;

        assert_true(eql_json_mend(eql_sv_cstr(cases[i].text),
                                  EQL_JSON_FOR_PEOPLE, 20, &scratch, &line,
                                  &findings));
        if (!eql_sv_is(line, cases[i].line))
            fail_msg("%s: %.*s", cases[i].text, (int)line.len, line.p);
        eql_buf_free(&scratch);
    }
}

static void
test_telling_names(void **state)
{
    static const struct {
        const char *text;
        bool telling;
    } cases[] = {
        {"{}", false},
        {"{\"a\":\"EventID\",\"source\":{\"EventID\":1}}", false},
        {"{\"a\":[{\"beat\":1}],\"b\":{\"a\\u0041\":1}}", false},
        {"{\"EventIDs\":1,\"eventid\":2,\"beats\":{}}", false},
        {"{\"a\":1,\"EventID\":1}", true},
        {"{ \"_source\" : {}}", true},
        {"{\"beat\":{\"a\":1}}", true},
        {"{\"\\u005fsource\":{}}", true},
        {"{\"a\\nb\":1}", true},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_buf scratch = {0};
        eql_strview line;

        assert_true(eql_json_mend(eql_sv_cstr(cases[i].text),
                                  EQL_JSON_FOR_PEOPLE, 20, &scratch, &line,
                                  &findings));
        if (findings.telling != cases[i].telling)
            fail_msg("%s", cases[i].text);
        eql_buf_free(&scratch);
    }
}

/* Bytes of strings are looked at eight at a time: every place counts. */
static void
test_long_strings(void **state)
{
    static const struct {
        const char *with, *becomes; /* NULL: rejected */
    } cases[] = {
        {"\x1f", NULL},           {"\\x", NULL},
        {"\x80", "\xef\xbf\xbd"}, {"\\\"", "\\\""},
        {"\xc3\xa9", "\xc3\xa9"}, {"\x20", "\x20"},
        {"\x7f", "\x7f"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
        for (int before = 0; before < 18; before++)
            for (int after = 0; after < 18; after++) {
                eql_buf scratch = {0}, text = {0}, want = {0};
                eql_strview line;
                bool ok;

                eql_buf_printf(&text, "{\"a\":\"%.*s%s%.*s\"}", before,
                               "!#[]~zzzzzzzzzzzzzzzz", cases[i].with, after,
                               "bcdefghijklmnopqrst");
                eql_buf_printf(&want, "{\"a\":\"%.*s%s%.*s\"}", before,
                               "!#[]~zzzzzzzzzzzzzzzz",
                               cases[i].becomes ? cases[i].becomes : "", after,
                               "bcdefghijklmnopqrst");
                ok = eql_json_mend(eql_buf_sv(&text), EQL_JSON_FOR_PEOPLE, 20,
                                   &scratch, &line, &findings);
                assert_int_equal(ok, cases[i].becomes != NULL);
                if (ok)
                    assert_true(eql_sv_eq(line, eql_buf_sv(&want)));
                eql_buf_free(&scratch);
                eql_buf_free(&text);
                eql_buf_free(&want);
            }
}

static void
test_json_member(void **state)
{
    static const struct {
        const char *text, *value; /* NULL: there is none */
    } cases[] = {
        {"{}", NULL},
        {"{\"b\":1}", NULL},
        {"{\"a\":1}", "1"},
        {"{\"a\":\"x,}\\\"\",\"b\":2}", "\"x,}\\\"\""},
        {"{\"b\":{\"a\":9},\"a\":{\"c\":[1,{\"d\":\"]\"}]},\"e\":3}",
         "{\"c\":[1,{\"d\":\"]\"}]}"},
        {"{\"a\":1,\"a\":[2]}", "[2]"},
        {"{\"\\u0061\":null}", "null"},
        {" { \"a\" : true , \"b\" : 2 } ", "true"},
        {"{\"c\":[],\"a\":-1.5e3 }", "-1.5e3"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_strview v = {0};
        bool found = eql_json_member(eql_sv_cstr(cases[i].text), "a", &v);

        if (found != (cases[i].value != NULL) ||
            (found && !eql_sv_is(v, cases[i].value)))
            fail_msg("%s: %.*s", cases[i].text, (int)v.len, v.p ? v.p : "");
    }
}

/* Every prefix of a valid text is rejected as ended, every text with one byte
 * put in at any place is answered without a crash. */
static void
test_json_damage(void **state)
{
    static const char text[] =
        "{\"a\":[1,-2.5e+3,true,null,{}],\"\\u00e9\":{\"b\":\"\\ud83d\\ude00\"}"
        "}";
    static const char bytes[] = "\0\"\\{}[],:0-.eE\n\t \xff\xc3u";
    char copy[sizeof text + 1];

    (void)state;
    for (size_t n = 0; n + 1 < sizeof text; n++) {
        assert_null(read_text(eql_sv(text, n)));
        assert_true(findings.ended);
    }
    for (size_t at = 0; at < sizeof text; at++) {
        for (size_t b = 0; b < sizeof bytes - 1; b++) {
            memcpy(copy, text, at);
            copy[at] = bytes[b];
            memcpy(copy + at + 1, text + at, sizeof text - at - 1);
            json_decref(read_text(eql_sv(copy, sizeof text)));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_tree_captures),
        cmocka_unit_test(test_json_accepts),
        cmocka_unit_test(test_json_rejects),
        cmocka_unit_test(test_json_raw_nul),
        cmocka_unit_test(test_json_long_integers),
        cmocka_unit_test(test_json_depth_limit),
        cmocka_unit_test(test_json_one_line),
        cmocka_unit_test(test_telling_names),
        cmocka_unit_test(test_long_strings),
        cmocka_unit_test(test_json_member),
        cmocka_unit_test(test_json_damage),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
