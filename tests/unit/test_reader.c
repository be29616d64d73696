/* test_reader.c -- the fast reader gives what the strict one gives, for every
 * text and with every kernel. */
#include "tests/support/eql_files.h"
#include "tests/support/reader_pair.h"
#include "tests/support/reader_texts.h"

#include <dirent.h>

#include "io/fast/shape.h"

static const char *const kernels[] = {"scalar", "sse", "avx2", "avx512"};

static bool
use_kernel(eql_kernel k)
{
    if (!eql_kernel_runs_here(k)) {
        print_message("no %s here\n", eql_kernel_name(k));
        return false;
    }
    setenv("EQLVM_KERNEL", kernels[k], 1);
    assert_int_equal(eql_kernel_best(), k);
    return true;
}

/* Bytes with padding around them, each block its own allocation: reads beyond
 * are found by ASan. */
static void
read_block(reader_pair *r, eql_strview bytes)
{
    char *p = malloc(bytes.len + EQL_READER_PADDING);

    assert_non_null(p);
    memcpy(p, bytes.p, bytes.len);
    memset(p + bytes.len, '"', EQL_READER_PADDING);
    reader_pair_block(r, eql_sv(p, bytes.len));
    free(p);
}

/* Each text as a line of one block, as a block of its own, from elsewhere, and
 * pushed along by spaces so that it meets all borders of vectors. */
static void
read_hostile(eql_input_kind input, bool opaque)
{
    eql_buf all = {0}, one = {0};
    reader_pair r;

    reader_pair_init(&r, input, opaque);
    reader_make_hostile(&all);
    for (int round = 0; round < 3; round++)
        read_block(&r, eql_buf_sv(&all));
    for (size_t i = 0; i < EQL_COUNTOF(reader_texts); i++) {
        read_block(&r, eql_sv_cstr(reader_texts[i]));
        reader_pair_read(&r, eql_sv_cstr(reader_texts[i]));
        for (uint32_t pad = 0; pad < 70; pad++) {
            one.len = 0;
            for (uint32_t k = 0; k < pad; k++)
                eql_buf_add_char(&one, ' ');
            reader_add_text(&one, reader_texts[i]);
            reader_add_text(&one, "{\"x\":\"after\"}");
            read_block(&r, eql_buf_sv(&one));
        }
    }
    eql_buf_free(&all);
    eql_buf_free(&one);
    reader_pair_free(&r);
}

static void
test_reader_hostile(void **state)
{
    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (!use_kernel((eql_kernel)k))
            continue;
        read_hostile(EQL_INPUT_AUTO, false);
        read_hostile(EQL_INPUT_ECS, true);
        read_hostile(EQL_INPUT_WINEVENT, false);
    }
}

/* --- mutations --- */

static void
read_mutations(uint64_t seed, uint32_t rounds, bool opaque)
{
    reader_random rnd = {seed};
    eql_buf block = {0}, line = {0};
    reader_pair r;

    reader_pair_init(&r, EQL_INPUT_AUTO, opaque);
    for (uint32_t i = 0; i < rounds; i++) {
        block.len = 0;
        for (uint32_t k = 0; k < 50; k++) {
            const char *text = reader_any_text(&rnd);

            if (reader_next_random(&rnd, 4) == 0)
                reader_add_text(&block, text); /* so that steps are known */
            reader_mutate(&rnd, &line, eql_sv_cstr(text));
            eql_buf_add_sv(&block, eql_buf_sv(&line));
        }
        read_block(&r, eql_buf_sv(&block));
    }
    assert_in_range(r.plain, 1, r.read - 1);
    assert_in_range(r.was_plain, 1, r.plain);
    eql_buf_free(&block);
    eql_buf_free(&line);
    reader_pair_free(&r);
}

static void
test_reader_mutations(void **state)
{
    const char *n = getenv("EQL_READER_ROUNDS");
    uint32_t rounds = n ? (uint32_t)strtoul(n, NULL, 10) : 400;

    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (!use_kernel((eql_kernel)k))
            continue;
        read_mutations(0x9e3779b97f4a7c15u + (uint64_t)k, rounds, false);
        read_mutations(0xd6e8feb86659fd93u + (uint64_t)k, rounds / 4, true);
    }
}

/* --- made-up events --- */

static const char *const keys[] = {
    "a",        "a.b",     "b",      "b.c",     "c",
    "x",        "process", "parent", "name",    "args",
    "event",    "code",    "host",   "d",       "d.b",
    "_id",      "k",       "_index", "_source", "EventID",
    "TenantId", "Event",   "System", "zzzz",    "process.parent.name"};

