/* test_order.c -- sorting hits in memory, through runs, through many runs. */
#include "tests/support/eql_test.h"

#include <signal.h>
#include <sys/resource.h>

#include "vm/order/order.h"
#include "vm/order/pending.h"

typedef struct {
    bool timed;
    int64_t time_ns;
    uint32_t file;
    uint64_t line;
    size_t extra; /* bytes of key */
} item;

static uint64_t
next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static item
random_item(uint64_t *x, uint64_t i)
{
    item it = {.timed = next_random(x) % 10 != 0,
               .time_ns = (int64_t)(next_random(x) % 500) - 250,
               .file = (uint32_t)(next_random(x) % 3),
               .line = i + 1,
               .extra = next_random(x) % 200};

    return it;
}

static const eql_hit *
make_hit(eql_buf *rec, const item *it, uint32_t flags)
{
    static const char fill[1 << 16];
    eql_hit head = {.flags = flags | (it->timed ? EQL_HIT_TIMED : 0),
                    .time_ns = it->time_ns,
                    .line = it->line,
                    .file = it->file};
    eql_event_ref ref = {0};
    size_t at;

    eql_hit_open(rec, &head);
    at = eql_hit_entry_open(rec, 3, 0);
    eql_hit_tuple_add(rec, at, eql_sv(fill, it->extra));
    eql_hit_entry_close(rec, at);
    eql_hit_close(rec, &ref);
    return (const eql_hit *)(const void *)rec->p;
}

static bool arrival; /* what compare_items is to go by */

