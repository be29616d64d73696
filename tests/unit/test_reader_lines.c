/* test_reader_lines.c -- many changed lines: what is read of each, and what an
 * alert shows of it, by all kernels, threads and sizes of blocks, is what the
 * strict reader says.
 *
 *   EQL_LINES=1000000 EQL_SEED=1 test_reader_lines    (make test-lines)
 *
 * Lines are those of captures where there are any, of the demo, and texts that
 * are hard to read.  A few thousand by default. */
#include "tests/support/eql_files.h"
#include "tests/support/line_mutator.h"
#include "tests/support/reader_pair.h"

#include <dirent.h>

#include "api/engine.h"
#include "base/text.h"
#include "io/input/lines.h"
#include "tests/support/api_test.h"

#define LINES 4000u
#define BATCH 500u /* lines; more than two blocks of the largest size */
#define SEEDS 3000u

/* --- lines to start from --- */

typedef struct {
    eql_buf text;
    eql_vec lines; /* eql_range of text */
} seeds;

/* Every `step`th line. */
static void
add_lines(seeds *s, eql_strview all, size_t step)
{
    size_t n = 0;

    while (all.len > 0 && s->lines.n < SEEDS) {
        const char *nl = memchr(all.p, '\n', all.len);
        size_t len = nl ? (size_t)(nl - all.p) : all.len;
        eql_range one = {(uint32_t)s->text.len, (uint32_t)len};

        if (n++ % step == 0 && len > 0 && len < 4000) {
            eql_buf_add(&s->text, all.p, len);
            eql_vec_push(&s->lines, &one, sizeof one);
        }
        all = eql_sv(all.p + len + (nl != NULL), all.len - len - (nl != NULL));
    }
    assert_false(s->text.failed || s->lines.failed);
}

