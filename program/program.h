/* program.h -- the immutable program: what the compiler makes and the VM runs.
 *
 * One program holds all loaded rules.  It is flat: arrays of fixed-size
 * records that name each other by index, and one heap of strings; no pointers
 * inside records.  An image (image.h) is these arrays written one after the
 * other, so loading is reading, verifying (verify.h) and pointing at them.
 *
 *   rules[] -> stages[] -> filters[] -> insns[] -> leaves[] -> insns[]
 *           |           -> keys[]    -> fields[]            -> consts[]
 *           -> pipes[]  -> exprs[]   -> leaves[]            -> iterators[]
 *
 * Only verified programs are run.  A program may be shared by threads. */
#ifndef EQL_PROGRAM_PROGRAM_H
#define EQL_PROGRAM_PROGRAM_H

#include "base/base.h"
#include "program/dialect.h"
#include "program/pipe_kind.h"
#include "program/value.h"

/* A string of the heap. */
typedef struct {
    uint32_t off, len;
} eql_str;

/* A run of records in another array. */
typedef struct {
    uint32_t first, n;
} eql_range;

typedef enum {
#define OP(name, a, b, c, text) EQL_OP_##name,
#include "program/opcode.def"
#undef OP
    EQL_OP_COUNT
} eql_opcode;

/* One instruction, 8 bytes. */
typedef struct {
    uint8_t op;
    uint8_t a;
    uint16_t b;
    uint32_t c;
} eql_insn;

typedef enum {
    EQL_CONST_NULL,
    EQL_CONST_BOOL,     /* bits: 0 or 1 */
    EQL_CONST_INT,      /* bits: int64 */
    EQL_CONST_FLOAT,    /* bits: IEEE double, finite */
    EQL_CONST_STRING,   /* str */
    EQL_CONST_PATTERNS, /* list of STRING constants; flags */
    EQL_CONST_SET,      /* list of scalar constants; flags: EQL_CONST_FOLD */
    EQL_CONST_NETWORKS, /* list of STRING constants, each a CIDR block */
    EQL_CONST_REGEXES,  /* list of STRING constants, each a regular expression;
                           flags: FOLD, and PREFIX for Endgame's flavour */
    EQL_CONST_KIND_COUNT
} eql_const_kind;

#define EQL_CONST_FOLD 1u /* compare under case folding (language 6.3) */
/* PATTERNS of `like`, `like~`: a number is no text and gives null, while `:`
 * matches its canonical decimal text (language 5.4). */
#define EQL_CONST_TEXT_ONLY 2u
/* SET: numbers of a `:` list; a boolean is null to them, as to a pattern. */
#define EQL_CONST_MATCH 4u
/* REGEXES of match(), matchLite() under regex_flavor=prefix (language 6.2). */
#define EQL_CONST_PREFIX 8u
/* NETWORKS of cidrMatch under search_null=false: null gives false. */
#define EQL_CONST_NULL_FALSE 16u
/* PATTERNS in a list of `in` (eq_wildcard): what is no text is none of them,
 * and only null gives null (language 5.5). */
#define EQL_CONST_MEMBER 32u

/* In operand b of CALL and ARRAY_HAS. */
#define EQL_CALL_FOLD 0x8000u

typedef struct {
    uint32_t kind; /* eql_const_kind */
    uint32_t flags;
    uint64_t bits;  /* BOOL, INT, FLOAT; else 0 */
    eql_str str;    /* STRING; else {0, 0} */
    eql_range list; /* of a list: run of lists[]; else {0, 0} */
} eql_const;

/* How a field's values are read (schema, language 15.1).  Ordinary is 0.  Code
 * converts what it loads (TO_IP and its like); key tuples convert by this. */
typedef enum {
    EQL_FIELD_ANY,     /* keyword, text, wildcard, unknown */
    EQL_FIELD_IP,      /* compares as an address */
    EQL_FIELD_NUMBER,  /* long, double: strings are parsed first */
    EQL_FIELD_BOOLEAN, /* "true" and "false" are parsed first */
    EQL_FIELD_DATE,    /* compares as an instant */
    EQL_FIELD_VERSION, /* text; in order, a software version */
    EQL_FIELD_TYPE_COUNT
} eql_field_type;

