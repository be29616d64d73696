/* ref_gen_int.h -- what the files of the generator share.
 *
 * Of the table of fields a case uses a few, the active ones, each with a
 * handful of values.  Events and literals are mostly drawn from these, so that
 * conditions hold often enough to be worth comparing. */
#ifndef EQL_TESTS_REF_GEN_INT_H
#define EQL_TESTS_REF_GEN_INT_H

#include "tests/reference/ref_engine.h"
#include "tests/reference/ref_gen.h"

typedef enum {
    KIND_MIXED,
    KIND_NUM,
    KIND_STR,
    KIND_BOOL,
    KIND_ADDR, /* addresses, but no ip field of ECS */
    KIND_IP    /* ip field of ECS */
} ref_kind;

typedef enum { GEN_BOOL, GEN_INT, GEN_FLOAT, GEN_STR } ref_gen_tag;

/* A value that can be written as JSON and as EQL. */
typedef struct {
    ref_gen_tag tag;
    ref_str text; /* as written; of a string: its value */
} ref_gen_value;

typedef struct {
    const char *path;  /* as in events, dotted */
    const char *query; /* as in queries */
    ref_kind kind;
    bool typed;    /* ECS knows it: only strings, never a bare condition */
    bool one_way;  /* events spell it in one way only */
    int construct; /* what naming it in a query shows; -1: nothing */
} ref_gen_field;

#define REF_MAX_ACTIVE 5
#define REF_MAX_DOMAIN 3

typedef struct {
    const ref_gen_field *field;
    ref_gen_value domain[REF_MAX_DOMAIN];
    size_t n;
} ref_active;

typedef struct {
    ref_pool *pool;
    uint64_t rng;
    ref_gen_case *c;
    unsigned features;
    ref_active active[REF_MAX_ACTIVE];
    size_t nactive;
    int64_t step_ns; /* events are usually whole steps apart */
} ref_gen_state;

/* ref_gen.c */
size_t ref_gen_pick(ref_gen_state *g, size_t n); /* 0 .. n-1 */
bool ref_gen_chance(ref_gen_state *g, unsigned percent);
void ref_gen_mark(ref_gen_state *g, ref_construct c);

/* ref_gen_value.c */
void ref_gen_activate(ref_gen_state *g);
ref_active *ref_gen_pick_active(ref_gen_state *g);
/* An active field of the kind, or NULL. */
ref_active *ref_gen_pick_kind(ref_gen_state *g, ref_kind kind);
/* The field as a query names it. */
const char *ref_gen_name(ref_gen_state *g, const ref_active *a);
ref_gen_value ref_gen_any_value(ref_gen_state *g, ref_kind kind);
/* The text in other case, or with letters that look alike. */
ref_gen_value ref_gen_case_variant(ref_gen_state *g, ref_gen_value v);
/* A wildcard pattern made from the value. */
ref_gen_value ref_gen_pattern(ref_gen_state *g, ref_gen_value v);
const char *ref_gen_json(ref_gen_state *g, ref_gen_value v);
const char *ref_gen_literal(ref_gen_state *g, ref_gen_value v);
/* A valid address or block for literals; block: 0 no, 1 yes. */
const char *ref_gen_ip_literal(ref_gen_state *g, bool block);

/* ref_gen_term.c */
ref_term *ref_gen_term(ref_gen_state *g, unsigned depth);
/* ref_gen_event.c */
void ref_gen_events(ref_gen_state *g);

#endif
