/* test_events_bad.c -- input that is too large, damaged, foreign, silent or not
 * there at all. */
#include "tests/support/event_run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>

static void
test_events_limits(void **state)
{
    eql_events_options o = ecs();
    char path[4096];
    eql_fetched f;
    run r;

    (void)state;
    o.max_line_bytes = 9;
    run_begin(&r, o);
    run_bytes(&r, eql_sv_cstr("{\"a.b\":1}\n{\"a.b\":12}\n{\"a.b\":3}"), path);
    expect("line", &r.problems, "too_long 2:0\n");
    expect("line", &r.values, "1\n3\n");
    eql_events_push(r.e, "m", eql_sv_cstr("{\"a.b\":4}"), on_event, &r);
    eql_events_push(r.e, "m", eql_sv_cstr("{\"a.b\":56}"), on_event, &r);
    expect("line", &r.problems, "too_long 2:0\ntoo_long 2:0\n");
    run_end(&r);
    unlink(path);

    o = ecs();
    o.max_depth = 3;
    run_begin(&r, o);
    run_bytes(&r, eql_sv_cstr("{\"a\":{\"b\":[1]}}\n{\"a\":{\"b\":[[1]]}}\n"),
              path);
    expect("depth", &r.problems, "too_deep 2:12\n");
    expect("depth", &r.values, "1\n");
    run_end(&r);
    unlink(path);

    o = ecs();
    o.max_spool_bytes = 18;
    run_begin(&r, o);
    eql_events_push(r.e, "m", eql_sv_cstr("{\"a.b\":1}"), on_event, &r);
    eql_events_push(r.e, "m", eql_sv_cstr("{\"a.b\":2}"), on_event, &r);
    assert_true(eql_events_fetch(r.e, eql_vec_at(&r.refs, 1), 0, false, 0, &f));
    assert_int_equal(eql_events_get_counters(r.e)->spool_bytes, 18);
    run_end(&r);
}

static bool
keep_last(void *ctx, const eql_event *ev)
{
    run *r = ctx;
    eql_event_ref ref;

    r->nevents++;
    return eql_events_keep(r->e, ev, &ref);
}

static void
test_events_spool_budget(void **state)
{
    eql_events_options o = ecs();
    eql_buf long_text = {0};
    run r;

    (void)state;
    o.max_spool_bytes = 17;
    run_begin(&r, o);
    assert_int_equal(
        eql_events_push(r.e, "m", eql_sv_cstr("{\"a.b\":1}"), keep_last, &r),
        EQL_EVENTS_OK);
    assert_int_equal(
        eql_events_push(r.e, "m", eql_sv_cstr("{\"a.b\":2}"), keep_last, &r),
        EQL_EVENTS_STOPPED);
    assert_non_null(strstr(eql_events_error(r.e), "budget of 17 bytes"));
    run_end(&r);
    /* A folder that is not there is told, too, once it is needed: what was kept
     * until then is at hand. */
    o.max_spool_bytes = 0;
    o.temp_dir = "/nonexistent";
    run_begin(&r, o);
    assert_int_equal(
        eql_events_push(r.e, "m", eql_sv_cstr("{\"a.b\":1}"), keep_last, &r),
        EQL_EVENTS_OK);
    eql_buf_add_str(&long_text, "{\"a.b\":\"");
    for (int i = 0; i < 70000; i++)
        eql_buf_add_char(&long_text, 'x');
    eql_buf_add_str(&long_text, "\"}");
    assert_int_equal(
        eql_events_push(r.e, "m", eql_buf_sv(&long_text), keep_last, &r),
        EQL_EVENTS_STOPPED);
    assert_non_null(strstr(eql_events_error(r.e), "/nonexistent"));
    eql_buf_free(&long_text);
    run_end(&r);
}

static void
test_events_noise(void **state)
{
    char bytes[20000], path[4096];
    uint32_t x = 1;
    run r;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        x = x * 1664525u + 1013904223u;
        bytes[i] = (char)(x >> 24);
    }
    memcpy(bytes + 5000, "\n{\"a\":1}\n", 9);
    bytes[0] = 'x';
    run_begin(&r, ecs());
    run_bytes(&r, eql_sv(bytes, sizeof bytes), path);
    expect("noise", &r.problems, "foreign 0:0\n");
    unlink(path);
    run_end(&r);
}

