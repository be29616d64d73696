/* diag.h -- diagnostics: what is wrong, where, and what to do about it.
 *
 * A list collects them; rendering shows file, line, column, the source line
 * with a caret, and the hint:
 *
 *   rules/x.eql:2:9: error: E302: unknown function "lenght"
 *       2 |   process where lenght(process.name) > 3
 *         |                 ^~~~~~
 *     hint: did you mean "length"?
 */
#ifndef EQL_BASE_DIAG_H
#define EQL_BASE_DIAG_H

#include "base/arena.h"
#include "base/buf.h"

typedef enum {
    EQL_DIAG_ERROR,
    EQL_DIAG_WARNING,
    EQL_DIAG_NOTE
} eql_severity_kind;

/* One diagnostic; texts are owned by the list's arena. */
typedef struct {
    char code[5]; /* "E201", NUL-terminated */
    eql_severity_kind kind;
    eql_strview file;    /* as the user named it; may be empty */
    eql_span span;       /* in the query's text */
    uint32_t line;       /* 1-based, in the file; 0: about all of it */
    uint32_t column;     /* 1-based, bytes, in the file */
    eql_strview message; /* one line, no code, no full stop */
    eql_strview hint;    /* may be empty */
    eql_strview source;  /* the source line that holds the span's start */
    uint32_t caret;      /* byte offset of the span in `source` */
} eql_diag;

/* Where a query's text stands in its file, so that spans become places. */
typedef struct {
    eql_strview file;    /* shown name; empty for a query without file */
    eql_strview text;    /* the query's text that spans point into */
    bool whole;          /* the file as a whole is spoken of: no place in it */
    uint32_t first_line; /* line of text[0] in the file, 1-based */
    uint32_t indent;     /* columns before text[0] on that line */
    /* NULL: the text's lines follow each other in the file.  Else the file's
     * line of each of them: escapes may make several of one, or join some. */
    const uint32_t *lines;
} eql_source;

#define EQL_DIAG_CAP 20 /* errors kept per query; more are only counted */

typedef struct eql_diags eql_diags;

eql_diags *eql_diags_new(void); /* NULL when out of memory */
void eql_diags_free(eql_diags *d);
/* The source that following eql_diags_add calls speak of; copied shallowly,
 * must outlive them.  Also restarts the cap, and forgets what is allowed. */
void eql_diags_set_source(eql_diags *d, const eql_source *src);
/* Warnings of this code about the source are dropped from now on.  false: no
 * such code, or that of an error. */
bool eql_diags_allow(eql_diags *d, eql_strview code);
/* code is e.g. "E201" or "W406"; its first letter gives the kind. hint may be
 * NULL.  fmt: one line, no full stop. */
void eql_diags_add(eql_diags *d, const char *code, eql_span span,
                   const char *hint, const char *fmt, ...) EQL_PRINTF(5, 6);
uint32_t eql_diags_count(const eql_diags *d);
const eql_diag *eql_diags_at(const eql_diags *d, uint32_t i);
uint32_t
eql_diags_nerrors(const eql_diags *d); /* including those past the cap */
uint32_t eql_diags_nwarnings(const eql_diags *d);
bool eql_diags_failed(const eql_diags *d); /* out of memory */
/* There was no memory for what would have been judged. */
void eql_diags_fail(eql_diags *d);
/* The first of its lines, without its end: place, kind, code, message. */
void eql_diag_render_line(const eql_diag *d, bool colour, eql_buf *out);
/* Renders one as above.  With colour, ANSI escapes. Control characters of the
 * source are shown as U+FFFD; tabs as one space. */
void eql_diag_render(const eql_diag *d, bool colour, eql_buf *out);

/* Closest of n candidates to s by edit distance (at most 2 and at most a
 * third of the length), ASCII case ignored; EQL_NONE when none is close. */
uint32_t eql_closest(eql_strview s, const eql_strview *names, uint32_t n);

#endif
