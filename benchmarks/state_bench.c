/* state_bench.c -- what sequences in flight cost (rows 12 to 14 of the
 * targets).
 *
 *   state_bench [KEYS ...]            else 1000000 and 10000000
 *
 * Every part runs in a process of its own, so that its memory can be told.
 * Parts of the state itself step through: one start, one expiry, one find of a
 * key that waits, two of keys that do not.  The map they are measured against
 * does the same: malloc'd nodes in chains, with a copy of the key each, found
 * by its text.  Making keys is never counted.  What looks ahead, looks as far
 * as the sequence machine does. One JSON object per line on standard output,
 * CPU time. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "compiler/compile.h"
#include "vm/seq/seq.h"
#include "vm/seq/compact.h"

#define KEY_LEN 36u /* hexadecimal, as an entity id or a GUID */
#define STEPS 3000000u
#define OPS 5.0 /* of a step */
#define HOT_STARTS 2000000u
#define HOT_PER_SECOND 1000
#define SPAN_NS ((int64_t)3600 * 1000000000)
#define STATE_BYTES ((uint64_t)16 << 30)

static double
now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
die(const char *what)
{
    fprintf(stderr, "state_bench: %s\n", what);
    exit(1);
}

static double
resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long all = 0, pages = 0;

    if (!f || fscanf(f, "%ld %ld", &all, &pages) != 2)
        die("no /proc/self/statm");
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void
report(int row, uint64_t keys, const char *what, double measured,
       const char *unit)
{
    printf("{\"row\":%d,\"keys\":%llu,\"what\":\"%s\",\"measured\":%.3f,"
           "\"unit\":\"%s\"}\n",
           row, (unsigned long long)keys, what, measured, unit);
    fflush(stdout);
}

static uint64_t
mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* --- keys --- */

typedef struct {
    uint64_t n;    /* that wait at a time */
    uint64_t next; /* key to start */
    uint64_t dice;
    bool alike; /* they differ in few bytes, else everywhere */
} keys;

/* What is asked of the state, or of the map, by one hit. */
typedef struct {
    uint64_t key;
    eql_compact_id id;
    char text[KEY_LEN + 1];
} asked;

/* Keys of steps are made so many at a time, outside of what is measured. */
#define BLOCK_STEPS 500u
#define STEP_ASKS 4u /* a start, a key that waits, two that do not */
#define BLOCK_ASKS (BLOCK_STEPS * STEP_ASKS)

static void
make_key(char *to, uint64_t id, bool alike)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t half[2] = {0, id};

    if (!alike) {
        half[0] = mix(id);
        half[1] = mix(half[0]);
    }
    for (unsigned i = 0; i < 32; i++)
        to[i] = digits[half[i / 16] >> i % 16 * 4 & 15];
    memcpy(to + 32, "-key", 5);
}

static uint64_t
throw_dice(keys *k)
{
    k->dice ^= k->dice << 13;
    k->dice ^= k->dice >> 7;
    k->dice ^= k->dice << 17;
    return k->dice;
}

static uint64_t
waiting_key(keys *k)
{
    return k->next - 1 - throw_dice(k) % k->n;
}

static uint64_t
absent_key(keys *k)
{
    return throw_dice(k) | UINT64_C(1) << 63;
}

static keys
keys_of(uint64_t n, bool alike)
{
    return (keys){.n = n, .dice = 88172645463325252u, .alike = alike};
}

static void
ask(const keys *k, asked *a, uint64_t key)
{
    a->key = key;
    a->id = (eql_compact_id){mix(key), (uint16_t)key};
    make_key(a->text, key, k->alike);
}

static void
make_block(keys *k, asked *block)
{
    for (asked *a = block; a < block + BLOCK_ASKS; a += STEP_ASKS) {
        ask(k, &a[0], k->next++);
        ask(k, &a[1], waiting_key(k));
        ask(k, &a[2], absent_key(k));
        ask(k, &a[3], absent_key(k));
    }
}

/* --- the state itself --- */

