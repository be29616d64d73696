/* eql_files.h -- temporary files for tests, plain and compressed. */
#ifndef EQL_TESTS_SUPPORT_EQL_FILES_H
#define EQL_TESTS_SUPPORT_EQL_FILES_H

#include <unistd.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "base/buf.h"
#include "tests/support/eql_test.h"

typedef enum {
    TEST_PLAIN,
    TEST_GZIP,
    TEST_ZSTD,
    TEST_XZ,
    TEST_PACKINGS
} test_packing;

static inline void
test_gzip(eql_strview in, eql_buf *out)
{
    z_stream z = {0};

    assert_int_equal(
        deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_true(eql_buf_reserve(out, deflateBound(&z, in.len) + 64));
    z.next_in = (Bytef *)(uintptr_t)in.p;
    z.avail_in = (uInt)in.len;
    z.next_out = (Bytef *)out->p + out->len;
    z.avail_out = (uInt)(out->cap - out->len);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->len += z.total_out;
    deflateEnd(&z);
}

/* What a gzip file holds. */
static inline void
test_gunzip_file(const char *path, eql_buf *out)
{
    gzFile f = gzopen(path, "rb");
    char buf[65536];
    int n;

    assert_non_null(f);
    while ((n = gzread(f, buf, sizeof buf)) > 0)
        eql_buf_add(out, buf, (size_t)n);
    assert_int_equal(n, 0);
    gzclose(f);
    assert_false(out->failed);
}

static inline void
test_zstd(eql_strview in, eql_buf *out)
{
    size_t bound = ZSTD_compressBound(in.len), n;
    ZSTD_CCtx *c = ZSTD_createCCtx();

    /* With a checksum, as the command has it. */
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    assert_true(eql_buf_reserve(out, bound));
    n = ZSTD_compress2(c, out->p + out->len, bound, in.p, in.len);
    assert_false(ZSTD_isError(n));
    out->len += n;
    ZSTD_freeCCtx(c);
}

static inline void
test_xz(eql_strview in, eql_buf *out)
{
    size_t bound = lzma_stream_buffer_bound(in.len);

    assert_true(eql_buf_reserve(out, bound));
    assert_int_equal(lzma_easy_buffer_encode(
                         1, LZMA_CHECK_CRC32, NULL, (const uint8_t *)in.p,
                         in.len, (uint8_t *)out->p, &out->len, out->cap),
                     LZMA_OK);
}

/* Appends `in`, packed, to out. */
static inline void
test_pack(test_packing how, eql_strview in, eql_buf *out)
{
    switch (how) {
    case TEST_GZIP: test_gzip(in, out); break;
    case TEST_ZSTD: test_zstd(in, out); break;
    case TEST_XZ: test_xz(in, out); break;
    case TEST_PLAIN:
    case TEST_PACKINGS: eql_buf_add_sv(out, in); break;
    }
}

/* A new file with these bytes; its name is written to path. */
static inline void
test_file(eql_strview bytes, char path[4096])
{
    const char *dir = getenv("TMPDIR");
    int fd;

    snprintf(path, 4096, "%s/eqlvm-test-XXXXXX", dir && *dir ? dir : "/tmp");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.len), (ssize_t)bytes.len);
    close(fd);
}

#endif
