/* test_codec.c -- wherever the compressed bytes are cut, and however little is
 * taken out at a time, the same comes out; so it is with the spool's texts. */
#include "tests/support/eql_files.h"

#include "io/input/codec.h"
#include "io/input/spool.h"

static const eql_codec_kind kinds[] = {
    [TEST_GZIP] = EQL_CODEC_GZIP,
    [TEST_ZSTD] = EQL_CODEC_ZSTD,
    [TEST_XZ] = EQL_CODEC_XZ,
};

/* Takes the piece, as much as there is of it.  What it ended with. */
static eql_codec_status
feed(eql_codec *c, eql_strview piece, bool last, size_t cap, eql_buf *out)
{
    eql_codec_in in = {piece.p, piece.len, last};
    eql_codec_status st;
    size_t n;

    do {
        assert_true(eql_buf_reserve(out, cap));
        st = eql_codec_run(c, &in, out->p + out->len, cap, &n);
        out->len += n;
    } while (st == EQL_CODEC_OK && (in.len > 0 || n > 0 || last));
    return st;
}

static void
check_cut(test_packing how, eql_strview packed, size_t cut, size_t cap,
          eql_strview wanted)
{
    eql_codec *c = eql_codec_new(kinds[how]);
    eql_buf out = {0};
    eql_codec_status st;

    assert_non_null(c);
    st = feed(c, eql_sv(packed.p, cut), false, cap, &out);
    if (st == EQL_CODEC_OK)
        st =
            feed(c, eql_sv(packed.p + cut, packed.len - cut), false, cap, &out);
    if (st == EQL_CODEC_OK)
        st = feed(c, eql_sv("", 0), true, cap, &out);
    if (st != EQL_CODEC_DONE || !eql_sv_eq(eql_buf_sv(&out), wanted))
        fail_msg("packing %d, cut at %zu, %zu at a time: %d, %zu bytes: %s",
                 (int)how, cut, cap, (int)st, out.len,
                 st == EQL_CODEC_DAMAGED ? eql_codec_error(c) : "");
    eql_buf_free(&out);
    eql_codec_free(c);
}

/* Two streams behind each other, one of them empty in between; gzip's may have
 * zeros between them. */
static void
test_codec_cuts(void **state)
{
    static const size_t caps[] = {1, 7, 64, 4096};
    static const char one[] = "{\"a\":\"\\u0041\"}\n{\"b\":1}\n", two[] = "x\n";
    eql_buf wanted = {0};

    (void)state;
    eql_buf_add_str(&wanted, one);
    eql_buf_add_str(&wanted, two);
    for (int how = TEST_GZIP; how < TEST_PACKINGS; how++) {
        eql_buf packed = {0}, more = {0};

        test_pack((test_packing)how, eql_sv_cstr(one), &packed);
        if (how == TEST_GZIP)
            eql_buf_add(&packed, "\0\0\0", 3);
        test_pack((test_packing)how, eql_sv_cstr(""), &more);
        eql_buf_add_sv(&packed, eql_buf_sv(&more));
        more.len = 0;
        test_pack((test_packing)how, eql_sv_cstr(two), &more);
        eql_buf_add_sv(&packed, eql_buf_sv(&more));
        for (size_t cut = 0; cut <= packed.len; cut++)
            for (size_t i = 0; i < EQL_COUNTOF(caps); i++)
                check_cut((test_packing)how, eql_buf_sv(&packed), cut, caps[i],
                          eql_buf_sv(&wanted));
        eql_buf_free(&packed);
        eql_buf_free(&more);
    }
    eql_buf_free(&wanted);
}

/* Texts about the size at which the spool writes, and of those written with
 * one that waits behind. */
static void
test_spool_borders(void **state)
{
    static const size_t sizes[] = {65535, 1, 65536, 65537, 0, 3, 131072, 65534};
    eql_spool *s = eql_spool_new("/tmp", (uint64_t)1 << 30);
    uint64_t offsets[EQL_COUNTOF(sizes)];
    eql_buf text = {0}, out = {0}, why = {0};

    (void)state;
    assert_non_null(s);
    for (size_t i = 0; i < EQL_COUNTOF(sizes); i++) {
        text.len = 0;
        assert_true(eql_buf_reserve(&text, sizes[i] + 1));
        memset(text.p, (int)('a' + i), sizes[i]);
        text.len = sizes[i];
        assert_true(eql_spool_put(s, eql_buf_sv(&text), &offsets[i], &why));
        for (size_t k = 0; k <= i; k += 1 + i / 3) {
            out.len = 0;
            assert_true(eql_spool_get(s, offsets[k], sizes[k], &out, &why));
            assert_int_equal(out.len, sizes[k]);
            for (size_t at = 0; at < out.len; at++)
                assert_true(out.p[at] == (char)('a' + k));
        }
    }
    eql_buf_free(&text);
    eql_buf_free(&out);
    eql_buf_free(&why);
    eql_spool_free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codec_cuts),
        cmocka_unit_test(test_spool_borders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
