/* find.c -- event files below a folder, in byte order of names.
 *
 * Order matters: arrival, and with it the order of alerts with equal times, is
 * the order of files.  Links to folders are not followed (they may lead in a
 * circle); pipes and devices in a folder are passed over (they may block). */
#include "io/events.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MAX_DEPTH 64u /* of folders */

static bool find_in(const char *dir, uint32_t depth, eql_buf *paths,
                    eql_buf *why);

static bool
complain(eql_buf *why, const char *path)
{
    eql_buf_printf(why, "%s: %s", path, strerror(errno));
    return false;
}

static int
cmp_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Copies of all names but hidden ones; false when out of memory. */
static bool
read_names(DIR *d, eql_vec *names)
{
    for (struct dirent *entry; (entry = readdir(d));) {
        char *copy;

        if (entry->d_name[0] == '.')
            continue;
        copy = strdup(entry->d_name);
        if (!copy)
            return false;
        if (eql_vec_push(names, &copy, sizeof copy) == EQL_NONE) {
            free(copy);
            return false;
        }
    }
    return true;
}

static void
free_names(eql_vec *names)
{
    for (uint32_t i = 0; i < names->n; i++)
        free(*(char **)eql_vec_at(names, i));
    eql_vec_free(names);
}

static bool
find_one(const char *path, uint32_t depth, eql_buf *paths, eql_buf *why)
{
    struct stat st, target;

    if (lstat(path, &st) != 0)
        return complain(why, path);
    if (S_ISDIR(st.st_mode))
        return find_in(path, depth + 1, paths, why);
    /* A link that leads nowhere, or to a folder, is no event file. */
    if (stat(path, &target) == 0 && S_ISREG(target.st_mode))
        eql_buf_add(paths, path, strlen(path) + 1);
    return true;
}

static bool
find_names(const char *dir, const eql_vec *names, uint32_t depth,
           eql_buf *paths, eql_buf *why)
{
    size_t n = strlen(dir);
    const char *slash = n && dir[n - 1] == '/' ? "" : "/";

    for (uint32_t i = 0; i < names->n; i++) {
        eql_buf path = {0};
        bool ok;

        eql_buf_printf(&path, "%s%s%s", dir, slash,
                       *(char **)eql_vec_at(names, i));
        ok = !path.failed && find_one(path.p, depth, paths, why);
        eql_buf_free(&path);
        if (!ok)
            return false;
    }
    return true;
}

static bool
find_in(const char *dir, uint32_t depth, eql_buf *paths, eql_buf *why)
{
    eql_vec names = {0};
    DIR *d;
    bool ok;

    if (depth > MAX_DEPTH) {
        errno = ELOOP;
        return complain(why, dir);
    }
    d = opendir(dir);
    if (!d)
        return complain(why, dir);
    ok = read_names(d, &names);
    closedir(d);
    if (ok && names.n)
        qsort(names.items, names.n, sizeof(char *), cmp_names);
    if (ok)
        ok = find_names(dir, &names, depth, paths, why);
    free_names(&names);
    return ok;
}

bool
eql_events_find(const char *path, eql_buf *paths, eql_buf *why)
{
    struct stat st;
    bool ok = true;

    if (strcmp(path, "-") != 0 && stat(path, &st) != 0)
        return complain(why, path);
    if (strcmp(path, "-") != 0 && S_ISDIR(st.st_mode))
        ok = find_in(path, 0, paths, why);
    else
        eql_buf_add(paths, path, strlen(path) + 1);
    if (paths->failed || (!ok && why->len == 0)) {
        eql_buf_printf(why, "%s: out of memory", path);
        ok = false;
    }
    return ok;
}
