/* partial.h -- a sequence in flight: its events so far, and where it waits.
 *
 *   state: (rule, key) -> entry -> partial -> partial -> ...
 *   partial: first event -> ... -> last event
 *
 * A partial with n events waits in slot n - 1.  The partials of an entry are
 * one list, highest slot first, in a slot newest first; most slots hold one.
 *
 * Partials share events: a chain may go on behind a partial's last event, with
 * what came after it in another partial, so a run of N events costs N, not N
 * times N.  A partial owns its first event, an event the one behind it. */
#ifndef EQL_VM_SEQ_PARTIAL_H
#define EQL_VM_SEQ_PARTIAL_H

#include "vm/state/budget.h"
#include "vm/run/status.h"
#include "event/hit.h"
#include "vm/state/keytab.h"
#include "vm/seq/compact.h"
#include "vm/state/window.h"

/* An event of a partial; it has a time. */
typedef struct eql_partial_event {
    struct eql_partial_event *next;
    uint64_t line;
    int64_t time_ns;
    eql_event_ref ref;
    uint32_t file;
    uint32_t stage; /* of program.stages[] */
    uint32_t refs;
    uint32_t nkept;
    char kept[]; /* captured values */
} eql_partial_event;

struct eql_partial;
struct eql_held;

/* What is waiting under one key of one rule; gone when nothing is. */
typedef struct {
    eql_keytab_node node;
    struct eql_partial *top;
    struct eql_held *oldest, *newest; /* completed, but held (seq_missing.c) */
    uint64_t nusers; /* partials, held ones, and who has it in hand */
    char key[];
} eql_partial_entry;

typedef struct eql_partial {
    eql_window_node window; /* first: a node of a ring is its partial */
    eql_partial_entry *entry;
    struct eql_partial *above, *below; /* of the entry */
    eql_partial_event *first, *last;
    int64_t lead_ns;     /* last hit of a leading missing stage, or NO_LEAD */
    int64_t gap_ns;      /* first hit of the missing stages that follow `last`,
                            or NO_GAP */
    uint32_t n;          /* events */
    uint32_t severities; /* conditions that hold for any of them */
    bool poisoned;       /* a missing event was there */
    bool owns_compact;   /* its turn is that of `compact`, not of `window` */
    eql_compact_owner compact;
} eql_partial;

#define EQL_NO_LEAD INT64_MIN
#define EQL_NO_GAP INT64_MAX

static inline eql_partial *
eql_partial_of(eql_window_node *n)
{
    return (eql_partial *)(void *)n;
}

static inline eql_partial *
eql_partial_of_compact(eql_compact_owner *o)
{
    return (eql_partial *)(void *)((char *)o - offsetof(eql_partial, compact));
}

/* --- events: all memory is counted in b, NULL and false: out of memory --- */

eql_partial_event *eql_partial_event_new(eql_budget *b, const eql_hit *h,
                                         uint32_t stage, eql_strview kept);
uint64_t eql_partial_event_cost(eql_strview kept);
/* Gives up one reference; NULL is fine. */
void eql_partial_event_release(eql_budget *b, eql_partial_event *ev);

/* --- partials --- */

/* One event long, in no entry; takes a reference of its own. */
eql_partial *eql_partial_new(eql_budget *b, eql_partial_event *first,
                             uint64_t serial);
/* Another with the same events. */
eql_partial *eql_partial_copy(eql_budget *b, const eql_partial *p);
/* What adding the event may cost beside it: p's events, if they have to be
 * copied because others go on differently. */
uint64_t eql_partial_extend_cost(const eql_partial *p,
                                 const eql_partial_event *ev);
bool eql_partial_extend(eql_budget *b, eql_partial *p, eql_partial_event *ev);
/* Notes what the entry says of the event that was or will be added. */
void eql_partial_note(eql_partial *p, const eql_hit_entry *e);
void eql_partial_free(eql_budget *b, eql_partial *p);

/* --- entries --- */

/* Without partials, for a key of `rule`; not in a table yet. */
eql_partial_entry *eql_partial_entry_new(eql_budget *b, uint32_t rule,
                                         uint64_t hash, eql_strview key);
void eql_partial_entry_free(eql_budget *b, eql_partial_entry *e);
uint64_t eql_partial_entry_cost(eql_strview key);
/* Puts p, which is in no list, behind `above`; NULL: at the top. */
void eql_partial_link(eql_partial_entry *e, eql_partial *p, eql_partial *above);
/* Puts it below all others. */
void eql_partial_link_last(eql_partial_entry *e, eql_partial *p);
void eql_partial_unlink(eql_partial *p);

#endif
