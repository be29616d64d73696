/* rawmap_int.h -- what the parts of rawmap share: rawmap.c (records),
 * rawmap_new.c (names of everything), rawmap_plan.c (what a kind of record
 * needs), rawmap_shape.c (what a record with these keys needs), rawmap_ops.c
 * (rules at work), rawmap_text.c (texts as JSON spells them) and rawmap_memo.c
 * (results remembered).
 *
 * Values are cells: JSON text as it stands in the record, in an arena of the
 * event, or in the memo. */
#ifndef EQL_IO_WINDOWS_RAWMAP_INT_H
#define EQL_IO_WINDOWS_RAWMAP_INT_H

#include "io/windows/mapping_int.h"
#include "io/windows/rawmap.h"
#include "io/fast/scan.h"

/* Most wanted values that one rule writes; mappings with more are not
 * compiled. */
#define EQL_RAWMAP_MAX_OUTS 32u
/* Most combinations of a layout and its variants. */
#define EQL_RAWMAP_MAX_VIEWS 64u
/* Most kinds of records whose keys are remembered, before all are forgotten;
 * most of them with the same keys, and most sets of names that their texts may
 * add.  Records beyond take what their channel and code need at most. */
#define EQL_RAWMAP_MAX_SHAPES 1024u
#define EQL_RAWMAP_MAX_CHAIN 16u
/* Most lines of a kind of record's texts whose beginnings are remembered. */
#define EQL_RAWMAP_MAX_GUESSES 64u

typedef struct {
    const char
        *p; /* NULL: missing; eql_rawmap_deferred: only the mapping knows */
    uint32_t len;
    uint32_t epoch; /* of the event that it belongs to: else it is missing */
} eql_rawmap_cell;

extern const char eql_rawmap_deferred[1];

typedef struct {
    uint32_t from;  /* eql_mapping_from */
    uint32_t index; /* role, name or wanted path */
} eql_rawmap_ref;

typedef struct {
    uint32_t to;     /* of the rule's targets .. */
    uint32_t wanted; /* .. what stands at this path .. */
    bool below;      /* .. which is below it */
} eql_rawmap_out;

/* A rule, or a constant (then rule is NULL). */
typedef struct {
    const eql_mapping_rule *rule;
    const eql_mapping_constant *constant;
    eql_mapping_paths to;
    eql_range from;               /* of refs */
    eql_range targets;            /* of lists: numbers of `to` */
    eql_range outs;               /* of outs, ascending by target */
    const eql_rawmap_cell *fixed; /* what a constant gives, per out */
    eql_mapping_op_desc op;       /* of a rule */
} eql_rawmap_rule;

/* An ECS path that the program or a rule reads. */
typedef struct {
    const char *const *names; /* NUL-terminated */
    uint32_t n;
    eql_range above; /* of lists: targets that are this path or lead there */
    eql_range below; /* of lists: targets that lie below */
    uint32_t name;   /* what it is in winlog.event_data, or EQL_NONE */
    bool hidden;     /* winlog or winlog.event_data itself */
} eql_rawmap_wanted;

typedef struct {
    uint32_t path;
    uint32_t wanted; /* or EQL_NONE */
    uint32_t name;   /* what is left in the event data; or EQL_NONE */
} eql_rawmap_emit;

typedef struct {
    uint32_t name;
    uint32_t next; /* in the plan's table of names; EQL_NONE ends */
    const uint32_t *sources;
    uint32_t nsources;
} eql_rawmap_load;

typedef struct {
    uint32_t role;
    uint32_t nsources;
    const uint32_t *sources;
} eql_rawmap_role;

/* A rule and where it may find something. */
typedef struct {
    uint32_t rule, nfrom;
    const eql_rawmap_ref *from;
} eql_rawmap_step;

#define EQL_RAWMAP_HEADS 64u

