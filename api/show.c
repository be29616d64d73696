/* show.c -- texts for a terminal, through the public header. */
#include "api/api.h"
#include "base/show.h"
#include "base/text.h"

/* In pieces, so that no text is too long to be shown. */
#define PIECE 1024u

eqlvm_status
eqlvm_show(const char *p, size_t len, eqlvm_show_kind kind, eqlvm_write_fn fn,
           void *ctx)
{
    char piece[PIECE];
    size_t held = 0;

    if ((!p && len > 0) || !fn)
        return EQLVM_ERR_ARG;
    for (size_t i = 0, n; i < len; i += n) {
        uint32_t cp = eql_utf8_decode(p + i, len - i, &n);

        held += eql_show_escape(cp, kind == EQLVM_SHOW_JSON,
                                kind != EQLVM_SHOW_LINE, piece + held);
        if (held <= PIECE - EQL_SHOW_MOST)
            continue;
        if (!fn(ctx, piece, held))
            return EQLVM_ERR_STOPPED;
        held = 0;
    }
    return held == 0 || fn(ctx, piece, held) ? EQLVM_OK : EQLVM_ERR_STOPPED;
}
