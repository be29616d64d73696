/* scan.c -- rounds over a block, and the kernel for any machine.
 *
 * A round looks through about EQL_SCAN_ROUND bytes of whole lines, so that the
 * walk that follows finds them in the nearest cache. */
#include "io/scan.h"

#include <stdlib.h>

#include "base/text.h"
#include "io/scan_int.h"

#define ROUND ((size_t)32 << 10)

struct eql_scan {
    eql_scan_kernel kernel;
    eql_strview rest;  /* of the block, after the round */
    const char *start; /* of the block */
    uint32_t room;     /* before it */
    eql_scan_state s;
    eql_scan_cut cuts[EQL_SCAN_LINES];
    uint32_t next;  /* cut */
    size_t room_at; /* of s.at */
};

/* --- kernels ------------------------------------------------------------ */

static const char *const names[] = {"scalar", "sse", "avx2", "avx512"};

const char *
eql_kernel_name(eql_kernel k)
{
    return names[k];
}

bool
eql_kernel_runs_here(eql_kernel k)
{
#if defined(__x86_64__)
    bool sse = __builtin_cpu_supports("sse4.2") &&
               __builtin_cpu_supports("popcnt") &&
               __builtin_cpu_supports("pclmul");
    bool avx2 = sse && __builtin_cpu_supports("avx2") &&
                __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");

    switch (k) {
    case EQL_KERNEL_SSE: return sse;
    case EQL_KERNEL_AVX2: return avx2;
    case EQL_KERNEL_AVX512:
        return avx2 && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512vbmi2");
    case EQL_KERNEL_SCALAR:
    case EQL_KERNEL_COUNT: break;
    }
#endif
    return k == EQL_KERNEL_SCALAR;
}

eql_kernel
eql_kernel_best(void)
{
    const char *wanted = getenv("EQLVM_KERNEL");
    eql_kernel k = EQL_KERNEL_COUNT;

    while (k-- > EQL_KERNEL_SCALAR) {
        if (!eql_kernel_runs_here(k))
            continue;
        if (!wanted || strcmp(wanted, names[k]) == 0)
            return k;
    }
    return EQL_KERNEL_SCALAR;
}

static eql_scan_kernel
kernel_of(eql_kernel k)
{
#if defined(__x86_64__)
    static const eql_scan_kernel kernels[] = {eql_scan_scalar, eql_scan_sse,
                                              eql_scan_avx2, eql_scan_avx512};

    return kernels[k];
#else
    (void)k;
    return eql_scan_scalar;
#endif
}

eql_scan *
eql_scan_new(eql_kernel k)
{
    eql_scan *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->kernel = kernel_of(eql_kernel_runs_here(k) ? k : EQL_KERNEL_SCALAR);
    s->s.cuts = s->cuts;
    s->room_at = ROUND + EQL_SCAN_MAX_LINE + 128;
    /* Not touched where it is not needed. */
    s->s.at = malloc(s->room_at * sizeof *s->s.at);
    if (!s->s.at) {
        free(s);
        return NULL;
    }
    return s;
}

void
eql_scan_free(eql_scan *s)
{
    if (!s)
        return;
    free(s->s.at);
    free(s);
}

/* --- rounds ------------------------------------------------------------- */

void
eql_scan_block(eql_scan *s, eql_strview block, uint32_t room)
{
    s->start = block.p;
    s->rest = block;
    s->room = room;
    s->s.ncuts = s->next = 0;
}

/* How many bytes the next round takes: whole lines.  0: the next line is too
 * long. */
static size_t
round_len(const eql_scan *s)
{
    const char *p = s->rest.p, *nl;
    size_t most = ROUND + EQL_SCAN_MAX_LINE, len = s->rest.len;

    if (len <= ROUND)
        return len;
    nl = memchr(p + ROUND, '\n', (len < most ? len : most) - ROUND);
    if (nl)
        return (size_t)(nl - p) + 1;
    if (len <= most)
        return len;
    nl = memrchr(p, '\n', ROUND);
    return nl ? (size_t)(nl - p) + 1 : 0;
}

static void
run_round(eql_scan *s, size_t len)
{
    eql_scan_state *t = &s->s;

    t->p = s->rest.p;
    t->len = (uint32_t)len;
    t->i = t->nat = t->ncuts = t->quotes = t->utf8 = 0;
    t->odd = false;
    t->escape = t->inside = 0;
    s->kernel(t);
    s->rest.p += t->i;
    s->rest.len -= t->i;
    s->next = 0;
}

