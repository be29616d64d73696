/* test_events.c -- the run's event source: counts that balance, and events
 * that can be had again. */
#include "tests/support/event_run.h"

#include "io/input/find.h"
#include "io/reader.h"

#include <sys/stat.h>
#include <sys/wait.h>

#define FFFD "\xef\xbf\xbd"

static const char mixed[] = "\xef\xbb\xbf{\"a\":{\"b\":1}}\r\n"
                            "\n"
                            "{\"a.b\":2,\"a.b\":3}\n"
                            "{\"a\":{\"b\":4}\n"
                            "[1]\n"
                            "{\"a.b\":1e999}\n"
                            "{\"a\\u0000\":1}\n"
                            "{\"a.b\":\"x\xff\"}\n"
                            " \n"
                            "{\"a.b\":\"\\udc00\"} x\n"
                            "{\"a.b\":18446744073709551616}\n"
                            "{\"a.b\":[5";

/* Whatever the block. */
static void
check_counts(size_t block_bytes)
{
    eql_events_options o = ecs();
    run r;
    char path[4096];
    const eql_events_counters *n;

    o.block_bytes = block_bytes;
    run_begin(&r, o);
    assert_int_equal(run_bytes(&r, eql_sv_cstr(mixed), path), EQL_EVENTS_OK);
    unlink(path);
    expect("values", &r.values,
           "1\n3\n\"x" FFFD "\"\n1.8446744073709552e+19\n");
    expect("problems", &r.problems,
           "syntax 4:13\nnot_object 5:1\nnumber 6:8\nnul_key 7:4\n"
           "repaired 8:10\nsyntax 10:18\ntruncated 12:10\n");
    n = eql_events_get_counters(r.e);
    assert_int_equal(n->files, 1);
    assert_int_equal(n->bytes, sizeof mixed - 1);
    assert_int_equal(n->lines_blank, 2);
    assert_int_equal(n->read, 10);
    assert_int_equal(n->repaired, 1);
    assert_int_equal(n->untimed, 4);
    assert_int_equal(n->rejected[EQL_REJECT_SYNTAX], 2);
    assert_int_equal(n->rejected[EQL_REJECT_TRUNCATED], 1);
    run_end(&r);
}

static void
test_events_counts(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 64, 4096};

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(sizes); i++)
        check_counts(sizes[i]);
}

/* Lines of one input and what an alert shows of them. */
static const char fetchable[] =
    "{\"a.b\" : 0.1, \"c\":[ 1 , 2 ]}\n"
    "{\"_index\":\"x\",\"_id\":\"id-1\",\"_source\":{\"a\":{\"b\": 1.50}}}\n"
    "{\"_index\":\"x\",\"_source\":{\"a\":{\"b\":2}},\"_source\":{\"a.b\":3}}\n"
    "{\"_source\":{\"a.b\":9},\"a.b\":4}\n"
    "{\"_id\":7,\"\\u005fsource\":{\"a.b\":\"x\xff\"}}\n"
    "{\"_id\":\"i\",\"_source\":[],\"a.b\":5}\r\n"
    "{\"a.b\":18446744073709551616,\"z\":\"\\ud83d\\ude00 \xc3\xa9\"}";
static const char *const fetched[] = {
    "{\"a.b\":0.1,\"c\":[1,2]}",
    "{\"a\":{\"b\":1.50}}",
    "{\"a.b\":3}",
    "{\"_source\":{\"a.b\":9},\"a.b\":4}",
    "{\"a.b\":\"x" FFFD "\"}",
    "{\"_id\":\"i\",\"_source\":[],\"a.b\":5}",
    "{\"a.b\":18446744073709551616,\"z\":\"\\ud83d\\ude00 \xc3\xa9\"}",
};

/* Everything kept comes back, in any order; also from another place of the
 * input. */
