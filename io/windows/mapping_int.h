/* mapping_int.h -- a mapping as compiled, shared by mapping.c (which makes it
 * from JSON), record.c (which reads a record's header and event data by it),
 * mapping_ops.c (which runs its rules) and mapping_apply.c (which drives them).
 *
 * Everything a mapping points to lives in its arena or its document and is
 * never written after loading; JSON values of the document are shared into
 * mapped events by reference count.  Nobody outside these files, clock.c and
 * rawmap*.c includes this. */
#ifndef EQL_IO_WINDOWS_MAPPING_INT_H
#define EQL_IO_WINDOWS_MAPPING_INT_H

#include "base/arena.h"
#include "base/map.h"
#include "io/format/record_key.h"
#include "io/windows/mapping.h"

/* Most items taken from one value (arguments, list words, name-value pairs,
 * DNS answers); a Windows command line cannot hold more. */
#define EQL_MAPPING_MAX_ITEMS 16384u

/* Longer names before a separator, in characters, are none (PAIRS). */
#define EQL_MAPPING_PAIR_NAME 40u

/* Most bytes of a text of "empty". */
#define EQL_MAPPING_MAX_EMPTY 64u

typedef enum {
#define X(name, text, sources, least, most, keys, how) EQL_MAPPING_OP_##name,
#include "io/windows/mapping_op.def"
#undef X
    EQL_MAPPING_OP_COUNT
} eql_mapping_op;

typedef enum {
    EQL_MAPPING_SOURCES_NONE,
    EQL_MAPPING_SOURCES_FIRST,
    EQL_MAPPING_SOURCES_VALUE,
    EQL_MAPPING_SOURCES_ALL
} eql_mapping_sources;

typedef enum {
    EQL_MAPPING_HOW_COPY,
    EQL_MAPPING_HOW_CUT,
    EQL_MAPPING_HOW_REMEMBER,
    EQL_MAPPING_HOW_FIXED,
    EQL_MAPPING_HOW_NAMES
} eql_mapping_how;

/* A row of mapping_op.def. */
typedef struct {
    const char *name;
    eql_mapping_sources sources;
    uint32_t least, most; /* targets */
    const char *keys;
    eql_mapping_how how;
} eql_mapping_op_desc;

extern const eql_mapping_op_desc eql_mapping_op_descs[EQL_MAPPING_OP_COUNT];

typedef enum {
#define X(name, text) EQL_MAPPING_ROLE_##name,
#include "io/windows/mapping_role.def"
#undef X
    EQL_MAPPING_ROLE_COUNT
} eql_mapping_role;

typedef enum {
#define X(name, text) EQL_MAPPING_LAYOUT_##name,
#include "io/windows/mapping_layout.def"
#undef X
    EQL_MAPPING_LAYOUT_COUNT
} eql_mapping_layout_id;

/* A way down through nested objects; keys are NUL-terminated. */
typedef struct {
    const char *const *keys;
    uint32_t n;
} eql_mapping_path;

typedef struct {
    const eql_mapping_path *items;
    uint32_t n;
} eql_mapping_paths;

typedef enum {
    EQL_MAPPING_FROM_DATA,  /* event data, by name */
    EQL_MAPPING_FROM_ECS,   /* "@path": what earlier rules wrote */
    EQL_MAPPING_FROM_HEADER /* "$role" */
} eql_mapping_from;

typedef struct {
    eql_mapping_from from;
    eql_mapping_role role; /* FROM_HEADER */
    const char *name;      /* FROM_DATA */
    eql_mapping_path path; /* FROM_ECS */
} eql_mapping_source;

typedef struct {
    eql_mapping_op op;
    bool copy;   /* the source stays in the event data */
    bool spaces; /* ARGS: split at white space only */
    bool same;   /* MAP: what is not in the table passes unchanged */
    const eql_mapping_source *from;
    uint32_t nfrom;
    eql_mapping_paths to;
    const json_t *map; /* MAP, DNS, REGISTRY; NULL when there is none */
    json_t *fallback;  /* MAP: for what is not in the table; NULL: nothing */
    json_t *value;     /* CONST */
    eql_strview separator;
} eql_mapping_rule;

typedef struct {
    eql_mapping_path to;
    json_t *value;
} eql_mapping_constant;

typedef struct {
    const eql_mapping_constant *items;
    uint32_t n;
} eql_mapping_constants;

typedef struct {
    const eql_mapping_rule **items;
    uint32_t n;
} eql_mapping_rules;