static int
compare_items(const void *a, const void *b)
{
    const item *x = a, *y = b;

    if (!arrival && x->timed != y->timed)
        return x->timed ? -1 : 1;
    if (!arrival && x->timed && x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

/* A hit handed out before, by its place. */
static void
check_again(eql_order *o, uint64_t place, const item *it)
{
    const eql_hit *h;

    assert_int_equal(place % 8, 0);
    assert_int_equal(eql_order_fetch(o, place, &h), EQL_ENGINE_OK);
    assert_int_equal(h->line, it->line);
    assert_int_equal(h->file, it->file);
    assert_int_equal(eql_hit_tuple_first(eql_hit_first(h)).len, it->extra);
}

/* A hit ahead is the one of its place; none is told twice. */
static uint64_t
check_ahead(eql_order *o, uint32_t n, bool *told)
{
    uint64_t place = 1;
    const eql_hit *h = eql_order_ahead(o, n, &place), *again;

    if (!h)
        return 0;
    assert_int_equal(eql_order_fetch(o, place, &again), EQL_ENGINE_OK);
    assert_int_equal(h->size, again->size);
    assert_memory_equal(h, again, h->size);
    assert_false(told[h->line]);
    told[h->line] = true;
    return 1;
}

/* Sorts n random hits both ways and compares; returns the passes made. */
static uint32_t
check_sort(uint32_t n, size_t memory, bool by_arrival, bool spills)
{
    item *items = calloc(n + 1, sizeof *items);
    uint64_t *places = calloc(n + 1, sizeof *places);
    eql_order *o = eql_order_new(
        memory, NULL, by_arrival ? eql_order_by_arrival : eql_order_by_time);
    uint64_t x = 88172645463325252u + n, ntold = 0;
    bool *told = calloc(n + 1, sizeof *told);
    eql_buf rec = {0};
    const eql_hit *h;
    uint32_t passes;

    for (uint32_t i = 0; i < n; i++) {
        items[i] = random_item(&x, i);
        assert_int_equal(eql_order_push(o, make_hit(&rec, &items[i], 0)),
                         EQL_ENGINE_OK);
    }
    arrival = by_arrival;
    qsort(items, n, sizeof *items, compare_items);
    assert_int_equal(eql_order_sort(o), EQL_ENGINE_OK);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(eql_order_next(o, &h), EQL_ENGINE_OK);
        assert_non_null(h);
        assert_int_equal(h->line, items[i].line);
        assert_int_equal(h->file, items[i].file);
        assert_int_equal(eql_hit_tuple_first(eql_hit_first(h)).len,
                         items[i].extra);
        ntold += check_ahead(o, 8, told);
        places[i] = eql_order_place(o);
        check_again(o, places[i / 2], &items[i / 2]);
    }
    assert_int_equal(eql_order_next(o, &h), EQL_ENGINE_OK);
    assert_null(h);
    for (uint32_t i = 0; i < n; i++)
        check_again(o, places[i], &items[i]);
    assert_int_equal(eql_order_spilled(o) > 0, spills);
    /* All but the first in memory, else what a buffer holds. */
    if (n > 100)
        assert_true(ntold >= (spills ? 100 : n - 8));
    passes = eql_order_passes(o);
    eql_order_free(o);
    eql_buf_free(&rec);
    free(items);
    free(places);
    free(told);
    return passes;
}

/* Time, then tiebreaker, absent ones last, then arrival (language 2.3). */
static void
test_order_of_tiebreakers(void **state)
{
    const eql_value one = eql_value_int(1), two = eql_value_int(2),
                    text = eql_value_str(eql_sv_cstr("a")),
                    other = eql_value_str(eql_sv_cstr("b"));
    eql_hit h[] = {{.time_ns = 4, .line = 9},  {.time_ns = 5, .line = 8},
                   {.time_ns = 5, .line = 7},  {.time_ns = 5, .line = 6},
                   {.time_ns = 5, .line = 1},  {.time_ns = 5, .line = 2},
                   {.time_ns = 6, .line = 10}, {.line = 3}};

    (void)state;
    eql_hit_set_tie(&h[0], NULL);
    eql_hit_set_tie(&h[1], &one);
    eql_hit_set_tie(&h[2], &two);
    eql_hit_set_tie(&h[3], &text);
    eql_hit_set_tie(&h[4], NULL);
    eql_hit_set_tie(&h[5], NULL);
    eql_hit_set_tie(&h[6], &one);
    eql_hit_set_tie(&h[7], &one);
    for (size_t i = 0; i < EQL_COUNTOF(h); i++) {
        h[i].flags = i < 7 ? EQL_HIT_TIMED : 0;
        for (size_t k = 0; k < i; k++) {
            h[k].flags = EQL_HIT_TIMED;
            assert_true(eql_order_by_time(&h[k], &h[i]) < 0);
            assert_true(eql_order_by_time(&h[i], &h[k]) > 0);
        }
        assert_int_equal(eql_order_by_time(&h[i], &h[i]), 0);
    }
    assert_true(eql_order_by_arrival(&h[0], &h[1]) > 0);
    eql_hit_set_tie(&h[4], &other);
    assert_true(eql_order_by_time(&h[3], &h[4]) < 0);
}

static void
test_order_in_memory(void **state)
{
    (void)state;
    check_sort(0, 1 << 20, false, false);
    check_sort(1, 1 << 20, false, false);
    check_sort(2, 1 << 20, false, false);
    check_sort(3000, 4 << 20, false, false);
    check_sort(3000, 4 << 20, true, false);
}

static void
test_order_through_runs(void **state)
{
    (void)state;
    assert_int_equal(check_sort(3000, 64 << 10, false, true), 0);
    assert_int_equal(check_sort(3000, 64 << 10, true, true), 0);
}

static void
test_order_through_many_runs(void **state)
{
    (void)state;
    assert_true(check_sort(20000, 4096, false, true) >= 3);
    assert_true(check_sort(3000, 1, false, true) >= 2); /* the least there is */
}

static void
test_records_larger_than_memory(void **state)
{
    eql_order *o = eql_order_new(4096, NULL, eql_order_by_time);
    item it = {.timed = true, .extra = 60000};
    eql_buf rec = {0};
    const eql_hit *h;

    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        it.line = 100 - i;
        it.extra = i % 2 ? 10 : 60000;
        assert_int_equal(eql_order_push(o, make_hit(&rec, &it, 0)),
                         EQL_ENGINE_OK);
    }
    assert_int_equal(eql_order_sort(o), EQL_ENGINE_OK);
    for (uint64_t i = 0; i < 20; i++) {
        assert_int_equal(eql_order_next(o, &h), EQL_ENGINE_OK);
        assert_int_equal(h->line, 81 + i);
    }
    eql_order_free(o);
    eql_buf_free(&rec);
}