static void
check_fetched(run *r, const char *label)
{
    eql_fetched f;

    assert_int_equal(r->nevents, EQL_COUNTOF(fetched));
    for (uint32_t k = 0; k < r->nevents; k++) {
        uint32_t i = (k * 3 + 2) % r->nevents;
        const eql_event *ev = eql_vec_at(&r->events, i);
        eql_strview line = eql_sv(fetchable, 0);
        eql_h128 h;

        if (!eql_events_fetch(r->e, eql_vec_at(&r->refs, i), ev->file, false, 0,
                              &f))
            fail_msg("%s, %u: %s", label, i, eql_events_error(r->e));
        if (!eql_sv_is(f.json, fetched[i]) || f.mapped)
            fail_msg("%s, %u: %.*s", label, i, (int)f.json.len, f.json.p);
        assert_true(eql_sv_is(f.id, i == 1 ? "id-1" : ""));
        line = eql_sv(fetchable + ev->offset, ev->len);
        h = i == 1 ? eql_hash128("id-1", 4) : eql_hash128(line.p, line.len);
        assert_true(f.identity.hi == h.hi && f.identity.lo == h.lo);
    }
}

static void
test_events_fetch(void **state)
{
    eql_strview all = eql_sv_cstr(fetchable);

    (void)state;
    for (int how = 0; how < TEST_PACKINGS; how++) {
        static const char *const names[] = {"plain", "gzip", "zstd", "xz"};
        eql_buf packed = {0};
        char path[4096];
        run r;

        test_pack((test_packing)how, all, &packed);
        run_begin(&r, (eql_events_options){.input = EQL_INPUT_ECS,
                                           .block_bytes = how == 0 ? 0 : 50});
        assert_int_equal(run_bytes(&r, eql_buf_sv(&packed), path),
                         EQL_EVENTS_OK);
        check_fetched(&r, names[how]);
        assert_int_equal(eql_events_get_counters(r.e)->spool_bytes > 0,
                         how != TEST_PLAIN);
        unlink(path);
        run_end(&r);
        eql_buf_free(&packed);
    }
}

/* As a shell's pipe has it: written by another process, in small pieces. */
static void
test_events_fetch_pipe(void **state)
{
    char path[4096];
    pid_t child;
    int status;
    run r;

    (void)state;
    test_file(eql_sv_cstr(""), path);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    child = fork();
    if (child == 0) {
        FILE *f = fopen(path, "w");

        for (const char *p = fetchable; f && *p; p++) {
            fputc(*p, f);
            fflush(f);
        }
        _exit(f && fclose(f) == 0 ? 0 : 1);
    }
    run_begin(&r, ecs());
    assert_int_equal(eql_events_read(r.e, path, on_event, &r), EQL_EVENTS_OK);
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    unlink(path);
    check_fetched(&r, "pipe");
    run_end(&r);
}

static void
test_events_stdin(void **state)
{
    int ends[2], before = dup(STDIN_FILENO);
    run r;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], fetchable, sizeof fetchable - 1),
                     (ssize_t)sizeof fetchable - 1);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    run_begin(&r, ecs());
    assert_int_equal(eql_events_read(r.e, "-", on_event, &r), EQL_EVENTS_OK);
    assert_string_equal(eql_events_path(r.e, 0), "-");
    check_fetched(&r, "stdin");
    run_end(&r);
    dup2(before, STDIN_FILENO);
    close(before);
    close(ends[0]);
}

static void
test_events_push(void **state)
{
    const char *p = fetchable;
    eql_fetched f;
    run r;

    (void)state;
    run_begin(&r, ecs());
    while (*p) {
        size_t n = strcspn(p, "\n");

        assert_int_equal(
            eql_events_push(r.e, "mem", eql_sv(p, n), on_event, &r),
            EQL_EVENTS_OK);
        p += n + (p[n] == '\n');
    }
    assert_int_equal(r.nevents, EQL_COUNTOF(fetched));
    for (uint32_t i = 0; i < r.nevents; i++) {
        const eql_event *ev = eql_vec_at(&r.events, i);

        assert_int_equal(ev->file, 0);
        assert_int_equal(ev->line, i + 1);
        assert_true(
            eql_events_fetch(r.e, eql_vec_at(&r.refs, i), 0, false, 0, &f));
        assert_true(eql_sv_is(f.json, fetched[i]));
    }
    /* Another name is another file; its lines count anew. */
    eql_events_push(r.e, "other", eql_sv_cstr(" "), on_event, &r);
    eql_events_push(r.e, "other", eql_sv_cstr("{\"a.b\":"), on_event, &r);
    eql_events_push(r.e, "other", eql_sv_cstr("{\n\"a.b\":1}"), on_event, &r);
    assert_int_equal(eql_events_nfiles(r.e), 2);
    assert_string_equal(eql_events_path(r.e, 1), "other");
    expect("problems", &r.problems, "repaired 5:34\ntruncated 2:8\n");
    assert_int_equal(((eql_event *)eql_vec_at(&r.events, r.nevents - 1))->line,
                     3);
    run_end(&r);
}

