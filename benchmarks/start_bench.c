/* start_bench.c -- what it costs to start: rules from text, rules from an
 * image, the first event, memory (rows 15 to 17 of the targets).
 *
 *   start_bench [SHARED [EQLVM]]
 *
 * SHARED is the folder of the reference material (else $EQL_SHARED), EQLVM the
 * program whose first event is timed (else the one beside this program).
 * One JSON object per line on standard output: milliseconds are the
 * least of some rounds, CPU time unless the name says wall. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compiler/compile.h"
#include "rulefile/rules.h"
#include "program/image.h"
#include "vm/eval/prepare.h"

#define ROUNDS 7
#define LIST_ROUNDS 25
#define MAX_FOLDERS 4

typedef struct {
    const char *name;
    const char *folders[MAX_FOLDERS]; /* below SHARED/corpora */
} rule_set;

static const rule_set sets[] = {
    {"drwin", {"detection-rules/rules/windows"}},
    {"allwin",
     {"detection-rules/rules/windows", "detection-rules/rules/cross-platform",
      "protections/behavior/rules/windows",
      "protections/behavior/rules/cross-platform"}},
    {"all", {""}},
};

/* The sources of a set, read once. */
typedef struct {
    eql_arena *arena;
    eql_diags *diags;
    eql_vec rules; /* eql_rule_source */
    size_t text;   /* bytes of their queries */
} sources;

static double
now_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
report(int row, const char *what, const char *set, double ms)
{
    printf("{\"row\":%d,\"what\":\"%s\",\"set\":\"%s\",\"measured\":%.3f,"
           "\"unit\":\"ms\"}\n",
           row, what, set, ms);
    fflush(stdout);
}

static void
die(const char *what)
{
    fprintf(stderr, "start_bench: %s\n", what);
    exit(1);
}

static void
least(double *best, double ms)
{
    if (*best < 0 || ms < *best)
        *best = ms;
}

/* --- rules from text --- */

static bool
keep_rule(void *ctx, const eql_rule_source *r)
{
    sources *s = ctx;

    s->text += r->query.text.len;
    return eql_vec_push(&s->rules, r, sizeof *r) != EQL_NONE;
}

static bool
skip_image(void *ctx, const char *path, eql_buf *image)
{
    (void)ctx;
    (void)path;
    (void)image;
    return true;
}

static void
read_sources(sources *s, const rule_set *set, const char *shared)
{
    eql_rules_calls calls = {.rule = keep_rule, .image = skip_image, .ctx = s};
    eql_rules_counters counters = {0};
    eql_buf why = {0};
    char path[4200];

    *s = (sources){.arena = eql_arena_new(0), .diags = eql_diags_new()};
    if (!s->arena || !s->diags)
        die("out of memory");
    for (int i = 0; i < MAX_FOLDERS && set->folders[i]; i++) {
        snprintf(path, sizeof path, "%s/corpora/%s", shared, set->folders[i]);
        if (eql_rules_read(path, s->arena, s->diags, &calls, &counters, &why) !=
            EQL_RULES_OK)
            die(path);
    }
    eql_buf_free(&why);
}

static void
free_sources(sources *s)
{
    eql_arena_free(s->arena);
    eql_diags_free(s->diags);
    eql_vec_free(&s->rules);
}

static eql_program *
compile(const sources *s)
{
    eql_compile_settings settings = eql_compile_settings_default();
    eql_compiler *c = eql_compiler_new(&settings);
    eql_diags *diags = eql_diags_new();
    eql_buf why = {0};
    eql_program *p;

    if (!c || !diags)
        die("out of memory");
    for (uint32_t i = 0; i < s->rules.n; i++) {
        const eql_rule_source *r = eql_vec_at(&s->rules, i);

        (void)eql_compiler_add(c, r, diags);
    }
    p = eql_compiler_finish(c, &why);
    if (!p)
        die("the program was refused");
    eql_compiler_free(c);
    eql_diags_free(diags);
    eql_buf_free(&why);
    return p;
}

static eql_program *
bench_text(const rule_set *set, const char *shared)
{
    double reading = -1, compiling = -1, t;
    eql_program *p = NULL;

    for (int i = 0; i < ROUNDS; i++) {
        sources s;

        t = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        read_sources(&s, set, shared);
        least(&reading, now_ms(CLOCK_PROCESS_CPUTIME_ID) - t);
        eql_program_free(p);
        t = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        p = compile(&s);
        least(&compiling, now_ms(CLOCK_PROCESS_CPUTIME_ID) - t);
        free_sources(&s);
    }
    report(16, "read rule files", set->name, reading);
    report(16, "compile", set->name, compiling);
    return p;
}

/* --- rules from an image --- */

static void
write_image(const char *path, const eql_program *p)
{
    eql_buf image = {0};
    FILE *f = fopen(path, "wb");

    if (!f || !eql_image_save(p, &image) ||
        fwrite(image.p, 1, image.len, f) != image.len || fclose(f) != 0)
        die("cannot write the image");
    eql_buf_free(&image);
}

