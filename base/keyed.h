/* keyed.h -- 128-bit keyed hash of short texts, for memories that hostile input
 * reaches and that keep nothing of a text but its hash.
 *
 * Two texts with equal hashes are taken for the same one, so the key is secret
 * and made anew for each process.  AES instructions where there are any, else
 * SipHash; both are chosen at run time and never mixed under one key. */
#ifndef EQL_BASE_KEYED_H
#define EQL_BASE_KEYED_H

#include "base/hash.h"

typedef struct {
    uint64_t words[12];
    bool aes;
} eql_hash_key;

/* A new secret key. */
void eql_hash_key_make(eql_hash_key *k);
/* For tests: without the instructions. */
void eql_hash_key_portable(eql_hash_key *k);
/* Hash of a number and a text. */
eql_h128 eql_hash_keyed(const eql_hash_key *k, uint64_t number, const void *p,
                        size_t len);

/* Hash of a set of numbered texts: in any order, each piece given once. */
#define EQL_HASH_SLACK 16u /* bytes behind a piece that may be read */
typedef struct {
    uint32_t number, len;
    const char *p; /* with EQL_HASH_SLACK */
} eql_hash_piece;
typedef struct {
    uint64_t w[4];
} eql_hash_sum; /* all 0: of none */
void eql_hash_sum_add(const eql_hash_key *k, eql_hash_sum *sum,
                      const eql_hash_piece *pieces, uint32_t n);
eql_h128 eql_hash_sum_end(const eql_hash_key *k, const eql_hash_sum *sum);

#endif