static const char *const values[] = {
    "1",
    "-0.5",
    "null",
    "true",
    "\"\"",
    "\"now\"",
    "\"a\\\\\"",
    "[]",
    "[1]",
    "[\"x\"]",
    "[\"x\",\"\\\"y\"]",
    "[[1],2]",
    "[{\"b\":1},{\"b\":2,\"name\":\"z\"}]",
    "{}",
    "\"\\\"q\"",
    "\"C:\\\\a long text of more than thirty-two bytes\"",
    "01",
    "[\"x\",]",
    "0"};

/* An object of a few members; some of them objects, some twice. */
static void
make_up(reader_random *rnd, eql_buf *b, uint32_t depth)
{
    static const char *const spaces[] = {"", "", "", "", "", " ", "\t"};
    const char *space = spaces[reader_next_random(rnd, EQL_COUNTOF(spaces))];
    uint32_t n = reader_next_random(rnd, 5);

    eql_buf_add_char(b, '{');
    for (uint32_t i = 0; i < n; i++) {
        /* A good one most of the time. */
        uint32_t most =
            EQL_COUNTOF(values) - (reader_next_random(rnd, 8) ? 3u : 0);

        eql_buf_printf(b, "%s\"%s\":%s", i ? "," : "",
                       keys[reader_next_random(rnd, EQL_COUNTOF(keys))], space);
        if (depth < 5 && reader_next_random(rnd, 3) == 0)
            make_up(rnd, b, depth + 1);
        else
            eql_buf_add_str(b, values[reader_next_random(rnd, most)]);
    }
    eql_buf_add_char(b, '}');
}

/* The steps of most are known before long, whatever order they come in. */
static void
test_reader_made_up(void **state)
{
    eql_buf block = {0};
    reader_random rnd = {0x2545f4914f6cdd1d};

    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        reader_pair r;

        if (!use_kernel((eql_kernel)k))
            continue;
        reader_pair_init(&r, EQL_INPUT_AUTO, k % 2 == 0);
        for (uint32_t i = 0; i < 200; i++) {
            block.len = 0;
            for (uint32_t m = 0; m < 200; m++) {
                make_up(&rnd, &block, 0);
                eql_buf_add_str(&block, m % 5 ? "\n" : "\r\n");
            }
            read_block(&r, eql_buf_sv(&block));
        }
        print_message(
            "%s: %llu of %llu known\n", kernels[k],
            (unsigned long long)eql_reader_get_counters(r.fast[0].reader)
                ->shape_hits,
            (unsigned long long)r.read);
        assert_true(eql_reader_get_counters(r.fast[0].reader)->shape_hits >
                    r.read / 5);
        reader_pair_free(&r);
    }
    eql_buf_free(&block);
}

/* --- limits --- */

/* Reads the lines with a fresh reader; its counts. */
static eql_reader_counters
count_lines(const eql_buf *all)
{
    eql_reader_counters n;
    reader_pair r;

    assert_false(all->failed);
    reader_pair_init(&r, EQL_INPUT_ECS, false);
    read_block(&r, eql_buf_sv(all));
    n = *eql_reader_get_counters(r.fast[0].reader);
    reader_pair_free(&r);
    return n;
}

/* n keys, some lines each: met, learned, and then known, so many that learning
 * is paid for.  All lines share two steps. */
#define KNOWN (2 * EQL_SHAPE_PRICE)
static eql_reader_counters
read_keys(uint32_t n)
{
    eql_reader_counters counters;
    eql_buf all = {0};

    for (uint32_t i = 0; i < (2 + KNOWN) * n; i++)
        eql_buf_printf(&all, "{\"k%u\":1,\"x\":%u}\n", i / (2 + KNOWN), i);
    counters = count_lines(&all);
    eql_buf_free(&all);
    return counters;
}

static void
test_reader_step_limit(void **state)
{
    eql_reader_counters n;

    (void)state;
    unsetenv("EQLVM_KERNEL");
    n = read_keys(EQL_SHAPE_MAX_TRANSITIONS - 2);
    assert_int_equal(n.transitions, EQL_SHAPE_MAX_TRANSITIONS);
    assert_int_equal(n.shape_hits, (EQL_SHAPE_MAX_TRANSITIONS - 2) * KNOWN);
    assert_int_equal(n.flushes, 0);
    n = read_keys(EQL_SHAPE_MAX_TRANSITIONS - 1);
    assert_int_equal(n.shape_hits, (EQL_SHAPE_MAX_TRANSITIONS - 1) * KNOWN - 1);
    assert_int_equal(n.flushes, 1);
}

