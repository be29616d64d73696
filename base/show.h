/* show.h -- hostile text on a terminal: what may be shown, and how wide it is.
 *
 * Control characters (and with them every terminal escape) and characters that
 * change the direction of text are shown as U+FFFD. */
#ifndef EQL_BASE_SHOW_H
#define EQL_BASE_SHOW_H

#include "base/buf.h"

#define EQL_SHOW_ALL SIZE_MAX
#define EQL_SHOW_MOST 8u /* bytes of one escape, and a zero */

/* Is this a control character, or one that changes the direction of text? */
bool eql_show_is_unsafe(uint32_t cp);
/* One character, escaped where it is unsafe: \x1b, \u202e; with `json`, as JSON
 * strings have it: \u001b.  Line ends and tabs too, unless `lines`.  Returns
 * its bytes, at most EQL_SHOW_MOST. */
size_t eql_show_escape(uint32_t cp, bool json, bool lines, char *out);
/* Appends s cleaned, tabs and line ends as one space, in at most `width`
 * columns: what is longer ends with an ellipsis.  Returns the columns used. */
size_t eql_show(eql_buf *out, eql_strview s, size_t width);

#endif
