/* test_rawmap_limits.c -- each bound of rawmap at n and at n + 1: what is
 * beyond is found out again, left to the mapping, or pushes out what was known;
 * never is it another value. */
#include "tests/support/mapping_test.h"

#include "io/windows/rawmap_int.h"
#include "tests/support/rawmap_test.h"

typedef struct {
    eql_mapping *m;
    rawmap_program paths;
    eql_rawmap *r;
    eql_map *map;
    uint8_t *seen;
    uint32_t nsources;
    eql_lazy lazy;
} maps;

static void
maps_begin(maps *t, const char *mapping, const eql_strview *paths, size_t n)
{
    eql_buf why = {0};

    *t = (maps){.m = eql_mapping_new(eql_sv_cstr(mapping), &why)};
    if (!t->m)
        fail_msg("%.*s", (int)why.len, why.p);
    rawmap_program_make(&t->paths, paths, n);
    t->r = eql_rawmap_new(t->paths.program, &t->paths.paths, t->m);
    assert_non_null(t->r);
    t->map = rawmap_feed_map(t->r);
    eql_rawmap_sources(t->r, &t->nsources);
    t->seen = calloc(t->nsources, 1);
    eql_buf_free(&why);
}

static void
maps_end(maps *t)
{
    eql_rawmap_free(t->r);
    eql_map_free(t->map);
    rawmap_program_free(&t->paths);
    eql_mapping_free(t->m);
    free(t->seen);
}

static bool
maps_read(maps *t, const char *record)
{
    rawmap_feed feed = {t->r, t->map, t->seen};
    eql_event ev;

    memset(t->seen, 0, t->nsources);
    eql_rawmap_begin(t->r);
    assert_true(rawmap_feed_object(&feed, record, ""));
    return eql_rawmap_read(t->r, NULL, &t->lazy, &ev);
}

/* What a path of the program is given; NULL: nothing. */
static void
expect_raw(const maps *t, const char *name, const char *json)
{
    const eql_program *p = t->paths.program;
    eql_strview got = {0};

    for (uint32_t f = 0; f < p->nfields; f++)
        for (uint32_t i = 0; i < t->lazy.nraws; i++)
            if (eql_sv_is(eql_program_str(p, p->fields[f].name), name) &&
                t->lazy.raws[i].path == t->paths.paths.of[f])
                got = eql_sv(t->lazy.raws[i].p, t->lazy.raws[i].len);
    if (json ? !eql_sv_is(got, json) : got.p != NULL)
        fail_msg("%s: %.*s, not %s", name, (int)got.len, got.p ? got.p : "",
                 json ? json : "nothing");
}

static const eql_rawmap_counters *
counts(const maps *t)
{
    return eql_rawmap_get_counters(t->r);
}

#define RECORD "{\"EventID\":1,\"TenantId\":\"t\",\"Channel\":\"c\""

/* Event data are all keys that are no header; rules for the channel c. */
#define MAPPING(fields)                                                        \
    "{\"format\":1,\"features\":{},\"empty\":[\"\"],\"layouts\":{"             \
    "\"nxlog\":{\"clock\":\"local\",\"header\":{\"channel\":\"Channel\","      \
    "\"code\":\"EventID\",\"message\":\"Message\"},\"rest\":true,"             \
    "\"not_data\":[\"Channel\",\"EventID\",\"Message\"],\"variants\":["        \
    "{\"has\":\"a\"},{\"has\":\"b\"},{\"has\":\"c\"},{\"has\":\"d\"},"         \
    "{\"has\":\"e\"},{\"has\":\"f\"},{\"has\":\"g\"}]},"                       \
    "\"pwsh\":{\"clock\":\"local\",\"header\":{},\"rest\":true},"              \
    "\"winlogbeat6\":{\"clock\":\"utc\",\"header\":{},\"rest\":false},"        \
    "\"loganalytics\":{\"clock\":\"utc\",\"header\":{\"channel\":"             \
    "\"Channel\",\"code\":\"EventID\",\"message\":\"Message\"},"               \
    "\"rest\":true,\"not_data\":[\"Channel\",\"EventID\",\"TenantId\","        \
    "\"Message\"]}},\"code_sets\":{},\"constants\":{},\"common\":[],"          \
    "\"field_sets\":{},\"channels\":{\"c\":{\"events\":[]," fields "}}}"

/* --- results --- */

static const char lower[] =
    MAPPING("\"fields\":[{\"from\":\"A\",\"to\":\"x.y\",\"op\":\"lower\"}]");

static void
begin_lower(maps *t)
{
    static const eql_strview paths[] = {{"x.y", 3}};

    maps_begin(t, lower, paths, 1);
}

/* Texts 0 .. n - 1, once each. */
static void
ask(maps *t, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        char record[128], wanted[32];

        snprintf(record, sizeof record, RECORD ",\"A\":\"TEXT%u\"}", i);
        snprintf(wanted, sizeof wanted, "\"text%u\"", i);
        assert_true(maps_read(t, record));
        expect_raw(t, "x.y", wanted);
    }
}

