/* test_rules_walk.c -- finding rule files, exports, and whole public corpora.
 */
#include "tests/support/eql_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "rulefile/rules.h"

typedef struct {
    char dir[256];
    eql_arena *arena;
    eql_diags *diags;
    eql_rules_counters counters;
    eql_buf why, seen; /* seen: "name;" of each rule, "!" before an image's */
    uint64_t nrules;
    uint64_t stop_after; /* 0: never */
    eql_rules_result result;
} fixture;

static bool
see_rule(void *ctx, const eql_rule_source *r)
{
    fixture *x = ctx;

    eql_buf_add_sv(&x->seen, r->name);
    eql_buf_add_char(&x->seen, ';');
    return ++x->nrules != x->stop_after;
}

static bool
see_image(void *ctx, const char *path, eql_buf *image)
{
    fixture *x = ctx;

    (void)path;
    eql_buf_add_char(&x->seen, '!');
    eql_buf_add_sv(&x->seen, eql_buf_sv(image));
    eql_buf_add_char(&x->seen, ';');
    return true;
}

static void
open_fixture(fixture *x)
{
    const char *tmp = getenv("TMPDIR");

    *x = (fixture){.arena = eql_arena_new(0), .diags = eql_diags_new()};
    snprintf(x->dir, sizeof x->dir, "%s/eql_walk_XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(x->dir));
}

static void
close_fixture(fixture *x)
{
    char command[300];

    eql_arena_free(x->arena);
    eql_diags_free(x->diags);
    eql_buf_free(&x->why);
    eql_buf_free(&x->seen);
    snprintf(command, sizeof command, "rm -rf '%s'", x->dir);
    assert_int_equal(system(command), 0);
}

static void
put_file(fixture *x, const char *name, const char *text)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", x->dir, name);
    for (char *p = path + strlen(x->dir) + 1; (p = strchr(p, '/')); p++) {
        *p = 0;
        (void)mkdir(path, 0777);
        *p = '/';
    }
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

/* sub: below the folder; "" for the folder itself. */
static void
read_path(fixture *x, const char *sub)
{
    eql_rules_calls calls = {.rule = see_rule, .image = see_image, .ctx = x};
    char path[512];

    snprintf(path, sizeof path, "%s%s%s", x->dir, *sub ? "/" : "", sub);
    x->seen.len = 0;
    x->nrules = 0;
    x->result =
        eql_rules_read(path, x->arena, x->diags, &calls, &x->counters, &x->why);
}

#define assert_seen(x, s)                                                      \
    do {                                                                       \
        if (!eql_sv_is(eql_buf_sv(&(x)->seen), s))                             \
            fail_msg("saw %.*s", (int)(x)->seen.len, (x)->seen.p);             \
    } while (0)

static void
test_folder_in_byte_order(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x);
    put_file(&x, "b.eql", "any where true");
    put_file(&x, "a.toml", "[rule]\nname='A'\nquery='any where true'\n");
    put_file(&x, "B.eqlc", "image");
    put_file(&x, "sub/z.EQL", "any where true");
    put_file(&x, "sub/deeper/y.eql", "any where true");
    put_file(&x, "c.toml", "[rule]\nlanguage='kuery'\nquery='x'\n");
    put_file(&x, ".hidden.eql", "any where true");
    put_file(&x, ".git/x.eql", "any where true");
    put_file(&x, "notes.md", "any where true");
    read_path(&x, "");
    assert_int_equal(x.result, EQL_RULES_OK);
    assert_seen(&x, "!image;A;b;y;z;");
    assert_int_equal(x.counters.files, 6);
    assert_int_equal(x.counters.other_language, 1);
    assert_int_equal(x.counters.unreadable, 0);
    close_fixture(&x);
}

static void
test_named_files(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x);
    put_file(&x, "a.eql", "any where true");
    put_file(&x, "a.txt", "any where true");
    put_file(&x, "p.toml", "[tool]\nx=1\n");
    read_path(&x, "a.eql");
    assert_int_equal(x.result, EQL_RULES_OK);
    assert_seen(&x, "a;");
    read_path(&x, "a.txt");
    assert_int_equal(x.result, EQL_RULES_IO);
    assert_true(x.why.len > 0);
    read_path(&x, "missing.eql");
    assert_int_equal(x.result, EQL_RULES_IO);
    /* Named, a TOML file must be a rule; in a folder it is passed over. */
    read_path(&x, "p.toml");
    assert_int_equal(x.result, EQL_RULES_OK);
    assert_int_equal(x.counters.unreadable, 1);
    assert_int_equal(eql_diags_nerrors(x.diags), 1);
    read_path(&x, "");
    assert_int_equal(eql_diags_nerrors(x.diags), 1);
    assert_int_equal(eql_diags_nwarnings(x.diags), 1);
    close_fixture(&x);
}

static void
test_stopping(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x);
    put_file(&x, "a.eql", "any where true");
    put_file(&x, "b.eql", "any where true");
    x.stop_after = 1;
    read_path(&x, "");
    assert_int_equal(x.result, EQL_RULES_STOPPED);
    assert_seen(&x, "a;");
    close_fixture(&x);
}

static void
test_events_of_tests_are_no_rules(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x);
    put_file(&x, "a.ndjson", "{\"query\":\"SELECT 1\"}\n");
    put_file(&x, "sub/b.ndjson", "{\"query\":\"any where true\"}\n");
    put_file(&x, "r.toml",
             "[rule]\nname='R'\nquery='any where true'\n"
             "[[eqlvm.test]]\nname='t'\nevents='./sub/../a.ndjson'\n"
             "expect=[]\n");
    read_path(&x, "");
    assert_int_equal(x.result, EQL_RULES_OK);
    assert_seen(&x, "R;b;");
    close_fixture(&x);
}

