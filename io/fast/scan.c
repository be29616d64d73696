/* scan.c -- lines of a block, and the kernels for any machine. */
#include "io/fast/scan.h"

#include <stdlib.h>

#include "base/text.h"
#include "io/fast/scan_int.h"

struct eql_scan {
    eql_look_kernel look;
    eql_scan_kernel structure;
    eql_strview rest; /* of the block */
    uint32_t *at;
};

/* --- kernels --- */

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

static void
set_kernels(eql_scan *s, eql_kernel k)
{
#if defined(__x86_64__)
    static const eql_look_kernel looks[] = {eql_look_scalar, eql_look_sse,
                                            eql_look_avx2, eql_look_avx512};
    static const eql_scan_kernel structures[] = {
        eql_scan_scalar, eql_scan_sse, eql_scan_avx2, eql_scan_avx512};

    if (!eql_kernel_runs_here(k))
        k = EQL_KERNEL_SCALAR;
    s->look = looks[k];
    s->structure = structures[k];
#else
    (void)k;
    s->look = eql_look_scalar;
    s->structure = eql_scan_scalar;
#endif
}

eql_scan *
eql_scan_new(eql_kernel k)
{
    eql_scan *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    set_kernels(s, k);
    /* Not touched where it is not needed. */
    s->at = malloc((EQL_SCAN_MAX_LINE + 128) * sizeof *s->at);
    if (!s->at) {
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
    free(s->at);
    free(s);
}

/* --- lines --- */

void
eql_scan_block(eql_scan *s, eql_strview block)
{
    s->rest = block;
}

bool
eql_scan_next(eql_scan *s, eql_scan_line *line)
{
    eql_look l = {.p = s->rest.p, .len = s->rest.len};
    size_t len;

    if (l.len == 0)
        return false;
    s->look(&l);
    len = l.i;
    l.unsupported |= len > 0 && l.escaped == len; /* by the last byte of all */
    /* A carriage return at the very end is no fault. */
    if (l.control == len && len > 0 && l.p[len - 1] == '\r')
        l.control = 0;
    *line = (eql_scan_line){.text = {l.p, len},
                            .ended = len < l.len,
                            .clean = !l.unsupported && l.control == 0 &&
                                     len <= EQL_SCAN_MAX_LINE};
    s->rest.p += len + line->ended;
    s->rest.len -= len + line->ended;
    return true;
}

bool
eql_scan_structure(eql_scan *s, eql_scan_line *line)
{
    eql_scan_state t = {
        .p = line->text.p, .len = (uint32_t)line->text.len, .at = s->at};

    if (line->text.len > EQL_SCAN_MAX_LINE)
        return false;
    if (line->at)
        return true;
    s->structure(&t);
    if (t.unsupported || t.inside)
        return false;
    line->at = t.at;
    line->n = t.nat;
    line->quotes = t.quotes;
    return true;
}

/* --- shared by kernels --- */

static bool
is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* Are the bytes after the `u` at `at` four hex digits, and no surrogate? */
static bool
unicode_ok(const char *p, size_t len, size_t at)
{
    if (len - at <= 4)
        return false;
    for (size_t k = at + 1; k <= at + 4; k++)
        if (!is_hex(p[k]))
            return false;
    /* d800 .. dfff */
    return (p[at + 1] | 32) != 'd' || p[at + 2] < '8';
}

/* May the byte at `at` follow a backslash? */
static bool
escape_ok(const char *p, size_t len, size_t at)
{
    switch (at < len ? p[at] : '\0') {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return true;
    case 'u': return unicode_ok(p, len, at);
    default: return false;
    }
}

/* Is one of these escapes a bad one? */
static bool
bad_escape(const char *p, size_t len, size_t i, uint64_t escapes)
{
    for (; escapes; escapes &= escapes - 1)
        if (!escape_ok(p, len, i + (size_t)__builtin_ctzll(escapes)))
            return true;
    return false;
}

/* Are the characters valid that begin at these bits from i on?  What was looked
 * at by the last call (up to *done) is not looked at again. */
static bool
utf8_ok(const char *p, size_t len, size_t i, uint64_t high, size_t *done)
{
    bool ok = true;
    size_t n;

    for (; high; high &= high - 1) {
        size_t at = i + (size_t)__builtin_ctzll(high);

        if (at < *done)
            continue;
        ok &= eql_utf8_decode(p + at, len - at, &n) != 0xfffd || n != 1;
        *done = at + n;
    }
    return ok;
}

bool
eql_look_step(eql_look *l, const eql_look_masks *m)
{
    size_t left = l->len - l->i, n = left < 64 ? left : 64;
    uint64_t upto = n < 64 ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0);
    uint64_t newline = m->newline & upto, escape = l->escaped == l->i && l->i;
    uint64_t backslash, control, escapes;

    if (newline) {
        n = (size_t)__builtin_ctzll(newline);
        upto = (UINT64_C(1) << n) - 1;
    }
    backslash = m->backslash & upto;
    control = m->control & upto;
    if (backslash | escape) {
        /* Past the end, too: a backslash that nothing follows is a bad one. */
        escapes = eql_scan_escaped(backslash, &escape) & ~backslash;
        if (escapes)
            l->unsupported |= bad_escape(l->p, l->len, l->i, escapes);
        if (escape)
            l->escaped = l->i + 64;
    }
    if (m->high & upto)
        l->unsupported |=
            !utf8_ok(l->p, l->len, l->i, m->high & upto, &l->utf8);
    if (control && !l->control)
        l->control = l->i + (size_t)__builtin_ctzll(control) + 1;
    l->i += n;
    return !newline && l->i < l->len;
}