/* One set of four places: the oldest goes. */
static void
test_entries(void **state)
{
    for (uint32_t n = 4; n <= 5; n++) {
        maps t;

        (void)state;
        begin_lower(&t);
        assert_true(eql_rawmap_set_memo(t.r, 4, EQL_RAWMAP_MEMO_BYTES));
        ask(&t, n);
        ask(&t, n);
        assert_int_equal(counts(&t)->hits, n == 4 ? 4 : 0);
        assert_int_equal(counts(&t)->misses, n == 4 ? 4 : 10);
        maps_end(&t);
    }
}

static uint64_t
flushes_with(size_t bytes)
{
    maps t;
    uint64_t n;

    begin_lower(&t);
    assert_true(eql_rawmap_set_memo(t.r, 64, bytes));
    ask(&t, 8);
    n = counts(&t)->flushes;
    maps_end(&t);
    return n;
}

/* The least budget for eight results, and one byte less. */
static void
test_bytes(void **state)
{
    size_t low = 1, high = EQL_RAWMAP_MEMO_BYTES;

    (void)state;
    assert_int_equal(flushes_with(high), 0);
    while (low + 1 < high) {
        size_t mid = low + (high - low) / 2;

        if (flushes_with(mid))
            low = mid;
        else
            high = mid;
    }
    assert_true(high > 8 * 8 && high < 8 * 200);
    assert_int_equal(flushes_with(high), 0);
    assert_int_equal(flushes_with(high - 1), 1);
}

static void
test_long_text(void **state)
{
    for (uint32_t n = EQL_RAWMAP_MEMO_TEXT; n <= EQL_RAWMAP_MEMO_TEXT + 1;
         n++) {
        eql_buf b = {0};
        maps t;

        (void)state;
        eql_buf_add_str(&b, RECORD ",\"A\":\"");
        for (uint32_t i = 0; i < n - 2; i++) /* quotes count */
            eql_buf_add_char(&b, 'X');
        eql_buf_add(&b, "\"}", 3);
        begin_lower(&t);
        assert_true(maps_read(&t, b.p));
        assert_true(maps_read(&t, b.p));
        assert_int_equal(t.lazy.raws[0].len, n);
        assert_int_equal(counts(&t)->hits, n == EQL_RAWMAP_MEMO_TEXT);
        maps_end(&t);
        eql_buf_free(&b);
    }
}

/* --- rules and views --- */

static void
test_outs(void **state)
{
    static const char text[] =
        MAPPING("\"fields\":[{\"from\":\"A\",\"to\":\"x\"}]");
    char names[EQL_RAWMAP_MAX_OUTS + 1][16];
    eql_strview paths[EQL_RAWMAP_MAX_OUTS + 1];

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(paths); i++) {
        snprintf(names[i], sizeof names[i], "x.n%zu", i);
        paths[i] = eql_sv_cstr(names[i]);
    }
    for (size_t n = EQL_RAWMAP_MAX_OUTS; n <= EQL_RAWMAP_MAX_OUTS + 1; n++) {
        maps t;

        maps_begin(&t, text, paths, n);
        assert_int_equal(maps_read(&t, RECORD ",\"A\":\"v\"}"),
                         n == EQL_RAWMAP_MAX_OUTS);
        assert_int_equal(counts(&t)->fallbacks, n > EQL_RAWMAP_MAX_OUTS);
        maps_end(&t);
    }
}

/* Seven keys, there or not: 128 variants, of which the first 64 are compiled.
 */
static void
test_views(void **state)
{
    maps t;

    (void)state;
    begin_lower(&t);
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i <= EQL_RAWMAP_MAX_VIEWS; i++) {
            char record[256];
            int n = snprintf(record, sizeof record,
                             "{\"EventID\":1,\"SourceModuleType\":\"m\","
                             "\"Channel\":\"c\",\"A\":\"V\"");

            for (uint32_t k = 0; k < 7; k++)
                if (i >> k & 1)
                    n += snprintf(record + n, sizeof record - (size_t)n,
                                  ",\"%c\":1", (char)('a' + k));
            strcat(record, "}");
            assert_int_equal(maps_read(&t, record), i < EQL_RAWMAP_MAX_VIEWS);
            if (i < EQL_RAWMAP_MAX_VIEWS)
                expect_raw(&t, "x.y", "\"v\"");
        }
    }
    assert_int_equal(counts(&t)->fallbacks, 2);
    maps_end(&t);
}

/* --- kinds of records --- */

#define NAMES 11u /* 2048 sets of keys */

static void
begin_names(maps *t)
{
    static const char *const names[NAMES] = {
        "winlog.event_data.k0", "winlog.event_data.k1", "winlog.event_data.k2",
        "winlog.event_data.k3", "winlog.event_data.k4", "winlog.event_data.k5",
        "winlog.event_data.k6", "winlog.event_data.k7", "winlog.event_data.k8",
        "winlog.event_data.k9", "winlog.event_data.k10"};
    eql_strview paths[NAMES];

    for (uint32_t i = 0; i < NAMES; i++)
        paths[i] = eql_sv_cstr(names[i]);
    maps_begin(t, lower, paths, NAMES);
}