static void
long_line(eql_scan *s, eql_scan_line *line)
{
    const char *nl = memchr(s->rest.p, '\n', s->rest.len);

    *line = (eql_scan_line){.text = s->rest, .odd = true};
    if (nl)
        line->text.len = (size_t)(nl - s->rest.p);
    s->rest.p += line->text.len + (nl != NULL);
    s->rest.len -= line->text.len + (nl != NULL);
}

bool
eql_scan_next(eql_scan *s, eql_scan_line *line)
{
    const eql_scan_cut *cut, *before;
    uint32_t start, nat;
    size_t len;

    if (s->next == s->s.ncuts) {
        if (s->rest.len == 0)
            return false;
        len = round_len(s);
        if (len == 0) {
            long_line(s, line);
            return true;
        }
        run_round(s, len);
    }
    cut = &s->cuts[s->next];
    before = s->next ? cut - 1 : NULL;
    s->next++;
    start = before ? before->end + 1 : 0;
    nat = before ? before->nat : 0;
    *line = (eql_scan_line){.text = {s->s.p + start, cut->end - start},
                            .base = s->s.p,
                            .at = s->s.at + nat,
                            .n = cut->nat - nat,
                            .quotes = cut->quotes,
                            .odd = cut->odd};
    len = (size_t)(line->text.p - s->start) + s->room;
    line->room = len > 64 ? 64 : (uint32_t)len;
    line->odd |= line->text.len > EQL_SCAN_MAX_LINE;
    return true;
}

/* --- shared by kernels --------------------------------------------------- */

static bool
is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* Are the bytes after the `u` at `at` four hex digits, and no surrogate? */
static bool
unicode_ok(const char *p, uint32_t len, uint32_t at)
{
    if (len - at <= 4)
        return false;
    for (uint32_t k = at + 1; k <= at + 4; k++)
        if (!is_hex(p[k]))
            return false;
    /* d800 .. dfff */
    return (p[at + 1] | 32) != 'd' || p[at + 2] < '8';
}

/* Are all 8 bytes? */
static bool
is_ascii(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return (x & UINT64_C(0x8080808080808080)) == 0;
}

/* Is from .. to valid UTF-8?  What was looked at by the last call is not looked
 * at again. */
static bool
utf8_ok(eql_scan_state *s, uint32_t from, uint32_t to)
{
    uint32_t i = s->utf8 > from ? s->utf8 : from;
    bool ok = true;
    size_t n;

    while (i < to && i < s->len) {
        if ((unsigned char)s->p[i] < 0x80) {
            i += i + 8 <= s->len && is_ascii(s->p + i) ? 8 : 1;
            continue;
        }
        ok &= eql_utf8_decode(s->p + i, s->len - i, &n) != 0xfffd || n != 1;
        i += (uint32_t)n;
    }
    s->utf8 = i;
    return ok;
}

/* Is one of these escapes a bad one? */
static bool
bad_escape(const char *p, uint32_t len, uint32_t i, uint64_t escapes)
{
    for (; escapes; escapes &= escapes - 1) {
        uint32_t at = i + (uint32_t)__builtin_ctzll(escapes);
        char c = at < len ? p[at] : '\0';

        if (c == 'u' ? !unicode_ok(p, len, at)
                     : c == '\0' || !strchr("/bfnrt", c))
            return true;
    }
    return false;
}

static void
put(eql_scan_state *s, uint64_t bits)
{
    for (; bits; bits &= bits - 1)
        s->at[s->nat++] = s->i + (uint32_t)__builtin_ctzll(bits);
}

/* odd: something in these bytes is. */
static void
put_lines(eql_scan_state *s, const eql_scan_masks *m, uint64_t quotes,
          uint64_t inside, uint32_t n, bool odd)
{
    uint64_t left = ~UINT64_C(0), newline = m->newline;

    for (; newline; newline &= newline - 1) {
        uint32_t at = (uint32_t)__builtin_ctzll(newline);
        uint64_t upto = left & ((UINT64_C(1) << at) - 1);
        bool broken = inside >> at & 1, room;

        put(s, m->structural & upto & ~inside);
        s->quotes += (uint32_t)__builtin_popcountll(quotes & upto);
        room = eql_scan_cut_line(s, s->i + at, odd | broken);
        if (!room || broken) {
            /* Whatever state the line ended in, the next one begins anew, and
             * what was found behind it is to be found once more. */
            s->inside = s->escape = 0;
            s->i += at + 1;
            s->utf8 = s->i;
            return;
        }
        s->odd = odd;
        left = at == 63 ? 0 : ~UINT64_C(0) << (at + 1);
    }
    put(s, m->structural & left & ~inside);
    s->quotes += (uint32_t)__builtin_popcountll(quotes & left);
    s->i += n;
}