/* Which values of a path an event view gives (event.h). */
typedef enum {
    EQL_MODE_FLAT,      /* language 2.5: arrays opened, nulls dropped; objects
                           give nothing */
    EQL_MODE_OPAQUE,    /* multi_value=opaque: one value; an array or object is
                           EQL_ARRAY, EQL_OBJECT; a name segment applied to an
                           array gives nothing */
    EQL_MODE_COMPOSITE, /* what FLAT gives, but several values as one
                           EQL_ARRAY (pipes, language 12.1) */
    EQL_MODE_ELEMENTS,  /* elements of the array at the path (language 7.3):
                           as FLAT up to the path's own value, of which one
                           level is taken apart; a scalar or object is one
                           element (see event.h for multi_value=opaque); nulls
                           dropped */
    EQL_MODE_COUNT
} eql_field_mode;

/* Fields 0 and 1 of every program: readers fill them for the engine. */
#define EQL_FIELD_TIMESTAMP 0u /* @timestamp, unless told otherwise */
#define EQL_FIELD_CATEGORY 1u  /* event.category, unless told otherwise */

/* One path that some rule names.
 *
 * origin: 0: of the event at hand.  k > 0: of the event that stands at position
 * k - 1 of the rule's stages (runs expanded, missing ones counted): an alias,
 * or `events[i]` of a pipe.  The reader fills such a field from every event, as
 * if it were of origin 0; the ordered half keeps its values with the match.
 *
 * parent: an array function's variable.  The field is looked up inside each
 * element of field `parent` (mode ELEMENTS), of which it is child number
 * `child`; its path may then be empty: the element itself.  Code names it only
 * in the body of an iterator over `parent`.  level tells bindings of one path
 * apart: it is the number of array functions around the ELEMENTS field. */
typedef struct {
    eql_str name;  /* printed form, e.g. process.parent.name, $v.x */
    uint32_t type; /* eql_field_type */
    uint32_t mode; /* eql_field_mode */
    uint32_t origin;
    uint32_t parent;    /* field, lower than this one; EQL_NONE: the event */
    uint32_t child;     /* 0 without parent */
    uint32_t level;     /* ELEMENTS; else 0 */
    uint32_t nchildren; /* ELEMENTS: fields that name it as parent */
    eql_range segs;     /* of segs[]; at least one without parent */
} eql_field;

#define EQL_MAX_ORIGIN 65535u
#define EQL_MAX_LEVELS 4u /* array functions inside each other */

/* flags of a segment */
#define EQL_SEG_QUOTED 1u /* backtick name: tried whole first (language 2.5) */
#define EQL_SEG_INDEX 2u  /* [index]; name is empty */

typedef struct {
    eql_str name;
    uint32_t flags;
    uint32_t index;
} eql_field_seg;

/* A leaf: one elementary predicate, hash-consed over all rules.  It holds if
 * some choice of one element per occurrence makes its code yield true.  Keys
 * and pipes use leaves too, as expressions: there the value counts.
 *
 * A leaf is *impure* when it reads a field of another origin or asks for
 * lineage, itself or in the body of an iterator: then only the ordered half
 * can decide it. */
typedef struct {
    eql_range code; /* of insns[]; ends with RETURN */
    uint32_t nocc;  /* LOAD_FIELD occurrences, 0 .. EQL_MAX_OCCURRENCES */
    uint32_t nregs; /* registers used, 1 .. EQL_MAX_REGS */
} eql_leaf;

#define EQL_MAX_REGS 250u
#define EQL_MAX_OCCURRENCES 64u

typedef struct {
    eql_range code; /* of insns[]; ends with ACCEPT or REJECT */
} eql_filter;

/* The body of an array function: leaves of filter are lower than any leaf that
 * names the iterator, so bodies cannot name themselves. */
