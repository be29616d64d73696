/* test_input.c -- reading and decompressing: whole, joined, cut, damaged. */
#include "tests/support/eql_files.h"

#include <sys/stat.h>

#include "io/input/input.h"

static const char *const packing_names[] = {"plain", "gzip", "zstd", "xz"};

/* Some 700 KB that do not compress too well. */
static void
make_text(eql_buf *out)
{
    uint32_t r = 1;

    for (int i = 0; i < 20000; i++) {
        r = r * 1664525u + 1013904223u;
        eql_buf_printf(out, "{\"n\":%d,\"r\":\"%08x\",\"x\":\"yyyy\"}\n", i, r);
    }
}

/* Reads all of a file; appends what came to out. */
static eql_pull
slurp(const char *path, size_t cap, eql_buf *out, char error[256])
{
    eql_input_stop stop = {0};
    eql_buf why = {0};
    eql_input *in = eql_input_open(path, stop, &why);
    eql_pull st;
    size_t n;

    assert_non_null(in);
    do {
        assert_true(eql_buf_reserve(out, cap));
        st = eql_input_pull(in, out->p + out->len, cap, &n);
        assert_true(n <= cap && (st == EQL_PULL_OK) == (n > 0));
        out->len += n;
    } while (st == EQL_PULL_OK);
    assert_int_equal(eql_input_pull(in, out->p, 1, &n), st);
    snprintf(error, 256, "%s", eql_input_error(in));
    eql_input_free(in);
    eql_buf_free(&why);
    return st;
}

static eql_pull
slurp_bytes(eql_strview bytes, size_t cap, eql_buf *out, char error[256])
{
    char path[4096];
    eql_pull st;

    test_file(bytes, path);
    st = slurp(path, cap, out, error);
    unlink(path);
    return st;
}

static void
test_input_packings(void **state)
{
    static const size_t caps[] = {1 << 20, 70001, 977};
    eql_buf text = {0};

    (void)state;
    make_text(&text);
    for (int how = 0; how < TEST_PACKINGS; how++) {
        eql_buf packed = {0};

        test_pack((test_packing)how, eql_buf_sv(&text), &packed);
        for (size_t i = 0; i < EQL_COUNTOF(caps); i++) {
            eql_buf out = {0};
            char error[256];
            eql_pull st =
                slurp_bytes(eql_buf_sv(&packed), caps[i], &out, error);

            if (st != EQL_PULL_END ||
                !eql_sv_eq(eql_buf_sv(&out), eql_buf_sv(&text)) || *error)
                fail_msg("%s in %zu: state %d, %zu bytes, %s",
                         packing_names[how], caps[i], (int)st, out.len, error);
            eql_buf_free(&out);
        }
        eql_buf_free(&packed);
    }
    eql_buf_free(&text);
}

static void
test_input_joined(void **state)
{
    (void)state;
    for (int how = 0; how < TEST_PACKINGS; how++) {
        eql_buf packed = {0}, more = {0}, out = {0};
        char error[256];

        test_pack((test_packing)how, eql_sv_cstr("one\n"), &packed);
        test_pack((test_packing)how, eql_sv_cstr(""), &more);
        eql_buf_add_sv(&packed, eql_buf_sv(&more));
        more.len = 0;
        test_pack((test_packing)how, eql_sv_cstr("two\n"), &more);
        eql_buf_add_sv(&packed, eql_buf_sv(&more));
        if (slurp_bytes(eql_buf_sv(&packed), 5, &out, error) != EQL_PULL_END ||
            !eql_sv_is(eql_buf_sv(&out), "one\ntwo\n"))
            fail_msg("%s: %.*s, %s", packing_names[how], (int)out.len, out.p,
                     error);
        eql_buf_free(&packed);
        eql_buf_free(&more);
        eql_buf_free(&out);
    }
}

/* What comes of a packed text that was cut is a beginning of it, and the cut
 * is told, wherever it is. */
static void
test_input_cut(void **state)
{
    eql_buf text = {0};

    (void)state;
    for (int i = 0; i < 300; i++)
        eql_buf_printf(&text, "line %d of some text\n", i * i);
    for (int how = TEST_GZIP; how < TEST_PACKINGS; how++) {
        eql_buf packed = {0};

        test_pack((test_packing)how, eql_buf_sv(&text), &packed);
        for (size_t n = 6; n < packed.len; n += n < 40 ? 1 : 61) {
            eql_buf out = {0};
            char error[256];
            eql_pull st =
                slurp_bytes(eql_sv(packed.p, n), 1 << 16, &out, error);

            if (st != EQL_PULL_DAMAGED || !*error)
                fail_msg("%s cut at %zu: state %d", packing_names[how], n,
                         (int)st);
            assert_true(out.len <= text.len);
            assert_memory_equal(out.p, text.p, out.len);
            eql_buf_free(&out);
        }
        eql_buf_free(&packed);
    }
    eql_buf_free(&text);
}

