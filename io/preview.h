/* preview.h -- how events look: the first bytes of each input, kept so that a
 * name that no event had can be held against those that they do have.
 *
 * Kept as they come, which costs a copy; looked at only when someone asks. */
#ifndef EQL_IO_PREVIEW_H
#define EQL_IO_PREVIEW_H

#include "base/buf.h"
#include "io/events.h"
#include "io/reader.h"

#define EQL_PREVIEW_BYTES ((size_t)32 << 10) /* of one input, or of one push */
#define EQL_PREVIEW_PIECES 32u               /* inputs and pushes, the first */
#define EQL_PREVIEW_LINES 64u                /* of one input, looked at */
#define EQL_PREVIEW_DEPTH 64u                /* of nesting */
#define EQL_PREVIEW_NAME 512u                /* bytes of a dotted name */

/* All zero is an empty one.  Without memory it stays as it is. */
typedef struct {
    eql_buf bytes;
    eql_vec ends; /* size_t: where pieces end */
} eql_preview;

void eql_preview_free(eql_preview *s);
void eql_preview_add(eql_preview *s, eql_strview text);

/* Told a field's dotted name for each scalar that it holds; text: of a string
 * without escapes, else empty.  Borrowed.  false ends it: then it is false.
 * Names are those in events as rules see them, mapped and out of their
 * wrapping; of what the reader does not take as events, names as they stand
 * there. */
bool eql_preview_names(const eql_preview *s, const eql_reader *r,
                       eql_wall_clock *clock, eql_events_name_fn fn, void *ctx);

#endif
