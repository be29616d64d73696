/* test_find.c -- event files of a folder, in order. */
#include "tests/support/eql_files.h"

#include <sys/stat.h>

#include "io/input/find.h"

static void
touch(const char *dir, const char *name)
{
    char path[8192];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
}

/* What was passed over, a line each: "NAME WHY". */
static void
on_passed(void *ctx, const char *path, eql_passed passed, const char *text)
{
    assert_true(text && *text);
    eql_buf_printf(ctx, "%s %s\n", strrchr(path, '/') + 1,
                   eql_passed_rows[passed].key);
}

static void
test_find_order(void **state)
{
    static const char *const files[] = {"b.json", "a/z", "a/.hidden", "A",
                                        ".h/x",   "a.b", "\xc3\xa9",  "a/c/d"};
    static const char *const dirs[] = {"a", ".h", "a/c", "empty"};
    static const char *const order[] = {"A",   "a/c/d",  "a/z",
                                        "a.b", "b.json", "\xc3\xa9"};
    static const char told[] = "link twice\nloop loop\npipe special\n";
    char dir[4096], path[8192];
    eql_buf paths = {0}, why = {0}, command = {0}, passed = {0};
    eql_find *f = eql_find_new(on_passed, &passed);
    const char *p;

    (void)state;
    test_file(eql_sv_cstr(""), dir);
    unlink(dir);
    assert_int_equal(mkdir(dir, 0700), 0);
    for (size_t i = 0; i < EQL_COUNTOF(dirs); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, dirs[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (size_t i = 0; i < EQL_COUNTOF(files); i++)
        touch(dir, files[i]);
    snprintf(path, sizeof path, "%s/link", dir);
    assert_int_equal(symlink("b.json", path), 0);
    snprintf(path, sizeof path, "%s/loop", dir);
    assert_int_equal(symlink(".", path), 0);
    snprintf(path, sizeof path, "%s/pipe", dir);
    assert_int_equal(mkfifo(path, 0600), 0);

    assert_true(eql_find_add(f, dir, &paths, &why));
    p = paths.p;
    for (size_t i = 0; i < EQL_COUNTOF(order); i++) {
        snprintf(path, sizeof path, "%s/%s", dir, order[i]);
        assert_true(p < paths.p + paths.len);
        assert_string_equal(p, path);
        p += strlen(p) + 1;
    }
    assert_ptr_equal(p, paths.p + paths.len);
    assert_string_equal(passed.p, told);
    assert_int_equal(eql_find_hidden(f), 2);

    paths.len = 0;
    assert_true(eql_find_add(f, "-", &paths, &why));
    assert_true(eql_sv_eq(eql_buf_sv(&paths), eql_sv("-", 2)));
    assert_int_equal(why.len, 0);
    assert_false(eql_find_add(f, "/nonexistent", &paths, &why));
    assert_string_equal(why.p, "/nonexistent: No such file or directory");
    eql_buf_printf(&command, "rm -rf '%s'", dir);
    assert_int_equal(system(command.p), 0);
    eql_find_free(f);
    eql_buf_free(&passed);
    eql_buf_free(&paths);
    eql_buf_free(&why);
    eql_buf_free(&command);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_order),
    };

    return cmocka_run_group_tests_name("find", tests, NULL, NULL);
}
