/* typed.h -- the typed tree: what a condition means, after sema.
 *
 * Made by sema from the syntax tree, simplified by fold, read by plan and
 * emit; it lives in the arena of one compilation.  It is smaller than the
 * language: `!=`, `not in`, `:`, `like`, cidrMatch, addresses and null tests
 * are all said with the few nodes below.
 *
 * Two positions (language 4.1).  From a condition's root down through AND, OR
 * and NOT stand *filter* nodes, which branch; the first other node is a *leaf*,
 * and everything below it yields *values* with Kleene logic.  AND, OR and NOT
 * below a leaf are value operators. */
#ifndef EQL_COMPILER_TYPED_H
#define EQL_COMPILER_TYPED_H

#include "compiler/ast.h"
#include "compiler/schema.h"
#include "program/program.h"
#include "stdlib/functions.h"

typedef struct eql_typed eql_typed;

typedef enum {
    EQL_TYPED_CONST,   /* a value */
    EQL_TYPED_FIELD,   /* one occurrence of a field */
    EQL_TYPED_AND,     /* list, two or more */
    EQL_TYPED_OR,      /* list, two or more */
    EQL_TYPED_NOT,     /* operand */
    EQL_TYPED_IS_NULL, /* operand; never null itself */
    EQL_TYPED_TRUTH,   /* operand; true for an array or an object */
    EQL_TYPED_CONVERT, /* operand as its schema type has it (language 15.1) */
    EQL_TYPED_COMPARE, /* op (never NE), left, right */
    EQL_TYPED_TEST,    /* operand against parts: true if any holds */
    EQL_TYPED_ARITH,   /* op, left, right */
    EQL_TYPED_NEGATE,  /* operand */
    EQL_TYPED_CALL,    /* a function that is a CALL (functions.def) */
    EQL_TYPED_SEARCH,  /* array function with a body: any of, or count of */
    EQL_TYPED_HAS,     /* arrayContains: array, values */
    EQL_TYPED_LINEAGE, /* lineage, id; impure */
    EQL_TYPED_KIND_COUNT
} eql_typed_kind;

/* The array of an array function, to whose elements its variable is bound. */
typedef struct eql_typed_binding eql_typed_binding;

/* A path, made once per occurrence; all but name, known and caseless decide
 * identity. */
typedef struct {
    eql_strview name; /* printed: backticks only where a segment needs them;
                         with alias, events[i] or $variable in front */
    eql_schema_type known; /* what the schema says of it */
    bool caseless;         /* named as the form that compares without case */
    eql_field_type type;
    eql_field_mode mode;
    uint32_t origin; /* as in program.h: 0, or 1 + position in the stages */
    const eql_typed_binding *binding; /* NULL: of an event */
    const eql_segment *segments; /* NAME, INDEX, or QUOTED that holds a dot;
                                    none: the element itself */
    uint32_t nsegments;
} eql_typed_path;

struct eql_typed_binding {
    eql_strview variable; /* without the $ */
    bool bare;            /* written without it (Endgame) */
    eql_strview dotted;   /* path of the elements, as a schema names it */
    eql_typed_path array; /* mode ELEMENTS */
    uint32_t level;       /* array functions around it */
    const eql_typed_binding *outer; /* NULL: none */
};

typedef struct {
    eql_typed **items;
    uint32_t n;
} eql_typed_list;

typedef enum {
    EQL_PART_SET,      /* equals one of the scalar literals */
    EQL_PART_PATTERNS, /* matches one of the wildcard patterns */
    EQL_PART_NETWORKS, /* lies in one of the CIDR blocks */
    EQL_PART_REGEXES,  /* matches one of the regular expressions */
    EQL_PART_ELEMENT   /* equals the computed element */
} eql_part_kind;

/* One way for a TEST to hold. */
typedef struct {
    eql_part_kind kind;
    bool fold;         /* all but NETWORKS: under case folding */
    bool match;        /* SET: the numbers of a `:` list */
    bool text_only;    /* PATTERNS: a number is no text (like, like~) */
    bool address;      /* ELEMENT: both sides compared as addresses */
    bool date;         /* ELEMENT: an instant, and so must the operand be */
    bool prefix;       /* REGEXES: Endgame's flavour */
    bool member;       /* PATTERNS of `in`: what is no text is none of them */
    bool null_false;   /* NETWORKS: null is in none (search_null) */
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
            bool literal; /* written so: coercions of language 5.7 apply */
        } constant;
        eql_typed_path path; /* FIELD */
        eql_typed_list list; /* AND, OR */
        eql_typed *operand;  /* NOT, IS_NULL, TRUTH, NEGATE */
        struct {
            eql_field_type type; /* not ANY */
            eql_typed *operand;
        } convert;
        struct {
            eql_compare_op op; /* EQ LT LE; GT GE only against a literal */
            bool version;      /* LT LE, of software versions */
            eql_typed *left;
            eql_typed *right; /* a literal, if either side is one and this is
                                 no version */
        } compare;
        struct {
            eql_typed *operand; /* evaluated once */
            eql_part *parts;    /* none: null if operand is, else false */
            uint32_t nparts;
        } test;
        struct {
            eql_operation op;
            eql_typed *left, *right;
        } arith;
        struct {
            eql_function function;
            bool fold; /* `~`, or string_case */
            eql_typed_list args;
        } call;
        struct {
            bool count; /* how many, not whether any */
            const eql_typed_binding *binding;
            eql_typed *body; /* a filter tree */
        } search;
        struct {
            bool fold;
            eql_typed_path array; /* mode ELEMENTS */
            eql_typed_list values;
        } has;
        struct {
            uint32_t index; /* of the query's lineages */
            eql_typed *id;  /* FIELD: the process of the event at hand */
        } lineage;
    } u;
};

