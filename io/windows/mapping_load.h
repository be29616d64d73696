/* mapping_load.h -- making a mapping from its JSON document: what mapping.c
 * (layouts, channels), mapping_rules.c (rules, plans) and mapping_check.c
 * (places, types, names) share.
 *
 * The first thing wrong is reported with its place in the document, such as
 * `channels.Security.fields[12].op`, and makes `bad` sticky: loading goes on
 * harmlessly and its driver asks once at the end. */
#ifndef EQL_IO_WINDOWS_MAPPING_LOAD_H
#define EQL_IO_WINDOWS_MAPPING_LOAD_H

#include "io/windows/mapping_int.h"

typedef struct {
    eql_mapping *m;
    eql_arena *arena;
    eql_buf *why;
    bool bad;
    const json_t *features;
    const json_t *code_sets;
    const json_t *field_sets;
} eql_mapping_loader;

/* A place in the document; lives as long as its callers' frames. */
typedef struct eql_mapping_place {
    const struct eql_mapping_place *up;
    const char *key; /* NULL: an array element */
    size_t index;
} eql_mapping_place;

/* A list of names; items are NUL-terminated. */
typedef struct {
    const char **items;
    uint32_t n;
} eql_mapping_names;

/* --- mapping_check.c --- */

/* Reports once; always returns false. */
bool eql_mapping_check_fail(eql_mapping_loader *l, const eql_mapping_place *at,
                            const char *fmt, ...) EQL_PRINTF(3, 4);
/* NULL (and reported) when it is not of that type. */
const json_t *eql_mapping_check_object(eql_mapping_loader *l,
                                       const eql_mapping_place *at,
                                       const json_t *v);
const json_t *eql_mapping_check_array(eql_mapping_loader *l,
                                      const eql_mapping_place *at,
                                      const json_t *v);
/* A text without U+0000, not empty; NULL when it is not. */
const char *eql_mapping_check_text(eql_mapping_loader *l,
                                   const eql_mapping_place *at,
                                   const json_t *v);
/* A boolean; absent gives false. */
bool eql_mapping_check_flag(eql_mapping_loader *l, const eql_mapping_place *up,
                            const json_t *object, const char *key);
/* Every key of an object is one of `known` (NULL-terminated)? */
bool eql_mapping_check_keys(eql_mapping_loader *l, const eql_mapping_place *at,
                            const json_t *object, const char *const *known);
/* A scalar or a list of scalars, fit to be shared into events. */
bool eql_mapping_check_value(eql_mapping_loader *l, const eql_mapping_place *at,
                             const json_t *v);
/* A text or a list of texts. */
bool eql_mapping_check_names(eql_mapping_loader *l, const eql_mapping_place *at,
                             const json_t *v, eql_mapping_names *out);
/* Event codes: texts, or "@set" for those of code_sets. */
bool eql_mapping_check_codes(eql_mapping_loader *l, const eql_mapping_place *at,
                             const json_t *v, eql_mapping_names *out);
/* Splits a text at `sep` into a path of at least one key. */
bool eql_mapping_check_path(eql_mapping_loader *l, const eql_mapping_place *at,
                            const char *text, char sep, eql_mapping_path *out);
/* A dotted path that rules may write to. */
bool eql_mapping_check_target(eql_mapping_loader *l,
                              const eql_mapping_place *at, const char *text,
                              eql_mapping_path *out);
/* Does this rule or event entry count, by its "feature"? */
bool eql_mapping_check_feature(eql_mapping_loader *l,
                               const eql_mapping_place *at,
                               const json_t *object);
/* n * size zeroed bytes of the arena; NULL sets bad. */
void *eql_mapping_check_alloc(eql_mapping_loader *l, size_t n, size_t size);

/* --- mapping_rules.c --- */

bool eql_mapping_rules_role(const char *name, eql_mapping_role *role);
bool eql_mapping_rules_constants(eql_mapping_loader *l,
                                 const eql_mapping_place *at, const json_t *v,
                                 eql_mapping_constants *out);
/* Rules for every event, without codes. */
bool eql_mapping_rules_common(eql_mapping_loader *l,
                              const eql_mapping_place *at, const json_t *v,
                              eql_mapping_rules *out);
/* What a channel says of its events, sorted by code into plans. */
bool eql_mapping_rules_channel(eql_mapping_loader *l,
                               const eql_mapping_place *at, const json_t *v,
                               eql_mapping_channel *out);

#endif
