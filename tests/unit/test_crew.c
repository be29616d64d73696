/* test_crew.c -- jobs come back done, each once, in the order given. */
#include "tests/support/eql_test.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/crew.h"

enum { JOBS = 400, MOST = 16 };

typedef struct {
    uint32_t number, worker;
    atomic_uint done;
} job;

static job jobs[JOBS];
static atomic_uint by_worker[MOST];
static atomic_uint signals_open;

static void
do_job(void *ctx, uint32_t worker, void *arg)
{
    job *j = arg;
    sigset_t now;

    assert_true(ctx == jobs);
    assert_true(worker < MOST);
    if (worker > 0 && pthread_sigmask(SIG_SETMASK, NULL, &now) == 0 &&
        !sigismember(&now, SIGINT))
        atomic_fetch_add(&signals_open, 1);
    if (j->number % 7 == 0)
        usleep(300);
    j->worker = worker;
    atomic_fetch_add(&by_worker[worker], 1);
    atomic_fetch_add(&j->done, 1);
}

static void
check_crew(uint32_t workers, uint32_t places)
{
    eql_crew *c = eql_crew_new(workers, places, do_job, jobs);
    uint32_t given = 0, got = 0;

    assert_non_null(c);
    assert_null(eql_crew_get(c));
    while (got < JOBS) {
        job *j;

        while (given < JOBS && given - got < places) {
            jobs[given].number = given;
            atomic_store(&jobs[given].done, 0);
            eql_crew_put(c, &jobs[given++]);
        }
        j = eql_crew_get(c);
        assert_ptr_equal(j, &jobs[got]);
        assert_int_equal(atomic_load(&j->done), 1);
        assert_true(j->worker < workers);
        got++;
    }
    assert_null(eql_crew_get(c));
    eql_crew_free(c);
    for (uint32_t i = 0; i < JOBS; i++)
        assert_int_equal(atomic_load(&jobs[i].done), 1);
}

static void
test_crew_order(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1}, {1, 5},  {2, 1}, {2, 4},
                                        {3, 2}, {8, 16}, {16, 3}};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(sizes); i++)
        check_crew(sizes[i][0], sizes[i][1]);
    assert_int_equal(atomic_load(&signals_open), 0);
}

/* The caller does jobs, and so do others. */
static void
test_crew_shares(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MOST; i++)
        atomic_store(&by_worker[i], 0);
    check_crew(1, 4);
    assert_int_equal(atomic_load(&by_worker[0]), JOBS);
    check_crew(4, 8);
    assert_true(atomic_load(&by_worker[1]) + atomic_load(&by_worker[2]) +
                    atomic_load(&by_worker[3]) >
                0);
}

/* Jobs that nobody has begun need not be done. */
static void
test_crew_left(void **state)
{
    (void)state;
    for (uint32_t workers = 1; workers <= 4; workers++) {
        eql_crew *c = eql_crew_new(workers, 16, do_job, jobs);

        for (uint32_t i = 0; i < 16; i++) {
            atomic_store(&jobs[i].done, 0);
            eql_crew_put(c, &jobs[i]);
        }
        eql_crew_free(c);
        for (uint32_t i = 0; i < 16; i++)
            assert_true(atomic_load(&jobs[i].done) <= 1);
    }
    eql_crew_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crew_order),
        cmocka_unit_test(test_crew_shares),
        cmocka_unit_test(test_crew_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
