/* codec.c -- gzip, zstd and xz streams as plain bytes.
 *
 * Each format is one step function over the same input and output view, so
 * that a reader sees no difference.  What was decoded before damage is given
 * out first.  Memory is bounded whatever the data asks for: zstd windows of
 * at most 128 MB, xz dictionaries of at most 128 MB. */
#include "io/input/codec.h"

#include <limits.h>
#include <stdlib.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define XZ_MEMORY ((uint64_t)128 << 20)
#define ZSTD_WINDOW_LOG 27

static const char ends_early[] = "the compressed data ends early";
static const char trailing[] = "bytes after the end of the compressed data";

struct eql_codec {
    eql_codec_kind kind;
    const char *error;
    bool between; /* at the end of a gzip member or zstd frame */
    z_stream z;
    ZSTD_DStream *zstd;
    lzma_stream xz;
};

eql_codec_kind
eql_codec_sniff(const char *p, size_t len)
{
    if (len >= 3 && memcmp(p, "\x1f\x8b\x08", 3) == 0)
        return EQL_CODEC_GZIP;
    if (len >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
        return EQL_CODEC_ZSTD;
    if (len >= 4 && (p[0] & 0xf0) == 0x50 &&
        memcmp(p + 1, "\x2a\x4d\x18", 3) == 0)
        return EQL_CODEC_ZSTD; /* a skippable frame first */
    if (len >= 6 && memcmp(p,
                           "\xfd"
                           "7zXZ\0",
                           6) == 0)
        return EQL_CODEC_XZ;
    return EQL_CODEC_NONE;
}

static bool
start(eql_codec *c)
{
    switch (c->kind) {
    case EQL_CODEC_NONE: break;
    case EQL_CODEC_GZIP: return inflateInit2(&c->z, 15 + 16) == Z_OK;
    case EQL_CODEC_ZSTD:
        c->zstd = ZSTD_createDStream();
        return c->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(
                              c->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
    case EQL_CODEC_XZ:
        return lzma_stream_decoder(&c->xz, XZ_MEMORY, LZMA_CONCATENATED) ==
               LZMA_OK;
    }
    return false;
}

eql_codec *
eql_codec_new(eql_codec_kind kind)
{
    eql_codec *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->kind = kind;
    c->error = "";
    c->xz = (lzma_stream)LZMA_STREAM_INIT;
    if (!start(c)) {
        eql_codec_free(c);
        return NULL;
    }
    return c;
}

void
eql_codec_free(eql_codec *c)
{
    if (!c)
        return;
    if (c->kind == EQL_CODEC_GZIP)
        inflateEnd(&c->z);
    ZSTD_freeDStream(c->zstd);
    lzma_end(&c->xz);
    free(c);
}

const char *
eql_codec_error(const eql_codec *c)
{
    return c->error;
}

static eql_codec_status
damaged(eql_codec *c, const char *why)
{
    c->error = why;
    return EQL_CODEC_DAMAGED;
}

static unsigned
clamp_uint(size_t n)
{
    return n > UINT_MAX ? UINT_MAX : (unsigned)n;
}

/* Between gzip members: zeros are padding (as gzip(1) has it), another member
 * may follow.  Sets *more when there is one to be read. */
static eql_codec_status
gzip_next_member(eql_codec *c, eql_codec_in *in, bool *more)
{
    *more = false;
    while (in->len && in->p[0] == '\0') {
        in->p++;
        in->len--;
    }
    if (in->len == 0)
        return in->last ? EQL_CODEC_DONE : EQL_CODEC_OK;
    if ((unsigned char)in->p[0] != 0x1f)
        return damaged(c, trailing);
    if (inflateReset(&c->z) != Z_OK) /* nothing that memory is wanted for */
        return damaged(c, "the gzip data is damaged");
    c->between = false;
    *more = true;
    return EQL_CODEC_OK;
}

static eql_codec_status
gzip_step(eql_codec *c, eql_codec_in *in, char *out, size_t cap, size_t *n)
{
    int rc;
    bool more = true;

    if (c->between) {
        eql_codec_status st = gzip_next_member(c, in, &more);

        if (!more)
            return st;
    }
    c->z.next_in = (Bytef *)(uintptr_t)in->p;
    c->z.avail_in = clamp_uint(in->len);
    c->z.next_out = (Bytef *)out;
    c->z.avail_out = clamp_uint(cap);
    rc = inflate(&c->z, Z_NO_FLUSH);
    in->len -= (size_t)((const char *)c->z.next_in - in->p);
    in->p = (const char *)c->z.next_in;
    *n = (size_t)((char *)c->z.next_out - out);
    switch (rc) {
    case Z_STREAM_END: c->between = true; return EQL_CODEC_OK;
    case Z_OK: return EQL_CODEC_OK;
    case Z_BUF_ERROR:
        return in->last && in->len == 0 ? damaged(c, ends_early) : EQL_CODEC_OK;
    case Z_MEM_ERROR: return EQL_CODEC_NOMEM;
    default: return damaged(c, "the gzip data is damaged");
    }
}

static eql_codec_status
zstd_step(eql_codec *c, eql_codec_in *in, char *out, size_t cap, size_t *n)
{
    ZSTD_inBuffer src = {in->p, in->len, 0};
    ZSTD_outBuffer dst = {out, cap, 0};
    size_t rc;

    if (in->len == 0 && c->between)
        return in->last ? EQL_CODEC_DONE : EQL_CODEC_OK;
    rc = ZSTD_decompressStream(c->zstd, &dst, &src);
    in->p += src.pos;
    in->len -= src.pos;
    *n = dst.pos;
    if (ZSTD_isError(rc)) {
        if (ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
            return EQL_CODEC_NOMEM;
        return damaged(c, c->between ? trailing : "the zstd data is damaged");
    }
    c->between = rc == 0;
    if (in->last && in->len == 0 && dst.pos == 0 && !c->between)
        return damaged(c, ends_early);
    return EQL_CODEC_OK;
}

static eql_codec_status
xz_step(eql_codec *c, eql_codec_in *in, char *out, size_t cap, size_t *n)
{
    lzma_ret rc;

    c->xz.next_in = (const uint8_t *)in->p;
    c->xz.avail_in = in->len;
    c->xz.next_out = (uint8_t *)out;
    c->xz.avail_out = cap;
    rc = lzma_code(&c->xz, in->last ? LZMA_FINISH : LZMA_RUN);
    in->p = (const char *)c->xz.next_in;
    in->len = c->xz.avail_in;
    *n = cap - c->xz.avail_out;
    switch (rc) {
    case LZMA_OK: return EQL_CODEC_OK;
    case LZMA_STREAM_END: return EQL_CODEC_DONE;
    case LZMA_BUF_ERROR:
        return in->last ? damaged(c, ends_early) : EQL_CODEC_OK;
    case LZMA_MEM_ERROR: return EQL_CODEC_NOMEM;
    case LZMA_MEMLIMIT_ERROR:
        return damaged(c, "the xz data wants over 128 MB to be decompressed");
    default: return damaged(c, "the xz data is damaged");
    }
}

eql_codec_status
eql_codec_run(eql_codec *c, eql_codec_in *in, char *out, size_t cap, size_t *n)
{
    *n = 0;
    switch (c->kind) {
    case EQL_CODEC_NONE: break;
    case EQL_CODEC_GZIP: return gzip_step(c, in, out, cap, n);
    case EQL_CODEC_ZSTD: return zstd_step(c, in, out, cap, n);
    case EQL_CODEC_XZ: return xz_step(c, in, out, cap, n);
    }
    return EQL_CODEC_DONE;
}
