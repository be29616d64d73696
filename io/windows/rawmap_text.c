/* rawmap_text.c -- texts as JSON spells them: without decoding, or not at all.
 *
 * Whatever could mean something else once decoded -- an escape for a letter, a
 * line break or white space -- is left to the mapping. */
#include "io/json/decode.h"
#include "io/windows/rawmap_int.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "base/text.h"

const char eql_rawmap_deferred[1] = "";

eql_rawmap_cell
eql_rawmap_quote(eql_rawmap *r, eql_strview inside)
{
    char *p = eql_arena_text(r->event, inside.len + 2);

    if (!p)
        return (eql_rawmap_cell){0};
    p[0] = '"';
    if (inside.len)
        memcpy(p + 1, inside.p, inside.len);
    p[inside.len + 1] = '"';
    return (eql_rawmap_cell){.p = p, .len = (uint32_t)inside.len + 2};
}

bool
eql_rawmap_is_plain_integer(const char *p, uint32_t len)
{
    uint32_t i = p[0] == '-';

    if (len - i > 18 || len == i || (p[i] == '0' && len > 1))
        return false;
    for (; i < len; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return true;
}

eql_rawmap_text
eql_rawmap_text_of(eql_rawmap *r, const eql_rawmap_cell *c,
                   eql_rawmap_cell *text)
{
    if (!c->p)
        return EQL_RAWMAP_TEXT_NONE;
    if (c->p == eql_rawmap_deferred)
        return EQL_RAWMAP_TEXT_UNSUPPORTED;
    switch (c->p[0]) {
    case '"': *text = *c; return EQL_RAWMAP_TEXT_IS;
    case '[':
    case '{':
    case 'n': return EQL_RAWMAP_TEXT_NONE;
    case 't':
    case 'f': break;
    default:
        if (!eql_rawmap_is_plain_integer(c->p, c->len))
            return EQL_RAWMAP_TEXT_UNSUPPORTED;
    }
    *text = eql_rawmap_quote(r, eql_sv(c->p, c->len));
    return text->p ? EQL_RAWMAP_TEXT_IS : EQL_RAWMAP_TEXT_UNSUPPORTED;
}

static bool
is_empty_once_decoded(const eql_rawmap *r, const eql_rawmap_cell *c)
{
    eql_strview in = eql_rawmap_inside(c);
    /* An escape is at most six times as long as what it stands for. */
    char text[6 * EQL_MAPPING_MAX_EMPTY + 7];

    if (in.len > 6 * EQL_MAPPING_MAX_EMPTY)
        return false;
    return eql_record_is_empty(r->m, eql_sv(text, eql_decode_text(in, text)));
}

bool
eql_rawmap_text_matches_empty(const eql_rawmap *r, const eql_rawmap_cell *c)
{
    eql_strview in = eql_rawmap_inside(c);

    for (uint32_t i = 0; i < r->m->nempty; i++) {
        eql_strview e = r->m->empty[i];
        size_t n = 0;

        while (n < e.len && n < in.len && e.p[n] == in.p[n])
            n++;
        if (n == e.len && n == in.len)
            return true;
        /* Up to the first escape they are the same. */
        if (n < in.len && in.p[n] == '\\')
            return is_empty_once_decoded(r, c);
    }
    return false;
}

bool
eql_rawmap_text_time(const eql_rawmap_cell *c, int64_t *ns, bool *zone,
                     bool *unsupported)
{
    eql_strview t;

    if (!c->p || !eql_rawmap_is_string(c))
        return false;
    t = eql_rawmap_inside(c);
    if (t.len && memchr(t.p, '\\', t.len)) {
        *unsupported = true;
        return false;
    }
    return eql_mapping_values_time(t, ns, zone);
}

/* --- lines --- */

/* Is the backslash at p[i] the first byte of an escape? */
static bool
starts_escape(const char *p, size_t i)
{
    size_t n = i;

    while (n > 0 && p[n - 1] == '\\')
        n--;
    return (i - n) % 2 == 0;
}

static unsigned
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return (unsigned)((c | 32) - 'a') + 10;
}

