/* json.h -- the strict JSON reader: complete, strict where it must be, and
 * forgiving where an event would be lost over one bad byte.
 *
 * Policy (the same for every reader of events): duplicate keys: last wins;
 * integers beyond int64 become doubles; \u0000 in values is legal; invalid
 * UTF-8 and lone surrogates become U+FFFD; everything else that RFC 8259 does
 * not allow, numbers beyond double, U+0000 in a key and nesting over the limit
 * reject the text.
 *
 * jansson alone rejects several of these, so a pass of ours judges the text
 * first and mends what may be mended. */
#ifndef EQL_IO_JSON_JSON_H
#define EQL_IO_JSON_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "io/format/reject.h"

#define EQL_JSON_MAX_DEPTH 2000u /* jansson's own limit is 2048 */

/* What the pass found. */
typedef struct {
    eql_reject reason;  /* EQL_REJECT_COUNT: nothing */
    size_t at;          /* offset of the fault */
    const char *text;   /* static: what is wrong there */
    bool ended;         /* the text ends inside a value */
    bool repaired;      /* something was replaced by U+FFFD .. */
    size_t repaired_at; /* .. here first */
    bool telling;       /* some name of the outermost object may be one by which
                           wrapped events and records of formats are known */
} eql_json_findings;

typedef enum {
    EQL_JSON_FOR_JANSSON, /* numbers are respelled so that jansson agrees */
    EQL_JSON_FOR_PEOPLE   /* one line: white space between tokens is dropped,
                             every other byte stays */
} eql_json_form;

/* Judges text as one JSON object and mends it.  *mended is text itself when
 * nothing had to change, else it is in scratch.  false: rejected, or scratch
 * failed (then reason is EQL_REJECT_COUNT). */
bool eql_json_mend(eql_strview text, eql_json_form form, uint32_t max_depth,
                   eql_buf *scratch, eql_strview *mended,
                   eql_json_findings *findings);

/* Judges, mends and parses.  NULL: rejected, or out of memory (then reason is
 * EQL_REJECT_COUNT).  scratch's content is lost. */
json_t *eql_json_read(eql_strview text, uint32_t max_depth, eql_buf *scratch,
                      eql_json_findings *findings);

/* The tree of a file that jansson takes, as json_loadb() would make it, or what
 * is wrong.  json_loadb() itself takes some of its failures to get memory for
 * faults of the text, and others for nothing at all: it may leave out bytes of
 * strings.  NULL: *no_memory, or e says why. */
json_t *eql_json_load(eql_strview text, size_t flags, json_error_t *e,
                      bool *no_memory);

/* What jansson makes of text that eql_json_mend has made FOR_JANSSON, several
 * times as fast.  NULL: out of memory. */
json_t *eql_json_tree(eql_strview mended);

/* Where the value of a member stands in the text of an object that
 * eql_json_mend has accepted or made; the last one of that name, which has at
 * most 64 bytes.  false: none. */
bool eql_json_member(eql_strview object, const char *name, eql_strview *value);

/* Gives object the members of `more` whose names it lacks.  false: out of
 * memory, which json_object_update_missing() would not tell. */
bool eql_json_add_missing(json_t *object, json_t *more);

/* Appends v on one line: keys in their order, doubles in their shortest form,
 * always valid UTF-8. */
void eql_json_print(const json_t *v, eql_buf *out);

#endif
