/* test_threads.c -- alerts, problems and counts are the same, byte for byte,
 * whatever the number of threads and the size of blocks. */
#include "tests/support/api_test.h"

#include "tests/support/eql_files.h"
#include "tests/support/run_text.h"

static const uint32_t threads[] = {1, 2, 3, 8};
static const size_t blocks[] = {64, 1000, 4096, (size_t)256 << 10,
                                (size_t)1 << 20};

/* --- inputs --- */

static uint32_t
next(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 16;
}

static void
add_ecs(eql_buf *out, int i, uint32_t *random)
{
    static const char *const categories[] = {"process", "network", "file"};
    /* Some come out of order, some have no time. */
    int ms =
        i * 100 - (next(random) % 16 == 0 ? (int)(next(random) % 20000) : 0);

    ms = ms < 0 ? 0 : ms;
    eql_buf_printf(out, "{\"event\":{\"category\":\"%s\"},",
                   categories[next(random) % 3]);
    if (next(random) % 50)
        eql_buf_printf(
            out, "\"@timestamp\":\"2020-09-20T%02d:%02d:%02d.%03dZ\",",
            ms / 3600000 % 24, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
    eql_buf_printf(out, "\"host\":{\"id\":\"h%u\"},\"n\":%d", next(random) % 5,
                   i);
    eql_buf_printf(out, ",\"process\":{\"name\":\"%c.exe\"}}",
                   "abcdefgh"[next(random) % 8]);
}

/* A record with a local time, most of which tell their offset. */
static void
add_record(eql_buf *out, int i, uint32_t *random)
{
    static const int offsets[] = {2, 2, 2, 2, -5};
    int s = i % 3600, h = 10 + i / 3600 % 6;
    int utc = h - offsets[next(random) % 5];

    eql_buf_printf(
        out,
        "{\"SourceModuleType\":\"im_msvistalog\",\"EventTime\":\"2020-09-20 "
        "%02d:%02d:%02d\",\"SourceName\":\"Microsoft-Windows-Sysmon\","
        "\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"EventID\":%d,"
        "\"Hostname\":\"H%u\",\"Image\":\"C:\\\\x\\\\%c.exe\"",
        h, s / 60, s % 60, next(random) % 2 ? 1 : 11, next(random) % 3,
        "abcdefgh"[next(random) % 8]);
    if (next(random) % 2)
        eql_buf_printf(out, ",\"UtcTime\":\"2020-09-20 %02d:%02d:%02d.500\"",
                       utc, s / 60, s % 60);
    eql_buf_add_char(out, '}');
}

static void
add_odd(eql_buf *out, uint32_t *random)
{
    static const char *const odd[] = {
        "",
        "  \t",
        "{\"n\":",
        "[1]",
        "{\"n\":1} x",
        "{\"process\":{\"name\":\"\xff\"},\"event\":{\"category\":\"file\"}}",
        "{\"n\":1e999}",
        "plain text",
        " {\"event\":{\"category\":\"process\"},\"process\":{\"name\":"
        "\"a.exe\"}}"};
    uint32_t which = next(random) % (EQL_COUNTOF(odd) + 1);

    if (which < EQL_COUNTOF(odd)) {
        eql_buf_add_str(out, odd[which]);
        return;
    }
    for (int i = 0; i < 900; i++) /* over the limit */
        eql_buf_add_char(out, 'x');
}

typedef enum { ECS, RECORDS, ODD } content;

static void
make_lines(eql_buf *out, content what, int n, bool ends)
{
    uint32_t random = 12345u + (uint32_t)what;

    out->len = 0;
    for (int i = 0; i < n; i++) {
        if (what == ODD && next(&random) % 4 == 0)
            add_odd(out, &random);
        else if (what == RECORDS)
            add_record(out, i, &random);
        else
            add_ecs(out, i, &random);
        if (i + 1 == n && !ends)
            break;
        eql_buf_add_str(out,
                        what == ODD && next(&random) % 3 == 0 ? "\r\n" : "\n");
    }
}

/* The last `lost` bytes are not there. */
static void
put_cut(const char *dir, const char *name, int n, test_packing how, size_t lost)
{
    eql_buf lines = {0}, packed = {0};

    make_lines(&lines, ODD, n, true);
    test_pack(how, eql_buf_sv(&lines), &packed);
    assert_true(packed.len > lost);
    api_put(dir, name, packed.p, packed.len - lost);
    eql_buf_free(&lines);
    eql_buf_free(&packed);
}

static void
put_lines(const char *dir, const char *name, content what, int n, bool ends,
          test_packing how)
{
    eql_buf lines = {0}, packed = {0};

    make_lines(&lines, what, n, ends);
    test_pack(how, eql_buf_sv(&lines), &packed);
    api_put(dir, name, packed.p ? packed.p : "", packed.len);
    eql_buf_free(&lines);
    eql_buf_free(&packed);
}

/* --- one run --- */

static void
check_runs(const char *label, const eqlvm_program *p, eqlvm_engine_options o,
           const char *path)
{
    eql_buf wanted = {0}, got = {0};

    o.threads = 1;
    o.block_bytes = 0;
    run_text(p, &o, path, &wanted);
    assert_true(wanted.len > 1000);
    for (size_t i = 0; i < EQL_COUNTOF(threads); i++) {
        for (size_t k = 0; k < EQL_COUNTOF(blocks); k++) {
            size_t at = 0;

            o.threads = threads[i];
            o.block_bytes = blocks[k];
            run_text(p, &o, path, &got);
            while (at < got.len && at < wanted.len && got.p[at] == wanted.p[at])
                at++;
            if (got.len != wanted.len || at < got.len)
                fail_msg("%s, %u threads, blocks of %zu: byte %zu:\n%.200s\n"
                         "not\n%.200s",
                         label, threads[i], blocks[k], at, got.p + at,
                         wanted.p + at);
        }
    }
    eql_buf_free(&wanted);
    eql_buf_free(&got);
}

/* --- programs --- */

static const char *const queries[] = {
    "process where process.name == \"a.exe\"",
    "sequence by host.id with maxspan=3s [network where true]"
    " [process where process.name in (\"b.exe\", \"c.exe\")]",
    "sequence with maxspan=20s [file where true] by host.id"
    " ![network where process.name == \"d.exe\"] by host.id"
    " [process where process.name == \"e.exe\"] by host.id",
    "sample by host.id [file where process.name == \"f.exe\"]"
    " [network where process.name == \"g.exe\"]",
    "process where process.name == \"h.exe\" | head 3",
    "any where true"};

static eqlvm_program *
compile_some(const char *const *set, size_t n)
{
    eqlvm_compile_options o = {.set = set, .schema = "none"};

    return api_compile_with(&o, queries, n);
}

static eqlvm_program *
compile_with(const char *const *set)
{
    return compile_some(set, EQL_COUNTOF(queries));
}

/* --- tests --- */

/* Every kind of file in one folder, late events treated in each way. */
static void
test_threads_folder(void **state)
{
    static const char *const late[][2] = {{NULL},
                                          {"late_events=reorder=2s", NULL},
                                          {"late_events=drop", NULL},
                                          {"late_events=arrival", NULL}};
    static const char array[] =
        "[{\"event\":{\"category\":\"process\"},\"process\":{\"name\":"
        "\"a.exe\"}},\n{\"n\":2}, x]\n{\"n\":3}\n";
    static const char printed[] =
        "{\n \"event\": {\"category\": \"file\"},\n \"n\": 1\n}\n"
        "{\n \"n\": 2\n}\nx\n{\"event\":{\"category\":\"process\"}}\n";
    char dir[256];

    (void)state;
    api_folder(dir);
    put_lines(dir, "a.ndjson", ECS, 300, true, TEST_PLAIN);
    put_lines(dir, "b.ndjson", ODD, 300, false, TEST_PLAIN);
    put_lines(dir, "c.ndjson.gz", ODD, 200, true, TEST_GZIP);
    put_lines(dir, "d.ndjson.zst", RECORDS, 100, false, TEST_ZSTD);
    put_lines(dir, "e.ndjson", RECORDS, 200, true, TEST_PLAIN);
    api_put(dir, "f.ndjson", "", 0);
    api_put(dir, "g.json", array, sizeof array - 1);
    api_put(dir, "h.json", printed, sizeof printed - 1);
    put_cut(dir, "i.ndjson.gz", 200, TEST_GZIP, 300);
    put_cut(dir, "j.ndjson.xz", 100, TEST_XZ, 40);
    for (size_t i = 0; i < EQL_COUNTOF(late); i++) {
        eqlvm_program *p =
            compile_some(late[i], EQL_COUNTOF(queries) - (i > 0));

        check_runs(late[i][0] ? late[i][0] : "sort", p,
                   (eqlvm_engine_options){.count_fields = i == 0}, dir);
        eqlvm_program_free(p);
    }
    api_drop_folder(dir);
}

/* Events that are no hits tell, too, that a hit is late. */
static void
test_threads_late(void **state)
{
    static const char *const set[] = {"late_events=reorder=2s", NULL};
    eqlvm_program *p = compile_some(set, 1);
    eql_buf lines = {0}, out = {0};
    char dir[256];

    (void)state;
    for (int i = 0; i < 50; i++)
        eql_buf_printf(
            &lines,
            "{\"event\":{\"category\":\"file\"},\"@timestamp\":"
            "\"2020-09-20T00:%02d:05Z\"}\n"
            "{\"event\":{\"category\":\"process\"},\"@timestamp\":"
            "\"2020-09-20T00:%02d:02Z\",\"process\":{\"name\":\"a.exe\"}}\n",
            i, i);
    api_folder(dir);
    api_put(dir, "a.ndjson", lines.p, lines.len);
    check_runs("late", p, (eqlvm_engine_options){0}, dir);
    run_text(p, &(eqlvm_engine_options){.threads = 2, .block_bytes = 700}, dir,
             &out);
    eql_buf_add_char(&out, '\0');
    assert_non_null(strstr(out.p, "\"late\":50,"));
    eql_buf_free(&lines);
    eql_buf_free(&out);
    api_drop_folder(dir);
    eqlvm_program_free(p);
}

/* Events whose time is pending may turn out to be out of range. */
static void
test_threads_range(void **state)
{
    eqlvm_engine_options o = {.has_since = true, .has_until = true};
    eqlvm_program *p = compile_with(NULL);
    char dir[256];

    (void)state;
    api_folder(dir);
    assert_true(eqlvm_time_parse("2020-09-20T00:00:05Z", &o.since_ns));
    assert_true(eqlvm_time_parse("2020-09-20T08:01:40Z", &o.until_ns));
    put_lines(dir, "a.ndjson", ECS, 200, true, TEST_PLAIN);
    put_lines(dir, "b.ndjson", RECORDS, 200, true, TEST_PLAIN);
    check_runs("range", p, o, dir);
    api_drop_folder(dir);
    eqlvm_program_free(p);
}

/* Large enough for several blocks of the default size. */
static void
test_threads_large(void **state)
{
    static const uint32_t some[] = {2, 8};
    eqlvm_program *p = compile_with(NULL);
    eql_buf wanted = {0}, got = {0};
    eqlvm_engine_options o = {.threads = 1};
    char dir[256], path[300];

    (void)state;
    api_folder(dir);
    snprintf(path, sizeof path, "%s/large.ndjson", dir);
    put_lines(dir, "large.ndjson", ODD, 8000, true, TEST_PLAIN);
    run_text(p, &o, path, &wanted);
    for (size_t i = 0; i < EQL_COUNTOF(some); i++) {
        o.threads = some[i];
        run_text(p, &o, path, &got);
        assert_int_equal(got.len, wanted.len);
        assert_memory_equal(got.p, wanted.p, got.len);
    }
    eql_buf_free(&wanted);
    eql_buf_free(&got);
    api_drop_folder(dir);
    eqlvm_program_free(p);
}

/* From a pipe, which cannot be read again. */
static void
test_threads_stdin(void **state)
{
    eqlvm_program *p = compile_with(NULL);
    eql_buf lines = {0}, wanted = {0}, got = {0};
    int before = dup(STDIN_FILENO);

    (void)state;
    make_lines(&lines, ODD, 150, false);
    assert_true(lines.len < 60000); /* fits a pipe */
    for (size_t i = 0; i < EQL_COUNTOF(threads); i++) {
        eqlvm_engine_options o = {.threads = threads[i], .block_bytes = 500};
        int ends[2];

        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], lines.p, lines.len),
                         (ssize_t)lines.len);
        close(ends[1]);
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        run_text(p, &o, "-", i ? &got : &wanted);
        if (i > 0) {
            assert_int_equal(got.len, wanted.len);
            assert_memory_equal(got.p, wanted.p, got.len);
        }
    }
    dup2(before, STDIN_FILENO);
    close(before);
    eql_buf_free(&lines);
    eql_buf_free(&wanted);
    eql_buf_free(&got);
    eqlvm_program_free(p);
}