typedef struct {
    eql_budget budget;
    eql_compact_ring ring;
    eql_compact_ahead ahead;
    keys keys;
    uint64_t seed;
    uint64_t found;
    bool by_text; /* keys are texts, and hashed */
    bool leaves;  /* what is found goes */
} state;

/* As many hits ahead as the sequence machine looks, it makes their hashes. */
static void
look_ahead(state *s, asked *a)
{
    if (s->by_text) {
        eql_h128 h = eql_hash128_seeded(s->seed, a->text, KEY_LEN);

        a->id = (eql_compact_id){h.lo, (uint16_t)h.hi};
    }
    eql_compact_foresee(&s->ahead, &s->ring, a->id);
}

static void
start_key(state *s, const asked *a)
{
    eql_compact_info info = {(int64_t)a->key, a->key, a->key * 8, NULL};
    uint32_t old = eql_compact_find(&s->ring, a->id);

    if (old != EQL_COMPACT_NONE)
        die("a key was there before");
    if (!eql_compact_add(&s->ring, a->id, &info))
        die("out of memory");
}

/* n keys wait. */
static void
open_state(state *s, uint64_t n, bool by_text, bool alike)
{
    asked a = {0};

    *s = (state){.budget.max = STATE_BYTES,
                 .seed = eql_hash_seed(),
                 .keys = keys_of(n, alike),
                 .by_text = by_text};
    eql_compact_init(&s->ring, &s->budget);
    while (s->keys.next < n) {
        ask(&s->keys, &a, s->keys.next++);
        look_ahead(s, &a);
        start_key(s, &a);
    }
}

static void
find_key(state *s, const asked *a)
{
    uint32_t at = eql_compact_find(&s->ring, a->id);

    if (at == EQL_COMPACT_NONE)
        return;
    s->found += eql_compact_get(&s->ring, at).place > 0;
    if (s->leaves)
        eql_compact_remove(&s->ring, at);
}

/* One start, one expiry, one find, two misses. */
static void
run_block(state *s, asked *block)
{
    for (unsigned i = 0; i < EQL_COMPACT_AHEAD; i++)
        look_ahead(s, &block[i]);
    for (unsigned i = 0; i < BLOCK_ASKS; i++) {
        const asked *a = &block[i];

        if (i + EQL_COMPACT_AHEAD < BLOCK_ASKS)
            look_ahead(s, &block[i + EQL_COMPACT_AHEAD]);
        if (i % STEP_ASKS == 0) {
            eql_compact_expire(&s->ring, (int64_t)(a->key + 1 - s->keys.n));
            start_key(s, a);
        } else {
            find_key(s, a);
        }
    }
}

/* ns per operation; the state is left as it is then. */
static double
run_steps(state *s)
{
    static asked block[BLOCK_ASKS];
    double t = 0;

    for (unsigned i = 0; i < STEPS / BLOCK_STEPS; i++) {
        make_block(&s->keys, block);
        t -= now_ns();
        run_block(s, block);
        t += now_ns();
    }
    return t / STEPS / OPS;
}

static void
bench_mixed(uint64_t n, bool by_text, bool alike, const char *what)
{
    state s;

    open_state(&s, n, by_text, alike);
    report(13, n, what, run_steps(&s), "ns");
    if (s.found != STEPS)
        die("a key was not found, or one that is not there");
    eql_compact_free(&s.ring);
}

static void
bench_leaving(uint64_t n)
{
    state s;

    open_state(&s, n, false, false);
    s.leaves = true;
    report(13, n, "mixed operation, what is found leaves", run_steps(&s), "ns");
    report(12, n, "state, what is found leaves, accounted",
           (double)s.budget.used / (double)s.ring.nindexed, "bytes");
    eql_compact_free(&s.ring);
}

static void
bench_expiry(uint64_t n)
{
    uint64_t gone = 0;
    state s;
    double t;

    open_state(&s, n, false, false);
    t = now_ns();
    for (uint64_t i = 0; i < n; i += 100)
        gone += eql_compact_expire(&s.ring, (int64_t)i);
    gone += eql_compact_expire(&s.ring, (int64_t)n);
    t = now_ns() - t;
    if (gone != n)
        die("not all expired");
    report(13, n, "expiry, amortised", t / (double)n, "ns");
    eql_compact_free(&s.ring);
}

