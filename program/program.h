/* program.h -- the immutable program: what the compiler makes and the VM runs.
 *
 * One program holds all loaded rules.  It is flat: arrays of fixed-size
 * records that name each other by index, and one heap of strings; no pointers
 * inside records.  An image (image.h) is these arrays written one after the
 * other, so loading is reading, verifying (verify.h) and pointing at them.
 *
 *   rules[] -> stages[] -> filters[] -> insns[] -> leaves[] -> insns[]
 *                       -> keys[]    -> fields[]            -> consts[]
 *
 * Only verified programs are run.  A program may be shared by threads. */
#ifndef EQL_PROGRAM_PROGRAM_H
#define EQL_PROGRAM_PROGRAM_H

#include "base/base.h"
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
    EQL_CONST_KIND_COUNT
} eql_const_kind;

#define EQL_CONST_FOLD 1u /* compare under case folding (spec 6.3) */
/* PATTERNS of `like`, `like~`: a number is no text and gives null, while `:`
 * matches its canonical decimal text (spec 5.4). */
#define EQL_CONST_TEXT_ONLY 2u
/* SET: numbers of a `:` list; a boolean is null to them, as to a pattern. */
#define EQL_CONST_MATCH 4u

typedef struct {
    uint32_t kind; /* eql_const_kind */
    uint32_t flags;
    uint64_t bits;  /* BOOL, INT, FLOAT; else 0 */
    eql_str str;    /* STRING; else {0, 0} */
    eql_range list; /* PATTERNS, SET, NETWORKS: run of lists[]; else {0, 0} */
} eql_const;

/* How a field's text is read (schema, spec 4.7).  Ordinary is 0. */
typedef enum {
    EQL_FIELD_ANY,
    EQL_FIELD_IP,
    EQL_FIELD_TYPE_COUNT
} eql_field_type;

/* Fields 0 and 1 of every program: readers fill them for the engine. */
#define EQL_FIELD_TIMESTAMP 0u /* @timestamp */
#define EQL_FIELD_CATEGORY 1u  /* event.category */

/* One path that some rule names.  Its segments are seg_list[segs]. */
typedef struct {
    eql_str name;   /* printed form, e.g. process.parent.name */
    uint32_t type;  /* eql_field_type */
    eql_range segs; /* at least one */
} eql_field;

/* flags of a segment */
#define EQL_SEG_QUOTED 1u /* backtick name: tried whole first (spec 1.5) */
#define EQL_SEG_INDEX 2u  /* [index]; name is empty */

typedef struct {
    eql_str name;
    uint32_t flags;
    uint32_t index;
} eql_field_seg;

/* A leaf: one elementary predicate, hash-consed over all rules.  It holds if
 * some choice of one element per occurrence makes its code yield true. */
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

/* flags of a key */
#define EQL_KEY_OPTIONAL 1u /* `?field`: a missing value joins as null */

typedef struct {
    uint32_t field;
    uint32_t flags;
} eql_key;

/* An event filter as written between brackets, or a whole event query. */
typedef struct {
    uint32_t rule;
    uint32_t number; /* as users count: 1 ..; 0 for `until` */
    uint32_t has_category;
    eql_str category; /* unused for `any` */
    uint32_t filter;
    eql_range keys;       /* sequence-level keys first (spec 3.3 #6) */
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
    EQL_RULE_KIND_COUNT
} eql_rule_kind;

typedef struct {
    eql_str name, id, file; /* file: as the user named it */
    eql_str query;          /* source text, for explain */
    eql_str description;
    uint32_t kind;       /* eql_rule_kind */
    uint32_t severity;   /* eql_severity_level */
    uint32_t risk_score; /* 0 .. 100, EQL_NONE when the rule has none */
    uint32_t has_maxspan;
    uint32_t until;    /* stage index or EQL_NONE */
    uint32_t reserved; /* 0 */
    int64_t maxspan_ns;
    int64_t cooldown_ns; /* 0: none */
    eql_range stages;    /* positive stages, in order; EVENT: exactly one */
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
    X(leaves, eql_leaf)                                                        \
    X(filters, eql_filter)                                                     \
    X(keys, eql_key)                                                           \
    X(exceptions, eql_exception)                                               \
    X(severities, eql_severity)                                                \
    X(stages, eql_stage)                                                       \
    X(rules, eql_rule)

typedef struct {
#define X(member, type)                                                        \
    const type *member;                                                        \
    uint32_t n##member;
    EQL_PROGRAM_SECTIONS(X)
#undef X
    void *blob; /* one allocation that holds all arrays */
    size_t blob_len;
} eql_program;

static inline eql_strview
eql_program_str(const eql_program *p, eql_str s)
{
    return eql_sv(p->heap + s.off, s.len);
}

/* Frees the program and its blob; NULL is fine. */
void eql_program_free(eql_program *p);

/* --- building ------------------------------------------------------------ */

/* Growing arrays for the compiler.  Every _add interns or appends and returns
 * an index; after out-of-memory they return EQL_NONE harmlessly and
 * eql_builder_finish fails. */
typedef struct eql_builder eql_builder;

eql_builder *eql_builder_new(void); /* fields 0 and 1 are already there */
void eql_builder_free(eql_builder *b);
/* Interned: equal text gives the same place. */
eql_str eql_builder_str(eql_builder *b, eql_strview s);
/* Interned: equal constants give the same index.  v is a scalar. */
uint32_t eql_builder_const(eql_builder *b, eql_value v);
/* kind PATTERNS, SET or NETWORKS over n scalar constants, interned. */
uint32_t eql_builder_const_list(eql_builder *b, eql_const_kind kind,
                                uint32_t flags, const uint32_t *items,
                                uint32_t n);
/* segs[].name etc. already interned with eql_builder_str. Interned by name. */
uint32_t eql_builder_field(eql_builder *b, eql_strview name,
                           eql_field_type type, const eql_field_seg *segs,
                           uint32_t nsegs);
/* Interned (hash-consed): equal code gives the same leaf. */
uint32_t eql_builder_leaf(eql_builder *b, const eql_insn *code, uint32_t n,
                          uint32_t nocc, uint32_t nregs);
/* Interned. */
uint32_t eql_builder_filter(eql_builder *b, const eql_insn *code, uint32_t n);
/* Appended: runs of n records; n == 0 gives {0, 0}. */
eql_range eql_builder_strings(eql_builder *b, const eql_str *s, uint32_t n);
eql_range eql_builder_keys(eql_builder *b, const eql_key *k, uint32_t n);
eql_range eql_builder_exceptions(eql_builder *b, const eql_exception *x,
                                 uint32_t n);
eql_range eql_builder_severities(eql_builder *b, const eql_severity *x,
                                 uint32_t n);
eql_range eql_builder_stages(eql_builder *b, const eql_stage *s, uint32_t n);
uint32_t eql_builder_nstages(const eql_builder *b);
uint32_t eql_builder_rule(eql_builder *b, const eql_rule *r);
uint32_t eql_builder_nrules(const eql_builder *b);
/* For rolling back a rule that failed half-way is not needed: sema runs
 * before anything is emitted. */
/* Copies a rule of a verified program with all it names.  Importing all rules
 * of a program that the compiler made, in order, makes the same program again.
 * false when out of memory: the builder is spent then. */
EQL_MUST_USE bool eql_builder_import_rule(eql_builder *b, const eql_program *p,
                                          uint32_t rule);
/* Makes the program (not verified yet); NULL when out of memory.  The builder
 * may be freed afterwards. */
eql_program *eql_builder_finish(const eql_builder *b);

#endif
