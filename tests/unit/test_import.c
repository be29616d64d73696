/* test_import.c -- rules of compiled files taken into another program. */
#include "tests/support/api_test.h"

#include "program/disasm.h"
#include "program/image.h"
#include "program/verify.h"

/* Rules that share leaves, patterns, fields and texts, and use everything that
 * a rule can name. */
static const char rule_file[] =
    "[rule]\nrule_id = 'r-1'\nname = 'One'\ndescription = 'what'\n"
    "severity = 'low'\nrisk_score = 21\ntags = ['OS: Windows', 'x', 'OS: "
    "Linux']"
    "\nquery = '''\n"
    "sequence by host.id, ?user.id with maxspan=1m\n"
    " [process where process.name : (\"cmd.exe\", \"p*.exe\") and x.n >= 1.5]"
    " by a.b\n"
    " [network where source.ip in (\"10.0.0.1\", \"::1\") and"
    " cidrMatch(destination.ip, \"10.0.0.0/8\", \"fe80::/10\")] by c.d\n"
    " [any where `odd.name`.x == null or y == true or z in~ (\"A\", 1, 2.5)]"
    " by a.b\n"
    "until [process where event.type == \"end\"] by a.b\n'''\n"
    "[[rule.threat]]\n[[rule.threat.technique]]\nid = 'T1059'\n"
    "[eqlvm]\ncooldown = '10m'\nbudget_ns = 250\n"
    "[[eqlvm.severity]]\nlevel = 'high'\nstage = 3\nwhen = 'k like \"a?\"'\n"
    "[[eqlvm.severity]]\nlevel = 'low'\nstage = 1\nwhen = 'k like \"a?\"'\n"
    "[[eqlvm.exception]]\nname = 'ours'\nstage = 2\n"
    "when = 'cidrMatch(source.ip, \"10.0.0.0/8\")'\n";

static const char *const queries[] = {
    "process where process.name : (\"cmd.exe\", \"p*.exe\")",
    "any where true",
    "sequence [any where a == 1] [any where a == 1]",
    "sequence by host.id with maxspan=1m [process where x.n >= 1.5]"
    " [file where not file.path like~ \"*\\\\tmp\\\\*\"]",
    "any where arraySearch(a.b, $x, arrayCount($x.c, $y, $y == \"q\") > 1)",
    "sequence by concat(a, \"x\") with maxspan=1m"
    " [any where true] as p with runs=3 ![any where b regex \"x+\"]"
    " [any where startsWith~(c, p.c)] fork"
    " | filter events[1].a == 3 | unique a, events[2].b | count a.b",
    "sample by host.id [any where a == 1] [any where b == 2] | head 3",
    "join by pid [any where a == 1] [any where b == 2] until [any where c]",
};

/* The image of a program of all that was added. */
static void
save(eqlvm_compiler *c, eql_buf *image)
{
    eqlvm_program *p = NULL;

    if (eqlvm_compiler_finish(c, &p) != EQLVM_OK) {
        eql_buf text = {0};

        for (size_t i = 0; i < eqlvm_compiler_ndiags(c); i++)
            (void)eqlvm_compiler_render(c, i, false, api_collect, &text);
        fail_msg("%.*s", (int)text.len, text.p ? text.p : "");
    }
    image->len = 0;
    assert_int_equal(eqlvm_program_save(p, api_collect, image), EQLVM_OK);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
}

static void
add_file(eqlvm_compiler *c, const char *dir, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(eqlvm_compiler_add_path(c, path), EQLVM_OK);
}

/* All rules, in the order of the array after the file. */
static void
build(const char *dir, eql_buf *image)
{
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);

    add_file(c, dir, "one.toml");
    for (size_t i = 0; i < EQL_COUNTOF(queries); i++)
        assert_int_equal(
            eqlvm_compiler_add_query(c, "q", queries[i], strlen(queries[i])),
            EQLVM_OK);
    save(c, image);
}