typedef struct {
    uint32_t field;  /* mode ELEMENTS */
    uint32_t filter; /* over the element's child fields and the event's */
} eql_iterator;

/* flags of a key */
#define EQL_KEY_OPTIONAL 1u /* `?field`: a missing value joins as null */

typedef struct {
    eql_str name;   /* as alerts call it: the path, or the expression's text */
    uint32_t field; /* EQL_NONE: an expression */
    uint32_t leaf;  /* EQL_NONE: a field.  Its values over all choices of
                       elements are the key's; pure */
    uint32_t flags;
} eql_key;

/* flags of a stage */
#define EQL_STAGE_MISSING 1u /* ![ ] */
#define EQL_STAGE_FORK 2u
/* Feeds lineages[], no part of the rule's stages. */
#define EQL_STAGE_LINEAGE 4u
/* Its condition names an alias as written, also where folding left nothing of
 * it: several partials wait for it (language 8.20). */
#define EQL_STAGE_BY_ALIAS 8u

/* An event filter as written between brackets, or a whole event query. */
typedef struct {
    uint32_t rule;
    uint32_t number; /* as users count: 1 ..; 0 for `until` and LINEAGE */
    uint32_t flags;
    uint32_t runs; /* stands for so many positions in a row; 1 .. */
    eql_str alias; /* empty: none */
    uint32_t has_category;
    uint32_t category_field; /* EQL_FIELD_CATEGORY, unless the rule says else */
    eql_str category;        /* unused for `any` */
    /* Decided from the event alone: impure leaves count as true here, and as
     * false under an odd number of `not`, so it may select too much. */
    uint32_t filter;
    uint32_t residual;    /* the whole condition; EQL_NONE: filter is all */
    eql_range keys;       /* sequence-level keys first (language 1.2 #6) */
    eql_range exceptions; /* of exceptions[] */
    eql_range severities; /* of severities[]: those about this stage */
} eql_stage;

/* An event for which filter holds is not shown to its stage. */
typedef struct {
    eql_str name;
    uint32_t filter;
} eql_exception;

/* Severity levels, in order. */
typedef enum {
    EQL_SEVERITY_NONE, /* the rule names none */
    EQL_SEVERITY_LOW,
    EQL_SEVERITY_MEDIUM,
    EQL_SEVERITY_HIGH,
    EQL_SEVERITY_CRITICAL,
    EQL_SEVERITY_COUNT
} eql_severity_level;

/* If filter holds for the stage's event of a match, the match has this level;
 * the condition written last in the rule file wins (greatest `order`). */
typedef struct {
    uint32_t level; /* eql_severity_level */
    uint32_t order; /* position in the rule file, from 0, below 32 */
    uint32_t filter;
} eql_severity;

/* Severity conditions per rule: one bit each in a hit. */
#define EQL_MAX_SEVERITIES 32u

typedef enum {
    EQL_RULE_EVENT,
    EQL_RULE_SEQUENCE,
    EQL_RULE_SAMPLE,
    EQL_RULE_JOIN,
    EQL_RULE_KIND_COUNT
} eql_rule_kind;

/* Where a rule's events have their time.  Clock 0 is every program's default:
 * field 0 as the reader understands it, and dialect.tiebreaker. */
typedef struct {
    uint32_t timestamp;  /* field; EQL_FIELD_TIMESTAMP: the reader's time */
    uint32_t tiebreaker; /* field, EQL_NONE: none */
} eql_clock;

/* `descendant of [...]`.  An occurrence inside another's stage comes first. */
typedef enum {
    EQL_LINEAGE_DESCENDANT,
    EQL_LINEAGE_CHILD,
    EQL_LINEAGE_EVENT,
    EQL_LINEAGE_RELATION_COUNT
} eql_lineage_relation;

typedef struct {
    uint32_t relation; /* eql_lineage_relation */
    uint32_t stage;    /* with EQL_STAGE_LINEAGE */
} eql_lineage;

#define EQL_DEFAULT_PIPE_RESULTS 50u