static void
test_threads_captures(void **state)
{
    static const char *const kinds[] = {"ecs", "raw"};
    static const char *const set[] = {"late_events=reorder=1s", NULL};
    const char *shared = eql_test_shared();
    eqlvm_program *p;
    char path[4352];

    (void)state;
    if (!shared) {
        printf("skip: the reference captures are not here (EQL_SHARED)\n");
        skip();
    }
    p = compile_with(set);
    for (size_t i = 0; i < EQL_COUNTOF(kinds); i++) {
        eql_buf wanted = {0}, got = {0};

        snprintf(path, sizeof path, "%s/data/%s", shared, kinds[i]);
        run_text(p, &(eqlvm_engine_options){.threads = 1}, path, &wanted);
        run_text(p, &(eqlvm_engine_options){.threads = 4, .block_bytes = 30000},
                 path, &got);
        assert_int_equal(got.len, wanted.len);
        assert_memory_equal(got.p, wanted.p, got.len);
        eql_buf_free(&wanted);
        eql_buf_free(&got);
    }
    eqlvm_program_free(p);
}

/* What ends a run early ends it for all threads, with the same status. */
static void
stop_at_problem(void *ctx, const eqlvm_problem *p)
{
    eqlvm_engine **e = ctx;

    (void)p;
    eqlvm_engine_stop(*e);
}

