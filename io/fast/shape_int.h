/* shape_int.h -- transitions, and what following them needs; only shape*.c and
 * shape_run.h include it. */
#ifndef EQL_IO_FAST_SHAPE_INT_H
#define EQL_IO_FAST_SHAPE_INT_H

#include "base/map.h"
#include "io/fast/shape.h"

#define EQL_TRANSITION_TEXT                                                    \
    32u /* bytes of a transition that are compared at once */
#define EQL_SHAPE_PLACES 32768u /* in the table of transitions */
#define EQL_SHAPE_PROBES 16u
#define EQL_SHAPE_MET 16384u /* transitions that were met once, .. */
#define EQL_SHAPE_MET_SET 4u /* .. so many of those with equal hashes */
/* So many found no room near their place in the table: all is forgotten. */
#define EQL_SHAPE_REFUSED 4096u

/* What a transition leads to. */
enum {
    EQL_SHAPE_STRING, /* its closing quote comes next */
    EQL_SHAPE_OBJECT,
    EQL_SHAPE_VALUE, /* a number, a word or an array; where it begins */
    EQL_SHAPE_END,   /* of the line */
    EQL_SHAPE_RARE   /* added: it does more, or is longer than 32 bytes */
};

/* As long as a cache line.  Places are twice the number of an object, and 1
 * when it was just opened. */
typedef struct eql_transition {
    char text[EQL_TRANSITION_TEXT]; /* its first bytes, zeros behind them */
    struct eql_transition *next;    /* that came after it last */
    uint32_t mask;                  /* bit i: byte i of the text counts */
    uint32_t name;                  /* of the key (names.h), or 0 */
    uint32_t path;                  /* of the value */
    uint32_t guess;                 /* bytes of the value, the last time */
    uint16_t len;                   /* bytes of the whole transition */
    uint16_t from, to;              /* places */
    uint8_t kind;
    uint8_t wanted; /* 1: the value is of the path */
} eql_transition;

typedef enum {
    EQL_SHAPE_SPAN,     /* the object is a value of the path .. */
    EQL_SHAPE_CLOSE,    /* .. and ends `at` bytes on in the transition */
    EQL_SHAPE_DEFERRED, /* the path may have a value: for the strict reader */
    EQL_SHAPE_SPECIAL,  /* path: bits of names.h */
    EQL_SHAPE_UNWRAP,   /* the object is the event */
    EQL_SHAPE_NOT_PLAIN /* not plain: eql_shape_is_plain */
} eql_shape_op_kind;

typedef struct {
    uint32_t path;
    uint16_t at;
    uint16_t kind;
} eql_shape_op;

/* What is not needed to follow a transition that was foreseen. */
typedef struct {
    uint32_t tail; /* its bytes from the 32nd on, in the cache's text */
    uint32_t op, nops;
} eql_transition_more;

/* An object. */
typedef struct {
    uint32_t parent; /* EQL_NONE: the line itself */
    uint32_t node;   /* whose keys are looked up, EQL_NONE, or OUTER */
    uint32_t span;   /* path of the object, or EQL_NONE */
    uint32_t depth;
    bool wrapped; /* in an event that was unwrapped */
} eql_shape_object;

typedef bool (*eql_shape_run_fn)(eql_shapes *t, const char *p, const char *end,
                                 eql_raw *out);

struct eql_shapes {
    const eql_names *names;
    eql_walk *walk;
    uint32_t max_depth;
    bool keep_nulls;
    eql_shape_run_fn run;
    eql_reader_counters *n;
    eql_transition *transitions; /* EQL_SHAPE_MAX_TRANSITIONS of them, and .. */
    eql_transition_more *more;   /* .. of these */
    eql_transition start;        /* before the first one */
    eql_transition none;         /* fits nothing */
    uint32_t ntransitions, refused;
    uint32_t credit;  /* known lines that learning has not cost yet */
    uint32_t skipped; /* lines that would have been learned from */
    uint16_t *table;  /* numbers of transitions, from 1, by place and text */
    eql_vec objects;  /* eql_shape_object; 0 is the line's */
    eql_map *known;   /* objects by parent and name */
    eql_vec ops;
    eql_buf text;
    uint32_t *met; /* hashes of transitions that may be learned the next time */
    uint32_t turn; /* of a set: who is forgotten next */
    uint8_t *seen; /* per name: the epoch in which it was met */
    uint8_t epoch;
    eql_raw *raws; /* of the line at hand */
    uint32_t nraws, special;
    bool not_plain;
    eql_raw *scratch;           /* raws of a line that is only looked at */
    const eql_transition *left; /* the next one was not found .. */
    const char *left_at;        /* .. here; NULL: there is nothing to learn */
};

/* 32 of one kind, in memory: where vectors are compared with them. */
extern const char eql_shape_quotes[32], eql_shape_colons[32];

/* Hash of a transition's text up to its first colon (n bytes): transitions that
 * can follow here have at least that much in common with the line. */
static inline uint32_t
eql_shape_hash(uint32_t place, const char *p, uint32_t n)
{
    uint64_t head = eql_names_load(p), tail;

    if (n >= 8)
        tail = eql_names_load(p + n - 8);
    else
        tail = head &= (UINT64_C(1) << (8 * n)) - 1;
    return eql_names_hash(head ^ (uint64_t)place << 40, tail, n);
}

static inline uint32_t
eql_shape_number(const eql_shapes *t, const eql_transition *e)
{
    return (uint32_t)(e - t->transitions);
}

/* May a value that is no string begin so? */
static inline bool
eql_shape_starts_value(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '[' || c == 't' ||
           c == 'f' || c == 'n';
}

/* After a transition was not found on a line that the walk then took: learns
 * the line's transitions from there on, those that were met before. */
void eql_shape_learn(eql_shapes *t, const eql_scan_line *line);
/* Forgets everything: there is no room for more.  When there is no memory for
 * that, nothing is learned until there is. */
void eql_shape_flush(eql_shapes *t);
/* Are the bytes of the transition from the 32nd on here, too? */
bool eql_shape_same_tail(const eql_shapes *t, const eql_transition *e,
                         const char *p, const char *end);
/* Does what a rare transition at p does; out and the result: behind the last
 * raw.  NULL: unsupported. */
eql_raw *eql_shape_rare(eql_shapes *t, const eql_transition *e, const char *p,
                        eql_raw *out);
/* Bytes of the string from p on, when its nth byte is a quote behind a
 * backslash; or more than are left before `end`. */
size_t eql_shape_string(const char *p, size_t n, const char *end);
/* Where the value at p, no string, ends, which came behind that transition;
 * NULL: unsupported. */
const char *eql_shape_value(eql_shapes *t, const eql_transition *e,
                            const char *p, const char *end);

bool eql_shape_run_any(eql_shapes *t, const char *p, const char *end,
                       eql_raw *out);
#if defined(__x86_64__)
bool eql_shape_run_sse(eql_shapes *t, const char *p, const char *end,
                       eql_raw *out);
bool eql_shape_run_avx2(eql_shapes *t, const char *p, const char *end,
                        eql_raw *out);
#endif

#endif