/* Of \uXXXX at p. */
static unsigned
code_at(const char *p)
{
    return hex_digit(p[2]) << 12 | hex_digit(p[3]) << 8 | hex_digit(p[4]) << 4 |
           hex_digit(p[5]);
}

/* One of the marks that exporters like to escape, or no ASCII. */
static bool
is_harmless(unsigned code)
{
    return code >= 0x80 || code == '"' || code == '&' || code == '\'' ||
           code == '<' || code == '>';
}

static bool
breaks(const char *p)
{
    return p[0] == '\\' && (p[1] == 'n' || p[1] == 'u');
}

/* Where an escape for a line feed or for a code stands, from i on; n: nowhere.
 * Windows texts are full of other backslashes. */
static size_t
find_break_any(const char *p, size_t i, size_t n)
{
    for (; i + 1 < n; i++)
        if (breaks(p + i) && starts_escape(p, i))
            return i;
    return n;
}

#if defined(__x86_64__)
static size_t
find_break_sse(const char *p, size_t i, size_t n)
{
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i feed = _mm_set1_epi8('n'), code = _mm_set1_epi8('u');

    for (; i + 17 <= n; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i y = _mm_loadu_si128((const __m128i *)(const void *)(p + i + 1));
        __m128i letter =
            _mm_or_si128(_mm_cmpeq_epi8(y, feed), _mm_cmpeq_epi8(y, code));
        uint32_t hits = (uint32_t)_mm_movemask_epi8(
            _mm_and_si128(_mm_cmpeq_epi8(x, slash), letter));

        for (; hits; hits &= hits - 1) {
            size_t at = i + (size_t)__builtin_ctz(hits);

            if (starts_escape(p, at))
                return at;
        }
    }
    return find_break_any(p, i, n);
}

__attribute__((target("avx2"))) static size_t
find_break_avx2(const char *p, size_t i, size_t n)
{
    const __m256i slash = _mm256_set1_epi8('\\');
    const __m256i feed = _mm256_set1_epi8('n'), code = _mm256_set1_epi8('u');

    for (; i + 33 <= n; i += 32) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
        __m256i y =
            _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 1));
        __m256i letter = _mm256_or_si256(_mm256_cmpeq_epi8(y, feed),
                                         _mm256_cmpeq_epi8(y, code));
        uint32_t hits = (uint32_t)_mm256_movemask_epi8(
            _mm256_and_si256(_mm256_cmpeq_epi8(x, slash), letter));

        for (; hits; hits &= hits - 1) {
            size_t at = i + (size_t)__builtin_ctz(hits);

            if (starts_escape(p, at))
                return at;
        }
    }
    return find_break_any(p, i, n);
}
#endif

eql_rawmap_break_fn
eql_rawmap_text_breaks(eql_kernel k)
{
#if defined(__x86_64__)
    if (eql_kernel_runs_here(k) && k >= EQL_KERNEL_AVX2)
        return find_break_avx2;
    if (eql_kernel_runs_here(k) && k == EQL_KERNEL_SSE)
        return find_break_sse;
#else
    (void)k;
#endif
    return find_break_any;
}

typedef struct {
    eql_rawmap_break_fn find_break;
    const char *p;
    size_t at, n;   /* the rest */
    uint32_t lines; /* so far */
    bool ended, unsupported;
} cursor;

/* The next line as split at "\n"; false: none is left, or it is unsupported. */
static bool
next_line(cursor *c, eql_strview *line)
{
    size_t start = c->at, i = c->at;

    if (c->ended)
        return false;
    for (;;) {
        i = c->find_break(c->p, i, c->n);
        if (i >= c->n) {
            c->ended = true;
            i = c->n;
            break;
        }
        if (c->p[i + 1] == 'n')
            break;
        if (!is_harmless(code_at(c->p + i))) {
            c->unsupported = true;
            return false;
        }
        i += 6;
    }
    *line = eql_sv(c->p + start, i - start);
    c->at = i + 2;
    c->unsupported = ++c->lines >= EQL_MAPPING_MAX_ITEMS;
    return !c->unsupported;
}