/* What was whole before the damage is read. */
static void
test_input_damaged(void **state)
{
    eql_buf text = {0};

    (void)state;
    make_text(&text);
    for (int how = TEST_GZIP; how < TEST_PACKINGS; how++) {
        eql_buf packed = {0}, out = {0};
        char error[256];
        eql_pull st;

        test_pack((test_packing)how, eql_buf_sv(&text), &packed);
        memset(packed.p + packed.len * 3 / 4, 0x55, 64);
        st = slurp_bytes(eql_buf_sv(&packed), 1 << 16, &out, error);
        if (st != EQL_PULL_DAMAGED)
            fail_msg("%s: state %d", packing_names[how], (int)st);
        /* xz checks and gives out a whole block at a time. */
        if (how == TEST_GZIP || how == TEST_ZSTD)
            assert_true(out.len > text.len / 4);
        eql_buf_free(&out);
        eql_buf_free(&packed);
    }
    eql_buf_free(&text);
}

static void
test_input_after_the_end(void **state)
{
    (void)state;
    for (int how = TEST_GZIP; how < TEST_PACKINGS; how++) {
        eql_buf packed = {0}, out = {0};
        char error[256];
        size_t whole;

        test_pack((test_packing)how, eql_sv_cstr("one\n"), &packed);
        whole = packed.len;
        eql_buf_add_str(&packed, "garbage");
        assert_int_equal(slurp_bytes(eql_buf_sv(&packed), 99, &out, error),
                         EQL_PULL_DAMAGED);
        assert_true(eql_sv_is(eql_buf_sv(&out), "one\n"));
        if (how == TEST_GZIP) { /* tapes pad with zeros */
            packed.len = whole;
            eql_buf_add(&packed, "\0\0\0\0\0\0\0\0", 8);
            out.len = 0;
            assert_int_equal(slurp_bytes(eql_buf_sv(&packed), 99, &out, error),
                             EQL_PULL_END);
        }
        eql_buf_free(&packed);
        eql_buf_free(&out);
    }
}

static void
test_input_short(void **state)
{
    static const char *const texts[] = {"", "x", "\x1f", "\x1f\x8b", "(\xb5"};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(texts); i++) {
        eql_buf out = {0};
        char error[256];

        assert_int_equal(slurp_bytes(eql_sv_cstr(texts[i]), 9, &out, error),
                         EQL_PULL_END);
        assert_true(eql_sv_is(eql_buf_sv(&out), texts[i]));
        eql_buf_free(&out);
    }
}

static void
test_input_no_file(void **state)
{
    static const struct {
        const char *path, *why;
    } cases[] = {
        {"/nonexistent/events.json",
         "/nonexistent/events.json: No such file or directory"},
        {"/", "/: is a folder, not a file"},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        eql_input_stop stop = {0};
        eql_buf why = {0};

        assert_null(eql_input_open(cases[i].path, stop, &why));
        assert_string_equal(why.p, cases[i].why);
        eql_buf_free(&why);
    }
}

/* Offsets hold for a named plain file only. */
static void
test_input_rereadable(void **state)
{
    (void)state;
    for (int how = 0; how < TEST_PACKINGS; how++) {
        eql_input_stop stop = {0};
        eql_buf packed = {0}, why = {0};
        char path[4096];
        struct stat st;
        eql_input_id id;
        eql_input *in;

        test_pack((test_packing)how, eql_sv_cstr("{}\n"), &packed);
        test_file(eql_buf_sv(&packed), path);
        assert_int_equal(stat(path, &st), 0);
        in = eql_input_open(path, stop, &why);
        assert_int_equal(eql_input_rereadable(in, &id), how == TEST_PLAIN);
        assert_true(id.ino == st.st_ino);
        eql_input_free(in);
        unlink(path);
        eql_buf_free(&packed);
        eql_buf_free(&why);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input_packings),
        cmocka_unit_test(test_input_joined),
        cmocka_unit_test(test_input_cut),
        cmocka_unit_test(test_input_damaged),
        cmocka_unit_test(test_input_after_the_end),
        cmocka_unit_test(test_input_short),
        cmocka_unit_test(test_input_no_file),
        cmocka_unit_test(test_input_rereadable),
    };

    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