void
eql_scan_step(eql_scan_state *s, const eql_scan_masks *m, uint64_t escaped,
              uint64_t quotes, uint64_t inside, uint32_t n)
{
    bool odd = ((m->control & inside) | (m->backslash & ~inside)) != 0;
    uint64_t escapes = escaped & ~(m->backslash | m->quote);

    s->inside = (uint64_t)((int64_t)inside >> 63);
    if (escapes)
        odd |= bad_escape(s->p, s->len, s->i, escapes);
    if (m->high)
        odd |= !utf8_ok(s, s->i, s->i + n);
    if (m->newline) {
        put_lines(s, m, quotes, inside, n, odd);
        return;
    }
    s->odd |= odd;
    put(s, m->structural & ~inside);
    s->quotes += (uint32_t)__builtin_popcountll(quotes);
    s->i += n;
}

/* --- for any machine ------------------------------------------------------ */

enum { PLAIN, STRUCTURAL, QUOTE, NEWLINE, BACKSLASH };

static uint8_t
kind_outside(unsigned char c)
{
    static const uint8_t kinds[256] = {
        ['{'] = STRUCTURAL, ['}'] = STRUCTURAL, ['['] = STRUCTURAL,
        [']'] = STRUCTURAL, [':'] = STRUCTURAL, ['"'] = QUOTE,
        ['\n'] = NEWLINE,   ['\\'] = BACKSLASH};

    return kinds[c];
}

/* How many of 8 bytes mean nothing special inside a string; at least so many on
 * machines of the other byte order. */
static uint32_t
plain_run(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t x, quote, slash, special;

    memcpy(&x, p, sizeof x);
    quote = x ^ (ones * '"');
    slash = x ^ (ones * '\\');
    /* A borrow only spoils bytes above one that is special. */
    special = (x | (x - ones * 0x20) | (quote - ones) | (slash - ones)) & high;
    if (!special)
        return 8;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (uint32_t)__builtin_ctzll(special) / 8;
#else
    return 0;
#endif
}

/* An escape at i in a string; returns the position after it. */
static uint32_t
scalar_escape(eql_scan_state *s, uint32_t i)
{
    char c = i + 1 < s->len ? s->p[i + 1] : '\0';

    if (c == 'u')
        s->odd |= !unicode_ok(s->p, s->len, i + 1);
    else if (c == '\0' || !strchr("\"\\/bfnrt", c))
        s->odd = true;
    return c == '\n' || c == '\0' ? i + 1 : i + 2;
}

/* From the byte after the opening quote to that after the closing one, or to
 * the line's end. */
static uint32_t
scalar_string(eql_scan_state *s, uint32_t i)
{
    unsigned char c;

    s->quotes++;
    while (i < s->len) {
        if (i + 8 <= s->len) {
            uint32_t run = plain_run(s->p + i);

            i += run;
            if (run == 8)
                continue;
        }
        c = (unsigned char)s->p[i];
        if (c == '"') {
            s->quotes++;
            return i + 1;
        }
        if (c == '\n')
            break;
        if (c == '\\') {
            i = scalar_escape(s, i);
        } else if (c >= 0x80) {
            s->odd |= !utf8_ok(s, i, i + 1);
            i = s->utf8;
        } else {
            s->odd |= c < 0x20;
            i++;
        }
    }
    s->odd = true;
    return i;
}

/* A backslash outside strings escapes nothing here, while vector kernels take
 * it for an escape: the line is odd in any case. */
void
eql_scan_scalar(eql_scan_state *s)
{
    uint32_t i = 0;
    bool more = true;

    while (i < s->len && more) {
        switch (kind_outside((unsigned char)s->p[i])) {
        case STRUCTURAL: s->at[s->nat++] = i; break;
        case QUOTE: i = scalar_string(s, i + 1); continue;
        case BACKSLASH: s->odd = true; break;
        case NEWLINE: more = eql_scan_cut_line(s, i, false); break;
        default: break;
        }
        i++;
    }
    if (more && s->len > 0 && s->p[s->len - 1] != '\n')
        (void)eql_scan_cut_line(s, s->len, false);
    s->i = i;
}
