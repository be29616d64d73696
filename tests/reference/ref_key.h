/* ref_key.h -- key tuples (language 8.9), and which events a filter selects. */
#ifndef EQL_TESTS_REF_KEY_H
#define EQL_TESTS_REF_KEY_H

#include "tests/reference/ref_seq.h"

/* category where condition, for env->event. */
bool ref_in_category(const ref_env *env, const ref_filter *filter);
bool ref_selects(const ref_env *env, const ref_filter *filter);

/* A text that is equal exactly for equal key values. */
char *ref_key_text(const ref_env *env, ref_value v);
/* The value as JSON; owned by the caller.  spelled: a number or boolean that
 * the event spells as a text stays one. */
json_t *ref_value_json(ref_value v, bool spelled);
/* Compact, members sorted, whole numbers without a fraction: 1.0 and 1 are one
 * value, and how it is shown is left open. */
char *ref_json_text(ref_pool *pool, const json_t *v);
/* The tuple as a list of its values; NULL without keys. */
char *ref_shown_keys(ref_pool *pool, const ref_key *key);

/* The tuples of env->event: the query's keys, then the stage's own. */
ref_keys ref_event_keys(const ref_env *env, const ref_nodes *shared,
                        const ref_nodes *own);

#endif
