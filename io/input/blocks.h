/* blocks.h -- an input of JSON lines, cut into blocks of whole lines.
 *
 * A block is what one thread takes at a time: its bytes stand together with
 * EQL_READER_PADDING readable ones behind them.  It ends with a line feed, but
 * for the last one, which may lack it.  A line longer than a block makes the
 * block grow, up to the longest line that is allowed; beyond, its bytes are
 * dropped as they come and a block without text stands for it.  How the input
 * arrives does not matter, and where the cuts are tells nobody anything. */
#ifndef EQL_IO_INPUT_BLOCKS_H
#define EQL_IO_INPUT_BLOCKS_H

#include "base/base.h"
#include "io/input/input.h"

/* Bytes of a block; reading is fastest here, and a block stays in the cache
 * while it is looked at. */
#define EQL_BLOCK_BYTES ((size_t)256 << 10)
/* Bytes behind a text that readers may read (not: look at). */
#define EQL_READER_PADDING 64u

typedef struct {
    eql_strview text; /* borrowed: see own */
    uint64_t offset;  /* of its first byte in the input */
    uint64_t end;     /* bytes of the input up to its end */
    bool cut;         /* the input ends with it and without a line feed */
    bool too_long;    /* no text: it stands for one line over the limit */
    char *own;        /* where text stands, unless it is the source's memory */
    size_t cap;       /* bytes of own */
} eql_block;          /* all zero: an empty one */

void eql_block_free(eql_block *b); /* leaves it empty and usable */

typedef struct eql_blocks eql_blocks;

/* bytes: of a block, 0: EQL_BLOCK_BYTES.  max: of the longest line.  head: what
 * was pulled already, copied; it begins a line at `offset` of the input.  NULL:
 * out of memory. */
eql_blocks *eql_blocks_new(eql_pull_fn pull, void *ctx, size_t bytes,
                           size_t max, eql_strview head, uint64_t offset);
/* The same over bytes in memory, which are not copied: EQL_READER_PADDING bytes
 * behind them must be readable. */
eql_blocks *eql_blocks_memory(eql_strview all, size_t bytes, size_t max);
void eql_blocks_free(eql_blocks *s);
/* Fills *b, whose memory is used again.  false: there is no more, and
 * eql_blocks_end tells why. */
bool eql_blocks_next(eql_blocks *s, eql_block *b);
/* Asked with the pull's ctx whether a pull would wait.  Then a block ends with
 * the last line that has come: a live source may be silent for long. */
void eql_blocks_watch(eql_blocks *s, bool (*waits)(void *ctx));
/* Would the next block have to be waited for? */
bool eql_blocks_waits(const eql_blocks *s);
/* OK before the end. */
eql_pull eql_blocks_end(const eql_blocks *s);

#endif