/* All that happens to one kind of record. */
typedef struct eql_rawmap_plan {
    bool unsupported;
    const eql_mapping_plan *plan;       /* NULL: a channel without rules */
    const eql_mapping_channel *channel; /* NULL likewise */
    eql_rawmap_cell name;               /* the channel's */
    uint32_t time; /* name of the exact time, or EQL_NONE */
    const eql_rawmap_step *prepare;
    uint32_t nprepare;
    const eql_rawmap_step *steps; /* in the order of work */
    uint32_t nsteps;
    const eql_rawmap_role *roles; /* that are read */
    uint32_t nroles;
    const eql_rawmap_load *loads;
    uint32_t nloads;
    const eql_rawmap_load *names; /* all that texts may give .. */
    const uint32_t *heads;        /* .. by eql_rawmap_hash_name */
    const eql_rawmap_emit *emits;
    uint32_t nemits;
    eql_raw *raws; /* the first nfixed are always the same; room for all */
    uint32_t nfixed;
} eql_rawmap_plan;

/* A layout with some of its variants. */
typedef struct {
    const eql_mapping_layout *layout;
    uint32_t active;
    eql_range header[EQL_MAPPING_ROLE_COUNT]; /* of lists */
    eql_rawmap_plan ***plans; /* per channel (last: none) and plan */
} eql_rawmap_view;

typedef struct eql_rawmap_memo eql_rawmap_memo;
typedef struct eql_rawmap_shapes eql_rawmap_shapes;

/* See eql_rawmap_text_breaks. */
typedef size_t (*eql_rawmap_break_fn)(const char *p, size_t i, size_t n);

struct eql_rawmap {
    const eql_program *program;
    const eql_paths *paths;
    const eql_mapping *m;
    eql_arena *arena; /* as long as this lives */
    eql_arena *event; /* of the event */
    bool unsupported; /* everything is left to the mapping */
    bool failed;      /* out of memory: while it is made, or a view or plan was;
                         there are no new ones then */

    eql_vec sources; /* eql_rawmap_source */
    eql_map *source_of;
    eql_rawmap_cell *found; /* per source */
    uint32_t *keys;         /* of the record at hand: eql_rawmap_key */
    uint32_t nkeys;
    uint64_t key_sum;     /* of key_hashes, */
    uint64_t *key_hashes; /* random numbers, one for each that may be met */
    uint32_t epoch;
    uint32_t key_of[EQL_RECORD_KEY_COUNT]; /* sources of record_key.def's */
    uint32_t *variant_key[EQL_MAPPING_LAYOUT_COUNT];
    uint32_t *nested_key[EQL_MAPPING_LAYOUT_COUNT];

    eql_vec names; /* const char *: of event data */
    eql_map *name_of;
    eql_rawmap_cell *data; /* per name */
    bool prepared;         /* texts of the record gave some */

    eql_vec wanted; /* eql_rawmap_wanted */
    eql_map *wanted_of;
    eql_rawmap_cell *ecs; /* per wanted path */
    uint32_t *path_of;    /* per program path: wanted path, or EQL_NONE */
    uint32_t timestamp, created; /* wanted paths, or EQL_NONE */

    eql_vec targets; /* eql_mapping_path: all that may be written to */
    eql_map *target_of;
    uint32_t winlog, event_data;       /* targets */
    uint32_t at_timestamp, at_created; /* targets */

    eql_vec rules; /* eql_rawmap_rule */
    eql_map *rule_of;
    eql_vec refs;  /* eql_rawmap_ref */
    eql_vec outs;  /* eql_rawmap_out */
    eql_vec lists; /* uint32_t: sources */
    eql_vec views; /* eql_rawmap_view *: a few */

    eql_rawmap_cell header[EQL_MAPPING_ROLE_COUNT];
    uint8_t first_of_empty[256]; /* may a value as good as missing begin so? */
    eql_rawmap_break_fn find_break;
    eql_rawmap_memo *memo;
    eql_rawmap_shapes *shapes;
    struct eql_rawmap_shape *shape; /* of the record at hand, or NULL */
    eql_rawmap_counters n;
};

/* A source that is there, and whether its value is a string. */
static inline uint32_t
eql_rawmap_key(uint32_t source, const char *p)
{
    return source << 1 | (*p == '"');
}

