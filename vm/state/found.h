/* found.h -- one event of a result in the making, and the keys that have some:
 * what join and sample share.
 *
 * A found event is flat: its kept values, and its spelling of the key, stand
 * behind it.  Keys are in one hash table and in one list by age, over all
 * rules; when the budget is full the oldest key gives way. */
#ifndef EQL_VM_STATE_FOUND_H
#define EQL_VM_STATE_FOUND_H

#include "vm/state/budget.h"
#include "vm/state/keytab.h"
#include "vm/state/result.h"

typedef struct eql_found {
    struct eql_found *next; /* the owner's */
    eql_match_event event;  /* kept: in data */
    uint64_t serial;        /* of the hit, in arrival order */
    uint32_t severities;
    eql_strview shown; /* the key as this event spells it; in data */
    char data[];
} eql_found;

/* What an entry tells under one of its keys. */
typedef struct {
    eql_match_event event;
    uint64_t serial;
    uint32_t severities;
    eql_strview key; /* canonical */
    eql_strview shown;
} eql_finding;

uint64_t eql_found_cost(const eql_finding *f);
/* NULL: out of memory. */
eql_found *eql_found_new(eql_budget *b, const eql_finding *f);
void eql_found_free(eql_budget *b, eql_found *f);

/* First member of the owner's keys. */
typedef struct eql_found_key {
    eql_keytab_node node;
    struct eql_found_key *older, *newer;
    bool listed; /* in the list by age */
} eql_found_key;

typedef struct {
    eql_keytab table;
    eql_budget *budget;
    eql_found_key *oldest, *newest;
} eql_found_keys;

bool eql_found_keys_init(eql_found_keys *k, eql_budget *budget);
/* The buckets only: keys are the owner's. */
void eql_found_keys_free(eql_found_keys *k);
eql_found_key *eql_found_keys_find(const eql_found_keys *k, uint32_t rule,
                                   eql_strview key);
/* n bytes with the key's own behind them, in table and list; `fixed` counts
 * what stands before the key.  NULL: out of memory. */
eql_found_key *eql_found_keys_add(eql_found_keys *k, uint32_t rule,
                                  eql_strview key, size_t fixed);
uint64_t eql_found_keys_cost(eql_strview key, size_t fixed);
/* Into the list as the newest, and out of it. */
void eql_found_keys_list(eql_found_keys *k, eql_found_key *key);
void eql_found_keys_unlist(eql_found_keys *k, eql_found_key *key);
/* Out of table and list, and freed. */
void eql_found_keys_remove(eql_found_keys *k, eql_found_key *key, size_t fixed);
/* The oldest but this one (NULL: any); NULL when there is none. */
eql_found_key *eql_found_keys_oldest(const eql_found_keys *k,
                                     const eql_found_key *but);

#endif
