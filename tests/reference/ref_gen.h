/* ref_gen.h -- seeded small random cases: a legal query and a few events.
 *
 * A case is kept as a structure, so that the shrinker can take parts of it
 * away, and rendered to text for both sides.  The same seed and number give
 * the same case on every machine.
 *
 * Not made, since the specification leaves them open or another issue brings
 * them: indexes in paths, arithmetic, regular expressions, typed ECS fields
 * other than ip, numbers beyond int64, invalid UTF-8. */
#ifndef EQL_TESTS_REF_GEN_H
#define EQL_TESTS_REF_GEN_H

#include "tests/reference/ref_run.h"

/* Everything that must occur in at least one case in a hundred. */
#define REF_CONSTRUCTS(X)                                                      \
    X(EVENT_QUERY, "event query")                                              \
    X(STAGES_1, "sequence of 1 stage")                                         \
    X(STAGES_2, "sequence of 2 stages")                                        \
    X(STAGES_3, "sequence of 3 stages")                                        \
    X(STAGES_4, "sequence of 4 stages")                                        \
    X(STAGES_5, "sequence of 5 stages")                                        \
    X(NO_KEY, "sequence without keys")                                         \
    X(BY, "sequence by")                                                       \
    X(STAGE_BY, "stage by")                                                    \
    X(TWO_KEYS, "two keys")                                                    \
    X(OPTIONAL_KEY, "?key")                                                    \
    X(IP_KEY, "ip key")                                                        \
    X(MAXSPAN, "maxspan")                                                      \
    X(MAXSPAN_FIRST, "maxspan before by")                                      \
    X(UNTIL, "until")                                                          \
    X(UNTIL_BY, "until with own by")                                           \
    X(EXCEPTION, "exception")                                                  \
    X(TIEBREAKER, "tiebreaker")                                                \
    X(CATEGORY, "category")                                                    \
    X(CATEGORY_ANY, "any")                                                     \
    X(CATEGORY_QUOTED, "quoted category")                                      \
    X(COMMENT, "comment")                                                      \
    X(AND, "and")                                                              \
    X(OR, "or")                                                                \
    X(NOT, "not")                                                              \
    X(EQ, "==")                                                                \
    X(NE, "!=")                                                                \
    X(LT, "<")                                                                 \
    X(LE, "<=")                                                                \
    X(GT, ">")                                                                 \
    X(GE, ">=")                                                                \
    X(SINGLE_EQUALS, "= for ==")                                               \
    X(IN, "in")                                                                \
    X(NOT_IN, "not in")                                                        \
    X(IN_CI, "in~")                                                            \
    X(NOT_IN_CI, "not in~")                                                    \
    X(LONG_LIST, "list of 12 or more")                                         \
    X(NULL_ITEM, "null in a list")                                             \
    X(FIELD_ITEM, "field in a list")                                           \
    X(TRAILING_COMMA, "trailing comma")                                        \
    X(COLON, ":")                                                              \
    X(NOT_COLON, "not :")                                                      \
    X(LIKE, "like")                                                            \
    X(NOT_LIKE, "not like")                                                    \
    X(LIKE_CI, "like~")                                                        \
    X(NOT_LIKE_CI, "not like~")                                                \
    X(PATTERN_LIST, "list of patterns")                                        \
    X(STAR, "* in a pattern")                                                  \
    X(QUESTION, "? in a pattern")                                              \
    X(NUMBER_PATTERN, ": with a number")                                       \
    X(EQ_NULL, "== null")                                                      \
    X(NE_NULL, "!= null")                                                      \
    X(EQ_BOOL, "== true or false")                                             \
    X(NE_BOOL, "!= true or false")                                             \
    X(BARE_FIELD, "bare field")                                                \
    X(CONSTANT, "constant condition")                                          \
    X(LITERAL_FIRST, "literal first")                                          \
    X(FIELD_FIELD, "field against field")                                      \
    X(VALUE_NULL, "condition == null")                                         \
    X(VALUE_BOOL, "condition == true or false")                                \
    X(VALUE_VALUE, "condition == condition")                                   \
    X(VALUE_FIELD, "condition == field")                                       \
    X(VALUE_IN, "condition in a list")                                         \
    X(CIDR, "cidrMatch")                                                       \
    X(CIDR_METHOD, "cidrMatch as method")                                      \
    X(IP_LITERAL, "ip field == address")                                       \
    X(IP_BLOCK, "ip field == block")                                           \
    X(IP_IN, "ip field in")                                                    \
    X(IP_COLON, "ip field :")                                                  \
    X(IP_WILDCARD, "ip field : wildcard")                                      \
    X(IP_ORDER, "ip field < address")                                          \
    X(IP_FIELD, "ip field against field")                                      \
    X(OPTIONAL_FIELD, "?field")                                                \
    X(BACKTICK, "backtick name")                                               \
    X(BACKTICK_DOT, "backtick name with a dot")                                \
    X(KEYWORD_SEGMENT, "keyword as segment")                                   \
    X(SOFT_KEYWORD, "soft keyword as field")                                   \
    X(INTEGER, "integer literal")                                              \
    X(FLOAT, "float literal")                                                  \
    X(NEGATIVE, "negative literal")                                            \
    X(DOUBLE_QUOTED, "double quoted string")                                   \
    X(SINGLE_QUOTED, "single quoted string")                                   \
    X(TRIPLE, "triple raw string")                                             \
    X(QUESTION_RAW, "question raw string")                                     \
    X(ESCAPE, "escape")                                                        \
    X(UNICODE_ESCAPE, "unicode escape")                                        \
    X(NON_ASCII, "literal beyond ASCII")                                       \
    X(CASE_VARIANT, "literal in other case")                                   \
    X(COERCED, "literal of another type")                                      \
    X(EV_MULTI, "event: several values")                                       \
    X(EV_NULL, "event: null")                                                  \
    X(EV_EMPTY, "event: [] or {}")                                             \
    X(EV_NESTED_LIST, "event: list in a list")                                 \
    X(EV_NESTED, "event: nested key")                                          \
    X(EV_DOTTED, "event: dotted key")                                          \
    X(EV_BOTH, "event: both spellings")                                        \
    X(EV_OBJECTS, "event: list of objects")                                    \
    X(EV_EQUAL_TIMES, "event: equal times")                                    \
    X(EV_UNORDERED, "event: out of order")                                     \
    X(EV_NO_TIME, "event: no usable time")                                     \
    X(EV_TIME_NUMBER, "event: time as a number")                               \
    X(EV_TIME_DIGITS, "event: time as digits")                                 \
    X(EV_TIME_ZONE, "event: time with an offset")                              \
    X(EV_CATEGORIES, "event: several categories")                              \
    X(EV_NO_CATEGORY, "event: no category")

typedef enum {
#define REF_CONSTRUCT(name, text) REF_C_##name,
    REF_CONSTRUCTS(REF_CONSTRUCT)
#undef REF_CONSTRUCT
        REF_NCONSTRUCTS
} ref_construct;

const char *ref_construct_name(ref_construct c);

typedef enum {
    REF_TERM_AND,
    REF_TERM_OR,
    REF_TERM_NOT,
    REF_TERM_WRAP, /* head ( kid ) tail, or head ( kid ) mid ( kid ) tail */
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
    bool sequence;
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

/* features: REF_ENGINE_*, what the case may ask for. */
ref_gen_case *ref_gen(ref_pool *pool, uint64_t seed, uint64_t number,
                      unsigned features);
/* The texts for both sides, in the pool. */
ref_case ref_gen_render(ref_pool *pool, const ref_gen_case *c);

/* Does the case still show what is being looked for? */
typedef bool (*ref_still)(void *ctx, const ref_gen_case *c);
/* The smallest case that greedy removal of parts finds. */
const ref_gen_case *ref_shrink(ref_pool *pool, const ref_gen_case *c,
                               ref_still still, void *ctx);

#endif