/* The file's bytes; read anew each time, as a start would. */
static eql_program *
load_image(const char *path)
{
    FILE *f = fopen(path, "rb");
    eql_buf image = {0}, why = {0};
    eql_program *p;
    long len;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (len = ftell(f)) < 0)
        die("cannot read the image");
    rewind(f);
    if (!eql_buf_reserve(&image, (size_t)len) ||
        fread(image.p, 1, (size_t)len, f) != (size_t)len)
        die("cannot read the image");
    fclose(f);
    image.len = (size_t)len;
    p = eql_image_take(&image, &why);
    if (!p)
        die("the image was refused");
    eql_buf_free(&why);
    return p;
}

static void
bench_image(const rule_set *set, const char *path)
{
    double loading = -1, preparing = -1, t;

    for (int i = 0; i < LIST_ROUNDS; i++) {
        eql_program *p;
        eql_prepared *pr;

        t = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        p = load_image(path);
        least(&loading, now_ms(CLOCK_PROCESS_CPUTIME_ID) - t);
        t = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        pr = eql_prepared_new(p);
        least(&preparing, now_ms(CLOCK_PROCESS_CPUTIME_ID) - t);
        if (!pr)
            die("the program cannot be prepared");
        eql_prepared_free(pr);
        eql_program_free(p);
    }
    report(17, "load to verified program", set->name, loading);
    report(17, "prepare", set->name, preparing);
}

/* --- the first event --- */

static double
ms_of(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static void
run_eqlvm(char *const argv[], struct rusage *used)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (!freopen("/dev/null", "w", stdout) ||
            !freopen("/dev/null", "w", stderr))
            _exit(126);
        execv(argv[0], argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, used) != pid || !WIFEXITED(status) ||
        WEXITSTATUS(status) > 3)
        die("cannot run eqlvm");
}

static void
bench_process(const rule_set *set, char *eqlvm, char *image, char *event)
{
    char run[] = "run", rules[] = "-r";
    char *argv[] = {eqlvm, run, rules, image, event, NULL};
    double wall = -1, cpu = -1;
    long kilobytes = 0;

    for (int i = 0; i < LIST_ROUNDS; i++) {
        struct rusage used;
        double t = now_ms(CLOCK_MONOTONIC);

        run_eqlvm(argv, &used);
        least(&wall, now_ms(CLOCK_MONOTONIC) - t);
        least(&cpu, ms_of(used.ru_utime) + ms_of(used.ru_stime));
        kilobytes = used.ru_maxrss;
    }
    report(17, "first event, whole process", set->name, cpu);
    report(17, "first event, whole process, wall", set->name, wall);
    printf("{\"row\":15,\"what\":\"peak memory after one event\",\"set\":"
           "\"%s\",\"measured\":%.1f,\"unit\":\"MB\"}\n",
           set->name, (double)kilobytes / 1000);
    fflush(stdout);
}

static void
write_event(const char *path)
{
    FILE *f = fopen(path, "wb");

    if (!f ||
        fputs("{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"event\":{\"category\""
              ":[\"process\"],\"type\":[\"start\"]},\"host\":{\"os\":{\"type\":"
              "\"windows\"}},\"process\":{\"name\":\"cmd.exe\",\"args\":["
              "\"cmd.exe\",\"/c\",\"dir\"],\"command_line\":\"cmd.exe /c "
              "dir\",\"executable\":\"C:\\\\Windows\\\\System32\\\\cmd.exe\","
              "\"parent\":{\"name\":\"explorer.exe\"}}}\n",
              f) < 0 ||
        fclose(f) != 0)
        die("cannot write the event");
}

/* In a process of its own: who forks hands its greatest size down, as if the
 * program that is run then had been as large. */
static void
bench_rules(const rule_set *set, const char *shared, const char *image)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        eql_program *p = bench_text(set, shared);

        write_image(image, p);
        eql_program_free(p);
        bench_image(set, image);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        die("the rules cannot be compiled");
}

int
main(int argc, char **argv)
{
    const char *shared = argc > 1 ? argv[1] : getenv("EQL_SHARED");
    const char *temp = getenv("TMPDIR");
    char dir[4096], eqlvm[4200], image[4200], event[4200];
    char *slash = strrchr(argv[0], '/');

    if (!shared)
        die("give the folder of the reference material, or set EQL_SHARED");
    if (argc > 2)
        snprintf(eqlvm, sizeof eqlvm, "%s", argv[2]);
    else
        snprintf(eqlvm, sizeof eqlvm, "%.*seqlvm",
                 slash ? (int)(slash - argv[0] + 1) : 0, argv[0]);
    snprintf(dir, sizeof dir, "%s/start_bench.XXXXXX",
             temp && *temp ? temp : "/tmp");
    if (!mkdtemp(dir))
        die("cannot make a folder in TMPDIR, or in /tmp");
    snprintf(image, sizeof image, "%s/rules.eqlc", dir);
    snprintf(event, sizeof event, "%s/event.ndjson", dir);
    write_event(event);
    for (size_t i = 0; i < EQL_COUNTOF(sets); i++) {
        bench_rules(&sets[i], shared, image);
        bench_process(&sets[i], eqlvm, image, event);
    }
    unlink(image);
    unlink(event);
    rmdir(dir);
    return 0;
}