static void
put(eql_scan_state *s, uint64_t bits)
{
    for (; bits; bits &= bits - 1)
        s->at[s->nat++] = s->i + (uint32_t)__builtin_ctzll(bits);
}

void
eql_scan_step(eql_scan_state *s, const eql_scan_masks *m, uint64_t escaped,
              uint64_t quotes, uint64_t inside, uint32_t n)
{
    uint64_t escapes = escaped & ~(m->backslash | m->quote);

    s->unsupported |= ((m->control & inside) | (m->backslash & ~inside)) != 0;
    s->inside = (uint64_t)((int64_t)inside >> 63);
    if (escapes)
        s->unsupported |= bad_escape(s->p, s->len, s->i, escapes);
    if (m->high)
        s->unsupported |= !utf8_ok(s->p, s->len, s->i, m->high, &s->utf8);
    put(s, m->structural & ~inside);
    s->quotes += (uint32_t)__builtin_popcountll(quotes);
    s->i += n;
}

/* --- for any machine --- */

enum { PLAIN, STRUCTURAL, QUOTE, BACKSLASH };

static uint8_t
kind_outside(unsigned char c)
{
    static const uint8_t kinds[256] = {
        ['{'] = STRUCTURAL, ['}'] = STRUCTURAL, ['['] = STRUCTURAL,
        [']'] = STRUCTURAL, [':'] = STRUCTURAL, ['"'] = QUOTE,
        ['\\'] = BACKSLASH};

    return kinds[c];
}

/* How many of 8 bytes are printable ASCII, no backslash and not `other`; at
 * least so many on machines of the other byte order. */
static uint32_t
plain_run(const char *p, char other)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t x, that, slash, special;

    memcpy(&x, p, sizeof x);
    that = x ^ (ones * (unsigned char)other);
    slash = x ^ (ones * '\\');
    /* A borrow only spoils bytes above one that is special. */
    special = (x | (x - ones * 0x20) | (that - ones) | (slash - ones)) & high;
    if (!special)
        return 8;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (uint32_t)__builtin_ctzll(special) / 8;
#else
    return 0;
#endif
}

/* From the byte after the opening quote to that after the closing one, or to
 * the end. */
static uint32_t
scalar_string(eql_scan_state *s, uint32_t i)
{
    unsigned char c;

    s->quotes++;
    while (i < s->len) {
        if (i + 8 <= s->len) {
            uint32_t run = plain_run(s->p + i, '"');

            i += run;
            if (run == 8)
                continue;
        }
        c = (unsigned char)s->p[i];
        if (c == '"') {
            s->quotes++;
            return i + 1;
        }
        if (c == '\\') {
            s->unsupported |= !escape_ok(s->p, s->len, i + 1);
            i += 2;
        } else if (c >= 0x80) {
            s->unsupported |= !utf8_ok(s->p, s->len, i, 1, &s->utf8);
            i = (uint32_t)s->utf8;
        } else {
            s->unsupported |= c < 0x20;
            i++;
        }
    }
    s->unsupported = true;
    return i;
}

/* A backslash outside strings escapes nothing here, while vector kernels take
 * it for an escape: the line is unsupported in any case. */
void
eql_scan_scalar(eql_scan_state *s)
{
    uint32_t i = 0;

    while (i < s->len) {
        switch (kind_outside((unsigned char)s->p[i])) {
        case STRUCTURAL: s->at[s->nat++] = i; break;
        case QUOTE: i = scalar_string(s, i + 1); continue;
        case BACKSLASH: s->unsupported = true; break;
        default: break;
        }
        i++;
    }
}

/* What is not plain, at i; false: the line ends there. */
static bool
scalar_look(eql_look *l)
{
    unsigned char c = (unsigned char)l->p[l->i];

    if (c == '\n')
        return false;
    if (c == '\\') {
        /* Not past a line feed. */
        if (escape_ok(l->p, l->len, l->i + 1))
            l->i++;
        else
            l->unsupported = true;
    } else if (c >= 0x80) {
        l->unsupported |= !utf8_ok(l->p, l->len, l->i, 1, &l->utf8);
        l->i = l->utf8;
        return true;
    } else if (c < 0x20 && !l->control) {
        l->control = l->i + 1;
    }
    l->i++;
    return true;
}

void
eql_look_scalar(eql_look *l)
{
    while (l->i < l->len) {
        if (l->i + 8 <= l->len) {
            uint32_t run = plain_run(l->p + l->i, '\\');

            l->i += run;
            if (run == 8)
                continue;
        }
        if (!scalar_look(l))
            return;
    }
}
