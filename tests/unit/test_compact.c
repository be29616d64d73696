/* test_compact.c -- the ring of starts against a plain list. */
#include "tests/support/eql_test.h"

#include "vm/seq/compact.h"

#define MOST 4000

/* What the ring should hold, oldest first. */
typedef struct {
    eql_compact_id id;
    eql_compact_info info;
    eql_compact_owner owner;
    bool owned, gone;
} model_start;

typedef struct {
    eql_budget budget;
    eql_compact_ring ring;
    model_start *starts;
    size_t first, n; /* starts[first, n) may be there */
    eql_compact_ahead ahead;
    uint64_t dice;
} model;

static uint64_t
dice(model *m)
{
    m->dice ^= m->dice << 13;
    m->dice ^= m->dice >> 7;
    m->dice ^= m->dice << 17;
    return m->dice;
}

static eql_compact_id
id_of(uint64_t key)
{
    uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);

    return (eql_compact_id){(h ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9),
                            (uint16_t)key};
}

static void
open_model(model *m, uint64_t seed)
{
    *m = (model){.budget.max = UINT64_MAX, .dice = seed};
    m->starts = calloc(MOST, sizeof *m->starts);
    assert_non_null(m->starts);
    eql_compact_init(&m->ring, &m->budget);
}

static void
close_model(model *m)
{
    eql_compact_free(&m->ring);
    assert_int_equal(m->budget.used, 0);
    free(m->starts);
}

static void
add(model *m, uint64_t key, int64_t time_ns, uint64_t serial)
{
    model_start *s = &m->starts[m->n++];
    uint64_t before = m->budget.used;
    uint64_t cost = eql_compact_cost(&m->ring, time_ns, serial);

    *s = (model_start){.id = id_of(key),
                       .info = {time_ns, serial, key * 8, NULL}};
    m->budget.peak = before;
    assert_true(eql_compact_add(&m->ring, s->id, &s->info));
    assert_true(m->budget.peak <= before + cost);
}

static void
leave(model *m, model_start *s)
{
    uint32_t at = s->owned ? s->owner.at : eql_compact_find(&m->ring, s->id);

    assert_int_not_equal(at, EQL_COMPACT_NONE);
    eql_compact_remove(&m->ring, at);
    s->gone = true;
}

static void
own(model *m, model_start *s)
{
    uint32_t at = eql_compact_find(&m->ring, s->id);

    assert_int_not_equal(at, EQL_COMPACT_NONE);
    eql_compact_own(&m->ring, at, &s->owner);
    s->owned = true;
}

static void
check_one(const model *m, const model_start *s)
{
    uint32_t at = eql_compact_find(&m->ring, s->id);
    eql_compact_info info;

    if (s->gone || s->owned)
        assert_int_equal(at, EQL_COMPACT_NONE);
    if (s->gone)
        return;
    info = eql_compact_get(&m->ring, s->owned ? s->owner.at : at);
    assert_int_equal(info.time_ns, s->info.time_ns);
    assert_int_equal(info.serial, s->info.serial);
    if (s->owned)
        assert_ptr_equal(info.owner, &s->owner);
    else
        assert_int_equal(info.place, s->info.place);
}

static void
check_all(const model *m)
{
    uint32_t at = EQL_COMPACT_NONE;
    uint64_t live = 0;

    for (size_t i = 0; i < m->n; i++) {
        check_one(m, &m->starts[i]);
        live += !m->starts[i].gone;
        if (m->starts[i].gone || m->starts[i].owned)
            continue;
        at = eql_compact_after(&m->ring, at);
        assert_int_not_equal(at, EQL_COMPACT_NONE);
        assert_int_equal(eql_compact_get(&m->ring, at).serial,
                         m->starts[i].info.serial);
    }
    assert_int_equal(eql_compact_after(&m->ring, at), EQL_COMPACT_NONE);
    assert_int_equal(live, m->ring.nindexed + m->ring.nowned);
    assert_int_equal(eql_compact_find(&m->ring, id_of(1 << 30)),
                     EQL_COMPACT_NONE);
}

