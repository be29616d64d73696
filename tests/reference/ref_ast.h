/* ref_ast.h -- what the reference's own parser makes of a query.
 *
 * One kind of node for every production of language 1.1 that means something.
 * Macros and constants are substituted while parsing, so the tree holds none;
 * every use of a macro's argument is a copy, because each is an occurrence of
 * its own (language 4.3). */
#ifndef EQL_TESTS_REF_AST_H
#define EQL_TESTS_REF_AST_H

#include <jansson.h>

#include "tests/reference/ref_text.h"

typedef enum {
    REF_NULL,
    REF_BOOL,
    REF_NUM,
    REF_STR,
    REF_LIST /* only with multi_value=opaque: an array or object as it stands */
} ref_tag;

/* What a schema says about the path a value came from. */
typedef enum {
    REF_UNTYPED,
    REF_TYPE_IP,
    REF_TYPE_NUMBER,
    REF_TYPE_BOOL,
    REF_TYPE_DATE,
    REF_TYPE_VERSION
} ref_type;

typedef struct {
    ref_tag tag;
    bool literal; /* written in the rule: coercion of language 5.7 applies */
    ref_type type;
    bool b;
    ref_num num;
    ref_str str;
    const json_t *node; /* as in the event; NULL: computed or literal */
} ref_value;

typedef struct {
    ref_value *items;
    size_t n;
} ref_values;

typedef struct {
    bool is_index, quoted;
    ref_str name;
    size_t index;
} ref_segment;

typedef struct {
    bool optional; /* ?a.b */
    bool variable; /* $a.b: the first segment names a variable */
    ref_segment *segments;
    size_t n;
} ref_path;

typedef enum {
    REF_N_LITERAL,
    REF_N_FIELD,
    REF_N_CALL,
    REF_N_AND,
    REF_N_OR,
    REF_N_NOT,
    REF_N_COMPARE, /* op: "==" ... */
    REF_N_ARITH,   /* op: "+" ... */
    REF_N_SIGN,    /* op: "+" or "-" */
    REF_N_IN,      /* kids: operand, items */
    REF_N_MATCH,   /* op: ":", "like", "regex"; kids: operand, patterns */
    REF_N_LINEAGE  /* op: "descendant", "child", "event" */
} ref_node_kind;

typedef struct ref_node ref_node;
typedef struct ref_filter ref_filter;
struct ref_node {
    ref_node_kind kind;
    const char *op; /* static; "!=" for "!=", "==" for "=" */
    bool negated;   /* not in, not like */
    bool tilde;     /* in~, like~, regex~, f~() */
    ref_node **kids;
    size_t n;
    ref_value literal;
    ref_path path;
    ref_str name;     /* of a function */
    ref_filter *body; /* of a lineage */
    bool *lineage;    /* its answer for each event, when worked out */
};

/* category where condition */
struct ref_filter {
    bool any;
    ref_str category;
    ref_node *condition;
};

typedef struct {
    ref_node **items;
    size_t n;
} ref_nodes;

typedef struct {
    ref_filter filter;
    bool missing;
    ref_nodes by;
    size_t runs; /* 1 when not written */
    bool fork;
    ref_str alias; /* p NULL: none */
} ref_stage;

typedef struct {
    ref_str name;
    ref_nodes args;
} ref_pipe;

typedef enum {
    REF_Q_EVENT,
    REF_Q_SEQUENCE,
    REF_Q_SAMPLE,
    REF_Q_JOIN
} ref_query_kind;

typedef struct {
    ref_query_kind kind;
    ref_nodes by;
    bool has_maxspan;
    int64_t maxspan_ns;
    ref_stage *stages; /* as written; an event query has one */
    size_t nstages;
    ref_stage *until; /* NULL: none */
    ref_pipe *pipes;
    size_t npipes;
} ref_query;

#endif