/* A line of many steps is known in the end, whatever their hashes. */
static void
test_reader_many_steps(void **state)
{
    eql_buf line = {0}, all = {0};

    (void)state;
    eql_buf_add_str(&line, "{\"k\":1");
    for (uint32_t i = 0; i < 2000; i++)
        eql_buf_printf(&line, ",\"k%u\":1", i * 7919);
    eql_buf_add_str(&line, "}\n");
    for (uint32_t i = 0; i < 20; i++)
        eql_buf_add_sv(&all, eql_buf_sv(&line));
    assert_true(count_lines(&all).shape_hits > 10);
    eql_buf_free(&line);
    eql_buf_free(&all);
}

/* n lines whose keys never come again, then twenty that are alike: how many of
 * these were known. */
static uint64_t
known_after(uint32_t n)
{
    eql_reader_counters counters;
    eql_buf all = {0};

    for (uint32_t i = 0; i < n; i++)
        eql_buf_printf(&all, "{\"k%u\":1}\n", i);
    for (uint32_t i = 0; i < 20; i++)
        eql_buf_printf(&all, "{\"same\":%u}\n", i);
    counters = count_lines(&all);
    eql_buf_free(&all);
    return counters.shape_hits;
}

/* Two lines to learn from; without credit they are an eighth of all. */
static void
test_reader_learning(void **state)
{
    const uint32_t lines = EQL_SHAPE_CREDIT / EQL_SHAPE_PRICE;

    (void)state;
    assert_int_equal(known_after(0), 18);
    assert_int_equal(known_after(lines - 2), 18);
    assert_int_equal(known_after(lines - 1), 20 - 1 - EQL_SHAPE_SELDOM);
}

/* An object that n objects stand in, one in the other. */
static void
add_nested(eql_buf *b, const char *first, uint32_t n)
{
    eql_buf_printf(b, "{\"%s\":{", first);
    for (uint32_t i = 1; i < n; i++)
        eql_buf_add_str(b, "\"z\":{");
    eql_buf_add_str(b, "\"v\":\"w\"");
    for (uint32_t i = 0; i <= n; i++)
        eql_buf_add_char(b, '}');
    eql_buf_add_char(b, '\n');
}

/* n places, that of the line itself among them. */
static void
read_places(uint32_t n, uint64_t flushes)
{
    static const char *const firsts[] = {
        "process", "event", "winlog", "host", "a", "d", "x", "z", "EventID"};
    const uint32_t most = EQL_WALK_MAX_DEPTH - 1;
    eql_buf all = {0};

    n--;
    for (size_t i = 0; n > 0; i++) {
        uint32_t k = n < most ? n : most;

        assert_true(i < EQL_COUNTOF(firsts));
        add_nested(&all, firsts[i], k);
        n -= k;
    }
    assert_int_equal(count_lines(&all).flushes, flushes);
    eql_buf_free(&all);
}

static void
test_reader_place_limit(void **state)
{
    (void)state;
    read_places(EQL_SHAPE_MAX_OBJECTS, 0);
    read_places(EQL_SHAPE_MAX_OBJECTS + 1, 1);
}

/* Four lines with a step of so many bytes; how many were known. */
static uint64_t
known_glue(uint32_t len)
{
    eql_reader_counters n;
    eql_buf all = {0};

    for (int i = 0; i < 4; i++) {
        eql_buf_printf(&all, "{\"x\":%d,\"", i);
        for (uint32_t k = 0; k < len - strlen(",\"\":\""); k++)
            eql_buf_add_char(&all, (char)('a' + k % 7));
        eql_buf_printf(&all, "\":\"v%d\",\"zz\":%d}\n", i * 99, i);
    }
    n = count_lines(&all);
    eql_buf_free(&all);
    return n.shape_hits;
}

static void
test_reader_transition_limit(void **state)
{
    (void)state;
    for (uint32_t len = 6; len <= EQL_SHAPE_MAX_TEXT; len++)
        assert_int_equal(known_glue(len), 2);
    assert_int_equal(known_glue(EQL_SHAPE_MAX_TEXT + 1), 0);
}

