/* seq_int.h -- inside of eql_seq, for the seq_*.c files.
 *
 *   seq.c          makes it, takes hits apart, sends entries where they belong
 *   seq_plan.c     what each stage means to the machine, from the program
 *   seq_state.c    entries and slots: enter, leave, expire, give way
 *   seq_compact.c    partials of one event, kept compact
 *   seq_ahead.c    looks at hits before their turn
 *   seq_step.c     a positive stage, or `until`, sees an event (language 8.8)
 *   seq_missing.c  missing stages and completion (language 8.15)
 *
 * Anything that makes room may free any partial but the one it is told to
 * keep; an entry that is in hand (eql_seq_pin) stays. */
#ifndef EQL_VM_SEQ_SEQ_INT_H
#define EQL_VM_SEQ_SEQ_INT_H

#include "vm/group/join.h"
#include "vm/seq/late.h"
#include "vm/group/lineage.h"
#include "vm/report/match.h"
#include "vm/seq/partial.h"
#include "vm/report/pipe.h"
#include "vm/state/residual.h"
#include "vm/group/sample.h"
#include "vm/seq/seq.h"

/* --- plan --- */

typedef enum {
    EQL_SEQ_UNUSED,   /* lineage, or no stage of a rule */
    EQL_SEQ_POSITIVE, /* of any rule that is no sequence, too */
    EQL_SEQ_UNTIL,
    EQL_SEQ_LEADING, /* ![ ] before, */
    EQL_SEQ_MIDDLE,  /* between, */
    EQL_SEQ_TRAILING /* and after the positive ones */
} eql_seq_role;

typedef struct {
    uint32_t role;  /* eql_seq_role */
    uint32_t first; /* POSITIVE: number of its first position among the positive
                       ones; MIDDLE: slot of partials it is about */
    uint32_t runs;
    uint32_t next;   /* POSITIVE: the next positive stage, EQL_NONE: none */
    bool by_partial; /* its residual names aliases */
    bool fork;
} eql_seq_stage;

typedef struct {
    uint32_t npositive; /* positions, runs expanded */
    bool leads, trails; /* has missing stages there */
    bool compact; /* its partials may begin as compact partials (seq_compact.c)
                   */
    int64_t span_ns; /* EQL_WINDOW_NEVER: none */
} eql_seq_rule;

typedef struct {
    eql_seq_stage *stages; /* one per program stage */
    eql_seq_rule *rules;   /* one per program rule */
    bool leads, trails;    /* some rule does */
} eql_seq_plan;

bool eql_seq_plan_init(eql_seq_plan *plan, const eql_captures *c);
void eql_seq_plan_free(eql_seq_plan *plan);

/* --- state --- */

/* Kinds of window nodes. */
enum { EQL_SEQ_PARTIAL, EQL_SEQ_HELD, EQL_SEQ_LEAD };

/* A completed match that waits for what may follow it (language 8.17).  In its
 * window it starts at its last event: it is looked at later than it might be,
 * but in order. */
typedef struct eql_held {
    eql_window_node window;
    eql_partial_entry *entry;
    struct eql_held *older, *newer; /* of the entry */
    int64_t base_ns, last_ns;
    eql_hit record[]; /* flat, see match.h */
} eql_held;

/* Hits of the leading missing stages of a rule under one key (language 8.16):
 * the last, and the last at another time before it. */
typedef struct {
    eql_keytab_node node;
    eql_window_node window;
    int64_t last_ns, before_ns; /* EQL_NO_LEAD: none */
    char key[];
} eql_seq_lead;

/* Whether anything can wait for a rule. */
typedef struct {
    uint64_t nentries; /* of the table */
    bool started;
    int64_t start_ns; /* of its last compact partial that was kept compact */
} eql_seq_waits;

/* The hash of a key that was looked at before its turn. */
#define EQL_SEQ_HASHED_BITS 6
typedef struct {
    uint64_t at; /* place of the key among the hits; 0: none */
    eql_compact_id id;
} eql_seq_hashed;

struct eql_seq {
    const eql_program *program;
    const eql_captures *captures;
    eql_engine_counters *counters;
    bool ordered; /* hits come in the order of time */
    eql_seq_plan plan;
    eql_budget budget; /* of partials, held ones, leads and their tables */
    eql_keytab table;  /* eql_partial_entry */
    eql_keytab leads;  /* eql_seq_lead */
    eql_windows windows;
    eql_compact_ring
        *compact; /* one per ring of windows; NULL: none is kept compact */
    int64_t compact_wake_ns;          /* no compact partial expires before */
    uint32_t kept_ring, kept_compact; /* stays when room is made; NONE: none */
    eql_seq_waits *waits;             /* one per rule */
    uint64_t seed;                    /* of the keys' hash */
    eql_hit_source source;
    uint64_t place; /* of the hit at hand */
    bool looks_ahead;
    eql_compact_ahead ahead;
    eql_seq_hashed hashed[1 << EQL_SEQ_HASHED_BITS];
    eql_budget lineage_budget, join_budget, sample_budget, pipe_budget;
    eql_lineages *lineages;
    eql_residual *residual;
    eql_join *join;
    eql_sample *sample;
    eql_pipes *pipes; /* NULL: no rule has any */
    eql_late *late;   /* NULL: nothing is late */
    eql_matches *matches;
    uint64_t live; /* partials */
    uint64_t nheld;
    uint64_t serial;     /* of the hit at hand */
    eql_partial *cursor; /* next to be looked at; moves on when it leaves */
    uint32_t nresults;   /* of join or sample, of the hit and rule at hand */
    eql_vec items;
    eql_vec entries;     /* const eql_hit_entry *, of the rule at hand */
    eql_strview process; /* captured values of the hit's PROCESS entry */
};

