/* test_reader.c -- the fast reader gives what the careful one gives, for every
 * text and with every kernel. */
#include "tests/support/reader_pair.h"
#include "tests/support/reader_texts.h"

#include <dirent.h>
#include <zlib.h>

#include "io/shape.h"

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

/* --- mutations --------------------------------------------------------------
 */

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
                reader_add_text(&block, text); /* so that shapes are known */
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

/* --- limits ------------------------------------------------------------ */

/* n shapes, three lines each. */
static void
read_shapes(uint32_t n, uint64_t flushes)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const eql_reader_counters *counters;
    eql_buf all = {0};
    reader_pair r;

    reader_pair_init(&r, EQL_INPUT_ECS, false);
    reader_add_text(&all, "{\"x\":\"so that there is room before the next\"}");
    for (uint32_t i = 0; i < 3 * n; i++)
        eql_buf_printf(&all, "{\"k%c%c\":1,\"x\":%u}\n", letters[i / 3 / 62],
                       letters[i / 3 % 62], i);
    read_block(&r, eql_buf_sv(&all));
    counters = eql_reader_get_counters(r.fast);
    assert_int_equal(counters->shapes, n);
    assert_int_equal(counters->shape_hits, n);
    assert_int_equal(counters->flushes, flushes);
    eql_buf_free(&all);
    reader_pair_free(&r);
}

static void
test_reader_shape_limit(void **state)
{
    (void)state;
    unsetenv("EQLVM_KERNEL");
    read_shapes(EQL_SHAPES_MAX, 0);
    read_shapes(EQL_SHAPES_MAX + 1, 1);
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

/* --- captures ---------------------------------------------------------- */

static void
read_file(reader_pair *r, const char *path)
{
    gzFile f = gzopen(path, "rb");
    eql_buf all = {0};
    char buf[65536];
    int n;

    assert_non_null(f);
    while ((n = gzread(f, buf, sizeof buf)) > 0)
        eql_buf_add(&all, buf, (size_t)n);
    gzclose(f);
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
        n = eql_reader_get_counters(r.fast);
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
        cmocka_unit_test(test_reader_shape_limit),
        cmocka_unit_test(test_reader_long_lines),
        cmocka_unit_test(test_reader_captures),
    };

    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