/* Bytes of the caller's are read where they stand. */
static void
test_events_memory(void **state)
{
    static char bytes[sizeof fetchable + EQL_READER_PADDING];
    eql_strview text = eql_sv(bytes, sizeof fetchable - 1);
    static const size_t sizes[] = {0, 1, 50};

    (void)state;
    memcpy(bytes, fetchable, sizeof fetchable);
    for (size_t i = 0; i < EQL_COUNTOF(sizes); i++) {
        eql_events_options o = ecs();
        run r;

        o.block_bytes = sizes[i];
        run_begin(&r, o);
        assert_int_equal(
            eql_events_read_memory(r.e, "bytes", text, on_event, &r),
            EQL_EVENTS_OK);
        check_fetched(&r, "memory");
        assert_string_equal(eql_events_path(r.e, 0), "bytes");
        assert_int_equal(eql_events_get_counters(r.e)->bytes, text.len);
        assert_int_equal(eql_events_get_counters(r.e)->spool_bytes, 0);
        assert_int_equal(
            eql_events_read_memory(r.e, "none", eql_sv("", 0), on_event, &r),
            EQL_EVENTS_OK);
        assert_int_equal(eql_events_nfiles(r.e), 2);
        run_end(&r);
    }
}

/* A file that is not what it was is never passed off as the event. */
static void
test_events_file_changed(void **state)
{
    char path[4096], other[4096];
    eql_fetched f;
    run r;

    (void)state;
    run_begin(&r, ecs());
    assert_int_equal(
        run_bytes(&r, eql_sv_cstr("{\"a.b\":1}\n{\"a.b\":2}\n"), path),
        EQL_EVENTS_OK);
    assert_int_equal(truncate(path, 15), 0);
    assert_true(eql_events_fetch(r.e, eql_vec_at(&r.refs, 0), 0, false, 0, &f));
    assert_false(
        eql_events_fetch(r.e, eql_vec_at(&r.refs, 1), 0, false, 0, &f));
    assert_non_null(strstr(eql_events_error(r.e), "shorter"));
    run_end(&r);

    run_begin(&r, ecs());
    assert_int_equal(eql_events_read(r.e, path, on_event, &r), EQL_EVENTS_OK);
    test_file(eql_sv_cstr("{\"a.b\":7}\n"), other);
    assert_int_equal(rename(other, path), 0);
    assert_false(
        eql_events_fetch(r.e, eql_vec_at(&r.refs, 0), 0, false, 0, &f));
    assert_non_null(strstr(eql_events_error(r.e), "another file"));
    unlink(path);
    assert_false(
        eql_events_fetch(r.e, eql_vec_at(&r.refs, 0), 0, false, 0, &f));
    assert_non_null(strstr(eql_events_error(r.e), "No such file"));
    run_end(&r);
}

/* The event fetched last is had without its file; another time is another
 * event, and so is another place. */
static void
test_events_fetched_last(void **state)
{
    char path[4096];
    eql_event_ref first, second;
    eql_fetched f, again;
    run r;

    (void)state;
    run_begin(&r, ecs());
    assert_int_equal(
        run_bytes(&r, eql_sv_cstr("{\"a.b\":1}\n{\"a.b\":2}\n"), path),
        EQL_EVENTS_OK);
    first = *(const eql_event_ref *)eql_vec_at(&r.refs, 0);
    second = *(const eql_event_ref *)eql_vec_at(&r.refs, 1);
    assert_true(eql_events_fetch(r.e, &second, 0, false, 0, &f));
    assert_true(eql_events_fetch(r.e, &first, 0, false, 0, &f));
    assert_true(eql_sv_is(f.json, "{\"a.b\":1}"));
    assert_int_equal(truncate(path, 0), 0);
    assert_true(eql_events_fetch(r.e, &first, 0, false, 0, &again));
    assert_true(eql_sv_eq(f.json, again.json));
    assert_memory_equal(&f.identity, &again.identity, sizeof f.identity);
    assert_false(eql_events_fetch(r.e, &first, 0, true, 5, &again));
    assert_false(eql_events_fetch(r.e, &second, 0, false, 0, &again));
    assert_false(eql_events_fetch(r.e, &first, 0, false, 0, &again));
    unlink(path);
    run_end(&r);
}