/* One stage of a rule looking at the hit at hand, under one key. */
typedef struct {
    const eql_hit *hit;
    const eql_hit_entry *entry;
    const eql_rule *rule;
    const eql_seq_stage *plan;
    uint32_t index; /* of the rule */
    uint32_t stage; /* of program.stages[] */
    eql_strview key;
    uint64_t hash;
    uint16_t check;           /* more bits of the same hash */
    eql_partial_event *event; /* made once for all partials of the key */
} eql_seq_step;

static inline const eql_seq_rule *
eql_seq_rule_of(const eql_seq *s, const eql_seq_step *st)
{
    return &s->plan.rules[st->index];
}

/* The entry of the key, or NULL. */
eql_partial_entry *eql_seq_find(const eql_seq *s, const eql_seq_step *st);
/* The same, made at the cost of older state; in hand.  NULL: *res says whether
 * memory is short, or only the budget. */
eql_partial_entry *eql_seq_need(eql_seq *s, const eql_seq_step *st,
                                eql_engine_result *res);
void eql_seq_pin(eql_partial_entry *e);
void eql_seq_unpin(eql_seq *s, eql_partial_entry *e);
/* Room for cost bytes; `keep`, which may be NULL, does not give way.  false:
 * there is no such room. */
bool eql_seq_make_room(eql_seq *s, uint64_t cost, const eql_window_node *keep);
/* Counts and opens a window of its own for p, whose events are there. */
void eql_seq_enter(eql_seq *s, const eql_seq_step *st, eql_partial_entry *e,
                   eql_partial *p);
/* Takes p out of the state; its memory is the caller's. */
void eql_seq_take_out(eql_seq *s, eql_partial *p);
void eql_seq_drop(eql_seq *s, eql_partial *p, uint64_t *why);
/* What time has passed over; stops at an error. */
eql_engine_result eql_seq_expire(eql_seq *s, int64_t now_ns);
/* Frees everything that a window knows. */
void eql_seq_forget_all(eql_seq *s);

/* --- compact partials --- */

bool eql_seq_compact_init(eql_seq *s);
void eql_seq_compact_free(eql_seq *s);
/* Are the partials of the step's rule compact partials until they go on? */
static inline bool
eql_seq_is_compact(const eql_seq *s, const eql_seq_step *st)
{
    return s->compact && s->source.fetch && eql_seq_rule_of(s, st)->compact;
}
/* The first stage sees an event. */
eql_engine_result eql_seq_add_compact(eql_seq *s, const eql_seq_step *st);
/* `until` sees one. */
void eql_seq_end_compact(eql_seq *s, const eql_seq_step *st);
/* Makes a partial of the key's compact partial; returns its entry, in hand.
 * NULL: there was none, or *res says why. */
eql_partial_entry *eql_seq_promote(eql_seq *s, const eql_seq_step *st,
                                   eql_engine_result *res);
void eql_seq_compact_expire(eql_seq *s, int64_t now_ns);
/* Evicts the oldest compact partial, or the partial that owns it, if it is
 * older than `before`; false: there is none. */
bool eql_seq_evict_compact(eql_seq *s, const eql_window_node *keep,
                           uint64_t before);

/* --- looking ahead --- */

/* Hash of rule and key. */
eql_compact_id eql_seq_key_id(eql_seq *s, const eql_seq_step *st);
/* The ring has got a compact partial. */
void eql_seq_note_ring(eql_seq *s, const eql_compact_ring *r);

/* --- steps --- */

eql_engine_result eql_seq_positive(eql_seq *s, eql_seq_step *st);
void eql_seq_until(eql_seq *s, const eql_seq_step *st);
/* Does the residual of the entry's stage hold?  p: the partial whose events the
 * aliases name, or NULL. */
bool eql_seq_holds(eql_seq *s, const eql_seq_step *st, const eql_partial *p);

/* --- missing stages --- */

eql_engine_result eql_seq_missing(eql_seq *s, const eql_seq_step *st);
/* Last hit of the leading stages before this event, EQL_NO_LEAD: none. */
int64_t eql_seq_lead_before(const eql_seq *s, const eql_seq_step *st);
/* The event completes a match; p, out of the state, has the events before, NULL
 * when there are none.  p stays the caller's. */
eql_engine_result eql_seq_complete(eql_seq *s, const eql_seq_step *st,
                                   const eql_partial *p);
void eql_seq_lead_forget(eql_seq *s, eql_seq_lead *l);
/* Takes it out of the state and frees it. */
void eql_seq_held_drop(eql_seq *s, eql_held *h);
eql_engine_result eql_seq_held_release(eql_seq *s, eql_held *h);
/* The end of input. */
eql_engine_result eql_seq_held_end(eql_seq *s, const int64_t *now_ns);

static inline eql_held *
eql_held_of(eql_window_node *n)
{
    return (eql_held *)(void *)n;
}

static inline eql_seq_lead *
eql_seq_lead_of(eql_window_node *n)
{
    return (eql_seq_lead *)(void *)((char *)n - offsetof(eql_seq_lead, window));
}

#endif
