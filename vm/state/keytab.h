/* keytab.h -- hash table from (rule, key tuple) to what is known of them.
 *
 * Nodes are part of their owner's entries; the real key bytes are kept and
 * compared, so nothing is taken for equal that only hashes alike.  The hash is
 * seeded: keys come from hostile input. */
#ifndef EQL_VM_STATE_KEYTAB_H
#define EQL_VM_STATE_KEYTAB_H

#include "base/base.h"
#include "base/hash.h"
#include "vm/state/budget.h"

typedef struct eql_keytab_node {
    struct eql_keytab_node *next;
    const char *key; /* owned by the entry */
    uint64_t hash;
    uint32_t len; /* of key, bytes */
    uint32_t rule;
} eql_keytab_node;

typedef struct {
    eql_keytab_node **buckets;
    size_t nbuckets; /* a power of two */
    size_t n;
    uint64_t seed;
    eql_budget *budget; /* counts the buckets */
} eql_keytab;

bool eql_keytab_init(eql_keytab *t, uint64_t seed, eql_budget *budget);
void eql_keytab_free(eql_keytab *t); /* the buckets only */
uint64_t eql_keytab_hash(const eql_keytab *t, uint32_t rule, eql_strview key);
/* More bits of the same kind, of which lo may serve as hash of a table. */
eql_h128 eql_keytab_hash128(uint64_t seed, uint32_t rule, eql_strview key);
/* NULL when there is none. */
eql_keytab_node *eql_keytab_find(const eql_keytab *t, uint64_t hash,
                                 uint32_t rule, eql_strview key);
/* All fields but next are set; there is no equal node. */
void eql_keytab_insert(eql_keytab *t, eql_keytab_node *n);
void eql_keytab_remove(eql_keytab *t, eql_keytab_node *n);

#endif