static inline bool
eql_rawmap_is_set(const eql_rawmap *r, const eql_rawmap_cell *c)
{
    return c->p && c->epoch == r->epoch;
}

static inline const eql_rawmap_rule *
eql_rawmap_rule_at(const eql_rawmap *r, uint32_t i)
{
    return (const eql_rawmap_rule *)r->rules.items + i;
}

static inline const eql_rawmap_ref *
eql_rawmap_ref_at(const eql_rawmap *r, uint32_t i)
{
    return (const eql_rawmap_ref *)r->refs.items + i;
}

static inline const eql_rawmap_out *
eql_rawmap_out_at(const eql_rawmap *r, uint32_t i)
{
    return (const eql_rawmap_out *)r->outs.items + i;
}

/* For a plan's table of names; len > 0. */
static inline uint32_t
eql_rawmap_hash_name(const char *p, size_t len)
{
    return ((uint32_t)len * 5 + (unsigned char)p[0] * 3 +
            (unsigned char)p[len - 1] * 7 + (unsigned char)p[len / 2]) %
           EQL_RAWMAP_HEADS;
}

/* --- rawmap_new.c --- */

/* Of a rule or a constant of the mapping. */
uint32_t eql_rawmap_rule_number(const eql_rawmap *r, const void *item);
/* EQL_NONE: nobody wants it. */
uint32_t eql_rawmap_find_source(eql_rawmap *r, const char *const *keys,
                                uint32_t n);

/* --- rawmap_plan.c --- */

/* NULL: out of memory, or too many. */
eql_rawmap_view *eql_rawmap_view_for(eql_rawmap *r,
                                     const eql_mapping_layout *layout,
                                     uint32_t active);
/* Channel may be NULL.  NULL: out of memory. */
const eql_rawmap_plan *eql_rawmap_plan_for(eql_rawmap *r, eql_rawmap_view *v,
                                           const eql_mapping_channel *channel,
                                           uint32_t plan);

/* --- rawmap_shape.c --- */

/* How a line began before: name and separator as they are spelled. */
typedef struct {
    const char *p;
    uint32_t len;
    uint32_t name; /* of event data; EQL_NONE: nobody asks */
} eql_rawmap_guess;

/* A plan without what the keys of a record rule out. */
typedef struct eql_rawmap_shape {
    struct eql_rawmap_shape *next;
    uint64_t sum; /* of its set of sources .. */
    uint32_t nkeys;
    uint32_t *keys;      /* .. as eql_rawmap_key has them */
    uint32_t source[2];  /* of channel and code, or EQL_NONE .. */
    eql_strview text[2]; /* .. and what they are */
    eql_rawmap_view *view;
    const eql_rawmap_plan *whole; /* what it was made of */
    eql_rawmap_plan plan;         /* while texts add no names */
    eql_rawmap_guess *guesses;    /* of its texts' lines, in their order */
    uint32_t nguesses;
} eql_rawmap_shape;

eql_rawmap_shapes *eql_rawmap_shapes_new(void);
void eql_rawmap_shapes_free(eql_rawmap_shapes *f);
/* Of the record at hand; NULL: not known. */
eql_rawmap_shape *eql_rawmap_shape_find(const eql_rawmap *r);
/* Remembers it, when its keys were met before; may forget all others.  NULL: it
 * did not. */
eql_rawmap_shape *eql_rawmap_shape_learn(eql_rawmap *r, eql_rawmap_view *v,
                                         const eql_rawmap_plan *plan);
/* Remembers how one more line of the record at hand began. */
void eql_rawmap_shape_add_guess(eql_rawmap *r, eql_strview start,
                                uint32_t name);

/* --- rawmap_ops.c --- */

/* Names out of texts; then the rules.  false: for the mapping. */
bool eql_rawmap_ops_prepare(eql_rawmap *r, const eql_rawmap_plan *p);
bool eql_rawmap_ops_run(eql_rawmap *r, const eql_rawmap_plan *p);
void eql_rawmap_ops_put(eql_rawmap *r, uint32_t wanted, const char *p,
                        uint32_t len);
/* What stands below a value at a wanted path: its text, missing (NULL) or
 * deferred.  Texts are in the arena.  false: out of memory. */
