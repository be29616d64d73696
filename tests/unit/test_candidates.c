/* test_candidates.c -- alerts, problems and counts are the same, byte for byte,
 * with and without an index of rules, with and without a memory for values. */
#define RUN_TEXT_LINE ((size_t)1 << 20)
#include "tests/support/random_rules.h"
#include "tests/support/run_text.h"

#include <glob.h>
#include <zlib.h>

#define PROGRAMS 26u
#define RULES 80u
#define EVENTS 500u /* more than a million pairs of rule and event */
#define EVENTS_PER_CAPTURE 150u

static void
check_alike(const char *label, const eqlvm_program *p, const char *path)
{
    eqlvm_engine_options o = {.threads = 1, .count_fields = true};
    eql_buf wanted = {0}, got = {0};

    o.no_index = o.no_memo = true;
    run_text(p, &o, path, &wanted);
    for (unsigned i = 0; i < 4; i++) {
        size_t at = 0;

        o.no_index = i == 1;
        o.no_memo = i == 2;
        o.threads = i < 3 ? 1 : 3;
        o.block_bytes = i < 3 ? 0 : 4096;
        run_text(p, &o, path, &got);
        while (at < got.len && at < wanted.len && got.p[at] == wanted.p[at])
            at++;
        if (at < got.len || at < wanted.len)
            fail_msg("%s: index %d, memo %d, %u threads: byte %zu:\n%.300s\n"
                     "not\n%.300s",
                     label, !o.no_index, !o.no_memo, o.threads, at,
                     at < got.len ? got.p + at : "",
                     at < wanted.len ? wanted.p + at : "");
    }
    eql_buf_free(&wanted);
    eql_buf_free(&got);
}

/* --- random rules --- */

static void
add_query(eqlvm_compiler *c, uint64_t *seed, uint32_t number)
{
    uint32_t kind = random_draw(seed, 16);
    eql_buf text = {0};
    char name[32];

    if (kind == 0)
        eql_buf_add_str(&text, "sequence by c.d with maxspan=20s [");
    else if (kind == 1)
        eql_buf_add_str(&text, "sample by process.name [");
    random_query(&text, seed);
    if (kind <= 1) {
        eql_buf_add_str(&text, "] [");
        random_query(&text, seed);
        eql_buf_add_char(&text, ']');
    }
    snprintf(name, sizeof name, "q%u", number);
    assert_int_equal(eqlvm_compiler_add_query(c, name, text.p, text.len),
                     EQLVM_OK);
    eql_buf_free(&text);
}

static eqlvm_program *
compile_random(uint64_t *seed)
{
    static const char *const insensitive[] = {"string_case=insensitive", NULL};
    eqlvm_compile_options o = {.schema = "none"};
    eqlvm_program *p = NULL;
    eqlvm_compiler *c;

    if (random_draw(seed, 3) == 0)
        o.set = insensitive;
    c = eqlvm_compiler_new(&o);
    assert_non_null(c);
    for (uint32_t i = 0; i < RULES; i++)
        add_query(c, seed, i);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    eqlvm_compiler_free(c);
    return p;
}

/* Now and then a value that was never there before. */
static void
add_events(eql_buf *out, uint64_t *seed)
{
    eql_buf event = {0};

    for (uint32_t i = 0; i < EVENTS; i++) {
        event.len = 0;
        random_event(&event, seed, random_draw(seed, 8) > 0);
        eql_buf_printf(out,
                       "{\"@timestamp\": \"2020-09-20T10:%02u:%02u.%03uZ\", ",
                       i / 60 % 60, i % 60, random_draw(seed, 1000));
        if (random_draw(seed, 4) == 0)
            eql_buf_printf(out, "\"b\": \"x%u.exe\", ", i);
        eql_buf_add(out, event.p + 1, event.len - 1);
        eql_buf_add_char(out, '\n');
    }
    eql_buf_free(&event);
}