/* Same place in the order: as they were pushed, in memory and from runs. */
static void
test_equal_hits_keep_their_order(void **state)
{
    static const size_t memory[] = {1 << 20, 4096};
    eql_buf rec = {0};
    const eql_hit *h;

    (void)state;
    for (size_t m = 0; m < EQL_COUNTOF(memory); m++) {
        eql_order *o = eql_order_new(memory[m], NULL, eql_order_by_time);
        item it = {.timed = true, .line = 1};

        for (size_t i = 0; i < 600; i++) {
            it.extra = i;
            eql_order_push(o, make_hit(&rec, &it, 0));
        }
        assert_int_equal(eql_order_sort(o), EQL_ENGINE_OK);
        for (size_t i = 0; i < 600; i++) {
            assert_int_equal(eql_order_next(o, &h), EQL_ENGINE_OK);
            assert_int_equal(eql_hit_tuple_first(eql_hit_first(h)).len, i);
        }
        eql_order_free(o);
    }
    eql_buf_free(&rec);
}

/* Pushes until something fails or n are in. */
static eql_engine_result
push_many(eql_order *o, uint32_t n)
{
    item it = {.timed = true, .extra = 100};
    eql_engine_result res = EQL_ENGINE_OK;
    eql_buf rec = {0};

    for (uint32_t i = 0; i < n && res == EQL_ENGINE_OK; i++) {
        it.line = n - i;
        res = eql_order_push(o, make_hit(&rec, &it, 0));
    }
    eql_buf_free(&rec);
    return res;
}

static void
test_missing_folder_is_told(void **state)
{
    eql_order *o =
        eql_order_new(4096, "/nonexistent/folder", eql_order_by_time);

    (void)state;
    assert_int_equal(push_many(o, 1000), EQL_ENGINE_IO);
    assert_non_null(strstr(eql_order_error(o), "/nonexistent/folder"));
    assert_non_null(strstr(eql_order_error(o), "No such file"));
    eql_order_free(o);
}

/* A file that may not grow stands for a full disk: the write that reaches the
 * limit is short, the next one fails. */
