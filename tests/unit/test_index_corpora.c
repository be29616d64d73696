/* test_index_corpora.c -- all public rules over captures of real attacks: the
 * index leaves out no stage that an event satisfies, and most of the others. */
#include "tests/support/index_test.h"

#include <glob.h>
#include <zlib.h>

#include "eqlvm/eqlvm.h"
#include "program/image.h"

#define EVENTS_PER_CAPTURE 250u

static bool
save(void *ctx, const char *p, size_t len)
{
    eql_buf_add(ctx, p, len);
    return true;
}

static eql_program *
load_rules(const char *dir)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *compiled = NULL;
    eql_buf image = {0}, why = {0};
    eql_program *p;

    assert_non_null(c);
    assert_int_equal(eqlvm_compiler_add_path(c, dir), EQLVM_OK);
    assert_int_equal(eqlvm_compiler_finish(c, &compiled), EQLVM_OK);
    assert_int_equal(eqlvm_program_save(compiled, save, &image), EQLVM_OK);
    p = eql_image_load(image.p, image.len, &why);
    assert_non_null(p);
    eqlvm_program_free(compiled);
    eqlvm_compiler_free(c);
    eql_buf_free(&image);
    eql_buf_free(&why);
    return p;
}

/* Events of a capture, some of its beginning and then every so many. */
static void
check_capture(test_index *t, const char *path)
{
    static char line[1 << 20];
    gzFile in = gzopen(path, "rb");
    test_reader r;
    uint32_t n = 0, seen = 0;

    assert_non_null(in);
    test_reader_init(&r, t->p);
    while (n < EVENTS_PER_CAPTURE && gzgets(in, line, sizeof line)) {
        uint32_t lost;

        if (seen++ % (1 + n / 32) != 0)
            continue;
        n++;
        lost = test_index_check(t, test_read(&r, line));
        if (lost != EQL_NONE)
            fail_msg("%s:%u: stage %u is lost", path, seen, lost);
    }
    test_reader_free(&r);
    gzclose(in);
}

static void
print_facts(const test_index *t)
{
    eql_index_facts f = eql_index_get_facts(t->ix);
    double n = (double)t->events;

    print_message("stages %u, without access set %u; marks %u; access leaves "
                  "%u; texts %u, fragments %u; %zu bytes\n",
                  f.stages, f.always, f.marks, f.access_leaves, f.texts,
                  f.fragments, f.bytes);
    print_message("events %.0f; per event: pairs %.1f, always %.2f, candidates "
                  "%.2f, hits %.2f\n",
                  n, (double)t->pairs / n, (double)t->always / n,
                  (double)t->candidates / n, (double)t->hits / n);
}

static void
test_index_captures(void **state)
{
    const char *shared = eql_test_shared();
    char path[4200];
    eql_program *p;
    test_index t;
    glob_t g;

    (void)state;
    if (!shared) {
        print_message("no reference material: skipped\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/corpora", shared);
    p = load_rules(path);
    test_index_init(&t, p);
    snprintf(path, sizeof path, "%s/data/ecs/*.gz", shared);
    assert_int_equal(glob(path, 0, NULL, &g), 0);
    for (size_t i = 0; i < g.gl_pathc; i++)
        check_capture(&t, g.gl_pathv[i]);
    globfree(&g);
    print_facts(&t);
    assert_true(t.hits > 0);
    assert_true(eql_index_get_facts(t.ix).always * 12 < p->nstages);
    assert_true(eql_index_get_facts(t.ix).bytes < (size_t)4 << 20);
    assert_true(t.candidates + t.always < 8 * t.events);
    test_index_free(&t);
    eql_program_free(p);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index_captures),
    };

    return cmocka_run_group_tests_name("index_corpora", tests, NULL, NULL);
}