static void
test_candidates_random(void **state)
{
    uint64_t seed = 4;
    eql_buf events = {0};
    char dir[256];

    (void)state;
    api_folder(dir);
    for (uint32_t k = 0; k < PROGRAMS; k++) {
        eqlvm_program *p = compile_random(&seed);
        char label[32];

        events.len = 0;
        add_events(&events, &seed);
        api_put(dir, "a.ndjson", events.p, events.len);
        snprintf(label, sizeof label, "program %u", k);
        check_alike(label, p, dir);
        eqlvm_program_free(p);
    }
    eql_buf_free(&events);
    api_drop_folder(dir);
}

/* --- values that do not repeat --- */

/* So many values that memories overflow, and paths are not looked up for a
 * while; then they repeat after all. */
static void
test_candidates_unique(void **state)
{
    static const char *const queries[] = {
        "any where a : \"v1*7\" and b : (\"x3*\", \"*9\")",
        "any where c.d : (\"k10*\", \"*55\") and not a : \"*3\"",
        "sequence by c.d [any where a : \"*11\"] [any where b == \"x12\"]"};
    eqlvm_program *p = api_compile(queries, EQL_COUNTOF(queries));
    eql_buf lines = {0};
    char dir[256];

    (void)state;
    for (uint32_t i = 0; i < 60000; i++) {
        uint32_t n = i < 40000 ? i : i % 100;

        eql_buf_printf(&lines,
                       "{\"a\":\"v%u\",\"b\":\"x%u\",\"c\":{\"d\":\"k%u\"},"
                       "\"event\":{\"category\":\"file\"}}\n",
                       n, i % 2000, n * 7);
    }
    api_folder(dir);
    api_put(dir, "a.ndjson", lines.p, lines.len);
    check_alike("unique", p, dir);
    eql_buf_free(&lines);
    api_drop_folder(dir);
    eqlvm_program_free(p);
}

/* --- captures --- */

/* Events of a capture, some of its beginning and then every so many. */
static void
add_capture(eql_buf *out, const char *path)
{
    static char line[RUN_TEXT_LINE];
    gzFile in = gzopen(path, "rb");
    uint32_t n = 0, seen = 0;

    assert_non_null(in);
    while (n < EVENTS_PER_CAPTURE && gzgets(in, line, sizeof line)) {
        if (seen++ % (1 + n / 16) != 0)
            continue;
        n++;
        eql_buf_add_str(out, line);
    }
    gzclose(in);
}

static void
check_captures(const eqlvm_program *p, const char *kind)
{
    eql_buf lines = {0};
    char path[4352], dir[256];
    glob_t g;

    snprintf(path, sizeof path, "%s/data/%s/*.gz", eql_test_shared(), kind);
    assert_int_equal(glob(path, 0, NULL, &g), 0);
    for (size_t i = 0; i < g.gl_pathc; i++)
        add_capture(&lines, g.gl_pathv[i]);
    globfree(&g);
    api_folder(dir);
    api_put(dir, "a.ndjson", lines.p, lines.len);
    check_alike(kind, p, dir);
    eql_buf_free(&lines);
    api_drop_folder(dir);
}

static void
test_candidates_captures(void **state)
{
    eqlvm_compiler *c;
    eqlvm_program *p = NULL;
    char path[4352];

    (void)state;
    if (!eql_test_shared()) {
        printf("skip: the reference captures are not here (EQL_SHARED)\n");
        skip();
    }
    c = eqlvm_compiler_new(NULL);
    assert_non_null(c);
    snprintf(path, sizeof path, "%s/corpora", eql_test_shared());
    assert_int_equal(eqlvm_compiler_add_path(c, path), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &p), EQLVM_OK);
    eqlvm_compiler_free(c);
    check_captures(p, "ecs");
    check_captures(p, "raw");
    eqlvm_program_free(p);
}

int
main(void)
{
    static const struct CMUnitTest all[] = {
        cmocka_unit_test(test_candidates_random),
        cmocka_unit_test(test_candidates_unique),
        cmocka_unit_test(test_candidates_captures),
    };

    return cmocka_run_group_tests_name("candidates", all, NULL, NULL);
}