static bool
ignore_alert(void *ctx, const eqlvm_alert *a)
{
    (void)ctx;
    (void)a;
    return true;
}

static void
test_threads_stop(void **state)
{
    eqlvm_program *p = compile_with(NULL);
    char dir[256], path[300];

    (void)state;
    api_folder(dir);
    snprintf(path, sizeof path, "%s/a.ndjson", dir);
    put_lines(dir, "a.ndjson", ODD, 500, true, TEST_PLAIN);
    for (size_t i = 0; i < EQL_COUNTOF(threads); i++) {
        eqlvm_engine *e = NULL;
        eqlvm_engine_options o = {.threads = threads[i],
                                  .block_bytes = 300,
                                  .problem = stop_at_problem,
                                  .ctx = &e};
        eqlvm_stats s;

        e = eqlvm_engine_new(p, &o, ignore_alert, NULL, NULL, 0);
        assert_non_null(e);
        assert_int_equal(eqlvm_engine_read(e, path), EQLVM_ERR_STOPPED);
        assert_int_equal(eqlvm_engine_read(e, path), EQLVM_ERR_STOPPED);
        assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
        eqlvm_engine_stats(e, &s);
        assert_true(s.accepted < 100);
        assert_int_equal(s.files, 1);
        assert_true(s.evaluated == s.accepted || threads[i] == 1);
        eqlvm_engine_free(e);
    }
    api_drop_folder(dir);
    eqlvm_program_free(p);
}

