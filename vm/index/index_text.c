/* index_text.c -- literals as the index looks for them.
 *
 * A pattern is found by one piece of it, and that by one gram of four bytes
 * (two in short pieces): the one that rules name least, which is about how rare
 * it is in events, too.  Characters fold one by one, so a folded piece is in a
 * folded text whatever surrounds it; one that is no UTF-8 ends a piece.  '?'
 * always ends one, also where it is no wildcard. */
#include "vm/index/index_int.h"

#include <stdlib.h>

/* What events are full of, counted so many times. */
#define SAMPLE_WEIGHT 60u

static const char *const samples[] = {
    "c:\\windows\\system32\\.exe",
    "c:\\windows\\syswow64\\.dll",
    "c:\\program files\\common files\\",
    "c:\\program files (x86)\\microsoft\\",
    "c:\\programdata\\microsoft\\windows\\",
    "c:\\users\\public\\appdata\\local\\temp\\",
    "c:\\users\\administrator\\appdata\\roaming\\microsoft\\windows\\",
    "\"c:\\windows\\system32\\cmd.exe\" /c ",
    "c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe",
    "c:\\windows\\system32\\svchost.exe -k ",
    "c:\\windows\\system32\\rundll32.exe",
    "c:\\windows\\explorer.exe",
    "\\device\\harddiskvolume",
    "hklm\\software\\microsoft\\windows\\currentversion\\",
    "hkey_local_machine\\system\\currentcontrolset\\services\\",
    "\\registry\\machine\\software\\wow6432node\\classes\\",
    "hku\\s-1-5-21-1234567890-1234567890-1234567890-1001\\",
    "/usr/bin/",
    "/usr/lib/",
    "/usr/sbin/",
    "/var/",
    "/etc/",
    "/tmp/",
    "/applications/.app/contents/macos/",
    "/system/library/",
    "/private/var/",
    "https://www.microsoft.com/",
    "http://",
    "microsoft windows",
    "microsoft corporation",
    "nt authority\\system",
};

/* --- counts --- */

static uint16_t *
gram_count(const eql_index_counts *c, const char *p, uint32_t n)
{
    uint64_t gram = eql_index_gram(p, n);

    return &c->grams[eql_index_gram_hash(gram) % EQL_INDEX_GRAMS];
}

static void
count_up(uint16_t *n, uint32_t by)
{
    *n = (uint16_t)(*n + by < UINT16_MAX ? *n + by : UINT16_MAX);
}

static void
count_grams(const eql_index_counts *c, eql_strview s, uint32_t by)
{
    for (uint32_t n = 2; n <= 4; n += 2) {
        for (size_t i = 0; i + n <= s.len; i++)
            count_up(gram_count(c, s.p + i, n), by);
    }
}

#define RUN 512u

/* The character beyond ASCII at pattern.p[*at], folded; bytes of out, 0: it is
 * none. */
static size_t
fold_wide(eql_strview pattern, size_t *at, char out[4])
{
    size_t n;
    uint32_t cp = eql_utf8_decode(pattern.p + *at, pattern.len - *at, &n);

    *at += n;
    return n > 1 ? eql_utf8_encode(eql_fold_cp(cp), out) : 0;
}

/* The next run of characters that stand for themselves, from *at on, folded and
 * with START or END where it must stand there; false: there is no more.  What a
 * long run has beyond RUN bytes is left out. */
static bool
next_run(eql_strview pattern, size_t *at, char out[RUN + 2], size_t *n)
{
    bool whole = true, more = true;
    size_t i = *at, len = 0;

    if (i > pattern.len)
        return false;
    if (i == 0)
        out[len++] = EQL_INDEX_START;
    while (i < pattern.len && more) {
        char c[4] = {eql_index_lower(pattern.p[i])};
        size_t bytes = 1;

        if ((unsigned char)c[0] < 0x80)
            i++;
        else
            bytes = fold_wide(pattern, &i, c);
        more = c[0] != '*' && c[0] != '?' && bytes > 0;
        whole = whole && len + bytes <= RUN + 1;
        if (!more || !whole)
            continue;
        out[len++] = c[0];
        for (size_t k = 1; k < bytes; k++)
            out[len++] = c[k];
    }
    if (more)
        i++; /* there are no others */
    if (more && whole)
        out[len++] = EQL_INDEX_END;
    *at = i;
    *n = len;
    return true;
}

static void
count_pattern(const eql_index_counts *c, eql_strview pattern, uint32_t by)
{
    char run[RUN + 2];
    size_t at = 0, n;

    while (next_run(pattern, &at, run, &n))
        count_grams(c, eql_sv(run, n), by);
}

static void
count_mentions(const eql_index_counts *c, const eql_program *p)
{
    for (uint32_t i = 0; i < p->nlists; i++)
        count_up(&c->mentions[p->lists[i]], 1);
    for (uint32_t i = 0; i < p->ninsns; i++) {
        if (p->insns[i].op == EQL_OP_EQ_K)
            count_up(&c->mentions[p->insns[i].c], 1);
    }
}

