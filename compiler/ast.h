/* ast.h -- the syntax tree of one query, as written (language 1.1).
 *
 * Made by the parser in an arena, thrown away whole after emit.  Nothing here
 * knows types, fields or stages' meaning; sema.h does.  Every node carries the
 * span of source it came from. */
#ifndef EQL_COMPILER_AST_H
#define EQL_COMPILER_AST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "program/value.h"

typedef struct eql_expr eql_expr;
typedef struct eql_body eql_body;

typedef struct {
    eql_expr **items;
    uint32_t n;
} eql_expr_list;

typedef struct {
    eql_strview text; /* unescaped where a string; empty when absent */
    eql_span span;
} eql_name;

typedef enum {
    EQL_SEGMENT_NAME,
    EQL_SEGMENT_QUOTED,
    EQL_SEGMENT_INDEX
} eql_segment_kind;

typedef struct {
    eql_segment_kind kind;
    eql_strview name; /* NAME, QUOTED (backticks undone) */
    uint32_t index;   /* INDEX */
    eql_span span;
} eql_segment;

/* `a.b[0]`, `?a.b`, `$v.x`; segments[0] is a name (VAR: without the $). */
typedef struct {
    eql_segment *segments;
    uint32_t n;
    bool optional;  /* ?path */
    bool variable;  /* $path */
    uint32_t param; /* in a macro's body: 1 + number of the parameter that
                       segments[0] is; else 0 (expand.h) */
} eql_path;

typedef enum {
    EQL_NODE_LITERAL,
    EQL_NODE_FIELD,
    EQL_NODE_CALL,    /* f(a), f~(a), a:f() with a as first argument */
    EQL_NODE_AND,     /* list, two or more */
    EQL_NODE_OR,      /* list, two or more */
    EQL_NODE_NOT,     /* operand */
    EQL_NODE_COMPARE, /* op, left, right */
    EQL_NODE_ARITH,   /* op, left, right */
    EQL_NODE_SIGN,    /* unary + or -: op, operand */
    EQL_NODE_IN,      /* operand [not] in[~] list */
    EQL_NODE_MATCH,   /* operand [not] : like like~ regex regex~ list */
    EQL_NODE_LINEAGE  /* descendant of [...] */
} eql_node_kind;

typedef enum {
    EQL_CMP_EQ,
    EQL_CMP_NE,
    EQL_CMP_LT,
    EQL_CMP_LE,
    EQL_CMP_GT,
    EQL_CMP_GE
} eql_compare_op;

typedef enum {
    EQL_ARITH_ADD,
    EQL_ARITH_SUB,
    EQL_ARITH_MUL,
    EQL_ARITH_DIV,
    EQL_ARITH_MOD
} eql_arith_op;

typedef enum {
    EQL_MATCH_COLON,   /* :  */
    EQL_MATCH_LIKE,    /* like */
    EQL_MATCH_LIKE_CI, /* like~ */
    EQL_MATCH_REGEX,   /* regex */
    EQL_MATCH_REGEX_CI /* regex~ */
} eql_match_op;

struct eql_expr {
    eql_node_kind kind;
    eql_span span;      /* the whole expression */
    eql_span op_span;   /* its operator or function name, for carets */
    bool parenthesised; /* as written; printing and span only */
    uint32_t height;    /* levels below; never above EQL_MAX_DEPTH, so passes
                           may recurse */
    union {
        eql_value literal; /* strings unescaped, in the arena */
        eql_path field;
        struct {
            eql_name name; /* without the ~ */
            bool tilde;
            bool method;
            eql_expr_list args;
        } call;
        eql_expr_list list; /* AND, OR */
        struct {
            unsigned op;        /* COMPARE, ARITH: the enums above; SIGN: ADD
                                   or SUB */
            bool single_equals; /* COMPARE: written `=` */
            eql_expr *left;     /* NOT, SIGN: the operand */
            eql_expr *right;    /* NOT, SIGN: NULL */
        } op;
        struct {
            unsigned op;  /* MATCH: eql_match_op; IN: unused */
            bool fold;    /* IN: in~ */
            bool negated; /* not in, not like, ... */
            bool trailing_comma;
            bool parenthesised_list; /* MATCH: written as a list */
            eql_expr *operand;
            eql_expr_list list;
        } test;
        struct {
            eql_name relation; /* any word; sema checks it */
            eql_body *body;
        } lineage;
    } u;
};

/* [category where condition], or a whole event query. */
struct eql_body {
    bool any;          /* `any where` */
    bool missing;      /* ![ */
    bool quoted;       /* category: written as a string */
    eql_name category; /* unused for any */
    eql_expr *condition;
    eql_span span; /* with its brackets */
};

typedef enum {
    EQL_SUFFIX_BY,
    EQL_SUFFIX_RUNS,
    EQL_SUFFIX_FORK,
    EQL_SUFFIX_AS
} eql_suffix_kind;

typedef struct {
    eql_suffix_kind kind;
    eql_span span;
    eql_expr_list by; /* BY */
    eql_name name;    /* RUNS: the word after `with`; AS: the alias */
    eql_value number; /* RUNS */
    bool fork;        /* FORK: true or false as written */
} eql_suffix;

typedef struct {
    eql_body *body;
    eql_suffix *suffixes; /* in order, duplicates kept for sema */
    uint32_t nsuffixes;
    eql_span span;
} eql_stage_node;

typedef enum {
    EQL_QUERY_EVENT,
    EQL_QUERY_SEQUENCE,
    EQL_QUERY_SAMPLE,
    EQL_QUERY_JOIN
} eql_query_kind;

/* `with NAME = NUMBER UNIT` */
typedef struct {
    bool present;
    bool before_by; /* order as written */
    eql_name name;  /* must be maxspan */
    eql_value number;
    eql_name unit; /* empty text when absent */
    eql_span span;
} eql_span_clause;

typedef enum { EQL_DEF_MACRO, EQL_DEF_CONST } eql_def_kind;

typedef struct {
    eql_def_kind kind;
    eql_name name;
    eql_name *params; /* MACRO */
    uint32_t nparams;
    eql_expr *body; /* MACRO: expression; CONST: a literal */
    eql_span span;
} eql_def;

typedef struct {
    eql_name name;
    eql_expr_list args;
    eql_span span;
} eql_pipe;

typedef struct {
    eql_query_kind kind;
    eql_span span;
    eql_span head;    /* the query without definitions and pipes */
    eql_body *body;   /* EVENT */
    eql_expr_list by; /* the others; n == 0 when absent */
    eql_span_clause maxspan;
    eql_stage_node *stages;
    uint32_t nstages;
    eql_stage_node *until; /* NULL when absent */
    eql_def *defs;
    uint32_t ndefs;
    eql_pipe *pipes;
    uint32_t npipes;
} eql_query;

/* Prints the tree, one node a line, indented; stable, used by goldens. */
void eql_ast_dump(const eql_query *q, eql_buf *out);
/* Prints the query back as EQL text that parses to the same tree. */
void eql_ast_print(const eql_query *q, eql_buf *out);

#endif