typedef struct {
    uint32_t kind;   /* eql_pipe_kind */
    uint32_t filter; /* of a pipe that takes a condition; else EQL_NONE */
    uint64_t n;      /* of one that takes a number; else 0 */
    eql_range exprs; /* of exprs[]: of one that takes values; else empty */
} eql_pipe_op;

typedef struct {
    eql_str name, id, file; /* file: as the user named it */
    eql_str query;          /* source text, for explain */
    eql_str description;
    uint32_t kind;       /* eql_rule_kind */
    uint32_t severity;   /* eql_severity_level */
    uint32_t risk_score; /* 0 .. 100, EQL_NONE when the rule has none */
    uint32_t has_maxspan;
    uint32_t until; /* stage index or EQL_NONE */
    uint32_t clock; /* of clocks[] */
    int64_t maxspan_ns;
    int64_t cooldown_ns; /* 0: none */
    int64_t budget_ns;   /* of time per event read, for reports; 0: none */
    eql_range stages;    /* in order, missing ones too; EVENT: exactly one */
    eql_range pipes;     /* of pipes[] */
    eql_range tags;      /* of strings[] */
    eql_range threats;   /* of strings[]: technique ids, e.g. T1021.006 */
} eql_rule;

/* The arrays.  X(member, type): one section of the image each, in this order;
 * count and pointer are members n<member> and <member>. */
#define EQL_PROGRAM_SECTIONS(X)                                                \
    X(heap, char)                                                              \
    X(strings, eql_str)                                                        \
    X(insns, eql_insn)                                                         \
    X(consts, eql_const)                                                       \
    X(lists, uint32_t)                                                         \
    X(fields, eql_field)                                                       \
    X(segs, eql_field_seg)                                                     \
    X(dialects, eql_dialect)                                                   \
    X(clocks, eql_clock)                                                       \
    X(iterators, eql_iterator)                                                 \
    X(leaves, eql_leaf)                                                        \
    X(filters, eql_filter)                                                     \
    X(exprs, uint32_t)                                                         \
    X(pipes, eql_pipe_op)                                                      \
    X(lineages, eql_lineage)                                                   \
    X(keys, eql_key)                                                           \
    X(exceptions, eql_exception)                                               \
    X(severities, eql_severity)                                                \
    X(stages, eql_stage)                                                       \
    X(rules, eql_rule)

/* The strings of their records: X(section, type, member), but for strings[],
 * whose records are strings. */
#define EQL_PROGRAM_STRINGS(X)                                                 \
    X(consts, eql_const, str)                                                  \
    X(fields, eql_field, name)                                                 \
    X(segs, eql_field_seg, name)                                               \
    X(keys, eql_key, name)                                                     \
    X(exceptions, eql_exception, name)                                         \
    X(stages, eql_stage, alias)                                                \
    X(stages, eql_stage, category)                                             \
    X(rules, eql_rule, name)                                                   \
    X(rules, eql_rule, id)                                                     \
    X(rules, eql_rule, file)                                                   \
    X(rules, eql_rule, query)                                                  \
    X(rules, eql_rule, description)

typedef struct {
#define X(member, type)                                                        \
    const type *member;                                                        \
    uint32_t n##member;
    EQL_PROGRAM_SECTIONS(X)
#undef X
    void *blob; /* holds all arrays */
    size_t blob_len;
    void *memory; /* the allocation in which the blob lies */
} eql_program;

static inline eql_strview
eql_program_str(const eql_program *p, eql_str s)
{
    return eql_sv(p->heap + s.off, s.len);
}

/* Exactly one. */
static inline const eql_dialect *
eql_program_dialect(const eql_program *p)
{
    return &p->dialects[0];
}

/* Frees the program and its blob; NULL is fine. */
void eql_program_free(eql_program *p);

/* --- building --- */

/* Growing arrays for the compiler.  Every _add interns or appends and returns
 * an index; after out-of-memory they return EQL_NONE harmlessly and
 * eql_builder_finish fails. */
typedef struct eql_builder eql_builder;

