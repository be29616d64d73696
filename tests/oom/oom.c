/* oom.c -- a command survives any allocation that is refused.
 *
 *   oom REFUSE.so AFTER FIRST STEP COMMAND...
 *
 * Runs COMMAND once as it is, then with its allocations FIRST, FIRST + STEP, ...
 * refused, each in a process of its own: that one alone, and then with those
 * after it that AFTER says: "+" all, "=" those that a full heap would refuse
 * (tests/oom/refuse.c).  Each run must end, not by a signal, and
 * either do what it does with memory (same output, same exit code), or say that
 * there was no memory, and not exit with 0.
 * Prints a line for each kind of failure, with the number of an allocation that
 * shows it, and at the end what the runs came to; 1: there was a failure. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 20   /* that a run may take */
#define TEXT 262144u /* bytes kept of an output; all are compared by length */
#define KINDS 40     /* of failures that are printed */

typedef struct {
    int status; /* as waitpid() tells it */
    size_t out_len, err_len;
    char out[TEXT], err[TEXT];
} outcome;

typedef struct {
    const char *refuse;
    char **command;
    char count_file[64];
    outcome with_memory, run;
    unsigned long same, told, failed;
    size_t nkinds;
    char kinds[KINDS][200];
} oom;

static void
die(const char *what)
{
    fprintf(stderr, "oom: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int
output_file(void)
{
    int fd = memfd_create("output", MFD_CLOEXEC);

    if (fd < 0)
        die("memfd_create");
    return fd;
}

static size_t
read_back(int fd, char text[TEXT])
{
    ssize_t n = pread(fd, text, TEXT - 1, 0);
    off_t len = lseek(fd, 0, SEEK_END);

    if (n < 0 || len < 0)
        die("read");
    text[n] = 0;
    close(fd);
    return (size_t)len;
}

static void
child(const oom *t, const char *refuse_at, int out, int err)
{
    int null = open("/dev/null", O_RDONLY);

    if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(98);
    alarm(SECONDS);
    setenv("LD_PRELOAD", t->refuse, 1);
    if (refuse_at)
        setenv("EQL_REFUSE", refuse_at, 1);
    else
        setenv("EQL_REFUSE_COUNT", t->count_file, 1);
    execv(t->command[0], t->command);
    _exit(98);
}

static void
run_once(oom *t, const char *refuse_at, outcome *r)
{
    int out = output_file(), err = output_file();
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid == 0)
        child(t, refuse_at, out, err);
    if (waitpid(pid, &r->status, 0) < 0)
        die("waitpid");
    r->out_len = read_back(out, r->out);
    r->err_len = read_back(err, r->err);
}

/* The run's exit code; -1: a signal ended it. */
static int
exit_code(const outcome *r)
{
    return WIFEXITED(r->status) ? WEXITSTATUS(r->status) : -1;
}

static bool
is_same(const outcome *a, const outcome *b)
{
    return exit_code(a) == exit_code(b) && a->out_len == b->out_len &&
           memcmp(a->out, b->out, a->out_len < TEXT ? a->out_len : TEXT) == 0;
}

/* Did it say that there was no memory, as what it is: no fault of a rule or of
 * an event?  A bad rule stays one (4), a bad option too (2). */
static bool
is_told(const outcome *r)
{
    int code = exit_code(r);
    const char *said = strstr(r->err, "out of memory");
    const char *line;

    if (!said)
        said = strstr(r->err, "Cannot allocate memory");
    if (!said && code == 1) /* a test failed for it, and says so */
        return strstr(r->out, "out of memory") != NULL;
    line = said;

    while (line && line > r->err && line[-1] != '\n')
        line--;
    return code >= 2 && code <= 5 && said && !strstr(r->err, "syntax:") &&
           !memmem(line, (size_t)(said - line), "error: E", 8);
}

/* What went wrong in words that are the same for each run of a kind. */
static void
describe(const outcome *r, char kind[200])
{
    int code = exit_code(r);
    char line[120];
    size_t n = strcspn(r->err, "\n");

    /* Without digits, so that all lines of a file are of one kind. */
    snprintf(line, sizeof line, "%.*s", (int)n, r->err);
    for (char *p = line; *p; p++)
        if (*p >= '0' && *p <= '9')
            *p = 'N';
    if (code < 0)
        snprintf(kind, 200, "signal %d: %s", WTERMSIG(r->status), line);
    else
        snprintf(kind, 200, "exit %d: %s", code, line);
}

static void
judge(oom *t, const char *refuse_at)
{
    char kind[200];

    if (is_same(&t->run, &t->with_memory)) {
        t->same++;
        return;
    }
    if (is_told(&t->run)) {
        t->told++;
        return;
    }
    t->failed++;
    describe(&t->run, kind);
    for (size_t i = 0; i < t->nkinds; i++)
        if (strcmp(t->kinds[i], kind) == 0)
            return;
    if (t->nkinds == KINDS)
        return;
    strcpy(t->kinds[t->nkinds++], kind);
    printf("  EQL_REFUSE=%s %s\n", refuse_at, kind);
    fflush(stdout);
}

/* Runs the command as it is; how many allocations it makes. */
static unsigned long
count_allocations(oom *t)
{
    unsigned long n = 0;
    FILE *f;

    snprintf(t->count_file, sizeof t->count_file, "/tmp/eql-oom-%ld",
             (long)getpid());
    run_once(t, NULL, &t->with_memory);
    f = fopen(t->count_file, "r");
    if (!f || fscanf(f, "%lu", &n) != 1 || n == 0)
        die("the command did not run under refuse.so");
    fclose(f);
    unlink(t->count_file);
    return n;
}

int
main(int argc, char **argv)
{
    oom *t = calloc(1, sizeof *t);
    unsigned long step, total;

    if (argc < 6 || !t)
        die("usage: oom REFUSE.so AFTER FIRST STEP COMMAND...");
    t->refuse = argv[1];
    t->command = argv + 5;
    step = strtoul(argv[4], NULL, 10);
    total = count_allocations(t);
    for (unsigned long n = strtoul(argv[3], NULL, 10); n <= total; n += step)
        for (int after = 0; after < 2; after++) {
            char at[32];

            snprintf(at, sizeof at, "%lu%s", n, after ? argv[2] : "");
            run_once(t, at, &t->run);
            judge(t, at);
        }
    printf("%lu allocations; refused: %lu as with memory, %lu told, %lu failed\n",
           total, t->same, t->told, t->failed);
    return t->failed > 0;
}