static void
test_full_disk_is_told(void **state)
{
    eql_order *o = eql_order_new(4096, NULL, eql_order_by_time);
    struct rlimit old, low;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    low = old;
    low.rlim_cur = 10000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    assert_int_equal(push_many(o, 1000), EQL_ENGINE_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_non_null(strstr(eql_order_error(o), "cannot write"));
    eql_order_free(o);
}

static bool
settle_even(void *ctx, const eql_hit *h, int64_t *ns)
{
    (*(uint32_t *)ctx)++;
    *ns = -(int64_t)h->line;
    return h->line % 2 == 0;
}

static eql_engine_result
push_order(void *ctx, const eql_hit *h)
{
    return eql_order_push(ctx, h);
}

/* Pending hits of two files, settled one file after the other. */
static void
check_pending(size_t memory)
{
    eql_pending *p = eql_pending_new(memory, NULL);
    eql_order *o = eql_order_new(1 << 20, NULL, eql_order_by_time);
    eql_hit_sink sink = {push_order, o};
    item it = {.extra = 40};
    eql_buf rec = {0};
    const eql_hit *h;
    uint32_t asked = 0, n = 0, timed = 0;

    for (uint32_t i = 0; i < 400; i++) {
        it.line = i;
        it.file = i % 4 == 0;
        assert_int_equal(
            eql_pending_push(p, make_hit(&rec, &it, EQL_HIT_PENDING)),
            EQL_ENGINE_OK);
    }
    assert_int_equal(eql_pending_settle(p, 7, settle_even, &asked, &sink),
                     EQL_ENGINE_OK);
    assert_int_equal(asked, 0);
    assert_int_equal(eql_pending_settle(p, 0, settle_even, &asked, &sink),
                     EQL_ENGINE_OK);
    assert_int_equal(asked, 300);
    assert_int_equal(eql_pending_give_up(p, &sink), EQL_ENGINE_OK);
    assert_int_equal(asked, 300);
    assert_int_equal(eql_order_sort(o), EQL_ENGINE_OK);
    for (; eql_order_next(o, &h) == EQL_ENGINE_OK && h; n++) {
        assert_int_equal(h->flags & ~EQL_HIT_TIMED, 0);
        if (h->flags & EQL_HIT_TIMED) {
            assert_int_equal(h->time_ns, -(int64_t)h->line);
            assert_int_equal(h->line, 398 - 4 * timed);
            timed++;
        }
    }
    assert_int_equal(n, 400);
    assert_int_equal(timed, 100);
    assert_int_equal(eql_pending_spilled(p) > 0, memory < 10000);
    eql_pending_free(p);
    eql_order_free(o);
    eql_buf_free(&rec);
}

static void
test_pending_hits_are_settled(void **state)
{
    (void)state;
    check_pending(1 << 20);
    check_pending(1000);
}

static void
test_pending_reports_its_errors(void **state)
{
    eql_pending *p = eql_pending_new(1024, "/nonexistent/folder");
    eql_engine_result res = EQL_ENGINE_OK;
    item it = {.line = 1, .extra = 100};
    eql_buf rec = {0};

    (void)state;
    for (int i = 0; i < 100 && res == EQL_ENGINE_OK; i++)
        res = eql_pending_push(p, make_hit(&rec, &it, EQL_HIT_PENDING));
    assert_int_equal(res, EQL_ENGINE_IO);
    assert_non_null(strstr(eql_pending_error(p), "No such file"));
    eql_pending_free(p);
    eql_buf_free(&rec);
}

static uint64_t compared;

static int
compare_counted(const eql_hit *a, const eql_hit *b)
{
    compared++;
    return eql_order_by_time(a, b);
}

/* Hits that are in order cost one comparison each, those of several files that
 * are one more for each time that the number of files doubles; equal ones stay
 * as they came. */
static void
test_order_runs(void **state)
{
    static const struct {
        uint32_t files, doublings;
    } cases[] = {{1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 3}, {64, 6}};
    enum { N = 960 };

    (void)state;
    for (size_t k = 0; k < EQL_COUNTOF(cases); k++) {
        uint32_t files = cases[k].files, each = N / files;
        eql_order *o = eql_order_new(1 << 20, NULL, compare_counted);
        eql_buf rec = {0};
        const eql_hit *h;

        assert_non_null(o);
        for (uint32_t i = 0; i < each * files; i++) {
            item it = {.timed = true, .time_ns = i % each / 3, .line = 7};
            eql_hit *made = (eql_hit *)(uintptr_t)make_hit(&rec, &it, 0);

            made->ref.len = i;
            assert_int_equal(eql_order_push(o, made), EQL_ENGINE_OK);
        }
        compared = 0;
        assert_int_equal(eql_order_sort(o), EQL_ENGINE_OK);
        assert_in_range(compared, each * files - 1,
                        each * files * (1 + cases[k].doublings));
        for (uint32_t i = 0, last = 0; i < each * files; i++) {
            assert_int_equal(eql_order_next(o, &h), EQL_ENGINE_OK);
            assert_non_null(h);
            assert_int_equal(h->time_ns, i / files / 3);
            assert_true(i % (3 * files) == 0 || h->ref.len > last);
            last = h->ref.len;
        }
        eql_order_free(o);
        eql_buf_free(&rec);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_runs),
        cmocka_unit_test(test_order_of_tiebreakers),
        cmocka_unit_test(test_order_in_memory),
        cmocka_unit_test(test_order_through_runs),
        cmocka_unit_test(test_order_through_many_runs),
        cmocka_unit_test(test_records_larger_than_memory),
        cmocka_unit_test(test_equal_hits_keep_their_order),
        cmocka_unit_test(test_missing_folder_is_told),
        cmocka_unit_test(test_full_disk_is_told),
        cmocka_unit_test(test_pending_hits_are_settled),
        cmocka_unit_test(test_pending_reports_its_errors),
    };

    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
