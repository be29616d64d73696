/* partial.h -- a sequence in flight: its events so far, and where it waits.
 *
 *   state: (rule, key) -> entry { slot 0 .. slot m-2 }
 *   slot j -> partial -> newest event -> ... -> first event (in the partial)
 *
 * A partial is in one slot of one entry and in one window ring.  Events are
 * never shared between partials: one that goes on is moved, not copied. */
#ifndef EQL_VM_PARTIAL_H
#define EQL_VM_PARTIAL_H

#include "vm/budget.h"
#include "vm/engine.h"
#include "vm/hit.h"
#include "vm/keytab.h"
#include "vm/window.h"

/* An event of a partial; it has a time. */
typedef struct eql_partial_event {
    struct eql_partial_event *before;
    uint64_t line;
    int64_t time_ns;
    eql_event_ref ref;
    uint32_t file;
} eql_partial_event;

struct eql_partial;

/* What is waiting under one key of one rule; gone when nothing is. */
typedef struct {
    eql_keytab_node node;
    uint32_t nslots;
    uint32_t nlive; /* partials that name this entry */
    struct eql_partial *slot[];
    /* the key's bytes */
} eql_partial_entry;

typedef struct eql_partial {
    eql_window_node window; /* first: a node of a ring is its partial */
    eql_partial_entry *entry;
    eql_partial_event *last;
    uint32_t slot;       /* index in entry->slot */
    uint32_t severities; /* conditions that hold for any of its events */
    bool excepted;       /* planted fault exception_after */
    eql_partial_event first;
} eql_partial;

static inline eql_partial *
eql_partial_of(eql_window_node *n)
{
    return (eql_partial *)(void *)n;
}

/* A partial of one event, in no slot; counted in b.  NULL: out of memory. */
eql_partial *eql_partial_new(eql_budget *b);
void eql_partial_set_first(eql_partial *p, const eql_hit *h,
                           const eql_hit_entry *e, uint64_t serial);
/* Notes what the entry says of the event that was or will be added. */
void eql_partial_note(eql_partial *p, const eql_hit_entry *e);
/* false: out of memory. */
bool eql_partial_extend(eql_budget *b, eql_partial *p, const eql_hit *h);
void eql_partial_free(eql_budget *b, eql_partial *p);
/* Writes its events, in order, to out[0 .. n-1]; it has n. */
void eql_partial_events(const eql_partial *p, eql_match_event *out, uint32_t n);

/* An entry without partials, for a key of `rule`; not in a table yet. */
eql_partial_entry *eql_partial_entry_new(eql_budget *b, uint32_t nslots,
                                         uint32_t rule, uint64_t hash,
                                         eql_strview key);
void eql_partial_entry_free(eql_budget *b, eql_partial_entry *e);
uint64_t eql_partial_entry_cost(uint32_t nslots, eql_strview key);

#endif
