/* output.c -- where verbs write: files, devices, standard output.
 *
 * A regular file is written under another name in its folder and takes its
 * place when it is whole, so an output is never half of one and what was there
 * stays if writing fails.  What cannot be renamed over (a pipe, a device, a
 * file in a folder that takes no new ones) is written in place.  Symbolic links
 * are followed first: their target is replaced. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_LINKS 40        /* followed, as the kernel has it */
#define PART ".eqlvm-XXXXXX" /* hidden, so that no folder's reader takes it */

/* Files that are being written, for whoever ends the program in a hurry. */
static char *volatile parts[CLI_MAX_OUTPUTS];

int
cli_output_end(cli_output *o, eqlvm_status s)
{
    int code = cli_written(s);

    if (code == CLI_OK)
        return cli_output_close(o) ? CLI_OK : CLI_IO;
    cli_output_drop(o);
    return code;
}

void
cli_output_abandon(void)
{
    for (size_t i = 0; i < CLI_MAX_OUTPUTS; i++)
        if (parts[i])
            unlink(parts[i]);
}

static void
note_part(const char *old, char *now)
{
    for (size_t i = 0; i < CLI_MAX_OUTPUTS; i++)
        if (parts[i] == old) {
            parts[i] = now;
            return;
        }
}

/* --- names --- */

/* The folder of a path, and the rest: dir/../x is as the kernel sees it. */
static size_t
folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* a[0, n) and b; NULL when out of memory. */
static char *
joined(const char *a, size_t n, const char *b)
{
    size_t rest = strlen(b) + 1;
    char *s = malloc(n + rest);

    if (!s)
        return NULL;
    memcpy(s, a, n);
    memcpy(s + n, b, rest);
    return s;
}

char *
cli_output_target(const char *path)
{
    char *now = joined(path, strlen(path), "");

    for (int i = 0; now && i < MOST_LINKS; i++) {
        char to[PATH_MAX];
        ssize_t n = readlink(now, to, sizeof to - 1);
        char *next;

        if (n < 0)
            return now;
        to[n] = '\0';
        next = joined(now, *to == '/' ? 0 : folder_of(now), to);
        free(now);
        now = next;
    }
    return now;
}

/* --- opening --- */

static bool
is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool
is_stdout(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

static int
open_in_place(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
                0666);
}

/* As the file that it is to replace, or as a new one. */
static void
give_mode(int fd, const struct stat *old)
{
    mode_t mask;

    if (old) {
        (void)!fchown(fd, old->st_uid, old->st_gid);
        (void)fchmod(fd, old->st_mode & 0777);
        return;
    }
    mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
}

/* Makes the file that will be o->target; -1: none can be made there. */
static int
open_part(cli_output *o, const struct stat *old)
{
    sigset_t all, before;
    int fd;

    o->part = joined(o->target, folder_of(o->target), PART);
    if (!o->part)
        return -1;
    /* No signal may end the program between a file and the note of it. */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    fd = mkostemp(o->part, O_CLOEXEC);
    if (fd >= 0)
        note_part(NULL, o->part);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (fd >= 0) {
        give_mode(fd, old);
    } else {
        free(o->part);
        o->part = NULL;
    }
    return fd;
}

/* -1 with errno: it cannot be written. */
static int
open_file(cli_output *o)
{
    struct stat old, again;
    bool exists = stat(o->path, &old) == 0;
    int fd;

    o->target = cli_output_target(o->path);
    if (!o->target) {
        errno = ENOMEM;
        return -1;
    }
    if (exists && !S_ISREG(old.st_mode))
        return open_in_place(o->path);
    if (exists && faccessat(AT_FDCWD, o->path, W_OK, AT_EACCESS) != 0)
        return -1;
    /* Links of /proc lead to files that may have no name. */
    if (exists && (stat(o->target, &again) != 0 || !is_same(&old, &again)))
        return open_in_place(o->path);
    fd = open_part(o, exists ? &old : NULL);
    return fd >= 0 ? fd : open_in_place(o->target);
}

