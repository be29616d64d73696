/* map.h -- hash map from byte strings to uint32_t, keys copied.
 *
 * Open addressing over the keyed 64-bit hash of base/hash.h.  Used for
 * interning at compile time and for name tables; not the sequence state. */
#ifndef EQL_BASE_MAP_H
#define EQL_BASE_MAP_H

#include "base/base.h"

typedef struct eql_map eql_map;

eql_map *eql_map_new(void); /* NULL when out of memory */
void eql_map_free(eql_map *m);
/* Value of key, or EQL_NONE. */
uint32_t eql_map_get(const eql_map *m, const void *key, size_t len);
/* Sets key to value (not EQL_NONE).  false when out of memory. */
bool eql_map_put(eql_map *m, const void *key, size_t len, uint32_t value);
/* Value of key; if it has none, it gets this one (not EQL_NONE).  EQL_NONE: out
 * of memory. */
uint32_t eql_map_intern(eql_map *m, const void *key, size_t len,
                        uint32_t value);
uint32_t eql_map_count(const eql_map *m);

#endif