/* A path as the compiler knows it; segs[].name etc. already interned with
 * eql_builder_str.  child and nchildren are the builder's to keep. */
typedef struct {
    eql_strview name;
    eql_field_type type;
    eql_field_mode mode;
    uint32_t origin, parent, level;
    const eql_field_seg *segs;
    uint32_t nsegs;
} eql_field_spec;

/* Fields 0 and 1 and clock 0 are made from these: dotted paths, "@timestamp"
 * and "event.category" by default (endgame: "timestamp", "event_type"). */
eql_builder *eql_builder_new(const eql_dialect *d, eql_strview timestamp,
                             eql_strview category, eql_strview tiebreaker);
eql_dialect *eql_builder_dialect(eql_builder *b); /* its fields may be set */
void eql_builder_free(eql_builder *b);
/* Interned: equal text gives the same place. */
eql_str eql_builder_str(eql_builder *b, eql_strview s);
/* Interned: equal constants give the same index.  v is a scalar. */
uint32_t eql_builder_const(eql_builder *b, eql_value v);
/* kind PATTERNS, SET, NETWORKS or REGEXES over n scalar constants, interned. */
uint32_t eql_builder_const_list(eql_builder *b, eql_const_kind kind,
                                uint32_t flags, const uint32_t *items,
                                uint32_t n);
/* Interned by everything but the name. */
uint32_t eql_builder_field(eql_builder *b, const eql_field_spec *f);
/* The same for a dotted path of origin 0, untyped.  EQL_NONE for an empty
 * one. */
uint32_t eql_builder_path(eql_builder *b, eql_strview dotted,
                          eql_field_mode mode);
uint32_t eql_builder_clock(eql_builder *b, const eql_clock *c); /* interned */
uint32_t eql_builder_iterator(eql_builder *b,
                              const eql_iterator *i); /* interned */
uint32_t eql_builder_lineage(eql_builder *b,
                             const eql_lineage *l); /* appended */
/* Interned (hash-consed): equal code gives the same leaf. */
uint32_t eql_builder_leaf(eql_builder *b, const eql_insn *code, uint32_t n,
                          uint32_t nocc, uint32_t nregs);
/* Interned. */
uint32_t eql_builder_filter(eql_builder *b, const eql_insn *code, uint32_t n);
/* Appended: runs of n records; n == 0 gives {0, 0}. */
eql_range eql_builder_strings(eql_builder *b, const eql_str *s, uint32_t n);
eql_range eql_builder_keys(eql_builder *b, const eql_key *k, uint32_t n);
eql_range eql_builder_exprs(eql_builder *b, const uint32_t *leaves, uint32_t n);
eql_range eql_builder_pipes(eql_builder *b, const eql_pipe_op *p, uint32_t n);
eql_range eql_builder_exceptions(eql_builder *b, const eql_exception *x,
                                 uint32_t n);
eql_range eql_builder_severities(eql_builder *b, const eql_severity *x,
                                 uint32_t n);
eql_range eql_builder_stages(eql_builder *b, const eql_stage *s, uint32_t n);
uint32_t eql_builder_nstages(const eql_builder *b);
uint32_t eql_builder_rule(eql_builder *b, const eql_rule *r);
uint32_t eql_builder_nrules(const eql_builder *b);
/* Copies a rule of a verified program with all it names.  Importing all rules
 * of a program that the compiler made, in order, makes the same program again.
 * The program has the builder's dialect (eql_builder_same_dialect).  false when
 * out of memory: the builder is spent then. */
bool eql_builder_same_dialect(const eql_builder *b, const eql_program *p);
EQL_MUST_USE bool eql_builder_import_rule(eql_builder *b, const eql_program *p,
                                          uint32_t rule);
/* A program of the first n rules of a verified one, not verified itself.  NULL
 * when out of memory. */
eql_program *eql_program_first_rules(const eql_program *p, uint32_t n);
/* Makes the program (not verified yet), without the strings that no record
 * has; NULL when out of memory.  The builder may be freed afterwards. */
eql_program *eql_builder_finish(const eql_builder *b);

#endif
