/* hash.h -- 64- and 128-bit hashes of byte strings.
 *
 * eql_hash64 and eql_hash128_seeded are seeded and meant for tables that
 * hostile input reaches (seed them per process).  eql_hash128 is unseeded and
 * stable for ever: alert identities are made of it, so its output may never
 * change. */
#ifndef EQL_BASE_HASH_H
#define EQL_BASE_HASH_H

#include "base/base.h"

typedef struct {
    uint64_t hi, lo;
} eql_h128;

uint64_t eql_hash64(uint64_t seed, const void *p, size_t len);
/* 128 bits for the price of little more; lo is not eql_hash64. */
eql_h128 eql_hash128_seeded(uint64_t seed, const void *p, size_t len);
eql_h128 eql_hash128(const void *p, size_t len);
/* Quick and not keyed: tells whether bytes are still the same, no more. */
uint64_t eql_hash_check(const void *data, size_t len);
/* A seed from the system's random source (falls back to the clock). */
uint64_t eql_hash_seed(void);

#endif