static void
test_import_gives_the_same_image(void **state)
{
    eql_buf first = {0}, again = {0};
    eqlvm_compiler *c;
    char dir[256];

    (void)state;
    api_folder(dir);
    api_put(dir, "one.toml", rule_file, sizeof rule_file - 1);
    build(dir, &first);
    api_put(dir, "all.eqlc", first.p, first.len);
    c = eqlvm_compiler_new(NULL);
    add_file(c, dir, "all.eqlc");
    save(c, &again);
    assert_int_equal(again.len, first.len);
    assert_memory_equal(again.p, first.p, first.len);
    eql_buf_free(&first);
    eql_buf_free(&again);
    api_drop_folder(dir);
}

/* All rules, or more than there are, are the same program; the first ones are
 * what the compiler makes of them. */
static void
test_first_rules(void **state)
{
    eql_buf all = {0}, one = {0}, why = {0}, out = {0};
    eqlvm_program *p, *some;
    eqlvm_compiler *c;
    char dir[256];
    uint32_t n;

    (void)state;
    api_folder(dir);
    api_put(dir, "one.toml", rule_file, sizeof rule_file - 1);
    build(dir, &all);
    c = eqlvm_compiler_new(NULL);
    add_file(c, dir, "one.toml");
    save(c, &one);
    assert_int_equal(eqlvm_program_load(all.p, all.len, &p, NULL, 0), EQLVM_OK);
    n = eqlvm_program_nrules(p);
    for (uint32_t i = 0; i <= n + 1; i++) {
        const eql_buf *want = i == 1 ? &one : i >= n ? &all : NULL;

        assert_int_equal(eqlvm_program_first(p, i, &some), EQLVM_OK);
        assert_int_equal(eqlvm_program_nrules(some), i < n ? i : n);
        out.len = 0;
        assert_int_equal(eqlvm_program_save(some, api_collect, &out), EQLVM_OK);
        if (want) {
            assert_int_equal(out.len, want->len);
            assert_memory_equal(out.p, want->p, out.len);
        }
        eqlvm_program_free(some);
    }
    eqlvm_program_free(p);
    eql_buf_free(&all);
    eql_buf_free(&one);
    eql_buf_free(&why);
    eql_buf_free(&out);
    api_drop_folder(dir);
}

/* Twice the same rules: what they name is there once. */
static void
test_import_shares_what_is_there(void **state)
{
    eql_buf first = {0}, twice = {0}, why = {0};
    eqlvm_compiler *c;
    eql_program *a, *b;
    char dir[256];

    (void)state;
    api_folder(dir);
    api_put(dir, "one.toml", rule_file, sizeof rule_file - 1);
    build(dir, &first);
    api_put(dir, "a.eqlc", first.p, first.len);
    api_put(dir, "b.eqlc", first.p, first.len);
    c = eqlvm_compiler_new(NULL);
    add_file(c, dir, "a.eqlc");
    add_file(c, dir, "b.eqlc");
    save(c, &twice);
    a = eql_image_load(first.p, first.len, &why);
    b = eql_image_load(twice.p, twice.len, &why);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(b->nrules, 2 * a->nrules);
    assert_int_equal(b->nstages, 2 * a->nstages);
    assert_int_equal(b->nheap, a->nheap);
    assert_int_equal(b->nleaves, a->nleaves);
    assert_int_equal(b->nfilters, a->nfilters);
    assert_int_equal(b->nconsts, a->nconsts);
    assert_int_equal(b->nfields, a->nfields);
    eql_program_free(a);
    eql_program_free(b);
    eql_buf_free(&first);
    eql_buf_free(&twice);
    eql_buf_free(&why);
    api_drop_folder(dir);
}