static void
add_folder(seeds *s, const char *dir)
{
    struct dirent **names;
    int n = scandir(dir, &names, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        char path[8192];
        eql_buf all = {0};

        snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        if (strstr(names[i]->d_name, ".gz")) {
            test_gunzip_file(path, &all);
            add_lines(s, eql_buf_sv(&all), 1 + all.len / 30000);
        }
        eql_buf_free(&all);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

static void
add_file(seeds *s, const char *path)
{
    FILE *f = fopen(path, "rb");
    eql_buf all = {0};
    char chunk[4096];
    size_t n;

    assert_non_null(f);
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        eql_buf_add(&all, chunk, n);
    fclose(f);
    add_lines(s, eql_buf_sv(&all), 1);
    eql_buf_free(&all);
}

static void
gather(seeds *s)
{
    const char *dir = eql_test_shared();
    char path[8192];

    for (size_t i = 0; i < EQL_COUNTOF(reader_texts); i++)
        add_lines(s, eql_sv_cstr(reader_texts[i]), 1);
    for (size_t i = 0; i < EQL_COUNTOF(reader_seeds); i++)
        add_lines(s, eql_sv_cstr(reader_seeds[i]), 1);
    add_file(s, "demo/winrm-intrusion.json");
    if (!dir) {
        print_message("no captures\n");
        return;
    }
    snprintf(path, sizeof path, "%s/data/raw", dir);
    add_folder(s, path);
    snprintf(path, sizeof path, "%s/data/ecs", dir);
    add_folder(s, path);
}

/* --- one batch --- */

/* What is to be seen of each line. */
typedef struct {
    eql_strview line[4 * BATCH]; /* changes may make more of one */
    eql_buf seen[4 * BATCH];
    uint32_t n;
} outcome;

static eql_buf *
of_line(outcome *o, uint64_t line)
{
    assert_in_range(line, 1, EQL_COUNTOF(o->seen));
    return &o->seen[line - 1];
}

static void
clear(outcome *o)
{
    for (size_t i = 0; i < EQL_COUNTOF(o->seen); i++)
        o->seen[i].len = 0;
    o->n = 0;
}

typedef struct {
    eql_event event; /* its time alone */
    eql_read_status status;
    bool blank;
} known;

static bool
is_blank(eql_strview s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r')
            return false;
    return true;
}

static void
tell_problem(eql_buf *out, uint64_t byte, const char *text)
{
    eql_buf_printf(out, "%llu %s\n", (unsigned long long)byte, text);
}

/* All lines by the strict reader and, beside it, by one with each kernel: they
 * agree.  Then its clock is settled, and it says what alerts show. */
static void
read_strictly(reader_pair *r, eql_strview block, outcome *o)
{
    static known all[4 * BATCH];
    eql_events_options eo = {0};
    reader_one *one = &r->strict;
    eql_strview line;

    for (uint32_t i = 0; i < r->nfast; i++)
        eql_reader_block(r->fast[i].reader, block);
    eql_wall_clock_free(one->clock);
    one->clock = eql_wall_clock_new(&eo);
    while (reader_pair_line(r, &block, &line)) {
        known *k = &all[o->n];
        reader_made m;

        assert_true(o->n < EQL_COUNTOF(all));
        if (line.len && line.p[line.len - 1] == '\r')
            line.len--;
        o->line[o->n++] = line;
        k->blank = is_blank(line);
        reader_one_read(one, line, &m);
        for (uint32_t i = 0; i < r->nfast; i++)
            reader_pair_compare(r, &r->fast[i], line, &m);
        k->event = m.event;
        k->status = m.status;
        if (!k->blank && (m.status == EQL_READ_REJECTED || m.note.repaired))
            tell_problem(of_line(o, o->n), m.note.at + 1,
                         m.status == EQL_READ_REJECTED
                             ? m.note.text
                             : "invalid UTF-8 or a lone surrogate was replaced "
                               "by U+FFFD");
        r->read++;
    }
    eql_wall_clock_settle(one->clock);
    for (uint32_t i = 0; i < o->n; i++) {
        const eql_event *ev = &all[i].event;
        int64_t ns = ev->time_ns;
        bool timed = ev->time_kind == EQL_TIME_SETTLED;

        if (all[i].blank || all[i].status != EQL_READ_EVENT)
            continue;
        if (ev->time_kind == EQL_TIME_PENDING)
            timed = eql_wall_clock_resolve(one->clock, ev->has_utc, ev->time_ns,
                                           ev->has_wall, ev->wall_ns, &ns);
        assert_int_equal(eql_reader_show(one->reader, o->line[i], one->clock,
                                         timed ? &ns : NULL, &one->shown),
                         EQL_READ_EVENT);
        eql_buf_add_sv(&o->seen[i], one->shown.event);
    }
}

/* --- by an engine --- */

static bool
on_alert(void *ctx, const eqlvm_alert *a)
{
    const eqlvm_alert_stage *s = &a->stages[0];

    eql_buf_add(of_line(ctx, s->line), s->event.p, s->event.len);
    return true;
}

static void
on_problem(void *ctx, const eqlvm_problem *p)
{
    tell_problem(of_line(ctx, p->line), p->byte, p->text);
}

static void
run(const eqlvm_program *p, uint32_t threads, size_t block_bytes,
    eql_strview text, outcome *o)
{
    eqlvm_engine_options eo = {.threads = threads,
                               .block_bytes = block_bytes,
                               .problem = on_problem,
                               .ctx = o};
    eqlvm_engine *e = eqlvm_engine_new(p, &eo, on_alert, o, NULL, 0);

    assert_non_null(e);
    assert_int_equal(eql_engine_read_memory(e, "lines", text), EQLVM_OK);
    assert_int_equal(eqlvm_engine_finish(e), EQLVM_OK);
    eqlvm_engine_free(e);
}

static void
compare(const outcome *wanted, const outcome *got, const char *kernel,
        uint32_t threads, size_t block_bytes)
{
    for (uint32_t i = 0; i < wanted->n; i++) {
        eql_strview a = eql_buf_sv(&wanted->seen[i]);
        eql_strview b = eql_buf_sv(&got->seen[i]);

        /* An object around events is no event; tests/e2e/layouts.sh has what
         * comes out of it. */
        if (!eql_sv_eq(a, b) && !eql_lines_is_wrapper(wanted->line[i]))
            fail_msg("%s, %u threads, blocks of %zu: %.*s\nwanted %.*s\ngot "
                     "%.*s",
                     kernel, threads, block_bytes, (int)wanted->line[i].len,
                     wanted->line[i].p, (int)a.len, a.p ? a.p : "", (int)b.len,
                     b.p ? b.p : "");
    }
}

/* --- all --- */

typedef struct {
    seeds from;
    line_mutator m;
    reader_pair pair;
    eqlvm_program *program;
    outcome wanted, got;
    eql_buf lines, one;
    uint64_t changed;
} work;

/* Some lines as they were, so that steps are known; the others changed. */
static void
make_batch(work *w)
{
    w->lines.len = 0;
    for (uint32_t i = 0; i < BATCH; i++) {
        const eql_range *r =
            eql_vec_at(&w->from.lines, line_pick(&w->m, w->from.lines.n));
        eql_strview line = eql_sv(w->from.text.p + r->first, r->n);

        if (i % 8 == 0) {
            eql_buf_add_sv(&w->lines, line);
        } else {
            line_mutate(&w->m, line, &w->one);
            eql_buf_add_sv(&w->lines, eql_buf_sv(&w->one));
            w->changed++;
        }
        eql_buf_add_str(&w->lines, i % 16 == 1 ? "\r\n" : "\n");
    }
    assert_true(eql_buf_reserve(&w->lines, EQL_READER_PADDING));
    memset(w->lines.p + w->lines.len, '"', EQL_READER_PADDING);
}

static void
do_batch(work *w, uint32_t number)
{
    static const uint32_t threads[] = {1, 2, 3, 8};
    static const size_t blocks[] = {64, 1000, 4096, 65536, (size_t)256 << 10};
    uint32_t t = threads[number % EQL_COUNTOF(threads)];
    size_t b = blocks[number / EQL_COUNTOF(threads) % EQL_COUNTOF(blocks)];

    make_batch(w);
    clear(&w->wanted);
    read_strictly(&w->pair, eql_buf_sv(&w->lines), &w->wanted);
    for (uint32_t i = 0; i < w->pair.nfast; i++) {
        setenv("EQLVM_KERNEL", w->pair.fast[i].kernel, 1);
        clear(&w->got);
        run(w->program, t, b, eql_buf_sv(&w->lines), &w->got);
        compare(&w->wanted, &w->got, w->pair.fast[i].kernel, t, b);
    }
    unsetenv("EQLVM_KERNEL");
}

static uint64_t
number_in(const char *name, uint64_t otherwise)
{
    const char *n = getenv(name);

    return n ? strtoull(n, NULL, 10) : otherwise;
}

static void
test_reader_lines(void **state)
{
    static const char *const query = "any where true";
    static work w;
    uint64_t lines = number_in("EQL_LINES", LINES);
    uint64_t seed = number_in("EQL_SEED", 1);

    (void)state;
    w.m.rnd.x = 0x9e3779b97f4a7c15u * (2 * seed + 1);
    gather(&w.from);
    w.program = api_compile(&query, 1);
    reader_pair_init_all(&w.pair, EQL_INPUT_AUTO, false);
    for (uint32_t number = 0; w.changed < lines; number++) {
        do_batch(&w, number);
        if (lines > LINES && number % 100 == 99)
            print_message("%llu lines\n", (unsigned long long)w.changed);
    }
    print_message(
        "%llu changed lines of %u, %llu read: 0 differences (seed %llu)\n",
        (unsigned long long)w.changed, w.from.lines.n,
        (unsigned long long)w.pair.read, (unsigned long long)seed);
    reader_pair_free(&w.pair);
    eqlvm_program_free(w.program);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reader_lines)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