/* Texts that do not fit the spool end the run. */
static void
test_threads_spool_full(void **state)
{
    eqlvm_program *p = compile_with(NULL);
    char dir[256], path[300];

    (void)state;
    api_folder(dir);
    snprintf(path, sizeof path, "%s/a.ndjson.gz", dir);
    put_lines(dir, "a.ndjson.gz", ECS, 500, true, TEST_GZIP);
    for (size_t i = 0; i < EQL_COUNTOF(threads); i++) {
        eqlvm_engine_options o = {
            .threads = threads[i], .block_bytes = 300, .max_spool_bytes = 5000};
        eqlvm_engine *e = eqlvm_engine_new(p, &o, ignore_alert, NULL, NULL, 0);
        eqlvm_stats s;

        assert_non_null(e);
        assert_int_equal(eqlvm_engine_read(e, path), EQLVM_ERR_IO);
        assert_non_null(strstr(eqlvm_engine_error(e), "over its budget"));
        assert_int_equal(eqlvm_engine_finish(e), EQLVM_ERR_IO);
        eqlvm_engine_stats(e, &s);
        assert_true(s.spool_bytes <= 5000);
        assert_true(s.accepted < 60);
        eqlvm_engine_free(e);
    }
    api_drop_folder(dir);
    eqlvm_program_free(p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_folder),
        cmocka_unit_test(test_threads_late),
        cmocka_unit_test(test_threads_range),
        cmocka_unit_test(test_threads_large),
        cmocka_unit_test(test_threads_stdin),
        cmocka_unit_test(test_threads_captures),
        cmocka_unit_test(test_threads_stop),
        cmocka_unit_test(test_threads_spool_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
