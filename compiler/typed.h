/* typed.h -- the typed tree: what a condition means, after sema.
 *
 * Made by sema from the syntax tree, simplified by fold, read by plan and
 * emit; it lives in the arena of one compilation.  It is smaller than the
 * language: `!=`, `not in`, `:`, `like`, cidrMatch, addresses and null tests
 * are all said with the few nodes below.
 *
 * Two positions (spec 4.1).  From a condition's root down through AND, OR and
 * NOT stand *filter* nodes, which branch; the first other node is a *leaf*,
 * and everything below it yields *values* with Kleene logic.  AND, OR and NOT
 * below a leaf are value operators. */
#ifndef EQL_COMPILER_TYPED_H
#define EQL_COMPILER_TYPED_H

#include "compiler/ast.h"
#include "program/program.h"

typedef struct eql_typed eql_typed;

typedef enum {
    EQL_TYPED_CONST,   /* a value */
    EQL_TYPED_FIELD,   /* one occurrence of a field */
    EQL_TYPED_AND,     /* list, two or more */
    EQL_TYPED_OR,      /* list, two or more */
    EQL_TYPED_NOT,     /* operand */
    EQL_TYPED_IS_NULL, /* operand; never null itself */
    EQL_TYPED_ADDRESS, /* operand as an address, null if it is none */
    EQL_TYPED_COMPARE, /* op (never NE), left, right */
    EQL_TYPED_TEST,    /* operand against parts: true if any holds */
    EQL_TYPED_KIND_COUNT
} eql_typed_kind;

/* A path, made once per occurrence; name decides identity. */
typedef struct {
    eql_strview name; /* printed: backticks only where a segment needs them */
    eql_field_type type;
    const eql_segment *segments; /* NAME, or QUOTED that holds a dot */
    uint32_t nsegments;
} eql_typed_path;

typedef struct {
    eql_typed **items;
    uint32_t n;
} eql_typed_list;

typedef enum {
    EQL_PART_SET,      /* equals one of the scalar literals */
    EQL_PART_PATTERNS, /* matches one of the wildcard patterns */
    EQL_PART_NETWORKS, /* lies in one of the CIDR blocks */
    EQL_PART_ELEMENT   /* equals the computed element */
} eql_part_kind;

/* One way for a TEST to hold. */
typedef struct {
    eql_part_kind kind;
    bool fold;         /* all but NETWORKS: under case folding */
    bool match;        /* SET: the numbers of a `:` list */
    bool text_only;    /* PATTERNS: a number is no text (like, like~) */
    bool address;      /* ELEMENT: both sides compared as addresses */
    eql_value *values; /* all but ELEMENT */
    uint32_t nvalues;
    eql_typed *element; /* ELEMENT */
} eql_part;

struct eql_typed {
    eql_typed_kind kind;
    bool boolean; /* yields true, false or null, nothing else */
    eql_span span;
    union {
        struct {
            eql_value value;
            bool literal; /* written so: coercions of spec 4.6 apply */
        } constant;
        eql_typed_path path; /* FIELD */
        eql_typed_list list; /* AND, OR */
        eql_typed *operand;  /* NOT, IS_NULL, ADDRESS */
        struct {
            eql_compare_op op; /* EQ LT LE; GT GE only against a literal */
            eql_typed *left;
            eql_typed *right; /* a literal, if either side is one */
        } compare;
        struct {
            eql_typed *operand; /* evaluated once */
            eql_part *parts;    /* none: null if operand is, else false */
            uint32_t nparts;
        } test;
    } u;
};

typedef struct {
    eql_typed_path path;
    bool optional; /* ?path */
} eql_typed_key;

/* One bracket, or a whole event query. */
typedef struct {
    bool any;
    eql_strview category; /* unused for any */
    eql_typed *condition; /* NULL when it had errors */
    eql_typed_key *keys;  /* its own; sequence-level ones are not here */
    uint32_t nkeys;
    eql_span span;
} eql_typed_stage;

typedef struct {
    eql_rule_kind kind;
    eql_typed_key *keys; /* sequence-level */
    uint32_t nkeys;
    eql_typed_stage *stages; /* EVENT: one */
    uint32_t nstages;
    eql_typed_stage *until; /* NULL when absent */
    bool has_maxspan;
    int64_t maxspan_ns;
} eql_typed_query;

/* Makers; NULL when the arena failed or an operand is NULL. */
eql_typed *eql_typed_const(eql_arena *a, eql_span span, eql_value v,
                           bool literal);
eql_typed *eql_typed_not(eql_arena *a, eql_span span, eql_typed *operand);
eql_typed *eql_typed_is_null(eql_arena *a, eql_span span, eql_typed *operand);
eql_typed *eql_typed_address(eql_arena *a, eql_typed *operand);
eql_typed *eql_typed_compare(eql_arena *a, eql_span span, eql_compare_op op,
                             eql_typed *left, eql_typed *right);
eql_typed *eql_typed_list_node(eql_arena *a, eql_typed_kind kind, eql_span span,
                               eql_typed **items, uint32_t n);
/* parts are copied. */
eql_typed *eql_typed_test(eql_arena *a, eql_span span, eql_typed *operand,
                          const eql_part *parts, uint32_t nparts);

static inline bool
eql_typed_is_literal(const eql_typed *t)
{
    return t->kind == EQL_TYPED_CONST && t->u.constant.literal;
}

static inline bool
eql_typed_is_address_field(const eql_typed *t)
{
    return t->kind == EQL_TYPED_FIELD && t->u.path.type == EQL_FIELD_IP;
}

/* Printing, for `eqlvm dump` and goldens: one node a line, indented. */
void eql_typed_dump(const eql_typed_query *q, eql_buf *out);
void eql_typed_dump_expr(const eql_typed *t, unsigned indent, eql_buf *out);
void eql_typed_dump_key(const eql_typed_key *k, eql_buf *out);
/* A value as a literal of the language. */
void eql_typed_dump_value(const eql_value *v, eql_buf *out);
const char *eql_typed_compare_name(eql_compare_op op);

#endif
