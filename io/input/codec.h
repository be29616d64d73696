/* codec.h -- decompression of one input stream: gzip, zstd, xz.
 *
 * Told apart by content.  Concatenated gzip members, zstd frames and xz
 * streams read as one.  A codec owns no file: bytes are handed in and out. */
#ifndef EQL_IO_INPUT_CODEC_H
#define EQL_IO_INPUT_CODEC_H

#include "base/base.h"

typedef enum {
    EQL_CODEC_NONE,
    EQL_CODEC_GZIP,
    EQL_CODEC_ZSTD,
    EQL_CODEC_XZ
} eql_codec_kind;

typedef enum {
    EQL_CODEC_OK,      /* some input was taken or output given */
    EQL_CODEC_DONE,    /* all input is used and the data is whole */
    EQL_CODEC_DAMAGED, /* reason in eql_codec_error */
    EQL_CODEC_NOMEM
} eql_codec_status;

/* Compressed bytes still to be taken; the codec moves it on. */
typedef struct {
    const char *p;
    size_t len;
    bool last; /* nothing follows */
} eql_codec_in;

#define EQL_CODEC_MAGIC 6u /* bytes that eql_codec_sniff wants, if there */

typedef struct eql_codec eql_codec;

eql_codec_kind eql_codec_sniff(const char *p, size_t len);
/* NULL when out of memory.  kind is not NONE. */
eql_codec *eql_codec_new(eql_codec_kind kind);
void eql_codec_free(eql_codec *c);
/* Writes at most cap bytes at out, *n of them.  Asks for more input by
 * returning OK with in->len 0 and *n 0. */
eql_codec_status eql_codec_run(eql_codec *c, eql_codec_in *in, char *out,
                               size_t cap, size_t *n);
/* What is wrong with the data; static text. */
const char *eql_codec_error(const eql_codec *c);

#endif
