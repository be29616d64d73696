/* interp.h -- runs filters and expressions over one event.
 *
 * A filter is true or false, its leaves are evaluated in Kleene logic for
 * each choice of one element per occurrence of a multi-valued field
 * (language 4.2 and 4.3).  Leaves and filters are evaluated at most once per
 * event, those in the body of an array function that read its variable once per
 * element.
 *
 * An interp belongs to one thread; it borrows the program, which must be
 * verified and outlive it.  Nothing is allocated per event, save that scratch
 * buffers grow to the longest texts they had to hold. */
#ifndef EQL_VM_EVAL_INTERP_H
#define EQL_VM_EVAL_INTERP_H

#include "program/program.h"
#include "event/event.h"
#include "vm/eval/prepare.h"

/* Choices of elements tried per leaf and event; beyond, the leaf is false. */
#define EQL_MAX_COMBINATIONS 65536u
/* Work per event: runs of leaf code and elements that array functions look at,
 * long code counting more; and work over text, a byte that is read, or matched
 * by one state of a regex or one character of a pattern, being one of so many
 * steps.  Beyond, leaves are false. */
#define EQL_MAX_LEAF_RUNS 4194304u
#define EQL_CODE_STEP 32u
#define EQL_TEXT_STEP 4096u

typedef struct {
    uint64_t leaf_evaluations;
    /* Leaves that were false for that, or had a text null that was too long
     * to be made. */
    uint64_t leaf_combinations_capped;
} eql_interp_counters;

typedef struct eql_interp eql_interp;

/* Answers LINEAGE; id may be null. */
typedef bool (*eql_lineage_fn)(void *ctx, uint32_t lineage,
                               const eql_value *id);
/* Takes a value; false: no more. */
typedef bool (*eql_value_fn)(void *ctx, const eql_value *v);

/* NULL: out of memory. */
eql_interp *eql_interp_new(const eql_program *p);
/* With tables that are the caller's. */
eql_interp *eql_interp_new_shared(const eql_prepared *prepared);
void eql_interp_free(eql_interp *it); /* NULL is fine */
/* Without one, no process is what a lineage asks for. */
void eql_interp_set_lineage(eql_interp *it, eql_lineage_fn fn, void *ctx);
/* Answers of leaves for the event at hand, kept by whoever owns the cache. */
typedef struct {
    bool (*find)(void *ctx, uint32_t leaf, bool *holds); /* false: unknown */
    void (*note)(void *ctx, uint32_t leaf, bool holds);
    void *ctx;
} eql_leaf_cache;

/* Borrowed.  NULL: none. */
void eql_interp_set_cache(eql_interp *it, const eql_leaf_cache *cache);
/* For tests: another bound than EQL_MAX_LEAF_RUNS. */
void eql_interp_limit_runs(eql_interp *it, uint32_t runs);

/* Following calls speak of this event, which must stay as it is meanwhile. */
void eql_interp_begin(eql_interp *it, const eql_event *ev);
/* The leaf's answer for this event is known. */
void eql_interp_preset(eql_interp *it, uint32_t leaf, bool holds);
/* Does filter[i], does leaf[i] hold?  In any order, any number of times per
 * event. */
bool eql_interp_filter(eql_interp *it, uint32_t filter);
bool eql_interp_leaf(eql_interp *it, uint32_t leaf);
/* The leaf's value for each choice of elements, also null, also the same one
 * again; it is borrowed for the call. */
void eql_interp_values(eql_interp *it, uint32_t leaf, eql_value_fn fn,
                       void *ctx);
/* Its value for the first choice; borrowed until the next call. */
eql_value eql_interp_value(eql_interp *it, uint32_t leaf);
const eql_interp_counters *eql_interp_get_counters(const eql_interp *it);
/* Leaves so far that a bound made false. */
uint64_t eql_interp_capped(const eql_interp *it);
/* Memory ran out while an event was looked at: answers since then may be
 * false where they should be true. */
bool eql_interp_failed(const eql_interp *it);

#endif
