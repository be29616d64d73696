/* rules.h -- rule files: .eql, .toml, .ndjson, folders of them. */
#ifndef EQL_RULEFILE_RULES_H
#define EQL_RULEFILE_RULES_H

#include "base/arena.h"
#include "base/diag.h"
#include "program/rule.h"

typedef struct {
    uint64_t files;          /* rule files read */
    uint64_t rules;          /* handed on: rules, good or bad, and images */
    uint64_t other_language; /* rules in KQL, ES|QL, Lucene, ML, ...: skipped */
    uint64_t unreadable;     /* files that were no valid rule file (in diags) */
} eql_rules_counters;

/* Called for each rule; everything it holds lives in the arena. */
typedef bool (*eql_rule_fn)(void *ctx, const eql_rule_source *r);
/* Called for each compiled image found; it may take the buffer's memory over
 * and leave it empty. */
typedef bool (*eql_image_fn)(void *ctx, const char *path, eql_buf *image);

typedef struct {
    eql_rule_fn rule;
    eql_image_fn image;
    void *ctx;
    /* A rule whose file has errors, with what could be read of it: a query, and
     * conditions, whose texts may be absent.  It is no rule, but what is wrong
     * with its query can be told at once.  NULL: nobody asks. */
    eql_rule_fn broken;
} eql_rules_calls;

typedef enum {
    EQL_RULES_OK,
    EQL_RULES_NOMEM,
    EQL_RULES_IO, /* reason in why: a missing path, an unreadable file */
    EQL_RULES_STOPPED
} eql_rules_result;

/* path: a file, or a folder walked in byte order of names (only .eql, .toml,
 * .ndjson and .eqlc are looked at there; hidden names and files named by a
 * rule's tests are skipped).  A file that is given by name but has another
 * suffix is an error.  TOML and JSON errors, wrong types and unknown keys of
 * [eqlvm] are diagnostics with file and line (E601 ..), and so are keys that
 * are nearly known ones (W608), a folder without rules (W610), and what is
 * passed over in a folder (W611).  Links to folders are followed. */
eql_rules_result eql_rules_read(const char *path, eql_arena *arena,
                                eql_diags *diags, const eql_rules_calls *calls,
                                eql_rules_counters *counters, eql_buf *why);
/* The same for a text in memory, as if it were a file of this name.  Where the
 * name has none of the suffixes, the text tells what it is. */
eql_rules_result eql_rules_read_text(const char *name, eql_strview text,
                                     eql_arena *arena, eql_diags *diags,
                                     const eql_rules_calls *calls,
                                     eql_rules_counters *counters,
                                     eql_buf *why);

#endif