/* More files than are kept open. */
static void
test_events_many_files(void **state)
{
    enum { N = 20 };
    static char path[N][4096];
    char text[64];
    eql_fetched f;
    run r;

    (void)state;
    run_begin(&r, ecs());
    for (int i = 0; i < N; i++) {
        snprintf(text, sizeof text, "{\"a.b\":%d}", i);
        run_bytes(&r, eql_sv_cstr(text), path[i]);
    }
    for (uint32_t i = 0; i < 3 * N; i++) {
        uint32_t k = i * 7 % N;

        snprintf(text, sizeof text, "{\"a.b\":%u}", k);
        assert_true(
            eql_events_fetch(r.e, eql_vec_at(&r.refs, k), k, false, 0, &f));
        assert_true(eql_sv_is(f.json, text));
    }
    for (int i = 0; i < N; i++)
        unlink(path[i]);
    run_end(&r);
}

static void
test_events_printed(void **state)
{
    static const char array[] =
        "[\n {\n  \"a\": {\n   \"b\": \"x  y\"\n  }\n },\n"
        " {\n  \"a.b\": 1,\n  \"c\": tru\n }\n]\n";
    static const char response[] =
        "{\"took\":1,\"hits\":{\"total\":1,\"hits\":[{\"_index\":\"i\",\"_id\":"
        "\"k\",\"_source\":{\"a\":{\"b\":2}}}]}}\n";
    char path[2][4096];
    eql_fetched f;
    run r;

    (void)state;
    run_begin(&r, ecs());
    run_bytes(&r, eql_sv_cstr(array), path[0]);
    run_bytes(&r, eql_sv_cstr(response), path[1]);
    expect("values", &r.values, "\"x  y\"\n2\n");
    expect("problems", &r.problems, "syntax 9:11\n");
    assert_int_equal(((eql_event *)eql_vec_at(&r.events, 0))->line, 2);
    assert_true(eql_events_fetch(r.e, eql_vec_at(&r.refs, 0), 0, false, 0, &f));
    assert_true(eql_sv_is(f.json, "{\"a\":{\"b\":\"x  y\"}}"));
    assert_true(eql_events_fetch(r.e, eql_vec_at(&r.refs, 1), 1, false, 0, &f));
    assert_true(eql_sv_is(f.json, "{\"a\":{\"b\":2}}"));
    assert_true(eql_sv_is(f.id, "k"));
    unlink(path[0]);
    unlink(path[1]);
    run_end(&r);
}

static void
test_events_time(void **state)
{
    static const struct {
        const char *value;
        bool timed;
        int64_t ns;
    } cases[] = {
        {"\"2020-09-20T21:09:11.123Z\"", true, INT64_C(1600636151123000000)},
        {"\"2020-09-20T21:09:11+02:00\"", true, INT64_C(1600628951000000000)},
        {"\"2020-09-20 21:09:11.123456789\"", true,
         INT64_C(1600636151123456789)},
        {"1600636151123", true, INT64_C(1600636151123000000)},
        {"1600636151123.25", true, INT64_C(1600636151123250000)},
        {"1.6e12", true, INT64_C(1600000000000000000)},
        {"-1", true, -1000000},
        {"-0.5", true, -500000},
        {"\"1600636151123\"", true, INT64_C(1600636151123000000)},
        {"\"1600636151123.4567891\"", true, INT64_C(1600636151123456789)},
        {"[null,\"x\",5]", true, 5000000},
        {"\"\"", false, 0},
        {"\"-5\"", false, 0},
        {"\"5.\"", false, 0},
        {"\"yesterday\"", false, 0},
        {"true", false, 0},
        {"null", false, 0},
        {"{}", false, 0},
        {"1600636151", true, INT64_C(1600636151000000000)},
        {"1600636151.5", true, INT64_C(1600636151500000000)},
        {"\"1600636151\"", true, INT64_C(1600636151000000000)},
        {"1600636151123456", true, INT64_C(1600636151123456000)},
        {"132451097511230000", true, INT64_C(1600636151123000000)},
        {"1600636151123456789", true, INT64_C(1600636151123456789)},
        {"9223372036854775807", true, INT64_MAX},
        {"99999999999999", false, 0},
        {"9.3e12", false, 0},
        {"\"9223372036854775808\"", false, 0},
    };
    run r;
    uint64_t untimed = 0;

    (void)state;
    run_begin(&r, ecs());
    for (uint32_t i = 0; i < EQL_COUNTOF(cases); i++) {
        char text[128];
        const eql_event *ev;

        snprintf(text, sizeof text, "{\"@timestamp\":%s}", cases[i].value);
        eql_events_push(r.e, "m", eql_sv_cstr(text), on_event, &r);
        ev = eql_vec_at(&r.events, i);
        untimed += !cases[i].timed;
        if ((ev->time_kind == EQL_TIME_SETTLED) != cases[i].timed ||
            (cases[i].timed && ev->time_ns != cases[i].ns))
            fail_msg("%s: kind %d, %lld", cases[i].value, (int)ev->time_kind,
                     (long long)ev->time_ns);
    }
    assert_int_equal(eql_events_get_counters(r.e)->untimed, untimed);
    run_end(&r);
}

