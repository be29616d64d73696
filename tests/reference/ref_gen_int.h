/* ref_gen_int.h -- what the files of the generator share.
 *
 * Of the table of fields a case uses a few, the active ones, each with a
 * handful of values.  Events and literals are mostly drawn from these, so that
 * conditions hold often enough to be worth comparing.  While the condition of
 * a lambda or of a stage behind an alias is made, fields of the variable or of
 * the alias take the places of some. */
#ifndef EQL_TESTS_REF_GEN_INT_H
#define EQL_TESTS_REF_GEN_INT_H

#include "tests/reference/ref_gen.h"

typedef enum {
    KIND_MIXED,
    KIND_NUM,
    KIND_STR,
    KIND_BOOL,
    KIND_ADDR,   /* addresses, but no ip field of ECS */
    KIND_IP,     /* ip field of ECS */
    KIND_DATE,   /* date field of ECS */
    KIND_VERSION /* text to ECS; a version to the other schema */
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
    bool typed;    /* ECS knows it */
    bool one_way;  /* events spell it in one way only */
    int construct; /* what naming it in a query shows; -1: nothing */
    bool derived;  /* of a variable or an alias: never ?name, never a key */
} ref_gen_field;

#define REF_MAX_ACTIVE 5
#define REF_MAX_DOMAIN 3

typedef struct {
    const ref_gen_field *field;
    ref_gen_value domain[REF_MAX_DOMAIN];
    size_t n;
} ref_active;

typedef struct {
    ref_active items[REF_MAX_ACTIVE];
    size_t n;
} ref_actives;

typedef struct {
    ref_pool *pool;
    uint64_t rng;
    const uint8_t *bytes; /* when not NULL, choices are these */
    size_t nbytes;
    ref_gen_case *c;
    ref_flags flags;
    ref_actives active;
    ref_actives elements;   /* what the elements of `list` have */
    const char *list;       /* a path for array functions; NULL: none */
    int64_t step_ns;        /* events are usually whole steps apart */
    bool single;            /* no field has several values */
    bool timed;             /* every event has a time */
    bool family;            /* events tell of processes and their parents */
    bool plain;             /* no macros and no lineages now */
    size_t lambdas;         /* that the place being made is in */
    const char *aliases[8]; /* that it may name */
    size_t naliases;
} ref_gen_state;

/* ref_gen.c */
size_t ref_gen_pick(ref_gen_state *g, size_t n); /* 0 .. n-1 */
bool ref_gen_chance(ref_gen_state *g, unsigned percent);
void ref_gen_mark(ref_gen_state *g, ref_construct c);
#define REF_GEN_PICK(g, list) ((list)[ref_gen_pick(g, REF_COUNTOF(list))])

#define REF_GEN_ALIAS(g) ((g)->aliases[ref_gen_pick(g, (g)->naliases)])

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
/* A valid address or block for literals; block: 0 no, 1 yes. */
const char *ref_gen_ip_literal(ref_gen_state *g, bool block);
/* Fields of elements, for lambdas. */
void ref_gen_elements(ref_gen_state *g);

/* ref_gen_write.c */
const char *ref_gen_json(ref_gen_state *g, ref_gen_value v);
const char *ref_gen_literal(ref_gen_state *g, ref_gen_value v);

/* ref_gen_term.c */
ref_term *ref_gen_term(ref_gen_state *g, unsigned depth);
/* A value to compare the field with, and its literal. */
ref_gen_value ref_gen_value_for(ref_gen_state *g, const ref_active *a);
const char *ref_gen_literal_for(ref_gen_state *g, const ref_active *a);
ref_term *ref_gen_new_term(ref_gen_state *g, ref_term_kind kind);
ref_term *ref_gen_text_term(ref_gen_state *g, const char *text);
void ref_gen_add_kid(ref_gen_state *g, ref_term *t, ref_term *kid);
void ref_gen_add_item(ref_gen_state *g, ref_term *t, const char *item);
/* left OP right; op: 0 ==, 1 !=, 2 <, 3 <=, 4 >, 5 >=. */
ref_term *ref_gen_compare(ref_gen_state *g, const char *left, size_t op,
                          const char *right, bool mirror);
size_t ref_gen_equality(ref_gen_state *g); /* 0 or 1 */
ref_term *ref_gen_list_term(ref_gen_state *g, const char *operand,
                            const char *op);
const char *ref_gen_in_operator(ref_gen_state *g);
size_t ref_gen_list_length(ref_gen_state *g);
const char *ref_gen_pattern_for(ref_gen_state *g, const ref_active *a,
                                bool colon);

/* ref_gen_expr.c */
const char *ref_gen_string(ref_gen_state *g, unsigned depth);
const char *ref_gen_number(ref_gen_state *g, unsigned depth);
/* A condition about expressions and functions. */
ref_term *ref_gen_function_leaf(ref_gen_state *g);

/* ref_gen_regex.c */
/* As a literal, for the regex operators or for match(). */
const char *ref_gen_regex(ref_gen_state *g, ref_gen_value v, bool prefix);
ref_term *ref_gen_regex_leaf(ref_gen_state *g);

/* ref_gen_list.c */
ref_term *ref_gen_lambda(ref_gen_state *g);
ref_term *ref_gen_lineage(ref_gen_state *g);
/* A macro or constant in use; adds its definition. */
ref_term *ref_gen_definition(ref_gen_state *g);
/* Puts fields of the alias in the places of some active ones. */
void ref_gen_see_alias(ref_gen_state *g, const char *alias);

/* ref_gen_query.c */
void ref_gen_dialect(ref_gen_state *g);
void ref_gen_query(ref_gen_state *g);
/* ref_gen_event.c */
void ref_gen_events(ref_gen_state *g);

#endif