/* --- the map it is measured against --- */

typedef struct node {
    struct node *next, *older, *newer;
    char *key;
    uint64_t place;
    int64_t time_ns;
    uint64_t hash;
    uint32_t rule, stage;
} node;

typedef struct {
    node **buckets, *oldest, *newest;
    uint64_t mask;
    uint64_t seed;
    keys keys;
    uint64_t found;
} map;

static node *
map_find(const map *m, const char *key, uint64_t *hash)
{
    node *n;

    *hash = eql_hash64(m->seed, key, KEY_LEN);
    n = m->buckets[*hash & m->mask];
    while (n && !(n->hash == *hash && strcmp(n->key, key) == 0))
        n = n->next;
    return n;
}

static void
map_add(map *m, const asked *a)
{
    node *n = malloc(sizeof *n);
    uint64_t hash;

    if (!n || map_find(m, a->text, &hash))
        die("a key was there before");
    *n = (node){.next = m->buckets[hash & m->mask],
                .older = m->newest,
                .key = strdup(a->text),
                .place = a->key,
                .time_ns = (int64_t)a->key,
                .hash = hash};
    m->buckets[hash & m->mask] = n;
    if (m->newest)
        m->newest->newer = n;
    else
        m->oldest = n;
    m->newest = n;
}

static void
map_expire(map *m, int64_t before_ns)
{
    while (m->oldest && m->oldest->time_ns < before_ns) {
        node *n = m->oldest, **at = &m->buckets[n->hash & m->mask];

        while (*at != n)
            at = &(*at)->next;
        *at = n->next;
        m->oldest = n->newer;
        if (m->oldest)
            m->oldest->older = NULL;
        else
            m->newest = NULL;
        free(n->key);
        free(n);
    }
}

static void
run_map_block(map *m, const asked *block)
{
    uint64_t hash;

    for (const asked *a = block; a < block + BLOCK_ASKS; a += STEP_ASKS) {
        map_expire(m, (int64_t)(a->key + 1 - m->keys.n));
        map_add(m, a);
        for (unsigned i = 1; i < STEP_ASKS; i++)
            m->found += map_find(m, a[i].text, &hash) != NULL;
    }
}

static void
bench_map(uint64_t n)
{
    static asked block[BLOCK_ASKS];
    map m = {.mask = 1, .seed = eql_hash_seed(), .keys = keys_of(n, false)};
    asked a = {0};
    double t = 0, before = resident();

    while (m.mask < n)
        m.mask *= 2;
    m.buckets = calloc(m.mask--, sizeof *m.buckets);
    if (!m.buckets)
        die("out of memory");
    while (m.keys.next < n) {
        ask(&m.keys, &a, m.keys.next++);
        map_add(&m, &a);
    }
    report(12, n, "malloc chaining map, resident",
           (resident() - before) / (double)n, "bytes");
    for (unsigned i = 0; i < STEPS / BLOCK_STEPS; i++) {
        make_block(&m.keys, block);
        t -= now_ns();
        run_map_block(&m, block);
        t += now_ns();
    }
    if (m.found != STEPS)
        die("the map lost a key");
    report(13, n, "malloc chaining map, mixed operation", t / STEPS / OPS,
           "ns");
}

/* --- the sequence machine --- */

typedef struct {
    eql_program *program;
    eql_captures *captures;
    eql_engine_options options;
    eql_engine_calls calls;
    eql_engine_counters counters;
    eql_seq *seq;
    eql_buf hits[EQL_SEQ_AHEAD + 1]; /* the hit at hand and those to come */
    eql_buf again, tuple;
    uint64_t step_ns; /* between two starts */
    uint64_t matches;
} machine;

