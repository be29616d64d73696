/* test_simdjson.c -- the fast reader against simdjson: hostile texts,
 * mutations, captures, every kernel.
 *
 * test_reader.c holds it against the strict reader, which is jansson; this
 * one holds both against code that shares nothing with them.  Where the
 * policies differ, on purpose:
 *
 *   ours                                      simdjson
 *   bytes that are no UTF-8, and lone         refuses them
 *   surrogates become U+FFFD, counted
 *   an integer beyond 64 bits is a double     refuses it
 *   -0 is a double, so that its sign stays    an integer, 0
 *   an object is an event, nothing else       takes any value
 *   a key with U+0000 is refused              takes it
 *   200 brackets deep by default              1,024
 *   `_source` of an export is the event       knows no exports
 *   the last of equal keys counts             has them all (simdjson.cc) */
#include "tests/support/eql_files.h"
#include "tests/support/paths.h"
#include "tests/support/reader_texts.h"
#include "tests/support/simdjson.h"

#include <dirent.h>
#include <math.h>

#include "io/reader.h"
#include "io/fast/scan.h"

static const char *const paths[] = {"process.name",
                                    "process.args",
                                    "event.code",
                                    "process.parent.name",
                                    "event",
                                    "winlog.event_data.TargetFilename",
                                    "host.name",
                                    "winlog.event_id",
                                    "a",
                                    "a.b",
                                    "a.b.c",
                                    "x",
                                    "user.name",
                                    "d.b.c.d.e.f.g.h",
                                    "@timestamp",
                                    "file.path",
                                    "destination.ip",
                                    "EventID",
                                    "Hostname",
                                    "Image",
                                    "CommandLine",
                                    "EventTime",
                                    "ProcessId"};

typedef struct {
    test_paths paths;
    uint32_t fields[EQL_COUNTOF(paths)];
    eql_reader *reader;
    eql_wall_clock *clock;
    test_simdjson *other;
    uint64_t read, compared; /* texts, slots */
} rivals;

/* A value as text: equal texts are equal values. */
typedef struct {
    eql_buf text;
    eql_vec items; /* size_t: where each begins */
} values;

static void
rivals_init(rivals *r, test_simdjson *other)
{
    eql_reader_options o = {.input = EQL_INPUT_ECS,
                            .max_depth = EQL_DEFAULT_EVENT_DEPTH};
    eql_events_options eo = {0};
    eql_buf why = {0};

    memset(r, 0, sizeof *r);
    test_paths_init(&r->paths);
    for (size_t i = 0; i < EQL_COUNTOF(paths); i++)
        r->fields[i] = test_paths_add(&r->paths, paths[i]);
    r->reader = eql_reader_new(&r->paths.program, &o, &why);
    r->clock = eql_wall_clock_new(&eo);
    r->other = other;
    assert_non_null(r->reader);
    assert_non_null(r->clock);
}

static void
rivals_free(rivals *r)
{
    eql_reader_free(r->reader);
    eql_wall_clock_free(r->clock);
}

/* --- values --- */

static void
add(values *v, const test_simdjson_value *x)
{
    size_t at = v->text.len;

    assert_int_not_equal(eql_vec_push(&v->items, &at, sizeof at), EQL_NONE);
    eql_buf_add_char(&v->text, x->kind);
    if (x->kind == 's')
        eql_buf_add_json(&v->text, eql_sv(x->s, x->len));
    else if (x->kind == 'd')
        eql_buf_printf(&v->text, "%a", x->d);
    else
        eql_buf_printf(&v->text, "%lld", (long long)x->i);
    eql_buf_add_char(&v->text, 0);
}

static bool
is_minus_zero(double d)
{
    return d == 0 && signbit(d);
}

static void
take(void *ctx, const test_simdjson_value *x)
{
    test_simdjson_value y = *x;

    if (y.kind == 'd' && is_minus_zero(y.d))
        y.kind = 'i';
    add(ctx, &y);
}

