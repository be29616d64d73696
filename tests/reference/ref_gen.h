/* ref_gen.h -- seeded small random cases: a legal query and a few events.
 *
 * A case is kept as a structure, so that the shrinker can take parts of it
 * away, and rendered to text for both sides.  The same seed and number give
 * the same case on every machine.
 *
 * Not made, since the language leaves them open: numbers beyond int64,
 * invalid UTF-8, and what the ref_gen_*.c files name where they pass it by. */
#ifndef EQL_TESTS_REF_GEN_H
#define EQL_TESTS_REF_GEN_H

#include "tests/reference/ref_construct.h"
#include "tests/reference/ref_run.h"

typedef enum {
    REF_TERM_AND,
    REF_TERM_OR,
    REF_TERM_NOT,
    REF_TERM_WRAP, /* head ( kid ) tail, or head ( kid ) mid ( kid ) tail */
    REF_TERM_HOLD, /* head kid tail: the kid needs no parentheses */
    REF_TERM_LIST, /* head item, item tail */
    REF_TERM_TEXT  /* head */
} ref_term_kind;

/* A condition. */
typedef struct ref_term ref_term;
struct ref_term {
    ref_term_kind kind;
    bool parens; /* needless ones around it */
    const char *head, *mid, *tail;
    ref_term **kids;
    size_t nkids;
    const char **items;
    size_t nitems;
};

typedef struct {
    const char *category;
    ref_term *cond;
    const char **by; /* its own keys */
    size_t nby;
    bool missing, fork, alias_first;
    size_t runs;       /* 0: not written */
    const char *alias; /* NULL: none */
} ref_gen_stage;

/* One member of the event's object, both sides as JSON text. */
typedef struct {
    const char *key, *value;
} ref_gen_pair;

typedef struct {
    ref_gen_pair *pairs;
    size_t n;
} ref_gen_event;

typedef struct {
    size_t stage; /* from 1 */
    ref_term *cond;
} ref_gen_exception;

typedef struct {
    ref_query_kind kind;
    const char *dialect;
    const char **set; /* "flag=value" */
    size_t nset;
    bool no_schema;
    bool versions;
    bool through_image;
    const char **definitions; /* macros and constants */
    size_t ndefinitions;
    const char **pipes; /* "head 2" */
    size_t npipes;
    const char *gap; /* white space or comment between the parts */
    const char **by; /* keys of the sequence */
    size_t nby;
    const char *maxspan; /* "5s"; NULL: none */
    bool maxspan_first;
    ref_gen_stage *stages; /* an event query has one */
    size_t nstages;
    ref_gen_stage *until; /* NULL: none */
    ref_gen_exception *exceptions;
    size_t nexceptions;
    const char *tiebreaker; /* NULL: none */
    ref_gen_event *events;
    size_t nevents;
    bool constructs[REF_NCONSTRUCTS]; /* what occurs in it */
} ref_gen_case;

ref_gen_case *ref_gen(ref_pool *pool, uint64_t seed, uint64_t number);
/* The bytes are the choices; when they run out the rest is fixed. */
ref_gen_case *ref_gen_from_bytes(ref_pool *pool, const uint8_t *bytes,
                                 size_t n);
/* The texts for both sides, in the pool. */
ref_case ref_gen_render(ref_pool *pool, const ref_gen_case *c);

/* The condition as EQL. */
const char *ref_gen_term_text(ref_pool *pool, const ref_term *t);

/* Does the case still show what is being looked for? */
typedef bool (*ref_still)(void *ctx, const ref_gen_case *c);
/* The smallest case that greedy removal of parts finds. */
const ref_gen_case *ref_shrink(ref_pool *pool, const ref_gen_case *c,
                               ref_still still, void *ctx);

#endif