/* A key; field: a plain path.  Otherwise expr is its value, pure. */
typedef struct {
    eql_typed_path path; /* valid if expr is NULL */
    eql_typed *expr;
    bool optional; /* ?path */
    eql_span span;
} eql_typed_key;

/* One bracket, or a whole event query. */
typedef struct {
    bool any;
    bool missing; /* ![ */
    bool fork;
    bool by_alias;        /* its condition names an alias, before folding */
    uint32_t runs;        /* 1 .. */
    uint32_t position;    /* of its first event among all, runs expanded */
    eql_strview alias;    /* empty: none */
    eql_strview category; /* unused for any */
    eql_typed *condition; /* NULL when it had errors */
    eql_typed_key *keys;  /* its own; sequence-level ones are not here */
    uint32_t nkeys;
    eql_span span;
} eql_typed_stage;

/* `descendant of [stage]`; one inside another's stage has a lower index. */
typedef struct {
    eql_lineage_relation relation;
    bool asked;     /* by a condition that stays (prune.h) .. */
    uint32_t place; /* .. then its index */
    eql_typed_stage stage;
} eql_typed_lineage;

typedef struct {
    eql_pipe_kind kind;
    uint64_t n;           /* HEAD, TAIL */
    eql_typed *condition; /* FILTER: a filter tree */
    eql_typed_list exprs; /* the others: values */
    eql_span span;
} eql_typed_pipe;

typedef struct {
    eql_rule_kind kind;
    eql_typed_key *keys; /* sequence-level */
    uint32_t nkeys;
    eql_typed_stage *stages; /* EVENT: one */
    uint32_t nstages;
    eql_typed_stage *until; /* NULL when absent */
    bool has_maxspan;
    int64_t maxspan_ns;
    eql_typed_lineage *lineages;
    uint32_t nlineages;
    eql_typed_pipe *pipes;
    uint32_t npipes;
} eql_typed_query;

/* Makers; NULL when the arena failed or an operand is NULL. */
/* Of a kind that has no maker of its own; boolean is set. */
eql_typed *eql_typed_new(eql_arena *a, eql_typed_kind kind, eql_span span);
eql_typed *eql_typed_const(eql_arena *a, eql_span span, eql_value v,
                           bool literal);
eql_typed *eql_typed_not(eql_arena *a, eql_span span, eql_typed *operand);
eql_typed *eql_typed_is_null(eql_arena *a, eql_span span, eql_typed *operand);
eql_typed *eql_typed_truth(eql_arena *a, eql_span span, eql_typed *operand);
/* operand itself for type ANY. */
eql_typed *eql_typed_convert(eql_arena *a, eql_field_type type,
                             eql_typed *operand);
eql_typed *eql_typed_arith(eql_arena *a, eql_span span, eql_operation op,
                           eql_typed *left, eql_typed *right);
eql_typed *eql_typed_negate(eql_arena *a, eql_span span, eql_typed *operand);
eql_typed *eql_typed_call(eql_arena *a, eql_span span, eql_function f,
                          bool fold, eql_typed **args, uint32_t n);
eql_typed *eql_typed_compare(eql_arena *a, eql_span span, eql_compare_op op,
                             eql_typed *left, eql_typed *right);
eql_typed *eql_typed_list_node(eql_arena *a, eql_typed_kind kind, eql_span span,
                               eql_typed **items, uint32_t n);
/* parts are copied. */
eql_typed *eql_typed_test(eql_arena *a, eql_span span, eql_typed *operand,
                          const eql_part *parts, uint32_t nparts);

/* Does t, or a body in it, name another origin, or ask for lineage? */
bool eql_typed_is_impure(const eql_typed *t);

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

/* The field that a value is, if it is no more than one; else NULL. */
static inline const eql_typed_path *
eql_typed_path_of(const eql_typed *t)
{
    if (t->kind == EQL_TYPED_CONVERT)
        t = t->u.convert.operand;
    return t->kind == EQL_TYPED_FIELD ? &t->u.path : NULL;
}

static inline bool
eql_typed_is_caseless(const eql_typed *t)
{
    const eql_typed_path *p = eql_typed_path_of(t);

    return p && p->caseless;
}

/* Printing, for `eqlvm dump` and goldens: one node a line, indented. */
void eql_typed_dump(const eql_typed_query *q, eql_buf *out);
void eql_typed_dump_expr(const eql_typed *t, unsigned indent, eql_buf *out);
void eql_typed_dump_key(const eql_typed_key *k, eql_buf *out);
/* A value as a literal of the language. */
void eql_typed_dump_value(const eql_value *v, eql_buf *out);
const char *eql_typed_compare_name(eql_compare_op op);

#endif