static eql_program *
compile(const char *query)
{
    eql_compile_settings settings = eql_compile_settings_default();
    eql_compiler *c = eql_compiler_new(&settings);
    eql_diags *diags = eql_diags_new();
    eql_buf why = {0};
    eql_rule_source r = {.name = eql_sv_cstr("bench"),
                         .risk_score = EQL_NONE,
                         .query = {.text = eql_sv_cstr(query)}};
    eql_program *p;

    if (!c || !diags || eql_compiler_add(c, &r, diags) != EQL_COMPILED)
        die("the query was refused");
    p = eql_compiler_finish(c, &why);
    if (!p)
        die("the program was refused");
    eql_compiler_free(c);
    eql_diags_free(diags);
    return p;
}

static bool
count_match(void *ctx, const eql_match *m)
{
    ((machine *)ctx)->matches += m->nevents > 0;
    return true;
}

/* The hit of a stage under a key; its number is its place as well. */
static const eql_hit *
make_hit(machine *m, eql_buf *to, uint32_t stage, uint64_t key, uint64_t number)
{
    char text[KEY_LEN + 1];
    eql_value v;
    eql_hit head = {.flags = EQL_HIT_TIMED,
                    .time_ns = (int64_t)(number * m->step_ns),
                    .line = number + 1,
                    .tie_kind = EQL_TIE_ABSENT};
    eql_event_ref ref = {.offset = number * 1000, .len = 1000};
    size_t entry;

    make_key(text, key, false);
    v = eql_value_str(eql_sv(text, KEY_LEN));
    m->tuple.len = 0;
    eql_hit_key_value(&m->tuple, EQL_FIELD_ANY, &v);
    eql_hit_open(to, &head);
    entry = eql_hit_entry_open(to, stage, 0);
    eql_hit_tuple_add(to, entry, eql_buf_sv(&m->tuple));
    eql_hit_entry_close(to, entry);
    eql_hit_close(to, &ref);
    return (const eql_hit *)(const void *)to->p;
}

/* A start's number is its key's. */
static eql_engine_result
make_again(void *ctx, uint64_t place, const eql_hit **h)
{
    machine *m = ctx;

    *h = make_hit(m, &m->again, 0, place / 8, place / 8);
    return EQL_ENGINE_OK;
}

static void
open_machine(machine *m, uint64_t step_ns)
{
    *m = (machine){.options.max_state_bytes = STATE_BYTES, .step_ns = step_ns};
    m->program = compile("sequence by process.entity_id with maxspan=1h "
                         "[process where true] [network where true]");
    m->captures = eql_captures_new(m->program);
    m->calls = (eql_engine_calls){.match = count_match, .ctx = m};
    m->seq = m->captures ? eql_seq_new(m->captures, &m->options, &m->calls,
                                       &m->counters)
                         : NULL;
    if (!m->seq)
        die("out of memory");
    eql_seq_read_again(m->seq, &(eql_hit_source){make_again, m});
}

static const eql_hit *
hit_of(machine *m, uint32_t stage, uint64_t key, uint64_t number)
{
    return make_hit(m, &m->hits[number % EQL_COUNTOF(m->hits)], stage, key,
                    number);
}

static void
push(machine *m, const eql_hit *h, uint64_t number)
{
    eql_seq_place(m->seq, number * 8);
    if (eql_seq_hit(m->seq, h) != EQL_ENGINE_OK)
        die("a hit failed");
}

/* Makes the hits that are due and looks ahead at one, as the engine does. */
static void
come_to(machine *m, uint32_t stage, uint64_t first, uint64_t number, uint64_t i,
        uint64_t n)
{
    uint64_t far = i + EQL_SEQ_AHEAD;

    for (uint64_t k = i == 0 ? 0 : far; k <= far && k < n; k++) {
        const eql_hit *h = hit_of(m, stage, first + k, number + k);

        if (eql_seq_looks_ahead(m->seq))
            eql_seq_ahead(m->seq, h, (number + k) * 8);
    }
}