static model_start *
oldest_of(model *m, const model_start *but)
{
    for (size_t i = 0; i < m->n; i++) {
        if (!m->starts[i].gone && &m->starts[i] != but)
            return &m->starts[i];
    }
    return NULL;
}

static void
check_oldest(model *m)
{
    model_start *s = oldest_of(m, NULL), *next = oldest_of(m, s);
    uint32_t at = eql_compact_oldest(&m->ring, EQL_COMPACT_NONE);

    assert_int_equal(at == EQL_COMPACT_NONE, s == NULL);
    if (!s)
        return;
    assert_int_equal(eql_compact_get(&m->ring, at).serial, s->info.serial);
    at = eql_compact_oldest(&m->ring, at);
    assert_int_equal(at == EQL_COMPACT_NONE, next == NULL);
    if (next)
        assert_int_equal(eql_compact_get(&m->ring, at).serial,
                         next->info.serial);
}

/* Expires up to a time; owners leave when asked to. */
static void
expire(model *m, int64_t before_ns)
{
    uint64_t n = 0, want = 0;
    uint32_t at;

    for (size_t i = 0; i < m->n; i++) {
        model_start *s = &m->starts[i];

        if (s->gone || s->info.time_ns >= before_ns)
            continue;
        want += !s->owned;
    }
    for (;;) {
        n += eql_compact_expire(&m->ring, before_ns);
        at = eql_compact_oldest(&m->ring, EQL_COMPACT_NONE);
        if (at == EQL_COMPACT_NONE ||
            eql_compact_get(&m->ring, at).time_ns >= before_ns)
            break;
        assert_non_null(eql_compact_get(&m->ring, at).owner);
        eql_compact_remove(&m->ring, at);
    }
    assert_int_equal(n, want);
    for (size_t i = 0; i < m->n; i++)
        m->starts[i].gone |= m->starts[i].info.time_ns < before_ns;
}

/* Adds, removals, owners and expiry in any mixture. */
static void
run_random(uint64_t seed, int64_t step_ns, uint64_t step_serial, uint32_t chunk)
{
    int64_t now = -5000;
    uint64_t serial = 7;
    model m;

    open_model(&m, seed);
    m.ring.tail = m.ring.head = m.ring.second = chunk << EQL_COMPACT_SLOT_BITS;
    while (m.n < MOST) {
        uint64_t d = dice(&m) % 100;
        model_start *s = &m.starts[m.n ? dice(&m) % m.n : 0];

        eql_compact_foresee(&m.ahead, &m.ring, id_of(dice(&m) % MOST));
        now += (int64_t)(dice(&m) % 3) * step_ns;
        serial += 1 + dice(&m) % 3 * step_serial;
        if (d < 60 || m.n == 0)
            add(&m, m.n + 1, now, serial);
        else if (d < 80 && !s->gone)
            leave(&m, s);
        else if (d < 90 && !s->gone && !s->owned)
            own(&m, s);
        else if (d == 99 && dice(&m) % 10 == 0)
            expire(&m, now - (int64_t)(dice(&m) % 3000) * step_ns);
        if (d == 98)
            check_oldest(&m);
        if (m.n % 500 == 0)
            check_all(&m);
    }
    check_all(&m);
    expire(&m, INT64_MAX);
    assert_int_equal(eql_compact_oldest(&m.ring, EQL_COMPACT_NONE),
                     EQL_COMPACT_NONE);
    close_model(&m);
}

static void
test_against_a_list(void **state)
{
    static const struct {
        int64_t step_ns;
        uint64_t step_serial;
        uint32_t chunk; /* number of the first */
    } cases[] = {
        {1, 1, 1},
        {0, 0, 1},
        /* A chunk holds 2^48 ns and 2^24 serials. */
        {INT64_C(1) << 46, 1, 1},
        {1, UINT64_C(1) << 22, 1},
        /* Numbers run out. */
        {1, 1, EQL_COMPACT_MAX_CHUNK - 12},
        {INT64_C(1) << 46, 1, EQL_COMPACT_MAX_CHUNK - 300},
    };

    (void)state;
    for (uint64_t seed = 1; seed < 9; seed++) {
        for (size_t i = 0; i < EQL_COUNTOF(cases); i++)
            run_random(seed, cases[i].step_ns, cases[i].step_serial,
                       cases[i].chunk);
    }
}