/* All that happens to the events of one code in one channel. */
typedef struct {
    eql_mapping_rules prepare;
    eql_mapping_rules fields;
    const eql_mapping_constants *event; /* category, type, ...; may be NULL */
    bool clock_skip; /* its time key must not teach the clock */
} eql_mapping_plan;

typedef struct {
    eql_strview name;
    json_t *name_text; /* the same, owned: what events say */
    const char *time;  /* event-data key of an exact UTC time; may be NULL */
    eql_mapping_constants constants;
    eql_map *codes; /* event code -> index in plans */
    eql_mapping_plan *plans;
    uint32_t nplans; /* at least 1: [0] is for every code not named */
} eql_mapping_channel;

typedef eql_mapping_paths eql_mapping_header[EQL_MAPPING_ROLE_COUNT];

/* Holds for records that have (or lack) a key. */
typedef struct {
    const char *key;
    bool has;
    eql_mapping_header header; /* in place of the layout's, where given */
} eql_mapping_variant;

#define EQL_MAPPING_MAX_VARIANTS 31u

typedef struct {
    bool local;        /* its times are local, without a zone */
    bool rest;         /* keys not in not_data are event data */
    eql_map *not_data; /* key -> bit 0: always; bit 1 + i: with variant i */
    eql_mapping_header header;
    const char **nested; /* keys whose members are event data */
    uint32_t nnested;
    eql_mapping_variant *variants;
    uint32_t nvariants;
} eql_mapping_layout;

struct eql_mapping {
    json_t *doc;
    eql_arena *arena;
    const eql_strview *empty; /* values that are as good as missing */
    uint32_t nempty;
    eql_mapping_layout layouts[EQL_MAPPING_LAYOUT_COUNT];
    eql_mapping_constants constants;
    eql_mapping_rules common;
    eql_mapping_channel *channels;
    uint32_t nchannels;
};

/* One record on its way to ECS. */
typedef struct {
    const eql_mapping *m;
    const eql_mapping_layout *layout;   /* NULL: not recognised */
    const eql_mapping_channel *channel; /* NULL: a channel without rules */
    const eql_mapping_plan *plan;       /* NULL as channel is */
    /* Borrowed from the record; scalars (KEYWORDS: also an array) or NULL. */
    const json_t *header[EQL_MAPPING_ROLE_COUNT];
    json_t *data; /* owned: event data by name, texts only */
    json_t *ecs;  /* owned: the event so far */
    bool failed;  /* out of memory; sticky */
} eql_mapping_state;

/* --- record.c --- */

/* Layout of a record with these keys (bits by eql_record_key) at its root;
 * EQL_MAPPING_LAYOUT_COUNT: it is no record. */
eql_mapping_layout_id eql_record_layout(uint32_t keys);

/* Fills layout, header, data, channel and plan of s from a record. */
void eql_record_read(eql_mapping_state *s, const json_t *record);
/* Text of a scalar as a new JSON string; NULL when it has none (null, array,
 * object) or when out of memory (then *failed is set). */
json_t *eql_record_text(const json_t *v, bool *failed);
/* Adds a value (reference taken over, NULL is out of memory) to the event data
 * unless the name is there already, is no usable key or the value is as good
 * as missing. */
void eql_record_add(eql_mapping_state *s, eql_strview name, json_t *text);

/* Of the mapping's channels, the one of that name in any ASCII case; NULL. */
const eql_mapping_channel *eql_record_channel(const eql_mapping *m,
                                              eql_strview name);
/* Is a text as good as missing? */
bool eql_record_is_empty(const eql_mapping *m, eql_strview text);

/* --- mapping_apply.c --- */

/* What is done to a record: constants or rules; NULL where there are none. */
typedef struct {
    const eql_mapping_constants *constants;
    const eql_mapping_rules *rules;
} eql_mapping_step;

#define EQL_MAPPING_STEPS 5u

/* In their order.  channel and plan may be NULL. */
void eql_mapping_list_steps(const eql_mapping *m,
                            const eql_mapping_channel *channel,
                            const eql_mapping_plan *plan,
                            eql_mapping_step out[EQL_MAPPING_STEPS]);

/* The exact time of a record, and its own, as read. */
typedef struct {
    bool has_utc, has_wall;
    bool zoned; /* the latter names its offset from UTC */
    int64_t utc_ns, wall_ns;
} eql_mapping_times;

/* The event's time, and in *t what is known of it; PENDING: the record's own
 * time is local and its offset is yet to be learned.  clock may be NULL. */