bool eql_rawmap_ops_extract(const json_t *v, const eql_rawmap_wanted *w,
                            uint32_t skip, eql_arena *arena,
                            eql_rawmap_cell *out);

/* --- rawmap_text.c --- */

static inline bool
eql_rawmap_is_string(const eql_rawmap_cell *c)
{
    return c->len >= 2 && c->p[0] == '"';
}

/* Inside the quotes. */
static inline eql_strview
eql_rawmap_inside(const eql_rawmap_cell *c)
{
    return eql_sv(c->p + 1, c->len - 2);
}

typedef enum {
    EQL_RAWMAP_TEXT_NONE, /* not there, or it has no text */
    EQL_RAWMAP_TEXT_IS,
    EQL_RAWMAP_TEXT_UNSUPPORTED /* for the mapping */
} eql_rawmap_text;

/* Is it an integer of at most 18 digits that reads the way it would be printed?
 * There is a byte at p. */
bool eql_rawmap_is_plain_integer(const char *p, uint32_t len);
/* The text of a scalar (eql_record_text), as a JSON string. */
eql_rawmap_text eql_rawmap_text_of(eql_rawmap *r, const eql_rawmap_cell *c,
                                   eql_rawmap_cell *text);
static inline eql_rawmap_text
eql_rawmap_text_at(eql_rawmap *r, const eql_rawmap_cell *c,
                   eql_rawmap_cell *text)
{
    if (!c->p || *c->p != '"')
        return eql_rawmap_text_of(r, c, text);
    *text = *c;
    return EQL_RAWMAP_TEXT_IS;
}

/* Is a text, which begins as one may, as good as missing? */
bool eql_rawmap_text_matches_empty(const eql_rawmap *r,
                                   const eql_rawmap_cell *c);

/* Is a text as good as missing? */
static inline bool
eql_rawmap_text_is_empty(const eql_rawmap *r, const eql_rawmap_cell *c)
{
    unsigned char first = c->len > 2 ? (unsigned char)c->p[1] : 0;

    /* An escaped backslash is one; other escapes may be anything. */
    return (r->first_of_empty[first] || (first == '\\' && c->p[2] != '\\')) &&
           eql_rawmap_text_matches_empty(r, c);
}

/* A JSON string around what stands inside one; NULL in p: out of memory. */
eql_rawmap_cell eql_rawmap_quote(eql_rawmap *r, eql_strview inside);
/* What finds, from i on, where an escape for a line feed or for a code stands
 * in n bytes of a JSON string; n when there is none. */
eql_rawmap_break_fn eql_rawmap_text_breaks(eql_kernel k);
/* Names out of texts, for the names that the plan loads.  false: for the
 * mapping. */
bool eql_rawmap_text_lines(eql_rawmap *r, const eql_rawmap_plan *p,
                           eql_strview inside);
bool eql_rawmap_text_pairs(eql_rawmap *r, const eql_rawmap_plan *p,
                           eql_strview inside);
/* A time in a string (not escaped); *zone as in mapping_apply.c.  *unsupported:
 * for the mapping. */
bool eql_rawmap_text_time(const eql_rawmap_cell *c, int64_t *ns, bool *zone,
                          bool *unsupported);

/* --- rawmap_memo.c --- */

typedef struct {
    bool used;                  /* the operation took the text */
    const eql_rawmap_cell *out; /* per out of the rule; p NULL and len 0: not
                                   written, len 1: nothing there */
} eql_rawmap_result;

eql_rawmap_memo *eql_rawmap_memo_new(uint32_t entries, size_t bytes);
void eql_rawmap_memo_free(eql_rawmap_memo *memo);
/* Between events: forgets all when it is full. */
void eql_rawmap_memo_tidy(eql_rawmap_memo *memo, eql_rawmap_counters *n);
/* What a rule makes of a JSON text.  false: for the mapping. */
bool eql_rawmap_memo_ask(eql_rawmap *r, uint32_t rule,
                         const eql_rawmap_cell *text, eql_rawmap_result *out);

#endif
