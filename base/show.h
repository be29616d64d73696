/* show.h -- hostile text on a terminal: what may be shown, and how wide it is.
 *
 * Control characters (and with them every terminal escape) and characters that
 * change the direction of text are shown as U+FFFD. */
#ifndef EQL_BASE_SHOW_H
#define EQL_BASE_SHOW_H

#include "base/buf.h"

#define EQL_SHOW_ALL SIZE_MAX

/* Is this a control character, or one that changes the direction of text? */
bool eql_show_is_unsafe(uint32_t cp);
/* Appends s with what is unsafe escaped: \x1b, \u202e; with `json`, as JSON
 * strings have it: \u001b.  Line ends and tabs too, unless `lines`.  Invalid
 * UTF-8 becomes U+FFFD. */
void eql_show_escaped(eql_buf *out, eql_strview s, bool json, bool lines);
/* Appends s cleaned, tabs and line ends as one space, in at most `width`
 * columns: what is longer ends with an ellipsis.  Returns the columns used. */
size_t eql_show(eql_buf *out, eql_strview s, size_t width);

#endif
