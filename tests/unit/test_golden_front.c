/* test_golden_front.c -- tokens, trees and E1xx/E2xx messages, one pair of
 * files a case: adding a case is adding NAME.in and NAME.out below
 * tests/golden/{lex,ast,errors}; tests/support/golden.h says how they compare.
 * A tree is also printed as EQL and parsed again: it must be the same. */
#include "tests/support/eql_test.h"

#include <dirent.h>

#include "compiler/parser.h"
#include "tests/support/golden.h"

typedef void (*golden_pass)(eql_strview text, eql_buf *out);

static void
pass_lex(eql_strview text, eql_buf *out)
{
    eql_dump_tokens(text, EQL_COMMENTS_NEST, out);
}

static void
pass_errors(eql_strview text, eql_buf *out)
{
    eql_arena *arena = eql_arena_new(0);
    eql_diags *diags = eql_diags_new();
    eql_source src = {
        .file = eql_sv_cstr("rule.eql"), .text = text, .first_line = 1};

    eql_diags_set_source(diags, &src);
    assert_null(eql_parse(arena, text, EQL_COMMENTS_NEST, diags));
    assert_true(eql_diags_nerrors(diags) > 0);
    for (uint32_t i = 0; i < eql_diags_count(diags); i++)
        eql_diag_render(eql_diags_at(diags, i), false, out);
    eql_diags_free(diags);
    eql_arena_free(arena);
}

static void
dump_tree(eql_arena *arena, eql_strview text, eql_buf *dump, eql_buf *print)
{
    eql_diags *diags = eql_diags_new();
    eql_source src = {.text = text, .first_line = 1};
    eql_query *q;

    eql_diags_set_source(diags, &src);
    q = eql_parse(arena, text, EQL_COMMENTS_NEST, diags);
    if (!q) {
        for (uint32_t i = 0; i < eql_diags_count(diags); i++)
            eql_diag_render(eql_diags_at(diags, i), false, dump);
        fail_msg("%.*s", (int)dump->len, dump->p);
    }
    eql_ast_dump(q, dump);
    eql_ast_print(q, print);
    eql_diags_free(diags);
}

static void
pass_ast(eql_strview text, eql_buf *out)
{
    eql_arena *arena = eql_arena_new(0);
    eql_buf printed = {0}, again = {0}, dump = {0};

    dump_tree(arena, text, out, &printed);
    dump_tree(arena, eql_buf_sv(&printed), &dump, &again);
    if (!eql_sv_eq(eql_buf_sv(out), eql_buf_sv(&dump)))
        fail_msg("printed and parsed again:\n%.*s\nis another tree:\n%.*s",
                 (int)printed.len, printed.p, (int)dump.len, dump.p);
    assert_true(eql_sv_eq(eql_buf_sv(&printed), eql_buf_sv(&again)));
    eql_buf_free(&printed);
    eql_buf_free(&again);
    eql_buf_free(&dump);
    eql_arena_free(arena);
}

static bool
read_file(const char *path, eql_buf *out)
{
    FILE *f = fopen(path, "rb");
    char piece[4096];
    size_t n;

    if (!f)
        return false;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        eql_buf_add(out, piece, n);
    fclose(f);
    return true;
}

/* False: the file has something else. */
static bool
run_case(const char *folder, const char *name, golden_pass pass)
{
    char path[512];
    eql_buf in = {0}, got = {0};
    bool same;

    snprintf(path, sizeof path, "tests/golden/%s/%s.in", folder, name);
    assert_true(read_file(path, &in));
    pass(eql_buf_sv(&in), &got);
    snprintf(path, sizeof path, "tests/golden/%s/%s.out", folder, name);
    same = eql_golden_same(path, &got);
    eql_buf_free(&in);
    eql_buf_free(&got);
    return same;
}

static void
run_folder(const char *folder, golden_pass pass)
{
    char path[512], name[256];
    struct dirent *entry;
    size_t n = 0, differ = 0;
    DIR *dir;

    snprintf(path, sizeof path, "tests/golden/%s", folder);
    dir = opendir(path);
    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        size_t len = strlen(entry->d_name);

        if (len < 4 || strcmp(entry->d_name + len - 3, ".in") != 0)
            continue;
        /* The other passes' codes are test_golden_back's. */
        if (pass == pass_errors && strncmp(entry->d_name, "E1", 2) != 0 &&
            strncmp(entry->d_name, "E2", 2) != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(len - 3), entry->d_name);
        if (!eql_golden_wanted(folder, name))
            continue;
        differ += !run_case(folder, name, pass);
        n++;
    }
    closedir(dir);
    eql_golden_end(folder, n, differ);
}

static void
test_golden_lex(void **state)
{
    (void)state;
    run_folder("lex", pass_lex);
}

static void
test_golden_ast(void **state)
{
    (void)state;
    run_folder("ast", pass_ast);
}

static void
test_golden_errors(void **state)
{
    (void)state;
    run_folder("errors", pass_errors);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_lex),
        cmocka_unit_test(test_golden_ast),
        cmocka_unit_test(test_golden_errors),
    };

    return cmocka_run_group_tests_name("golden_front", tests, NULL, NULL);
}