static void
test_events_foreign(void **state)
{
    static const struct {
        const char *label, *bytes, *problems;
    } cases[] = {
        {"EVTX", "ElfFile\0rest", "foreign 0:0\n"},
        {"XML", "<Event xmlns='x'>\n{}\n", "foreign 0:0\n"},
        {"XML with a mark", "\xef\xbb\xbf\n<?xml version='1.0'?>\n",
         "foreign 0:0\n"},
        {"CSV", "time,user,what\n1,2,3\n", "foreign 0:0\n"},
        {"UTF-16", "\xff\xfe{\n", "foreign 0:0\n"},
        {"ZIP", "PK\x03\x04zzz", "foreign 0:0\n"},
        {"binary", "\x01\x02\x03\x04", "foreign 0:0\n"},
        {"a header, then events", "time, what\n{\"a.b\":1}\n", "syntax 1:2\n"},
        {"binary, then events", "\x01\x02\n{\"a.b\":1}\n", "syntax 1:1\n"},
        {"one word", "hello\n", "syntax 1:1\n"},
        {"syslog", "<13>Oct 1 host app: x\n{\"a.b\":1}\n", "syntax 1:1\n"},
        {"empty", "", ""},
        {"only a mark", "\xef\xbb\xbf", ""},
        {"only white space", "\n \n", ""},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        char path[4096];
        run r;

        run_begin(&r, ecs());
        assert_int_equal(run_bytes(&r, eql_sv_cstr(cases[i].bytes), path),
                         EQL_EVENTS_OK);
        expect(cases[i].label, &r.problems, cases[i].problems);
        unlink(path);
        run_end(&r);
    }
}

static void
test_events_damaged_gzip(void **state)
{
    eql_buf text = {0}, packed = {0};
    char path[4096];
    run r;

    (void)state;
    for (int i = 0; i < 1000; i++)
        eql_buf_printf(&text, "{\"a.b\":%d}\n", i * 7919);
    test_pack(TEST_GZIP, eql_buf_sv(&text), &packed);
    packed.len /= 2;
    run_begin(&r, ecs());
    assert_int_equal(run_bytes(&r, eql_buf_sv(&packed), path), EQL_EVENTS_OK);
    assert_true(r.nevents > 300 && r.nevents < 700);
    assert_int_equal(
        eql_events_get_counters(r.e)->rejected[EQL_REJECT_COMPRESSED], 1);
    unlink(path);
    run_end(&r);
    eql_buf_free(&text);
    eql_buf_free(&packed);
}

static void
test_events_unreadable(void **state)
{
    char path[4096];
    run r;

    (void)state;
    run_begin(&r, ecs());
    assert_int_equal(eql_events_read(r.e, "/nonexistent", on_event, &r),
                     EQL_EVENTS_IO);
    assert_string_equal(eql_events_error(r.e),
                        "/nonexistent: No such file or directory");
    assert_int_equal(eql_events_read(r.e, "/", on_event, &r), EQL_EVENTS_IO);
    /* Usable for the next, whose number is that of the call. */
    assert_int_equal(run_bytes(&r, eql_sv_cstr("{}\n"), path), EQL_EVENTS_OK);
    assert_int_equal(((eql_event *)eql_vec_at(&r.events, 0))->file, 2);
    assert_int_equal(eql_events_get_counters(r.e)->files, 1);
    unlink(path);
    run_end(&r);
}

static void
test_events_stopped(void **state)
{
    char path[4096];
    run r;

    (void)state;
    run_begin(&r, ecs());
    r.stop_after = 2;
    assert_int_equal(run_bytes(&r, eql_sv_cstr("{}\n{}\n{}\n"), path),
                     EQL_EVENTS_STOPPED);
    assert_int_equal(r.nevents, 2);
    unlink(path);
    run_end(&r);
}

static void
on_alarm(int signal)
{
    (void)signal;
}

static bool
stop_now(void *ctx)
{
    (void)ctx;
    return true;
}

/* A silent source: a signal ends the wait, be it for a writer or for bytes. */
static void
test_events_interrupted(void **state)
{
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    char path[4096];

    (void)state;
    sigaction(SIGALRM, &action, &before);
    for (int writer = 0; writer < 2; writer++) {
        eql_events_options o = ecs();
        int fd = -1;
        run r;

        o.stop = stop_now;
        test_file(eql_sv_cstr(""), path);
        unlink(path);
        assert_int_equal(mkfifo(path, 0600), 0);
        if (writer)
            fd = open(path, O_RDWR);
        run_begin(&r, o);
        setitimer(ITIMER_REAL, &soon, NULL);
        assert_int_equal(eql_events_read(r.e, path, on_event, &r),
                         EQL_EVENTS_STOPPED);
        run_end(&r);
        if (writer)
            close(fd);
        unlink(path);
    }
    sigaction(SIGALRM, &before, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_limits),
        cmocka_unit_test(test_events_spool_budget),
        cmocka_unit_test(test_events_noise),
        cmocka_unit_test(test_events_foreign),
        cmocka_unit_test(test_events_damaged_gzip),
        cmocka_unit_test(test_events_unreadable),
        cmocka_unit_test(test_events_stopped),
        cmocka_unit_test(test_events_interrupted),
    };

    return cmocka_run_group_tests_name("events_bad", tests, NULL, NULL);
}
