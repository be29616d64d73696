/* rules_file.h -- what the readers of rule files share; for io/rules*.c only.
 *
 * A reader gets one file's text and makes eql_rule_source records of it, all
 * in the arena.  What is wrong with the file becomes diagnostics with their
 * place; a rule with an error of this kind is not delivered at all:
 *
 *   E601 malformed TOML or JSON      E604 unknown key of [eqlvm]
 *   E602 a value of the wrong type   E605 a value that makes no sense
 *   E603 something needed is missing E606 a limit of rule files
 *   W607 a file that holds no rule
 *   W608 a key or table that is nearly a known one
 *   W610 a folder without rules (rules_passed.c)
 *   W611 what is passed over in a folder of rules (rules.c) */
#ifndef EQL_RULEFILE_RULES_FILE_H
#define EQL_RULEFILE_RULES_FILE_H

#include "rulefile/rules.h"
#include "rulefile/toml.h"

/* Most exceptions and tests of one rule. */
#define EQL_RULE_MAX_ITEMS 1000u

typedef struct {
    eql_arena *arena;
    eql_arena *scratch; /* of the file at hand: its tree */
    eql_diags *diags;
    eql_rules_counters *counters;
    eql_strview file; /* as the user named it */
    eql_strview text;
    bool bad; /* an error was reported */
} eql_rule_file;

typedef enum {
    EQL_RULE_FILE_RULE,  /* out is a rule of ours */
    EQL_RULE_FILE_OTHER, /* a rule in another language */
    EQL_RULE_FILE_NONE,  /* no rule at all */
    EQL_RULE_FILE_BAD,   /* errors are in diags */
    EQL_RULE_FILE_NOMEM
} eql_rule_file_result;

/* Growing list of texts in an arena; all zero is empty. */
typedef struct {
    eql_strview *items;
    uint32_t n, cap;
} eql_text_list;

/* false when out of memory. */
bool eql_text_list_add(eql_arena *a, eql_text_list *l, eql_strview s);
bool eql_text_list_has(const eql_text_list *l, eql_strview s);

/* Whether a rule is EQL, by its keys `language` and `type` (p NULL: absent). */
typedef enum {
    EQL_RULE_IS_EQL,
    EQL_RULE_IS_OTHER,
    EQL_RULE_IS_NONE
} eql_rule_language;
eql_rule_language eql_rule_is_ours(eql_strview language, eql_strview type,
                                   bool has_query);
/* What the rule's tags and its list of systems say of each other: "OS: X" tags
 * become systems, systems get such a tag.  Sets r->tags and r->os. */
bool eql_rule_set_os(eql_arena *a, eql_rule_source *r, eql_text_list *tags,
                     eql_text_list *os);
/* The last part of a path without its suffix. */
eql_strview eql_rule_base_name(eql_strview path);
/* Is this the suffix of the path?  Any ASCII case. */
bool eql_rule_has_suffix(eql_strview path, const char *suffix);
/* "10m": an integer and ms, s, m, h or d, to nanoseconds; above zero. */
bool eql_rule_duration(eql_strview s, int64_t *ns);
/* Does the engine have no use for this key of [rule], though it says something
 * about running?  (Authors, notes and the like are not listed.) */
bool eql_rule_is_ignored(eql_strview key);

/* The key of [rule] that was meant by one that is none; empty: none is near. */
eql_strview eql_rule_meant_key(eql_strview key);
/* Hands a rule on: calls->broken when its file has errors (counted), else
 * calls->rule. */
eql_rules_result eql_rule_deliver(const eql_rules_calls *calls,
                                  eql_rules_counters *counters, bool bad,
                                  const eql_rule_source *r);
/* Says what lies in a folder that no reader takes: W610.  paths: eql_strview,
 * NUL-terminated, in the order of the walk.  false: out of memory. */
bool eql_rules_tell_passed(eql_strview folder, const eql_vec *paths,
                           eql_diags *diags);
/* What the file looks like, for a message; NULL: nothing known.  Static. */
const char *eql_rules_looks_like(const char *path);

/* One diagnostic about bytes [offset, offset + len) of the file's text. */
void eql_rule_complain(eql_rule_file *f, const char *code, size_t offset,
                       size_t len, const char *hint, const char *fmt, ...)
    EQL_PRINTF(6, 7);
/* The same about a value or key of a TOML file. */
void eql_rule_complain_at(eql_rule_file *f, const char *code, eql_toml_place at,
                          size_t len, const char *hint, const char *fmt, ...)
    EQL_PRINTF(6, 7);

/* The place of a TOML string's text in the file.  false: out of memory. */
bool eql_rule_toml_source(const eql_rule_file *f, const eql_toml *v,
                          eql_source *out);

/* The query of a file that is no TOML: what `query = ` on a line of its own
 * has as a string without escapes; unchanged when there is none, or when it is
 * in another language.  false: out of memory. */
bool eql_rule_find_query(const eql_rule_file *f, eql_rule_source *out);

/* v is a `kind`?  If not, complains ("path" names it); v may be NULL. */
bool eql_rule_want(eql_rule_file *f, const eql_toml *v, eql_toml_kind kind,
                   const char *path);
/* The text of a string child; empty when absent or (complained) no string. */
eql_strview eql_rule_text(eql_rule_file *f, const eql_toml *table,
                          const char *key, const char *path);
/* A severity level; complains when it is none. */
bool eql_rule_level(eql_rule_file *f, const eql_toml *v, const char *path,
                    eql_severity_level *out);

/* The [eqlvm] table into r.  false when out of memory; errors set f->bad. */
bool eql_rules_eqlvm(eql_rule_file *f, const eql_toml *table,
                     eql_rule_source *r);

eql_rule_file_result eql_rules_toml(eql_rule_file *f, eql_rule_source *out);

/* All rules of a Kibana export.  Counts rules of other languages itself. */
eql_rules_result eql_rules_json(eql_rule_file *f, const eql_rules_calls *calls);

#endif
