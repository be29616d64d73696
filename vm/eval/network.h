/* network.h -- lists of address blocks made ready to search.
 *
 * Blocks are sorted by prefix length and address, so a look-up is one binary
 * search per prefix length in use. */
#ifndef EQL_VM_EVAL_NETWORK_H
#define EQL_VM_EVAL_NETWORK_H

#include "base/arena.h"
#include "base/text.h"

/* All-zero is empty. */
typedef struct {
    eql_cidr *blocks; /* sorted once eql_network_list_sort was called */
    uint32_t n;
} eql_network_list;

bool eql_network_list_init(eql_network_list *l, eql_arena *arena, uint32_t n);
/* Adds one of the n blocks; false when text is none. */
bool eql_network_list_add(eql_network_list *l, eql_strview text);
void eql_network_list_sort(eql_network_list *l);
/* Does the address that text spells lie in a block?  No when it is none. */
bool eql_network_list_has(const eql_network_list *l, eql_strview text);

#endif