/* One key that starts again and again leaves no more than some gaps. */
static void
test_gaps_are_packed(void **state)
{
    eql_compact_info info = {0};
    uint64_t full;
    model m;

    (void)state;
    open_model(&m, 1);
    for (uint64_t i = 1; i <= 1000; i++)
        add(&m, i, 0, i);
    full = m.budget.used;
    for (uint64_t i = 1; i < 100000; i++) {
        uint32_t at = eql_compact_find(&m.ring, id_of(1));

        eql_compact_remove(&m.ring, at);
        info = (eql_compact_info){.time_ns = (int64_t)i, .serial = 1000 + i};
        assert_true(eql_compact_add(&m.ring, id_of(1), &info));
    }
    assert_int_equal(m.ring.nindexed, 1000);
    assert_true(m.budget.peak < 2 * full + 4 * sizeof(eql_compact_chunk));
    close_model(&m);
}

/* Long rings are cut from slabs, which go when their last chunk does. */
static void
test_long_rings(void **state)
{
    const uint64_t n = (EQL_COMPACT_SLAB_FROM + 1300) * EQL_COMPACT_PER_CHUNK;
    eql_budget b = {.max = UINT64_MAX};
    eql_compact_ring r;

    (void)state;
    eql_compact_init(&r, &b);
    for (uint64_t i = 1; i <= 2 * n; i++) {
        eql_compact_info info = {.time_ns = (int64_t)i, .serial = i};
        uint64_t most = b.used + eql_compact_cost(&r, info.time_ns, i);

        b.peak = b.used;
        assert_true(eql_compact_add(&r, id_of(i), &info));
        assert_true(b.peak <= most);
        if (i > n)
            assert_int_equal(eql_compact_expire(&r, (int64_t)(i - n + 1)), 1);
        if (i == n || i == 2 * n)
            assert_true(b.used <= 40 * n);
    }
    assert_non_null(r.slab);
    for (uint64_t i = n + 2; i <= 2 * n; i += 1001)
        assert_int_not_equal(eql_compact_find(&r, id_of(i)), EQL_COMPACT_NONE);
    assert_int_equal(eql_compact_expire(&r, INT64_MAX), n);
    assert_true(b.used < 8 << 20);
    eql_compact_free(&r);
    assert_int_equal(b.used, 0);
}

/* At most 40 bytes each, whatever their number. */
static void
test_a_start_is_small(void **state)
{
    eql_budget b = {.max = UINT64_MAX};
    eql_compact_ring r;

    (void)state;
    eql_compact_init(&r, &b);
    for (uint64_t i = 1; i <= 300000; i++) {
        eql_compact_info info = {.time_ns = (int64_t)i, .serial = i};

        assert_true(eql_compact_add(&r, id_of(i), &info));
        if (i >= 20000)
            assert_true(b.used <= 40 * i);
    }
    eql_compact_free(&r);
    assert_int_equal(b.used, 0);
}

/* A ring gives its memory back as what lived in it leaves. */
static void
test_memory_comes_back(void **state)
{
    eql_budget b = {.max = UINT64_MAX};
    eql_compact_ring r;

    (void)state;
    eql_compact_init(&r, &b);
    for (uint64_t i = 1; i <= 100000; i++) {
        eql_compact_info info = {.time_ns = (int64_t)i, .serial = i};

        assert_true(eql_compact_add(&r, id_of(i), &info));
    }
    assert_int_equal(eql_compact_expire(&r, 99901), 99900);
    assert_true(b.used < 40000);
    for (uint64_t i = 99901; i <= 100000; i++)
        assert_int_not_equal(eql_compact_find(&r, id_of(i)), EQL_COMPACT_NONE);
    eql_compact_free(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_a_list),
        cmocka_unit_test(test_gaps_are_packed),
        cmocka_unit_test(test_long_rings),
        cmocka_unit_test(test_a_start_is_small),
        cmocka_unit_test(test_memory_comes_back),
    };

    return cmocka_run_group_tests_name("starts", tests, NULL, NULL);
}