/* A record with the keys of a set, twice: then they are remembered. */
static void
read_set(maps *t, uint32_t set)
{
    char record[512], name[64], wanted[16];
    int n = snprintf(record, sizeof record, RECORD);

    for (uint32_t k = 0; k < NAMES; k++)
        if (set >> k & 1)
            n += snprintf(record + n, sizeof record - (size_t)n,
                          ",\"k%u\":\"v%u\"", k, k);
    strcat(record, "}");
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(maps_read(t, record));
        for (uint32_t k = 0; k < NAMES; k++) {
            snprintf(name, sizeof name, "winlog.event_data.k%u", k);
            snprintf(wanted, sizeof wanted, "\"v%u\"", k);
            expect_raw(t, name, set >> k & 1 ? wanted : NULL);
        }
    }
}

static void
test_shapes(void **state)
{
    maps t;

    (void)state;
    begin_names(&t);
    for (uint32_t i = 0; i < EQL_RAWMAP_MAX_SHAPES; i++)
        read_set(&t, i);
    assert_int_equal(counts(&t)->shapes, EQL_RAWMAP_MAX_SHAPES);
    assert_int_equal(counts(&t)->shape_flushes, 0);
    read_set(&t, EQL_RAWMAP_MAX_SHAPES);
    assert_int_equal(counts(&t)->shapes, EQL_RAWMAP_MAX_SHAPES + 1);
    assert_int_equal(counts(&t)->shape_flushes, 1);
    read_set(&t, 5);
    maps_end(&t);
}

/* The same keys with ever new codes. */
static void
test_chain(void **state)
{
    maps t;

    (void)state;
    begin_lower(&t);
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i <= EQL_RAWMAP_MAX_CHAIN; i++) {
            char record[128];

            snprintf(record, sizeof record,
                     "{\"EventID\":%u,\"TenantId\":\"t\",\"Channel\":\"c\","
                     "\"A\":\"V\"}",
                     i);
            assert_true(maps_read(&t, record));
            expect_raw(&t, "x.y", "\"v\"");
            if (round == 1)
                assert_int_equal(t.r->shape != NULL,
                                 i > 0 || EQL_RAWMAP_MAX_CHAIN == 0);
        }
    }
    assert_int_equal(counts(&t)->shapes, EQL_RAWMAP_MAX_CHAIN);
    maps_end(&t);
}

/* --- texts --- */

static const char with_lines[] =
    MAPPING("\"prepare\":[{\"from\":\"$message\",\"op\":\"lines\"}],"
            "\"fields\":[{\"from\":\"k0\",\"to\":\"x.y\",\"op\":\"lower\"}]");

/* Texts that add other names each, and the name of a rule. */
static void
test_prepared(void **state)
{
    static const eql_strview paths[] = {{"x.y", 3},
                                        {"winlog.event_data.k1", 20},
                                        {"winlog.event_data.k2", 20},
                                        {"winlog.event_data.k3", 20}};
    maps t;

    (void)state;
    maps_begin(&t, with_lines, paths, EQL_COUNTOF(paths));
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t set = 0; set < 8; set++) {
            char record[256], name[32];
            int n = snprintf(record, sizeof record, RECORD ",\"Message\":\"T");

            for (uint32_t k = 1; k < 4; k++)
                if (set >> (k - 1) & 1)
                    n += snprintf(record + n, sizeof record - (size_t)n,
                                  "\\nk%u: V", k);
            strcat(record, "\\nk0: W\"}");
            assert_true(maps_read(&t, record));
            expect_raw(&t, "x.y", "\"w\"");
            for (uint32_t k = 1; k < 4; k++) {
                snprintf(name, sizeof name, "winlog.event_data.k%u", k);
                expect_raw(&t, name, set >> (k - 1) & 1 ? "\"V\"" : NULL);
            }
        }
    }
    maps_end(&t);
}

/* Lines that nobody asks for, and behind them one that a rule reads. */
static void
test_guesses(void **state)
{
    static const eql_strview paths[] = {{"x.y", 3}};

    (void)state;
    for (uint32_t n = EQL_RAWMAP_MAX_GUESSES - 1; n <= EQL_RAWMAP_MAX_GUESSES;
         n++) {
        eql_buf b = {0};
        maps t;

        maps_begin(&t, with_lines, paths, 1);
        eql_buf_add_str(&b, RECORD ",\"Message\":\"Title:");
        for (uint32_t i = 0; i < n; i++)
            eql_buf_printf(&b, "\\nn%u: v", i);
        eql_buf_add(&b, "\\nk0: W\"}", 10);
        for (uint32_t i = 0; i < 4; i++) {
            assert_true(maps_read(&t, b.p));
            expect_raw(&t, "x.y", "\"w\"");
        }
        assert_int_equal(t.r->shape->nguesses, EQL_RAWMAP_MAX_GUESSES);
        eql_buf_free(&b);
        maps_end(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),   cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_long_text), cmocka_unit_test(test_outs),
        cmocka_unit_test(test_views),     cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_chain),     cmocka_unit_test(test_prepared),
        cmocka_unit_test(test_guesses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