/* A Windows record among events; the mapped one as an alert shows it. */
static const char winevent[] =
    "{\"SourceModuleType\":\"im_msvistalog\",\"EventReceivedTime\":"
    "\"2020-09-20 "
    "23:09:12\",\"SourceName\":\"Microsoft-Windows-Sysmon\",\"Channel\":"
    "\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":5,\"Hostname\":\"H\","
    "\"EventTime\":\"2020-09-20 23:09:11\",\"UtcTime\":"
    "\"2020-09-20 21:09:10.500\",\"Image\":\"C:\\\\x\\\\y.exe\"}";

/* What the fast reader leaves to the strict one is counted; of a record, that
 * its channel's name is spelled with an escape is enough. */
static void
test_events_strict(void **state)
{
    static const struct {
        const char *text;
        uint64_t strict, mapped;
    } cases[] = {
        {"{\"a.b\":1}", 0, 0},
        {"{\"a.b\":1,\"c\":{\"d\":[1,{\"e\":2}]}}", 0, 0},
        {"{\"a.b\":\"\\ud800\"}", 1, 0}, /* no character */
        {"{\"TenantId\":\"t\",\"EventID\":4624,\"Channel\":\"Security\"}", 0,
         0},
        {"{\"TenantId\":\"t\",\"EventID\":4624,\"Channel\":\"\\u0053ecurity\"}",
         1, 1},
        {"{\"TenantId\":\"t\",\"EventID\":4624,\"Channel\":\"Security\","
         "\"EventData\":\"{}\"}",
         1, 1},
    };

    (void)state;
    for (size_t i = 0; i < EQL_COUNTOF(cases); i++) {
        const eql_events_counters *n;
        char path[4096];
        run r;

        run_begin(&r, (eql_events_options){.input = EQL_INPUT_AUTO});
        run_bytes(&r, eql_sv_cstr(cases[i].text), path);
        n = eql_events_get_counters(r.e);
        assert_int_equal(n->accepted, 1);
        if (n->fallback != cases[i].strict ||
            n->fallback_mapped != cases[i].mapped)
            fail_msg("%s: %d strict, %d of them mapped", cases[i].text,
                     (int)n->fallback, (int)n->fallback_mapped);
        run_end(&r);
    }
}

