/* test_image_mutations.c -- images changed record by record and sealed again:
 * refused with a reason, or all that can be done with a program is done.
 *
 * The changes are those of the fuzzer (image_mutate.h), from fixed seeds.  The
 * suites run a share; all of them, EQL_IMAGE_MUTATIONS=200000, are for
 * `make test-images`.  Changes are made one upon another while they are
 * accepted, so that programs move away from what the compiler makes. */
#include "tests/support/eql_test.h"

#include "tests/support/image_exercise.h"
#include "tests/support/image_mutate.h"
#include "tests/support/image_rules.h"

#define SHARE 2000u
#define LONGEST_CHAIN 12u /* changes upon each other */

typedef struct {
    uint32_t accepted, refused;
} counts;

static uint32_t
how_many(void)
{
    const char *s = getenv("EQL_IMAGE_MUTATIONS");

    return s ? (uint32_t)strtoul(s, NULL, 10) : SHARE;
}

/* Takes the parts as they are, or fails with the seed. */
static bool
try_parts(const image_parts *im, uint32_t seed)
{
    size_t len = image_parts_len(im);
    char *image = malloc(len);
    const char *broken;
    bool accepted;

    assert_non_null(image);
    image_parts_write(im, image);
    broken = image_exercise(image, len, &accepted);
    if (broken)
        fail_msg("seed %u: not true: %s", seed, broken);
    free(image);
    return accepted;
}

static image_parts
copy_parts(const image_parts *from)
{
    image_parts to = {0};

    for (unsigned s = 0; s < EQL_SECTION_COUNT; s++) {
        assert_true(image_parts_grow(&to, s, from->n[s]));
        memcpy(to.records[s], from->records[s], image_parts_bytes(from, s));
    }
    return to;
}

static void
test_mutations_are_refused_or_run(void **state)
{
    image_bytes image = image_of_rules();
    image_parts first, now;
    uint32_t n = how_many(), chain = 0;
    counts c = {0};

    (void)state;
    assert_true(image_parts_split(&first, image.p, image.len));
    now = copy_parts(&first);
    for (uint32_t seed = 0; seed < n; seed++) {
        image_parts next;
        bool ok;

        if (chain == LONGEST_CHAIN) {
            image_parts_free(&now);
            now = copy_parts(&first);
            chain = 0;
        }
        next = copy_parts(&now);
        image_mutate(&next, seed);
        ok = try_parts(&next, seed);
        c.accepted += ok;
        c.refused += !ok;
        chain += ok;
        image_parts_free(ok ? &now : &next);
        if (ok)
            now = next;
    }
    printf("%u mutations: %u refused, %u ran\n", n, c.refused, c.accepted);
    assert_in_range(c.accepted, n / 4, n);
    assert_in_range(c.refused, n / 4, n);
    image_parts_free(&first);
    image_parts_free(&now);
    free(image.p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutations_are_refused_or_run),
    };

    return cmocka_run_group_tests_name("image_mutations", tests, NULL, NULL);
}