/* Four lines with n arrays and objects, one in the other, behind a key that has
 * no name; how many were known. */
static uint64_t
known_depth(uint32_t n)
{
    eql_reader_counters counters;
    eql_buf all = {0};

    for (uint32_t i = 0; i < 4; i++) {
        eql_buf_add_str(&all, "{\"zz\":");
        for (uint32_t k = 0; k < n; k++)
            eql_buf_add_str(&all, k % 2 ? "{\"a\" : " : "[null,");
        eql_buf_printf(&all, "%u", i);
        for (uint32_t k = n; k-- > 0;)
            eql_buf_add_str(&all, k % 2 ? "}" : ", true]");
        eql_buf_printf(&all, ",\"x\":%u}\n", i);
    }
    counters = count_lines(&all);
    eql_buf_free(&all);
    return counters.shape_hits;
}

static void
test_reader_depth_limit(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < EQL_WALK_MAX_DEPTH; n++)
        assert_int_equal(known_depth(n), 2);
    assert_int_equal(known_depth(EQL_WALK_MAX_DEPTH), 0);
}

/* Long lines between short ones: about the length that may be read fast, about
 * a round of the scan, and about the longest. */
static void
test_reader_long_lines(void **state)
{
    static const size_t lens[] = {32700,
                                  32768,
                                  32800,
                                  74800,
                                  75000,
                                  1048500,
                                  EQL_SCAN_MAX_LINE - 9,
                                  EQL_SCAN_MAX_LINE - 8,
                                  EQL_SCAN_MAX_LINE - 7,
                                  1200000};
    eql_buf all = {0};
    reader_pair r;

    (void)state;
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        if (!use_kernel((eql_kernel)k))
            continue;
        reader_pair_init(&r, EQL_INPUT_ECS, false);
        all.len = 0;
        for (size_t i = 0; i < EQL_COUNTOF(lens); i++) {
            eql_buf_add_str(&all, "{\"x\":\"");
            assert_true(eql_buf_reserve(&all, lens[i]));
            memset(all.p + all.len, 'y', lens[i]);
            all.len += lens[i];
            reader_add_text(&all, "\"}");
            reader_add_text(&all, "{\"x\":1}");
        }
        read_block(&r, eql_buf_sv(&all));
        reader_pair_free(&r);
    }
    eql_buf_free(&all);
}

/* --- captures --- */

static void
read_file(reader_pair *r, const char *path)
{
    eql_buf all = {0};

    test_gunzip_file(path, &all);
    read_block(r, eql_buf_sv(&all));
    eql_buf_free(&all);
}

static void
read_folder(reader_pair *r, const char *dir)
{
    char path[8192];
    struct dirent *e;
    DIR *d = opendir(dir);

    assert_non_null(d);
    while ((e = readdir(d))) {
        if (!strstr(e->d_name, ".gz"))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        read_file(r, path);
    }
    closedir(d);
}

static void
test_reader_captures(void **state)
{
    const char *dir = eql_test_shared();
    char path[8192];

    (void)state;
    if (!dir) {
        print_message("no captures\n");
        return;
    }
    for (int k = 0; k < EQL_KERNEL_COUNT; k++) {
        const eql_reader_counters *n;
        reader_pair r;

        if (!use_kernel((eql_kernel)k))
            continue;
        reader_pair_init(&r, EQL_INPUT_AUTO, false);
        snprintf(path, sizeof path, "%s/data/ecs", dir);
        read_folder(&r, path);
        n = eql_reader_get_counters(r.fast[0].reader);
        print_message("%s: %llu of %llu fast, %llu refilled\n", kernels[k],
                      (unsigned long long)n->fast, (unsigned long long)r.read,
                      (unsigned long long)n->refills);
        assert_true(n->fast > r.read * 9 / 10);
        snprintf(path, sizeof path, "%s/data/raw", dir);
        read_folder(&r, path);
        reader_pair_free(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reader_hostile),
        cmocka_unit_test(test_reader_mutations),
        cmocka_unit_test(test_reader_made_up),
        cmocka_unit_test(test_reader_learning),
        cmocka_unit_test(test_reader_many_steps),
        cmocka_unit_test(test_reader_step_limit),
        cmocka_unit_test(test_reader_place_limit),
        cmocka_unit_test(test_reader_transition_limit),
        cmocka_unit_test(test_reader_depth_limit),
        cmocka_unit_test(test_reader_long_lines),
        cmocka_unit_test(test_reader_captures),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
