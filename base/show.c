/* show.c -- see show.h.  Widths are those of utf8proc, which terminals share
 * nearly always; a wrong width misaligns a column and nothing else. */
#include "base/show.h"

#include <stdio.h>
#include <utf8proc.h>

#include "base/text.h"

bool
eql_show_is_unsafe(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) ||
           (cp >= 0x200E && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0x061C;
}

static uint32_t
cleaned(uint32_t cp)
{
    if (cp == '\t' || cp == '\n' || cp == '\r')
        return ' ';
    return eql_show_is_unsafe(cp) ? 0xFFFD : cp;
}

static size_t
columns(uint32_t cp)
{
    int w = cp < 0x80 ? 1 : utf8proc_charwidth((utf8proc_int32_t)cp);

    return w > 0 ? (size_t)w : 0;
}

size_t
eql_show(eql_buf *out, eql_strview s, size_t width)
{
    size_t used = 0;
    size_t cut = out->len; /* where an ellipsis still fits .. */
    size_t cut_used = 0;   /* .. and the columns before it */

    for (size_t i = 0, n; i < s.len; i += n) {
        uint32_t cp = cleaned(eql_utf8_decode(s.p + i, s.len - i, &n));
        size_t w = columns(cp);
        char enc[4];

        if (used + w > width) {
            if (out->failed || width == 0)
                return 0;
            out->len = cut;
            eql_buf_add_str(out, "\xE2\x80\xA6");
            return cut_used + 1;
        }
        eql_buf_add(out, enc, eql_utf8_encode(cp, enc));
        used += w;
        if (used < width) {
            cut = out->len;
            cut_used = used;
        }
    }
    return used;
}

size_t
eql_show_escape(uint32_t cp, bool json, bool lines, char *out)
{
    bool stays = lines && (cp == '\n' || cp == '\t');

    if (stays || !eql_show_is_unsafe(cp))
        return eql_utf8_encode(cp, out);
    return (size_t)snprintf(out, EQL_SHOW_MOST,
                            json || cp > 0xFF ? "\\u%04x" : "\\x%02x",
                            (unsigned)cp);
}
