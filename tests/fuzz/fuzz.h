/* fuzz.h -- the entry point of every fuzz target, as libFuzzer calls it, and
 * what targets share.
 *
 * Without a fuzzer the same target links with replay.c, which runs it over
 * files: build/release/tests/fuzz_rule tests/fuzz/corpus/rule/
 *
 * Speed: a run costs some microseconds, a reader or an engine milliseconds.
 * Targets keep what they can from run to run, and make it new now and then
 * (fuzz_is_new_age).  A finding may then depend on inputs before it: all of its
 * age are in the file that FUZZ_HISTORY names, which replay.c takes, too. */
#ifndef EQL_TESTS_FUZZ_FUZZ_H
#define EQL_TESTS_FUZZ_FUZZ_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A promise that was broken; stops the fuzzer with the input. */
static inline void
fuzz_require(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

/* --- ages --- */

#define FUZZ_HISTORY_MAGIC "eqlvm fuzz history\n"

/* Appends the input to the history; each is its length, 4 bytes, and itself. */
static inline void
fuzz_history_add(int fd, const uint8_t *data, size_t len)
{
    uint32_t n = (uint32_t)len;

    if (write(fd, &n, sizeof n) != (ssize_t)sizeof n ||
        write(fd, data, len) != (ssize_t)len)
        perror("history");
}

/* Is this run the first of an age of so many?  To be called once a run. */
static inline int
fuzz_is_new_age(const uint8_t *data, size_t len, uint32_t runs)
{
    static const char magic[] = FUZZ_HISTORY_MAGIC;
    static uint32_t run;
    static int fd = -2;
    int is_new = run == 0;

    if (fd == -2) {
        const char *path = getenv("FUZZ_HISTORY");

        fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    }
    run = (run + 1) % runs;
    if (fd >= 0 && is_new &&
        (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0 ||
         write(fd, magic, sizeof magic - 1) != (ssize_t)sizeof magic - 1))
        perror("history");
    if (fd >= 0)
        fuzz_history_add(fd, data, len);
    return is_new;
}

/* --- files --- */

static char fuzz_path[64];

static inline void
fuzz_file_remove(void)
{
    unlink(fuzz_path);
}

/* The bytes as a file in memory, the same for all runs; its name. */
static inline const char *
fuzz_file(const char *suffix, const void *data, size_t len)
{
    int fd;

    if (!fuzz_path[0]) {
        const char *dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

        snprintf(fuzz_path, sizeof fuzz_path, "%s/eqlvm-fuzz-%ld%s", dir,
                 (long)getpid(), suffix);
        atexit(fuzz_file_remove);
    }
    fd = open(fuzz_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    fuzz_require(fd >= 0 && write(fd, data, len) == (ssize_t)len, "a file");
    close(fd);
    return fuzz_path;
}

#endif