static void
add_ours(values *v, const eql_value *x)
{
    test_simdjson_value y = {0};

    switch (x->tag) {
    case EQL_BOOL:
        y.kind = 'b';
        y.i = x->u.b;
        break;
    case EQL_INT:
        y.kind = 'i';
        y.i = x->u.i;
        break;
    case EQL_FLOAT:
        y.kind = is_minus_zero(x->u.d) ? 'i' : 'd';
        y.d = x->u.d;
        break;
    case EQL_STRING:
        y.kind = 's';
        y.s = x->u.s;
        y.len = x->len;
        break;
    case EQL_NULL:
    case EQL_ARRAY:
    case EQL_OBJECT: return;
    }
    add(v, &y);
}

static int
cmp_text(const void *a, const void *b, void *base)
{
    return strcmp((char *)base + *(const size_t *)a,
                  (char *)base + *(const size_t *)b);
}

/* All of them in one line, in no order of their event. */
static void
line_of(values *v, eql_buf *out)
{
    assert_false(v->text.failed);
    out->len = 0;
    if (v->items.n > 1)
        qsort_r(v->items.items, v->items.n, v->items.size, cmp_text, v->text.p);
    for (uint32_t i = 0; i < v->items.n; i++) {
        eql_buf_add_str(out,
                        v->text.p + *(const size_t *)eql_vec_at(&v->items, i));
        eql_buf_add_char(out, ' ');
    }
    v->text.len = v->items.n = 0;
}

static void
compare_values(rivals *r, const eql_event *ev, eql_strview text)
{
    eql_buf ours = {0}, theirs = {0};
    values v = {{0}, {0}};

    for (size_t i = 0; i < EQL_COUNTOF(paths); i++) {
        const eql_slot *slot = eql_event_slot(ev, r->fields[i]);

        for (uint32_t k = 0; k < slot->n; k++)
            add_ours(&v, &slot->v[k]);
        line_of(&v, &ours);
        test_simdjson_values(r->other, paths[i], take, &v);
        line_of(&v, &theirs);
        if (!eql_sv_eq(eql_buf_sv(&ours), eql_buf_sv(&theirs)))
            fail_msg("%s is %.*snot %.*s(%s): %.*s", paths[i], (int)ours.len,
                     ours.p, (int)theirs.len, theirs.p, getenv("EQLVM_KERNEL"),
                     (int)(text.len < 3000 ? text.len : 3000), text.p);
        r->compared++;
    }
    eql_buf_free(&ours);
    eql_buf_free(&theirs);
    eql_buf_free(&v.text);
    eql_vec_free(&v.items);
}

/* --- one text --- */

/* An event only to us: where the policies differ, as the head of this file has
 * it. */
static bool
may_be_ours_alone(test_simdjson_status theirs, const eql_read_note *note)
{
    return (theirs == TEST_SIMDJSON_TEXT && note->repaired) ||
           theirs == TEST_SIMDJSON_NUMBER;
}

static bool
may_be_theirs_alone(test_simdjson_status theirs, const eql_read_note *note)
{
    return theirs == TEST_SIMDJSON_OTHER ||
           note->reason == EQL_REJECT_TOO_DEEP ||
           note->reason == EQL_REJECT_NUL_KEY;
}

/* Has it a key _source, however it is spelled? */
static bool
is_export(eql_strview text)
{
    return memmem(text.p, text.len, "_sourc", 6) ||
           memmem(text.p, text.len, "\\u005fsourc", 11);
}

static void
compare(rivals *r, eql_strview text)
{
    test_simdjson_status theirs =
        test_simdjson_parse(r->other, text.p, text.len);
    eql_event ev = {0};
    eql_read_note note;
    eql_read_status status =
        eql_reader_read(r->reader, text, r->clock, &ev, &note);
    bool ours = status == EQL_READ_EVENT;

    /* An object around events is no event; it is opened piece by piece. */
    if (status == EQL_READ_WRAPPER)
        return;
    r->read++;
    if (ours && theirs != TEST_SIMDJSON_OBJECT) {
        if (!may_be_ours_alone(theirs, &note))
            fail_msg("only we accept: %.*s", (int)text.len, text.p);
    } else if (!ours && theirs <= TEST_SIMDJSON_OTHER) {
        if (!may_be_theirs_alone(theirs, &note))
            fail_msg("only simdjson accepts: %.*s (%s)", (int)text.len, text.p,
                     note.text);
    } else if (ours && !note.capped && !is_export(text)) {
        compare_values(r, &ev, text);
    }
}