static void
test_events_mapped(void **state)
{
    eql_events_options o = {.input = EQL_INPUT_AUTO};
    const eql_event *ev;
    eql_buf both = {0};
    eql_fetched f;
    eql_hit h = {.flags = EQL_HIT_PENDING | EQL_HIT_HAS_UTC | EQL_HIT_HAS_WALL};
    int64_t ns;
    char path[4096];
    run r;

    (void)state;
    eql_buf_printf(&both, "%s\n{\"a.b\":1}\n", winevent);
    run_begin(&r, o);
    run_bytes(&r, eql_buf_sv(&both), path);
    assert_int_equal(eql_events_get_counters(r.e)->mapped, 1);
    assert_int_equal(eql_events_get_counters(r.e)->unmapped, 1);
    ev = eql_vec_at(&r.events, 0);
    assert_int_equal(ev->time_kind, EQL_TIME_PENDING);
    assert_true(eql_events_pending(r.e, 0));
    h.time_ns = ev->time_ns;
    h.wall_ns = ev->wall_ns;
    assert_true(eql_events_settle(r.e, &h, &ns));
    assert_true(ns == INT64_C(1600636150500000000));
    assert_true(eql_events_fetch(r.e, eql_vec_at(&r.refs, 0), 0, true, ns, &f));
    assert_true(f.mapped);
    assert_memory_equal(f.json.p,
                        "{\"@timestamp\":\"2020-09-20T21:09:10.500Z\",", 41);
    eql_buf_add(&both, f.json.p, f.json.len);
    eql_buf_add(&both, "", 1);
    assert_non_null(strstr(both.p, "\"created\":\"2020-09-20T21:09:11.000Z\""));
    assert_true(eql_events_fetch(r.e, eql_vec_at(&r.refs, 1), 0, true, ns, &f));
    assert_true(eql_sv_is(f.json, "{\"a.b\":1}"));
    run_end(&r);

    o.input = EQL_INPUT_WINEVENT;
    run_begin(&r, o);
    eql_events_read(r.e, path, on_event, &r);
    expect("winevent", &r.problems, "not_winevent 2:1\n");
    run_end(&r);
    unlink(path);
    eql_buf_free(&both);
}

/* All captures in ECS form: every line is an event with a time and comes back
 * as its own bytes. */
static void
on_passed(void *ctx, const char *path, eql_passed passed, const char *text)
{
    (void)ctx;
    (void)passed;
    fail_msg("%s: %s", path, text);
}

static void
test_events_captures(void **state)
{
    const char *shared = eql_test_shared();
    eql_buf paths = {0}, why = {0}, dir = {0};
    eql_find *find;
    eql_fetched f;
    uint32_t files = 0;
    run r;

    (void)state;
    if (!shared) {
        print_message("no reference material: skipped\n");
        skip();
    }
    eql_buf_printf(&dir, "%s/data/ecs", shared);
    find = eql_find_new(on_passed, NULL);
    assert_true(eql_find_add(find, dir.p, &paths, &why));
    eql_find_free(find);
    run_begin(&r, (eql_events_options){.input = EQL_INPUT_AUTO});
    for (size_t at = 0; at < paths.len; at += strlen(paths.p + at) + 1) {
        if (eql_events_read(r.e, paths.p + at, on_event, &r) != EQL_EVENTS_OK)
            fail_msg("%s", eql_events_error(r.e));
        files++;
    }
    assert_int_equal(files, 28);
    expect("problems", &r.problems, "");
    assert_int_equal(eql_events_get_counters(r.e)->accepted, 38973);
    assert_int_equal(eql_events_get_counters(r.e)->unmapped, 38973);
    /* Two captures are one line `{}` each. */
    assert_int_equal(eql_events_get_counters(r.e)->untimed, 2);
    for (uint32_t i = 0; i < r.nevents; i += 17) {
        const eql_event *ev = eql_vec_at(&r.events, i);

        assert_true(eql_events_fetch(r.e, eql_vec_at(&r.refs, i), ev->file,
                                     false, 0, &f));
        assert_int_equal(f.json.len, ev->len);
    }
    run_end(&r);
    eql_buf_free(&paths);
    eql_buf_free(&why);
    eql_buf_free(&dir);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_counts),
        cmocka_unit_test(test_events_fetch),
        cmocka_unit_test(test_events_fetch_pipe),
        cmocka_unit_test(test_events_stdin),
        cmocka_unit_test(test_events_push),
        cmocka_unit_test(test_events_memory),
        cmocka_unit_test(test_events_file_changed),
        cmocka_unit_test(test_events_fetched_last),
        cmocka_unit_test(test_events_many_files),
        cmocka_unit_test(test_events_printed),
        cmocka_unit_test(test_events_time),
        cmocka_unit_test(test_events_strict),
        cmocka_unit_test(test_events_mapped),
        cmocka_unit_test(test_events_captures),
    };

    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
