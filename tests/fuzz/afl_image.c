/* afl_image.c -- the mutator of fuzz_image.c for AFL++, which loads it as a
 * library (tools/fuzz.sh). */
#include "tests/support/image_mutate.h"

typedef struct {
    uint64_t seed;
    char *out;
    size_t cap;
} afl_mutator;

#define SHOWN __attribute__((visibility("default")))
SHOWN void *afl_custom_init(void *afl, unsigned seed);
SHOWN void afl_custom_deinit(afl_mutator *m);
SHOWN size_t afl_custom_fuzz(afl_mutator *m, unsigned char *buf, size_t len,
                             unsigned char **out, unsigned char *add,
                             size_t add_len, size_t cap);

void *
afl_custom_init(void *afl, unsigned seed)
{
    afl_mutator *m = calloc(1, sizeof *m);

    (void)afl;
    if (m)
        m->seed = seed;
    return m;
}

void
afl_custom_deinit(afl_mutator *m)
{
    free(m->out);
    free(m);
}

/* What is no image stays what it is: AFL++ changes it in its own ways. */
size_t
afl_custom_fuzz(afl_mutator *m, unsigned char *buf, size_t len,
                unsigned char **out, unsigned char *add, size_t add_len,
                size_t cap)
{
    image_parts im;
    size_t n = 0;

    (void)add;
    (void)add_len;
    *out = buf;
    if (!image_parts_split(&im, buf, len))
        return len;
    image_mutate(&im, m->seed++);
    if (m->cap < cap) {
        char *grown = realloc(m->out, cap);

        m->cap = grown ? cap : m->cap;
        m->out = grown ? grown : m->out;
    }
    n = image_parts_len(&im);
    if (n > 0 && n <= cap && n <= m->cap) {
        image_parts_write(&im, m->out);
        *out = (unsigned char *)m->out;
    } else {
        n = len;
    }
    image_parts_free(&im);
    return n;
}