static void
compare_block(rivals *r, eql_strview bytes)
{
    char *p = malloc(bytes.len + EQL_READER_PADDING);
    eql_strview line;

    assert_non_null(p);
    memcpy(p, bytes.p, bytes.len);
    memset(p + bytes.len, '"', EQL_READER_PADDING);
    eql_reader_block(r->reader, eql_sv(p, bytes.len));
    while (eql_reader_line(r->reader, &line))
        compare(r, line);
    free(p);
}

/* --- all of it --- */

/* Calls run with every kernel of this machine. */
static void
with_kernels(void (*run)(rivals *r))
{
    test_simdjson *other = test_simdjson_new();

    for (int k = 0; other && k < EQL_KERNEL_COUNT; k++) {
        rivals r;

        if (!eql_kernel_runs_here((eql_kernel)k))
            continue;
        setenv("EQLVM_KERNEL", eql_kernel_name((eql_kernel)k), 1);
        rivals_init(&r, other);
        run(&r);
        print_message(
            "%s: %llu texts, %llu of them read fast, %llu values\n",
            eql_kernel_name((eql_kernel)k), (unsigned long long)r.read,
            (unsigned long long)eql_reader_get_counters(r.reader)->fast,
            (unsigned long long)r.compared);
        rivals_free(&r);
    }
    if (!other)
        print_message("skip: built without simdjson (libsimdjson-dev)\n");
    test_simdjson_free(other);
}

static void
run_hostile(rivals *r)
{
    eql_buf all = {0};

    reader_make_hostile(&all);
    for (int round = 0; round < 3; round++) /* keys are known at the third */
        compare_block(r, eql_buf_sv(&all));
    assert_true(r->compared > 1000);
    eql_buf_free(&all);
}

static void
test_hostile_texts(void **state)
{
    (void)state;
    with_kernels(run_hostile);
}

static void
run_mutations(rivals *r)
{
    const char *n = getenv("EQL_READER_ROUNDS");
    uint32_t rounds = n ? (uint32_t)strtoul(n, NULL, 10) : 400;
    reader_random rnd = {0x9e3779b97f4a7c15u};
    eql_buf block = {0}, line = {0};

    for (uint32_t i = 0; i < rounds; i++) {
        block.len = 0;
        for (uint32_t k = 0; k < 50; k++) {
            const char *text = reader_any_text(&rnd);

            if (reader_next_random(&rnd, 4) == 0)
                reader_add_text(&block, text); /* so that keys are known */
            reader_mutate(&rnd, &line, eql_sv_cstr(text));
            eql_buf_add_sv(&block, eql_buf_sv(&line));
        }
        compare_block(r, eql_buf_sv(&block));
    }
    assert_true(r->compared > (uint64_t)rounds * 100);
    eql_buf_free(&block);
    eql_buf_free(&line);
}

static void
test_mutations(void **state)
{
    (void)state;
    with_kernels(run_mutations);
}

/* --- captures --- */

static void
compare_file(rivals *r, const char *path)
{
    eql_buf all = {0};

    test_gunzip_file(path, &all);
    compare_block(r, eql_buf_sv(&all));
    eql_buf_free(&all);
}

static void
run_captures(rivals *r)
{
    static const char *const folders[] = {"data/ecs", "data/raw"};
    char dir[4200], path[8192];

    for (size_t i = 0; i < EQL_COUNTOF(folders); i++) {
        struct dirent *e;
        DIR *d;

        snprintf(dir, sizeof dir, "%s/%s", eql_test_shared(), folders[i]);
        d = opendir(dir);
        assert_non_null(d);
        while ((e = readdir(d))) {
            if (!strstr(e->d_name, ".gz"))
                continue;
            snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
            compare_file(r, path);
        }
        closedir(d);
    }
    /* Half of them are Windows records, which have no category as they are: the
     * strict reader looks for their layout. */
    assert_true(eql_reader_get_counters(r->reader)->fast >= r->read / 2);
}

static void
test_captures(void **state)
{
    (void)state;
    if (eql_test_shared())
        with_kernels(run_captures);
    else
        print_message("skip: no captures\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_captures),
    };

    return cmocka_run_group_tests_name("simdjson", tests, NULL, NULL);
}
