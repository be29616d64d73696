/* ref_flags.h -- the run-time flags of language 14 and their presets. */
#ifndef EQL_TESTS_REF_FLAGS_H
#define EQL_TESTS_REF_FLAGS_H

#include "tests/reference/ref_util.h"

/* Every flag of two values is false for its first value in the table of
 * ref_flags.c, which is what the elastic preset has. */
typedef struct {
    bool kleene;         /* null_logic */
    bool opaque;         /* multi_value */
    bool insensitive;    /* string_case */
    bool ascii_fold;     /* case_fold */
    bool eq_wildcard;    /* eq_wildcard */
    bool qmark_plain;    /* qmark_wildcard */
    bool no_coerce;      /* coerce */
    bool count_length;   /* array_length */
    bool floor;          /* int_division */
    bool miss_null;      /* between_miss */
    bool contains_empty; /* contains_empty */
    bool search_false;   /* search_null */
    bool prefix_regex;   /* regex_flavor */
    bool ranges_exact;   /* regex_ci_ranges */
    bool until_before;   /* until_order */
    bool null_join;      /* null_keys */
    bool key_fold;       /* key_case */
    bool independent;    /* missing_edges */
    bool withhold;       /* missing_eof */
    bool alias_latest;   /* alias_pending */
    bool sample_stream;  /* sample_mode */
    bool join_once;      /* join_reuse */
    bool arrival;        /* late_events: sort or arrival */
    bool flat_comments;  /* from the preset, as the next */
    bool endgame;        /* field names of events */
    bool no_schema;
    bool versions; /* the schema has fields of type version */
    const char *category, *timestamp; /* paths */
} ref_flags;

/* dialect NULL: elastic; set: NULL or "flag=value" texts with a NULL at the
 * end.  false: no such dialect, flag or value. */
bool ref_flags_read(ref_flags *f, const char *dialect, const char *const *set);
/* The i-th flag and one of its two values; false past the last. */
bool ref_flags_name(size_t i, bool second, const char **name,
                    const char **value);

#endif
