/* utf8.c -- decoding, encoding and checking of UTF-8.
 *
 * Strict as Unicode has it: no overlong forms, no surrogates, nothing above
 * U+10FFFF.  Whatever is invalid decodes to U+FFFD one byte at a time, so
 * that callers always make progress. */
#include "base/text.h"

#define REPLACEMENT 0xFFFDu

/* Length announced by a lead byte; 0 when it is none. */
static size_t
lead_len(unsigned char c)
{
    if (c < 0x80)
        return 1;
    if (c >= 0xC2 && c <= 0xDF)
        return 2;
    if (c >= 0xE0 && c <= 0xEF)
        return 3;
    if (c >= 0xF0 && c <= 0xF4)
        return 4;
    return 0;
}

/* The code point at p of n bytes, or UINT32_MAX when it is ill-formed. */
static uint32_t
decode_strict(const unsigned char *p, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t cp = n == 2 ? p[0] & 0x1Fu : n == 3 ? p[0] & 0x0Fu : p[0] & 0x07u;

    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return UINT32_MAX;
        cp = cp << 6 | (p[i] & 0x3Fu);
    }
    if (cp < least[n] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return UINT32_MAX;
    return cp;
}

uint32_t
eql_utf8_decode(const char *p, size_t len, size_t *n)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t want = lead_len(u[0]);
    uint32_t cp;

    *n = 1;
    if (want == 1)
        return u[0];
    if (want == 0 || want > len)
        return REPLACEMENT;
    cp = decode_strict(u, want);
    if (cp == UINT32_MAX)
        return REPLACEMENT;
    *n = want;
    return cp;
}

size_t
eql_utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* Eight at a time. */
size_t
eql_ascii_prefix(eql_strview s)
{
    size_t i = 0;
    uint64_t w;

    for (; s.len - i >= 8; i += 8) {
        memcpy(&w, s.p + i, sizeof w);
        if (w & 0x8080808080808080u)
            break;
    }
    while (i < s.len && (unsigned char)s.p[i] < 0x80)
        i++;
    return i;
}

size_t
eql_utf8_valid_prefix(eql_strview s)
{
    size_t i = 0;

    for (;;) {
        size_t n;

        i += eql_ascii_prefix(eql_sv(s.p + i, s.len - i));
        if (i == s.len)
            return i;
        n = lead_len((unsigned char)s.p[i]);
        if (n == 0 || n > s.len - i ||
            decode_strict((const unsigned char *)s.p + i, n) == UINT32_MAX)
            return i;
        i += n;
    }
}

bool
eql_utf8_valid(eql_strview s)
{
    return s.len == 0 || eql_utf8_valid_prefix(s) == s.len;
}
