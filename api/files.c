/* files.c -- which files a path of inputs stands for. */
#include "eqlvm/eqlvm.h"

#include <string.h>
#include <sys/stat.h>

#include "io/input/find.h"

static void
on_passed(void *ctx, const char *path, eql_passed passed, const char *text)
{
    (void)ctx;
    (void)path;
    (void)passed;
    (void)text;
}

eqlvm_status
eqlvm_input_files(const char *path, bool (*fn)(void *ctx, const char *path),
                  void *ctx)
{
    eql_find *find;
    eql_buf paths = {0}, why = {0};
    eqlvm_status s = EQLVM_ERR_NOMEM;
    struct stat st;

    if (!path || !fn)
        return EQLVM_ERR_ARG;
    if (strcmp(path, "-") != 0 && stat(path, &st) != 0)
        return EQLVM_ERR_IO;
    find = eql_find_new(on_passed, NULL);
    if (find && eql_find_add(find, path, &paths, &why)) {
        s = EQLVM_OK;
        for (size_t at = 0; at < paths.len; at += strlen(paths.p + at) + 1)
            if (!fn(ctx, paths.p + at))
                break;
    }
    eql_buf_free(&paths);
    eql_buf_free(&why);
    eql_find_free(find);
    return s;
}