bool
eql_index_counts_init(eql_index_counts *c, const eql_program *p)
{
    c->grams = calloc(EQL_INDEX_GRAMS, sizeof *c->grams);
    c->mentions = calloc((size_t)p->nconsts + 1, sizeof *c->mentions);
    if (!c->grams || !c->mentions)
        return false;
    count_mentions(c, p);
    for (size_t i = 0; i < EQL_COUNTOF(samples); i++)
        count_pattern(c, eql_sv_cstr(samples[i]), SAMPLE_WEIGHT);
    for (uint32_t i = 0; i < p->nconsts; i++) {
        eql_strview s = eql_program_str(p, p->consts[i].str);

        if (c->mentions[i] > 0 && eql_index_is_wildcard(s))
            count_pattern(c, s, c->mentions[i]);
    }
    return true;
}

void
eql_index_counts_free(eql_index_counts *c)
{
    free(c->grams);
    free(c->mentions);
    *c = (eql_index_counts){0};
}

/* --- literals --- */

uint32_t
eql_index_nliterals(const eql_program *p, const eql_index_leaf *l)
{
    return l->op == EQL_OP_EQ_K ? 1 : p->consts[l->constant].list.n;
}

const eql_const *
eql_index_literal(const eql_program *p, const eql_index_leaf *l, uint32_t i)
{
    const eql_const *k = &p->consts[l->constant];

    return l->op == EQL_OP_EQ_K ? k : &p->consts[p->lists[k->list.first + i]];
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide m = (wide)a * b;

    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t
load8(const char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof w);
    return w;
}

/* Fast rather than strong: texts of one key only cost a look at the leaf. */
uint64_t
eql_index_text_key(uint64_t seed, eql_strview folded)
{
    const uint64_t k = 0x9E3779B97F4A7C15u;
    uint64_t h = seed ^ folded.len, last = 0;
    size_t i = 0;

    for (; i + 8 <= folded.len; i += 8)
        h = mix(h ^ load8(folded.p + i), k ^ seed >> 7);
    if (i < folded.len)
        memcpy(&last, folded.p + i, folded.len - i);
    return mix(h ^ last, k) ^ h;
}

/* Equal numbers have equal keys: integers, also as doubles, by their int64. */
uint64_t
eql_index_number_key(uint64_t seed, const eql_value *number)
{
    uint64_t key[2] = {number->tag == EQL_INT, 0};
    double d;

    if (number->tag == EQL_INT) {
        key[1] = (uint64_t)number->u.i;
        return eql_hash64(~seed, key, sizeof key);
    }
    d = number->u.d;
    memcpy(&key[1], &d, sizeof d);
    /* -2^63 .. 2^63 - 1: within it the conversion is defined. */
    if (d >= -0x1p63 && d < 0x1p63 && (double)(int64_t)d == d) {
        key[0] = 1;
        key[1] = (uint64_t)(int64_t)d;
    }
    return eql_hash64(~seed, key, sizeof key);
}

uint64_t
eql_index_bool_key(uint64_t seed, bool b)
{
    return eql_hash64(~seed, &b, sizeof b);
}

/* --- pieces --- */

bool
eql_index_is_wildcard(eql_strview pattern)
{
    return pattern.len > 0 && (memchr(pattern.p, '*', pattern.len) ||
                               memchr(pattern.p, '?', pattern.len));
}

/* The piece of s that has the gram at `at`; s may be longer than one. */
static eql_index_piece
take_piece(eql_strview s, size_t at, uint32_t gram, uint32_t common)
{
    size_t first = at < EQL_INDEX_PIECE / 2 ? 0 : at - EQL_INDEX_PIECE / 2;
    size_t n = s.len - first;
    eql_index_piece piece = {.gram = (uint8_t)gram, .common = common};

    if (n > EQL_INDEX_PIECE)
        n = EQL_INDEX_PIECE;
    memcpy(piece.text, s.p + first, n);
    piece.len = (uint8_t)n;
    piece.at = (uint8_t)(at - first);
    return piece;
}

/* Takes the rarest gram of n bytes in s if it is rarer than that of best;
 * grams of four bytes are always better. */
static void
choose_gram(const eql_index_counts *c, eql_strview s, uint32_t n,
            eql_index_piece *best)
{
    if (best->gram > n)
        return;
    for (size_t i = 0; i + n <= s.len; i++) {
        uint32_t common = *gram_count(c, s.p + i, n);

        if (best->gram < n || common < best->common)
            *best = take_piece(s, i, n, common);
    }
}

void
eql_index_choose_piece(const eql_index_counts *c, eql_strview run,
                       eql_index_piece *best)
{
    choose_gram(c, run, run.len >= 4 ? 4 : 2, best);
}

uint32_t
eql_index_piece_cost(const eql_index_piece *piece)
{
    uint32_t cost =
        EQL_INDEX_COST_TEXT + EQL_INDEX_COST_MENTION * piece->common;

    if (piece->gram == 0)
        return 0;
    return piece->gram == 4 && cost < EQL_INDEX_COST_COMMON
               ? cost
               : EQL_INDEX_COST_COMMON;
}

eql_index_piece
eql_index_piece_of(const eql_index_counts *c, eql_strview pattern)
{
    eql_index_piece best = {0};
    char run[RUN + 2];
    size_t at = 0, n;

    while (next_run(pattern, &at, run, &n))
        eql_index_choose_piece(c, eql_sv(run, n), &best);
    return best;
}