eql_time_kind eql_mapping_settle(eql_mapping_times *t,
                                 const eql_mapping_layout *layout,
                                 const eql_wall_clock *clock, int64_t *ns);
/* Teaches a clock by times as read; received may be NULL. */
void eql_mapping_teach(const eql_mapping_times *t,
                       const eql_mapping_layout *layout,
                       const eql_mapping_plan *plan, const int64_t *received,
                       eql_wall_clock *clock);

/* --- mapping_ops.c --- */

void eql_mapping_ops_run(eql_mapping_state *s, const eql_mapping_rules *rules);
/* Writes a value (reference taken over, NULL is out of memory) at a path; a
 * path through something that is no object is left alone. */
void eql_mapping_ops_put(eql_mapping_state *s, const eql_mapping_path *to,
                         json_t *value);

/* The same at a rule's i-th target. */
void eql_mapping_ops_put_to(eql_mapping_state *s, const eql_mapping_rule *r,
                            uint32_t i, json_t *value);
void eql_mapping_ops_put_text(eql_mapping_state *s, const eql_mapping_rule *r,
                              uint32_t i, eql_strview v);

/* --- mapping_ops_win.c: one operation each; true when it used its value --- */

bool eql_mapping_ops_win_hashes(eql_mapping_state *s, const eql_mapping_rule *r,
                                eql_strview v);
bool eql_mapping_ops_win_outcome(eql_mapping_state *s,
                                 const eql_mapping_rule *r, const json_t *v);
bool eql_mapping_ops_win_registry(eql_mapping_state *s,
                                  const eql_mapping_rule *r, eql_strview v);
bool eql_mapping_ops_win_regdata(eql_mapping_state *s,
                                 const eql_mapping_rule *r, json_t *text);
bool eql_mapping_ops_win_dns(eql_mapping_state *s, const eql_mapping_rule *r,
                             eql_strview v);
bool eql_mapping_ops_win_lines(eql_mapping_state *s, eql_strview v);
bool eql_mapping_ops_win_pairs(eql_mapping_state *s, const eql_mapping_rule *r,
                               eql_strview v);

/* --- mapping_values.c --- */

static inline eql_strview
eql_mapping_values_view(const json_t *text)
{
    return eql_sv(json_string_value(text), json_string_length(text));
}

/* The value at a key or, failing that, at its ASCII lower case; NULL when
 * neither is there.  Keys over 128 bytes are never there. */
json_t *eql_mapping_values_look_up(const json_t *table, eql_strview key);
json_t *eql_mapping_values_lower(eql_strview v); /* NULL: out of memory */
bool eql_mapping_values_is_hex(eql_strview v);   /* "0x..." */
bool eql_mapping_values_hex(eql_strview digits, uint64_t *out);
/* An integer, decimal or "0x..", with white space around it. */
bool eql_mapping_values_int(eql_strview v, int64_t *out);
/* A time; *zoned: it names its offset ("...+02:00").  A "Z" says nothing,
 * because PowerShell exports put it after local times. */
bool eql_mapping_values_time(eql_strview v, int64_t *ns, bool *zoned);
/* What BASENAME, DIRNAME or EXT take of a path whose last backslash, spelled in
 * `width` bytes, is at `slash` (v.len: there is none).  false: nothing. */
bool eql_mapping_values_path(eql_mapping_op op, eql_strview v, size_t slash,
                             size_t width, eql_strview *part);
/* Canonical text of an address in out; false when it is none. */
bool eql_mapping_values_ip(eql_strview v, eql_buf *out);

/* --- mapping_split.c --- */

/* Each appends to an array (NULL: out of memory) at most
 * EQL_MAPPING_MAX_ITEMS strings. */
json_t *eql_mapping_split_crt(eql_strview s);    /* as the C runtime does */
json_t *eql_mapping_split_quoted(eql_strview s); /* white space, quotes kept */
json_t *eql_mapping_split_words(eql_strview s);  /* runs of white space */
/* Next part of *s before `sep` (all of it when there is none); moves *s behind
 * it.  false when *s is used up: set s->p to NULL to say so. */
bool eql_mapping_split_next(eql_strview *s, char sep, eql_strview *part);
/* Length of the name before a colon at a line's start; 0: there is none. */
size_t eql_mapping_split_name(eql_strview line);
/* Text without the white space around it. */
eql_strview eql_mapping_split_trim(eql_strview s);
/* Bytes of the white space at s (Unicode); 0 when there is none. */
size_t eql_mapping_split_space(eql_strview s);

#endif