static void
test_kibana_export(void **state)
{
    fixture x;

    (void)state;
    open_fixture(&x);
    put_file(&x, "e.ndjson",
             "\xEF\xBB\xBF{\"name\":\"E1\",\"rule_id\":\"r1\",\"type\":\"eql\","
             "\"language\":\"eql\",\"query\":\"any where true\"}\n"
             "{\"name\":\"K\",\"rule_id\":\"r2\",\"type\":\"query\","
             "\"language\":\"kuery\",\"query\":\"a:b\"}\r\n"
             "\n"
             "{\"name\":\"M\",\"rule_id\":\"r3\",\"type\":"
             "\"machine_learning\"}\n"
             "{\"list_id\":\"l\",\"type\":\"detection\"}\n"
             "{\"name\":\"E2\",\"query\":\"any where true\"}\n"
             "{\"name\":\"E3\",\"rule_id\":\"r4\",\"type\":\"eql\"}\n"
             "{\"broken\n"
             "{\"exported_count\":3}\n");
    read_path(&x, "e.ndjson");
    assert_int_equal(x.result, EQL_RULES_OK);
    assert_seen(&x, "E1;E2;");
    assert_int_equal(x.counters.other_language, 2);
    assert_int_equal(x.counters.unreadable, 2);
    assert_int_equal(eql_diags_nerrors(x.diags), 2);
    assert_int_equal(eql_diags_at(x.diags, 0)->line, 7);
    assert_string_equal(eql_diags_at(x.diags, 0)->code, "E603");
    assert_int_equal(eql_diags_at(x.diags, 1)->line, 8);
    assert_string_equal(eql_diags_at(x.diags, 1)->code, "E601");
    close_fixture(&x);
}

static bool
check_export_rule(void *ctx, const eql_rule_source *r)
{
    fixture *x = ctx;

    eql_diags_set_source(x->diags, &r->query);
    eql_diags_add(x->diags, "E201", (eql_span){4, 5}, NULL, "here");
    assert_int_equal(r->risk_score, 21);
    assert_int_equal(r->severity, EQL_SEVERITY_LOW);
    assert_int_equal(r->nthreats, 2);
    assert_true(eql_sv_is(r->threats[0], "T1.1"));
    assert_true(eql_sv_is(r->threats[1], "T2"));
    assert_int_equal(r->nos, 1);
    assert_true(eql_sv_is(r->os[0], "Linux"));
    assert_int_equal(r->nignored, 1);
    assert_true(eql_sv_is(r->ignored[0], "index"));
    x->nrules++;
    return true;
}

static void
test_rule_of_an_export(void **state)
{
    fixture x;
    eql_rules_calls calls = {
        .rule = check_export_rule, .image = see_image, .ctx = &x};
    char path[300];

    (void)state;
    open_fixture(&x);
    put_file(
        &x, "e.ndjson",
        "{}\n{\"query\":\"any where true\",\"name\":\"x\",\"type\":\"eql\","
        "\"severity\":\"low\",\"risk_score\":21,\"os\":[\"linux\"],"
        "\"index\":[\"a\"],\"filters\":[],\"threat\":[{\"technique\":[{"
        "\"id\":\"T1\",\"subtechnique\":[{\"id\":\"T1.1\"}]},{\"id\":"
        "\"T2\"}]}]}\n");
    snprintf(path, sizeof path, "%s/e.ndjson", x.dir);
    assert_int_equal(
        eql_rules_read(path, x.arena, x.diags, &calls, &x.counters, &x.why),
        EQL_RULES_OK);
    assert_int_equal(x.nrules, 1);
    assert_int_equal(eql_diags_at(x.diags, 0)->line, 2);
    assert_int_equal(eql_diags_at(x.diags, 0)->column, 15);
    close_fixture(&x);
}

static void
test_public_corpora(void **state)
{
    const char *shared = eql_test_shared();
    eql_rules_calls calls;
    char path[4200];
    fixture x;

    (void)state;
    if (!shared) {
        print_message("no reference material: skipped\n");
        skip();
    }
    open_fixture(&x);
    calls = (eql_rules_calls){.rule = see_rule, .image = see_image, .ctx = &x};
    snprintf(path, sizeof path, "%s/corpora", shared);
    assert_int_equal(
        eql_rules_read(path, x.arena, x.diags, &calls, &x.counters, &x.why),
        EQL_RULES_OK);
    /* 1,659 TOML files and eight hunting queries. */
    assert_int_equal(x.counters.files, 1660);
    assert_int_equal(x.counters.unreadable, 0);
    assert_int_equal(x.counters.other_language, 0);
    assert_int_equal(x.nrules, 1659 + 8);
    assert_int_equal(eql_diags_count(x.diags), 0);
    close_fixture(&x);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder_in_byte_order),
        cmocka_unit_test(test_named_files),
        cmocka_unit_test(test_stopping),
        cmocka_unit_test(test_events_of_tests_are_no_rules),
        cmocka_unit_test(test_kibana_export),
        cmocka_unit_test(test_rule_of_an_export),
        cmocka_unit_test(test_public_corpora),
    };

    return cmocka_run_group_tests_name("rules_walk", tests, NULL, NULL);
}