/* One rule picked out of a file is what it is when compiled alone. */
static void
test_selection_works_on_images(void **state)
{
    static const char *const only[] = {"one", NULL};
    static const char *const linux_only[] = {"linux", NULL};
    static const char *const macos_only[] = {"macos", NULL};
    eql_buf all = {0}, alone = {0}, picked = {0};
    eqlvm_compile_options o = {.rules = only};
    eqlvm_compile_summary sum;
    eqlvm_compiler *c;
    char dir[256];

    (void)state;
    api_folder(dir);
    api_put(dir, "one.toml", rule_file, sizeof rule_file - 1);
    build(dir, &all);
    api_put(dir, "all.eqlc", all.p, all.len);
    c = eqlvm_compiler_new(NULL);
    add_file(c, dir, "one.toml");
    save(c, &alone);
    c = eqlvm_compiler_new(&o);
    add_file(c, dir, "all.eqlc");
    eqlvm_compiler_summary(c, &sum);
    assert_int_equal(sum.rules, 1);
    assert_int_equal(sum.deselected, EQL_COUNTOF(queries));
    save(c, &picked);
    assert_int_equal(picked.len, alone.len);
    assert_memory_equal(picked.p, alone.p, alone.len);
    o = (eqlvm_compile_options){.os = linux_only};
    c = eqlvm_compiler_new(&o);
    add_file(c, dir, "all.eqlc");
    save(c, &picked);
    assert_memory_equal(picked.p, alone.p, alone.len);
    o = (eqlvm_compile_options){.os = macos_only};
    c = eqlvm_compiler_new(&o);
    add_file(c, dir, "all.eqlc");
    eqlvm_compiler_summary(c, &sum);
    assert_int_equal(sum.rules, 0);
    eqlvm_compiler_free(c);
    eql_buf_free(&all);
    eql_buf_free(&alone);
    eql_buf_free(&picked);
    api_drop_folder(dir);
}

/* Images need not be laid out as ours are.  Whatever the verifier accepts is
 * imported, or refused for memory, and what comes out is accepted again. */
static void
check_import(const eql_buf *image)
{
    eql_buf why = {0};
    eql_program *p = eql_image_load(image->p, image->len, &why), *q;
    eql_builder *b;
    bool ok = true;

    eql_buf_free(&why);
    if (!p)
        return;
    b = eql_builder_new(eql_program_dialect(p), eql_sv(NULL, 0),
                        eql_sv(NULL, 0), eql_sv(NULL, 0));
    for (uint32_t i = 0; i < p->nrules && ok; i++)
        ok = eql_builder_import_rule(b, p, i);
    q = ok ? eql_builder_finish(b) : NULL;
    if (q)
        assert_int_equal(eql_verify(q).code, EQL_VERIFY_OK);
    assert_true(!ok || q);
    eql_program_free(q);
    eql_program_free(p);
    eql_builder_free(b);
}

static void
test_damaged_images_are_imported_or_refused(void **state)
{
    static const unsigned char values[] = {0, 1, 2, 0x7F, 0xFF};
    eql_buf image = {0};
    uint64_t sum[2];
    char dir[256];

    (void)state;
    api_folder(dir);
    api_put(dir, "one.toml", rule_file, sizeof rule_file - 1);
    build(dir, &image);
    /* The checksum (bytes 24 to 40) is made right again each time. */
    for (size_t at = 40; at < image.len; at++) {
        char old = image.p[at];

        for (size_t i = 0; i < EQL_COUNTOF(values); i++) {
            eql_h128 h;

            image.p[at] = (char)values[i];
            h = eql_image_sum(image.p + 40, image.len - 40);
            sum[0] = h.hi;
            sum[1] = h.lo;
            memcpy(image.p + 24, sum, sizeof sum);
            check_import(&image);
        }
        image.p[at] = old;
    }
    eql_buf_free(&image);
    api_drop_folder(dir);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_gives_the_same_image),
        cmocka_unit_test(test_first_rules),
        cmocka_unit_test(test_import_shares_what_is_there),
        cmocka_unit_test(test_selection_works_on_images),
        cmocka_unit_test(test_damaged_images_are_imported_or_refused),
    };

    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
