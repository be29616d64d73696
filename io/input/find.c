/* find.c -- see find.h.
 *
 * Links to folders may lead round in a circle: a folder is searched once for
 * each path of the command line. */
#include "io/input/find.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/map.h"

const eql_passed_row eql_passed_rows[EQL_PASSED_COUNT] = {
#define X(name, key, lost, text) {key, lost, text},
#include "io/input/passed.def"
#undef X
};

struct eql_find {
    eql_find_passed_fn fn;
    void *ctx;
    eql_map *files;   /* identities of all that were found */
    eql_map *folders; /* of the path at hand */
    eql_buf *paths;
    uint64_t hidden, passed;
    bool failed; /* out of memory */
};

/* What makes a file, or a folder, the same as another.  A file that has
 * changed is read again. */
typedef struct {
    uint64_t dev, ino, size, seconds, nanoseconds;
} identity;

static void find_in(eql_find *f, const char *dir, uint32_t depth);

eql_find *
eql_find_new(eql_find_passed_fn fn, void *ctx)
{
    eql_find *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->fn = fn;
    f->ctx = ctx;
    f->files = eql_map_new();
    if (!f->files) {
        eql_find_free(f);
        return NULL;
    }
    return f;
}

void
eql_find_free(eql_find *f)
{
    if (!f)
        return;
    eql_map_free(f->files);
    eql_map_free(f->folders);
    free(f);
}

uint64_t
eql_find_hidden(const eql_find *f)
{
    return f->hidden;
}

static void
pass_over(eql_find *f, const char *path, eql_passed passed)
{
    const char *text = passed == EQL_PASSED_UNREADABLE
                           ? strerror(errno)
                           : eql_passed_rows[passed].text;

    f->passed++;
    f->fn(f->ctx, path, passed, text);
}

/* Was it met before?  Then not again. */
static bool
is_known(eql_find *f, eql_map *known, const struct stat *st)
{
    bool file = known == f->files;
    identity id = {.dev = (uint64_t)st->st_dev, .ino = (uint64_t)st->st_ino};

    if (file) {
        id.size = (uint64_t)st->st_size;
        id.seconds = (uint64_t)st->st_mtim.tv_sec;
        id.nanoseconds = (uint64_t)st->st_mtim.tv_nsec;
    }
    if (eql_map_get(known, &id, sizeof id) != EQL_NONE)
        return true;
    f->failed |= !eql_map_put(known, &id, sizeof id, 0);
    return false;
}

static void
add_file(eql_find *f, const char *path, const struct stat *st)
{
    if (S_ISREG(st->st_mode) && is_known(f, f->files, st))
        pass_over(f, path, EQL_PASSED_TWICE);
    else
        eql_buf_add(f->paths, path, strlen(path) + 1);
}

static int
cmp_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Copies of all names but hidden ones. */
static void
read_names(eql_find *f, const char *dir, DIR *d, eql_vec *names)
{
    const struct dirent *entry;

    for (errno = 0; !f->failed && (entry = readdir(d)); errno = 0) {
        const char *name = entry->d_name;
        char *copy;

        if (name[0] == '.') {
            f->hidden += strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
            continue;
        }
        copy = strdup(name);
        if (!copy || eql_vec_push(names, &copy, sizeof copy) == EQL_NONE) {
            free(copy);
            f->failed = true;
        }
    }
    if (!f->failed && errno != 0)
        pass_over(f, dir, EQL_PASSED_UNREADABLE);
}

static void
free_names(eql_vec *names)
{
    for (uint32_t i = 0; i < names->n; i++)
        free(*(char **)eql_vec_at(names, i));
    eql_vec_free(names);
}

static void
find_one(eql_find *f, const char *path, uint32_t depth)
{
    struct stat st;

    if (stat(path, &st) != 0)
        pass_over(f, path,
                  errno == ENOENT || errno == ELOOP ? EQL_PASSED_DANGLING
                                                    : EQL_PASSED_UNREADABLE);
    else if (S_ISDIR(st.st_mode) && is_known(f, f->folders, &st))
        pass_over(f, path, EQL_PASSED_LOOP);
    else if (S_ISDIR(st.st_mode))
        find_in(f, path, depth + 1);
    else if (S_ISREG(st.st_mode))
        add_file(f, path, &st);
    else
        pass_over(f, path, EQL_PASSED_SPECIAL);
}

static void
find_in(eql_find *f, const char *dir, uint32_t depth)
{
    size_t n = strlen(dir);
    const char *slash = n && dir[n - 1] == '/' ? "" : "/";
    eql_vec names = {0};
    eql_buf path = {0};
    DIR *d;

    if (depth > EQL_FIND_DEPTH) {
        pass_over(f, dir, EQL_PASSED_DEEP);
        return;
    }
    d = opendir(dir);
    if (!d) {
        pass_over(f, dir, EQL_PASSED_UNREADABLE);
        return;
    }
    read_names(f, dir, d, &names);
    closedir(d);
    if (names.n)
        qsort(names.items, names.n, sizeof(char *), cmp_names);
    for (uint32_t i = 0; i < names.n && !f->failed; i++) {
        path.len = 0;
        eql_buf_printf(&path, "%s%s%s", dir, slash,
                       *(char **)eql_vec_at(&names, i));
        f->failed |= path.failed;
        if (!f->failed)
            find_one(f, path.p, depth);
    }
    eql_buf_free(&path);
    free_names(&names);
}

/* The folder that was named, of which something is expected. */
static void
find_named(eql_find *f, const char *dir, const struct stat *st)
{
    size_t found = f->paths->len;
    uint64_t passed = f->passed;

    f->folders = eql_map_new();
    f->failed |= !f->folders;
    if (!f->failed) {
        (void)is_known(f, f->folders, st);
        find_in(f, dir, 0);
        if (f->paths->len == found && f->passed == passed)
            pass_over(f, dir, EQL_PASSED_NOTHING);
    }
    eql_map_free(f->folders);
    f->folders = NULL;
}

bool
eql_find_add(eql_find *f, const char *path, eql_buf *paths, eql_buf *why)
{
    struct stat st = {0};

    f->paths = paths;
    f->failed = false;
    if (strcmp(path, "-") != 0 && stat(path, &st) != 0) {
        eql_buf_printf(why, "%s: %s", path, strerror(errno));
        return false;
    }
    if (S_ISDIR(st.st_mode))
        find_named(f, path, &st);
    else
        add_file(f, path, &st);
    if (paths->failed || f->failed) {
        eql_buf_printf(why, "%s: out of memory", path);
        return false;
    }
    return true;
}