/* Pushing n hits of absent keys at stage `stage`, or starting them. */
static double
push_many(machine *m, uint32_t stage, uint64_t first, uint64_t number,
          uint64_t n)
{
    double t = now_ns(), made;

    for (uint64_t i = 0; i < n; i++)
        (void)hit_of(m, stage, first + i, number + i);
    made = now_ns() - t;
    t = now_ns();
    for (uint64_t i = 0; i < n; i++) {
        const eql_buf *hit = &m->hits[(number + i) % EQL_COUNTOF(m->hits)];

        come_to(m, stage, first, number, i, n);
        push(m, (const eql_hit *)(const void *)hit->p, number + i);
    }
    return (now_ns() - t - made) / (double)n;
}

static void
bench_machine(uint64_t n)
{
    const eql_engine_counters *c;
    uint64_t some = n < 1000000 ? n : 1000000;
    double before, after, t;
    machine m;

    open_machine(&m, 1);
    c = &m.counters;
    malloc_trim(0);
    before = resident();
    t = push_many(&m, 0, 0, 0, n);
    after = resident();
    report(13, n, "sequence machine, start", t, "ns");
    report(12, n, "live partial, resident", (after - before) / (double)n,
           "bytes");
    t = push_many(&m, 1, UINT64_C(1) << 40, n, some);
    report(13, n, "sequence machine, second stage without a start", t, "ns");
    t = push_many(&m, 1, 0, n + some, some);
    report(13, n, "sequence machine, completed and reported", t, "ns");
    eql_seq_finish(m.seq);
    if (c->started != n || m.matches != some || c->open != n - some)
        die("the machine lost something");
    report(12, n, "live partial, accounted",
           (double)c->state_bytes_peak / (double)n, "bytes");
}

/* One key, so many starts a second for more than the whole maxspan. */
static void
bench_hot_key(uint64_t others)
{
    uint64_t n = others, tenth = HOT_STARTS / 10;
    double first = 0, last = 0, t;
    machine m;

    open_machine(&m, 1000000000 / HOT_PER_SECOND);
    for (uint64_t i = 0; i < others; i++)
        push(&m, hit_of(&m, 0, i, i), i);
    for (uint64_t i = 0; i < HOT_STARTS; i += tenth) {
        t = now_ns();
        for (uint64_t k = 0; k < tenth; k++, n++)
            push(&m, hit_of(&m, 0, UINT64_C(1) << 40, n), n);
        last = (now_ns() - t) / (double)tenth;
        if (i == 0)
            first = last;
    }
    eql_seq_finish(m.seq);
    if (m.counters.replaced != HOT_STARTS - 1)
        die("a hot key has several partials");
    report(14, others, "hot key, first tenth", first, "ns");
    report(14, others, "hot key, last tenth", last, "ns");
    report(14, others, "hot key, state",
           (double)m.counters.state_bytes_peak / (double)(others + 1), "bytes");
}

/* --- all --- */

static void
apart(void (*part)(uint64_t), uint64_t n)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        part(n);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        die("a part failed");
}

static void
bench_hashed(uint64_t n)
{
    bench_mixed(n, false, false, "mixed operation");
}

static void
bench_text(uint64_t n)
{
    bench_mixed(n, true, false, "mixed operation, hash of the key included");
}

static void
bench_alike(uint64_t n)
{
    bench_mixed(n, true, true,
                "mixed operation, hash included, keys nearly alike");
}

int
main(int argc, char **argv)
{
    static const uint64_t usual[] = {1000000, 10000000};
    int n = argc > 1 ? argc - 1 : (int)EQL_COUNTOF(usual);

    for (int i = 0; i < n; i++) {
        uint64_t nkeys = argc > 1 ? strtoull(argv[i + 1], NULL, 10) : usual[i];

        if (nkeys < 100)
            die("too few keys");
        apart(bench_machine, nkeys);
        apart(bench_hashed, nkeys);
        apart(bench_text, nkeys);
        apart(bench_leaving, nkeys);
        apart(bench_alike, nkeys);
        apart(bench_expiry, nkeys);
        apart(bench_map, nkeys);
    }
    apart(bench_hot_key, 0);
    apart(bench_hot_key, 100000);
    return 0;
}