/* Is the file standard output itself, by another name? */
static bool
names_stdout(const char *path)
{
    struct stat a, b;

    return is_stdout(path) || (stat(path, &a) == 0 && fstat(1, &b) == 0 &&
                               S_ISREG(a.st_mode) && is_same(&a, &b));
}

static const char *
shown(const cli_output *o)
{
    return is_stdout(o->path) ? "standard output" : o->path;
}

bool
cli_output_open(cli_output *o, const char *path)
{
    int fd;

    *o = (cli_output){.path = path};
    if (names_stdout(path)) {
        o->f = stdout;
    } else {
        fd = open_file(o);
        o->f = fd < 0 ? NULL : fdopen(fd, "wb");
        if (!o->f) {
            cli_error("cannot write %s: %s", path, strerror(errno));
            if (fd >= 0)
                close(fd);
            cli_output_drop(o);
            return false;
        }
    }
    o->terminal = isatty(fileno(o->f));
    return true;
}

bool
cli_output_write(void *output, const char *p, size_t len)
{
    cli_output *o = output;

    if (fwrite(p, 1, len, o->f) == len)
        return true;
    if (!o->error)
        o->error = errno;
    return false;
}

bool
cli_output_write_json(void *output, const char *p, size_t len)
{
    cli_output *o = output;

    if (!o->terminal)
        return cli_output_write(o, p, len);
    return eqlvm_show(p, len, EQLVM_SHOW_JSON, cli_output_write, o) == EQLVM_OK;
}

bool
cli_output_flush(cli_output *o)
{
    errno = 0;
    if ((fflush(o->f) != 0 || ferror(o->f)) && !o->error)
        o->error = errno ? errno : EIO;
    return !o->error;
}

bool
cli_output_pipe_closed(const cli_output *o)
{
    return o->error == EPIPE;
}

/* --- closing --- */

static bool
write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t did = write(fd, p, n);

        if (did < 0)
            return false;
        p += did;
        n -= (size_t)did;
    }
    return true;
}

/* A file that something is mounted on cannot be renamed over. */
static bool
copy_over(const char *from, const char *to)
{
    char block[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool ok = out >= 0;
    ssize_t n = 1;
    int error;

    while (ok && n > 0) {
        n = read(in, block, sizeof block);
        ok = n >= 0 && write_all(out, block, (size_t)n);
    }
    error = errno;
    if (out >= 0 && close(out) != 0 && ok) {
        error = errno;
        ok = false;
    }
    if (in >= 0)
        close(in);
    errno = error;
    return ok;
}

/* All that was written becomes the file.  false with o->error. */
static bool
take_place(cli_output *o)
{
    bool busy;

    if (rename(o->part, o->target) == 0) {
        note_part(o->part, NULL);
        free(o->part);
        o->part = NULL;
        return true;
    }
    busy = errno == EBUSY || errno == EXDEV;
    if (busy && copy_over(o->part, o->target))
        return true;
    o->error = errno;
    return false;
}

void
cli_output_drop(cli_output *o)
{
    if (o->f && o->f != stdout)
        fclose(o->f);
    if (o->part) {
        unlink(o->part);
        note_part(o->part, NULL);
    }
    free(o->part);
    free(o->target);
    *o = (cli_output){.path = o->path, .error = o->error};
}

bool
cli_output_close(cli_output *o)
{
    (void)cli_output_flush(o);
    if (o->f != stdout) {
        if (fclose(o->f) != 0 && !o->error)
            o->error = errno;
        o->f = NULL;
    }
    if (!o->error && o->part)
        (void)take_place(o);
    cli_output_drop(o);
    if (!o->error || o->error == EPIPE)
        return true;
    cli_error("cannot write %s: %s", shown(o), strerror(o->error));
    return false;
}

bool
cli_close_stdout(void)
{
    cli_output o = {.f = stdout, .error = cli_lost_line() ? ENOMEM : 0};

    return cli_output_close(&o);
}

/* Nothing but these three may have those numbers: what is printed would go
 * into the first file that is opened.  Each is opened the wrong way round, so
 * that reading and writing there fail as they did, and do not seem to work. */
void
cli_open_standard(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};

    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", modes[fd]); /* gets the lowest: fd */
}
