/* answer_cache.h -- answers (index.h) by the tag of what they were found for.
 *
 * Two caches are made of it (candidates.c): the value cache, where the tag is
 * the keyed hash of a path and its raw text (base/keyed.h), and the filter
 * result cache, where it is that of several texts.  Nothing else of the texts
 * is kept.  Memory is bounded: tags push out older ones, and when the different
 * answers become too many all is forgotten.  One thread. */
#ifndef EQL_VM_INDEX_ANSWER_CACHE_H
#define EQL_VM_INDEX_ANSWER_CACHE_H

#include "base/hash.h"
#include "vm/index/index.h"

#define EQL_VALUE_CACHE_BYTES ((size_t)2 << 20) /* of tags: 163,840 values */
#define EQL_ANSWER_CACHE_FIRST_BYTES                                           \
    ((size_t)1 << 16) /* of tags, to begin with */
#define EQL_VALUE_CACHE_ANSWER_BYTES                                           \
    ((size_t)1 << 20) /* of different answers */

typedef struct eql_answer_cache eql_answer_cache;

/* bytes: of tags, at most; a power of two of at least 64.  NULL: out of memory.
 */
eql_answer_cache *eql_answer_cache_new(size_t bytes, size_t answer_bytes);
void eql_answer_cache_free(eql_answer_cache *m); /* NULL is fine */
/* Answers given so far are borrowed until this call. */
void eql_answer_cache_begin(eql_answer_cache *m);
/* It will be looked for soon. */
void eql_answer_cache_expect(const eql_answer_cache *m, eql_h128 tag);
/* NULL: not known. */
const eql_answer *eql_answer_cache_find(eql_answer_cache *m, eql_h128 tag);
/* Copies the answer.  NULL: out of memory. */
const eql_answer *eql_answer_cache_add(eql_answer_cache *m, eql_h128 tag,
                                       const eql_answer *a);
uint64_t
eql_answer_cache_forgotten(const eql_answer_cache *m); /* times that all was */

#endif