/* Number of a name that the plan loads; EQL_NONE: nobody asks. */
static uint32_t
number_of(const eql_rawmap *r, const eql_rawmap_plan *p, const char *name,
          size_t len)
{
    for (uint32_t i = p->heads[eql_rawmap_hash_name(name, len)]; i != EQL_NONE;
         i = p->names[i].next) {
        const char *known =
            *(const char **)eql_vec_at(&r->names, p->names[i].name);

        if (strlen(known) == len && memcmp(known, name, len) == 0)
            return p->names[i].name;
    }
    return EQL_NONE;
}

static bool
set(eql_rawmap *r, uint32_t name, eql_strview value)
{
    eql_rawmap_cell text = eql_rawmap_quote(r, value);

    if (!text.p)
        return false;
    if (eql_rawmap_text_is_empty(r, &text))
        return true;
    text.epoch = r->epoch;
    r->data[name] = text;
    r->prepared = true;
    return true;
}

/* Is the name still to be found? */
static bool
is_open(const eql_rawmap *r, uint32_t name)
{
    return name != EQL_NONE && !eql_rawmap_is_set(r, &r->data[name]);
}

static bool
starts_so(const eql_rawmap_guess *g, eql_strview line, char separator)
{
    return g->len <= line.len && line.p[g->len - 1] == separator &&
           memcmp(g->p, line.p, g->len) == 0;
}

/* Does the line begin as the next one did in records before, or as the one
 * behind it?  *at is the number of the next one.  NULL: no. */
static const eql_rawmap_guess *
guess(const eql_rawmap *r, uint32_t *at, eql_strview line, char separator)
{
    const eql_rawmap_shape *f = r->shape;

    for (uint32_t i = *at; f && i < *at + 2 && i < f->nguesses; i++) {
        if (starts_so(&f->guesses[i], line, separator)) {
            *at = i + 1;
            return &f->guesses[i];
        }
    }
    return NULL;
}

/* A line that began otherwise: so will others, if it is behind all known ones.
 */
static void
remember(eql_rawmap *r, uint32_t *at, eql_strview start, uint32_t name)
{
    if (!r->shape || *at < r->shape->nguesses)
        return;
    eql_rawmap_shape_add_guess(r, start, name);
    *at = r->shape->nguesses;
}

static bool
ends_with_escape(eql_strview v, char c)
{
    return v.len >= 2 && v.p[v.len - 1] == c && v.p[v.len - 2] == '\\' &&
           starts_escape(v.p, v.len - 2);
}

/* The name that a line gives, and the length of its start with the colon. */
static uint32_t
name_of_line(eql_rawmap *r, const eql_rawmap_plan *p, uint32_t *at,
             eql_strview line, size_t *start)
{
    const eql_rawmap_guess *g = guess(r, at, line, ':');
    uint32_t name;
    size_t n;

    if (g) {
        *start = g->len;
        return g->name;
    }
    n = eql_mapping_split_name(line);
    if (n == 0)
        return EQL_NONE;
    *start = n + 1;
    name = number_of(r, p, line.p, n);
    remember(r, at, eql_sv(line.p, n + 1), name);
    return name;
}

bool
eql_rawmap_text_lines(eql_rawmap *r, const eql_rawmap_plan *p,
                      eql_strview inside)
{
    cursor c = {r->find_break, .p = inside.p, .n = inside.len};
    eql_strview line;
    uint32_t name, at = 0;
    size_t start = 0;

    if (!next_line(&c, &line))
        return !c.unsupported;
    while (next_line(&c, &line)) {
        name = name_of_line(r, p, &at, line, &start);
        if (!is_open(r, name))
            continue;
        if (ends_with_escape(line, 'r'))
            line.len -= 2;
        line = eql_sv(line.p + start, line.len - start);
        if (line.len && line.p[0] == ' ')
            line = eql_sv(line.p + 1, line.len - 1);
        if (!set(r, name, line))
            return false;
    }
    return !c.unsupported;
}

