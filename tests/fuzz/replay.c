/* replay.c -- runs a fuzz target over files and folders, without a fuzzer.  A
 * file of the history of a fuzzer's process is the inputs of one age. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

static size_t nfiles;

/* false: it is no history. */
static int
replay_history(const uint8_t *data, size_t len)
{
    size_t at = sizeof FUZZ_HISTORY_MAGIC - 1;
    uint32_t n;

    if (len < at || memcmp(data, FUZZ_HISTORY_MAGIC, at) != 0)
        return 0;
    for (; at + sizeof n <= len; at += n) {
        uint8_t *one;

        memcpy(&n, data + at, sizeof n);
        at += sizeof n;
        if (n > len - at)
            break;
        one = malloc(n + (size_t)1); /* so that reads beyond are found */
        fuzz_require(one != NULL, "memory");
        memcpy(one, data + at, n);
        LLVMFuzzerTestOneInput(one, n);
        nfiles++;
        free(one);
    }
    return 1;
}

static int
replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data;
    long len;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (len = ftell(f)) < 0) {
        perror(path);
        return 1;
    }
    rewind(f);
    data = malloc((size_t)len + 1);
    if (!data || fread(data, 1, (size_t)len, f) != (size_t)len) {
        perror(path);
        return 1;
    }
    fclose(f);
    if (!replay_history(data, (size_t)len)) {
        LLVMFuzzerTestOneInput(data, (size_t)len);
        nfiles++;
    }
    free(data);
    return 0;
}

static int
replay(const char *path)
{
    struct stat st;
    struct dirent *entry;
    DIR *dir;
    int bad = 0;

    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return replay_file(path);
    dir = opendir(path);
    if (!dir) {
        perror(path);
        return 1;
    }
    while ((entry = readdir(dir))) {
        char child[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(child, sizeof child, "%s/%s", path, entry->d_name);
        bad |= replay(child);
    }
    closedir(dir);
    return bad;
}

int
main(int argc, char **argv)
{
    int bad = 0;

    for (int i = 1; i < argc; i++)
        bad |= replay(argv[i]);
    printf("%zu inputs replayed\n", nfiles);
    return bad;
}
