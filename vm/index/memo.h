/* memo.h -- what the index said of values, remembered by their texts.
 *
 * Real values repeat: nearly every one was seen before.  A value is known by a
 * tag, the keyed hash of its path and raw text (base/keyed.h); nothing else of
 * it is kept.  Memory is bounded: values push out older ones, and when the
 * answers themselves become too many all is forgotten.  One thread. */
#ifndef EQL_VM_INDEX_MEMO_H
#define EQL_VM_INDEX_MEMO_H

#include "base/hash.h"
#include "vm/index/index.h"

#define EQL_MEMO_BYTES ((size_t)2 << 20)        /* of tags: 163,840 values */
#define EQL_MEMO_FIRST_BYTES ((size_t)1 << 16)  /* and as long as they do */
#define EQL_MEMO_ANSWER_BYTES ((size_t)1 << 20) /* of different answers */

typedef struct eql_memo eql_memo;

/* bytes: of tags, at most; a power of two of at least 64.  NULL: out of memory.
 */
eql_memo *eql_memo_new(size_t bytes, size_t answer_bytes);
void eql_memo_free(eql_memo *m); /* NULL is fine */
/* Answers given so far are borrowed until this call. */
void eql_memo_begin(eql_memo *m);
/* It will be looked for soon. */
void eql_memo_expect(const eql_memo *m, eql_h128 tag);
/* NULL: not known. */
const eql_answer *eql_memo_find(eql_memo *m, eql_h128 tag);
/* Copies the answer.  NULL: out of memory. */
const eql_answer *eql_memo_add(eql_memo *m, eql_h128 tag, const eql_answer *a);
uint64_t eql_memo_forgotten(const eql_memo *m); /* times that all was */

#endif