/* --- pairs --- */

/* White space as JSON may spell it, at the start: its bytes. */
static size_t
space_at(const char *p, size_t n)
{
    if (n >= 1 && p[0] == ' ')
        return 1;
    return n >= 2 && p[0] == '\\' &&
                   (p[1] == 't' || p[1] == 'r' || p[1] == 'n' || p[1] == 'f')
               ? 2
               : 0;
}

/* false: white space that is not ASCII may be there. */
static bool
trim(eql_strview *v)
{
    size_t n;

    while ((n = space_at(v->p, v->len)) > 0)
        *v = eql_sv(v->p + n, v->len - n);
    while (v->len) {
        if (v->p[v->len - 1] == ' ')
            v->len--;
        else if (ends_with_escape(*v, 't') || ends_with_escape(*v, 'r') ||
                 ends_with_escape(*v, 'f'))
            v->len -= 2;
        else
            break;
    }
    if (v->len == 0)
        return true;
    if (v->len >= 6 && v->p[v->len - 6] == '\\' && v->p[v->len - 5] == 'u')
        return false;
    return !(v->p[0] == '\\' && v->len > 1 && v->p[1] == 'u') &&
           (unsigned char)v->p[0] < 0x80 &&
           (unsigned char)v->p[v->len - 1] < 0x80;
}

/* The name before a separator without its white space, in out; *n is 0 when it
 * is none that anybody may ask for.  false: for the mapping. */
static bool
squeeze(eql_strview v, char out[EQL_MAPPING_PAIR_NAME], size_t *n)
{
    size_t i = 0, len;
    bool known = true;

    for (*n = 0; i < v.len; i += len) {
        if ((unsigned char)v.p[i] >= 0x80)
            return false;
        len = space_at(v.p + i, v.len - i);
        if (len)
            continue;
        len = 1;
        if (v.p[i] == '\\') {
            len = v.p[i + 1] == 'u' ? 6 : 2;
            if (len == 6 && code_at(v.p + i) >= 0x80)
                return false;
            known = false;
        }
        if (*n + 1 >= EQL_MAPPING_PAIR_NAME) {
            *n = 0;
            return true;
        }
        out[(*n)++] = v.p[i];
    }
    if (!known)
        *n = 0;
    return true;
}

/* As above.  false: for the mapping. */
static bool
name_of_pair(eql_rawmap *r, const eql_rawmap_plan *p, uint32_t *at,
             eql_strview line, uint32_t *name, size_t *start)
{
    const eql_rawmap_guess *g = guess(r, at, line, '=');
    char text[EQL_MAPPING_PAIR_NAME];
    const char *sep;
    size_t n;

    *name = EQL_NONE;
    if (g) {
        *start = g->len;
        *name = g->name;
        return true;
    }
    sep = line.len ? memchr(line.p, '=', line.len) : NULL;
    if (!sep)
        return true;
    *start = (size_t)(sep - line.p) + 1;
    if (!squeeze(eql_sv(line.p, *start - 1), text, &n))
        return false;
    if (n == 0)
        return true;
    *name = number_of(r, p, text, n);
    remember(r, at, eql_sv(line.p, *start), *name);
    return true;
}

/* The separator is an equals sign. */
bool
eql_rawmap_text_pairs(eql_rawmap *r, const eql_rawmap_plan *p,
                      eql_strview inside)
{
    cursor c = {r->find_break, .p = inside.p, .n = inside.len};
    eql_strview line;
    uint32_t name, at = 0;
    size_t start = 0;

    while (next_line(&c, &line)) {
        if (!name_of_pair(r, p, &at, line, &name, &start))
            return false;
        if (!is_open(r, name))
            continue;
        line = eql_sv(line.p + start, line.len - start);
        if (!trim(&line) || !set(r, name, line))
            return false;
    }
    return !c.unsupported;
}
